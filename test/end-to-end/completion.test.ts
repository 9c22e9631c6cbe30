/** The Tab key: the printed script, in a real bash, with this program behind it. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { run } from './command-line.js';
import { eventually } from './eventually.js';
import { useTestWorld } from './test-world.js';

const world = useTestWorld();

/** What bash replies with after `holdfast WORDS`, the last of which is the one that is typed. */
async function replies(home: string, ...words: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await run(home, 'completion', 'bash');
  const given = ['holdfast', '--home', home, ...words].map((word) => `'${word}'`).join(' ');
  const script = `${stdout.toString('utf8')}
    COMP_WORDS=(${given}); COMP_CWORD=${words.length + 2}
    _holdfast; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const answered = await promisify(execFile)('bash', ['-c', script]);
  expect(answered.stderr).toBe('');
  return answered.stdout.split('\n').filter((line) => line !== '');
}

test('verbs complete without a node; folders, devices and history complete with one', async () => {
  const home = world.path('no-home');
  expect(await replies(home, 'folder', 'pa')).toEqual(['pause']);
  expect(await replies(home, 'folder', 'pause', '')).toEqual([]);

  const [laptop, pi] = await world.startNodes('laptop', 'pi');
  const docs = world.directory('docs');
  mkdirSync(join(docs, 'letters'));
  writeFileSync(join(docs, 'letters', 'to ada.txt'), 'Dear Ada');
  await laptop.ask('folder', 'add', docs, '--label', 'my docs');
  const { invite } = await laptop.ask<{ invite: string }>('device', 'invite');
  await pi.ask('device', 'join', invite);
  await laptop.ask('folder', 'share', 'my docs', 'pi');
  await pi.accept('my docs', '--archive');
  await laptop.archived('my docs');

  const soon = (what: string, words: readonly string[], expected: readonly string[]) =>
    eventually(`${what} are completed`, async () => {
      // A machine that is busy may take longer to answer than somebody who types waits.
      return (await replies(laptop.home, ...words)).join('\n') === expected.join('\n');
    });
  await soon('folders', ['folder', 'pause', 'my'], ['my\\ docs']);
  await soon('devices', ['device', 'rename', ''], ['pi']);
  await soon('paths', ['log', 'my\\ docs/letters/'], ['my\\ docs/letters/to\\ ada.txt']);
});
