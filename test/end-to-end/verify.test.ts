/** An archive that is verified: what rots on its disk is noticed, named, and made whole if it can be. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RebuiltIndex, VerifyResult } from '@holdfast/node';
import { beforeEach, expect, test } from 'vitest';
import type { NodeProcess } from './node-process.js';
import { waitSeconds } from './patience.js';
import { rot } from './store-files.js';
import { pair, shareFolder, useTestWorld } from './test-world.js';

const world = useTestWorld();
let laptop: NodeProcess;
let pi: NodeProcess;

beforeEach(async () => {
  [laptop, pi] = await world.startNodes('laptop', 'pi');
  await pair(laptop, pi);
  const tree = world.directory('docs');
  writeFileSync(join(tree, 'letter.txt'), 'Dear disk, keep this.');
  writeFileSync(join(tree, 'other.txt'), 'And this one, too.');
  await shareFolder(laptop, tree, [[pi, '--archive']], 'docs');
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.ask('wait', 'docs', '--archived', '--timeout', waitSeconds);
});

test('an archive in order says so, and what it holds', async () => {
  const found = await pi.ask<VerifyResult>('verify', '--all');
  expect(found).toMatchObject({ records: 3, blocks: 2, bad: 0, repaired: 0, problems: [] });
  expect(found.bytes).toBeGreaterThan(500);
  expect(await laptop.refuses(1, 'verify')).toMatchObject({ code: 'no_archive' });
});

test('an entry of the log that rots in one copy is made whole from the other', async () => {
  rot(pi, 'log-a', 'letter.txt');
  expect(await pi.ask<VerifyResult>('verify')).toMatchObject({ bad: 1, repaired: 1 });
  rot(pi, 'log-b', 'letter.txt');
  expect(await pi.ask<VerifyResult>('verify')).toMatchObject({ bad: 1, repaired: 1 });
  await pi.stop();
  await pi.start();
  expect(await pi.ask<VerifyResult>('verify')).toMatchObject({ records: 3, bad: 0 });
});

test('content that rots and that nobody has any more is named, and told with exit code 3', async () => {
  await laptop.stop();
  rot(pi, 'blocks', 'Dear disk');
  for (let run = 0; run < 2; run += 1) {
    const outcome = await pi.run('verify', '--sample', '0%');
    const found = JSON.parse(outcome.stdout.toString('utf8')) as VerifyResult;
    expect([outcome.exitCode, found.bad, found.repaired]).toEqual([3, 1, 0]);
    expect(found.problems).toMatchObject([
      { type: 'content', folder: 'docs', path: 'letter.txt', version: expect.any(String) },
    ]);
  }
});

test('the index is made again from the files of the store', async () => {
  const rebuilt = await pi.ask<RebuiltIndex>('archive', 'rebuild-index');
  expect(rebuilt).toMatchObject({ records: 3, blocks: 2 });
  expect(await pi.ask<VerifyResult>('verify', '--all')).toMatchObject({ bad: 0 });
  const { entries } = await laptop.ask<{ entries: unknown[] }>('ls', 'docs');
  expect(entries).toHaveLength(2);
});
