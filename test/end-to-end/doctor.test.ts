/** `holdfast doctor` beside nodes that run, and without one. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerFrom } from './command-line.js';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { pair, useTestWorld } from './test-world.js';

interface Examination {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly subject: string;
    readonly state: string;
    readonly message: string;
    readonly hint: string;
  }[];
}

const world = useTestWorld({ commandsAsProcesses: true });

async function examined(node: NodeProcess): Promise<Examination> {
  const outcome = await node.run('doctor');
  const { ok } = JSON.parse(outcome.stdout.toString('utf8')) as Examination;
  return answerFrom<Examination>(outcome, ['doctor'], ok ? 0 : 1);
}

/** Waits until it says so of this: figures and connections come a moment after what caused them. */
function says(
  node: NodeProcess,
  name: string,
  subject: string,
  words: RegExp,
): Promise<Examination> {
  return eventually(`doctor says ${words} of ${name} ${subject}`, async () => {
    const examination = await examined(node);
    const about = examination.checks.filter(
      (check) => check.name === name && check.subject === subject,
    );
    return about.some(({ state, message }) => words.test(`${state}: ${message}`)) && examination;
  });
}

test('doctor finds what is wrong beside a node that runs, and beside one that was stopped', async () => {
  const [laptop, desktop] = await world.startNodes('laptop', 'desktop');
  await pair(laptop, desktop);
  const docs = world.directory('docs');
  writeFileSync(join(docs, 'letter.txt'), 'Dear Ada');
  await laptop.ask('folder', 'add', docs, '--label', 'docs');
  await laptop.folder();

  const whole = await says(laptop, 'folder', 'docs', /^ok: docs is in order/);
  const about = (name: string) => whole.checks.find((check) => check.name === name);
  expect(about('node')).toMatchObject({ state: 'ok' });
  expect(about('node')?.message).toContain(`process ${laptop.pid}`);
  for (const name of ['home', 'permissions', 'database']) {
    expect(about(name)).toMatchObject({ state: 'ok', hint: '' });
  }
  // It listens on the loopback interface alone, as tests do.
  expect(about('port')).toMatchObject({ state: 'warning' });
  await says(laptop, 'device', 'desktop', /^ok: desktop is connected, version \d+\.\d+\.\d+\.$/);

  renameSync(docs, `${docs}-away`);
  expect((await says(laptop, 'folder', 'docs', /^problem: .*is missing/)).ok).toBe(false);
  renameSync(`${docs}-away`, docs);
  await says(laptop, 'folder', 'docs', /^ok: /);

  await desktop.stop();
  await says(laptop, 'device', 'desktop', /^ok: desktop was last seen/);
  await laptop.stop();
  const alone = await says(laptop, 'node', '', /^warning: No node runs/);
  expect(alone.checks.filter(({ name }) => name === 'port')).toHaveLength(2);
  expect(alone.checks.find(({ name }) => name === 'folder')).toMatchObject({ state: 'ok' });
});
