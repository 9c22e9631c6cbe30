/** The node as a service: the line that starts it, run as the system would run it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeStatus } from '@holdfast/node';
import { expect, test } from 'vitest';
import { answer, answerFrom, outcomeOf, run, spawnHoldfast } from './command-line.js';
import { eventually } from './eventually.js';
import { useTestWorld } from './test-world.js';

const world = useTestWorld();

/** Where a test may listen; a unit of systemd has the defaults. */
const here = '--listen /ip4/127.0.0.1/tcp/0 --gui 127.0.0.1:0';

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly said: () => string;
}

/** What is quoted for systemd means the same to a shell, as long as there is no % or $ in it. */
function startLine(line: string): Started {
  const child = spawn('/bin/sh', ['-c', `exec ${line} ${here}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  world.onClose(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, ended, said: () => text };
}

test('the line of the unit starts a node, which survives a kill and stops cleanly', async () => {
  const home = world.path('my home');
  await answer(home, ['init', '--name', 'attic']);
  const configuration = world.path('configuration');
  const prefix = ['env', `XDG_CONFIG_HOME=${configuration}`];
  const given = ['install-service', '--platform', 'linux'];
  const { path } = answerFrom<{ path: string }>(
    await outcomeOf(spawnHoldfast(home, given, prefix)),
    given,
  );
  const line = /^ExecStart=(.*)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
  expect(line).toContain('"');
  const up = (pid: number | undefined) =>
    eventually('the node answers', async () => {
      const api = join(home, 'api.json');
      if (!existsSync(api) || !readFileSync(api, 'utf8').includes(`"pid":${pid},`)) return false;
      return (await run(home, 'status')).exitCode === 0;
    });

  const first = startLine(line);
  await up(first.child.pid);
  const docs = world.directory('docs');
  writeFileSync(join(docs, 'letter.txt'), 'Dear Ada');
  await answer(home, ['folder', 'add', docs, '--label', 'docs']);
  first.child.kill('SIGKILL');
  await first.ended;

  const second = startLine(line);
  await up(second.child.pid);
  await eventually('the folder is there again', async () => {
    const { folders } = await answer<NodeStatus>(home, ['status']);
    return folders.some(({ label, files, state }) => {
      return label === 'docs' && files === 1 && state === 'up-to-date';
    });
  });
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
  // What it says may be read by others on the machine: no link that opens the page.
  expect(first.said() + second.said()).not.toContain('/login/');

  const removing = ['uninstall-service', '--platform', 'linux'];
  answerFrom(await outcomeOf(spawnHoldfast(home, removing, prefix)), removing);
  expect([existsSync(path), existsSync(join(docs, 'letter.txt'))]).toEqual([false, true]);
});
