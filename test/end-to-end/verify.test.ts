/** An archive that is verified: what rots on its disk is noticed, named, and made whole if it can be. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RebuiltIndex, VerifyResult } from '@holdfast/node';
import { beforeEach, describe, expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { rot, rotAll, segmentFiles } from './store-files.js';
import { archiveDocs, introduce, pair, pairAll, useTestWorld } from './test-world.js';

const world = useTestWorld();
let laptop: NodeProcess;
let pi: NodeProcess;
let tree: string;

beforeEach(async () => {
  ({ laptop, pi, tree } = await archiveDocs(world, (docs) => {
    writeFileSync(join(docs, 'letter.txt'), 'Dear disk, keep this.');
    writeFileSync(join(docs, 'other.txt'), 'And this one, too.');
  }));
});

test('an archive in order says so, and what it holds', async () => {
  const began = Date.now() - 1;
  expect((await pi.folder()).lastVerified).toBeNull();
  const found = await pi.ask<VerifyResult>('verify', '--all');
  expect(found).toMatchObject({ records: 3, blocks: 2, bad: 0, repaired: 0, problems: [] });
  expect(found.bytes).toBeGreaterThan(500);
  expect(Date.parse((await pi.folder()).lastVerified ?? '')).toBeGreaterThan(began);
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

test('content that rots is brought back by a device that has it', async () => {
  rot(pi, 'blocks', 'Dear disk');
  expect(await pi.ask<VerifyResult>('verify')).toMatchObject({ bad: 1, repaired: 1, problems: [] });
  expect((await pi.cat('docs/letter.txt')).toString()).toBe('Dear disk, keep this.');
  expect(await pi.ask<VerifyResult>('verify', '--all')).toMatchObject({ bad: 0, blocks: 2 });
});

test('content that only another archive has is brought back by that one', async () => {
  const nas = world.node('nas');
  await nas.start();
  await pairAll(laptop, nas);
  await pair(pi, nas);
  await laptop.ask('folder', 'share', 'docs', 'nas');
  await nas.accept('docs', '--archive');
  await introduce('docs', pi, nas);
  await laptop.ask('folder', 'set', 'docs', '--copies', '2');
  await laptop.archived();
  writeFileSync(join(tree, 'letter.txt'), 'Dear disk, this is another letter.');
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.archived();
  rot(pi, 'blocks', 'Dear disk, keep');
  await eventually('pi has brought back what rotted', async () => {
    const { exitCode } = await pi.run('verify');
    return exitCode === 0;
  });
  expect(await pi.ask<VerifyResult>('verify', '--all')).toMatchObject({ bad: 0 });
});

test('what is lost is told on every device, and comes back with the device that has it', async () => {
  await laptop.stop();
  rot(pi, 'blocks', 'Dear disk');
  expect((await pi.run('verify')).exitCode).toBe(3);
  expect((await pi.folder()).stateReason).toContain('letter.txt');
  expect((await pi.folder()).state).toBe('out-of-sync');
  await laptop.start();
  await eventually('the archive has everything again', async () => {
    return (await pi.folder()).state === 'up-to-date';
  });
  await laptop.archived();
  expect(await pi.ask<VerifyResult>('verify', '--all')).toMatchObject({ bad: 0 });
});

test('what was overwritten on the last device that had it, and rotted then, is told there', async () => {
  writeFileSync(join(tree, 'letter.txt'), 'Dear disk, this is another letter.');
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.archived();
  await laptop.ask('folder', 'held', 'docs', '--release', '--yes');
  rot(pi, 'blocks', 'Dear disk, keep');
  expect((await pi.run('verify')).exitCode).toBe(3);
  await eventually('laptop says what its archive lost', async () => {
    return (await laptop.folder()).stateReason.includes('pi lost content');
  });
  expect((await laptop.folder()).unarchivedFiles).toBe(0);
  await pi.stop();
  await pi.start();
  await eventually('pi says what it lost after a restart, too', async () => {
    return (await pi.folder()).stateReason.includes('letter.txt');
  });
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

describe('an archive that starts tells', () => {
  const isToldOf = (what: string) =>
    eventually('pi says what it lost', async () => {
      const { state, stateReason } = await pi.folder();
      return state === 'out-of-sync' && stateReason.includes(what);
    });

  beforeEach(async () => {
    expect(await pi.ask<VerifyResult>('verify')).toMatchObject({ bad: 0 });
    await laptop.stop();
  });

  test('of rot that it met just before it was killed', async () => {
    rot(pi, 'blocks', 'Dear disk');
    expect((await pi.run('cat', 'docs/letter.txt')).exitCode).not.toBe(0);
    await pi.signal('SIGKILL');
    await pi.start();
    await isToldOf('letter.txt');
  });

  test('of files of its store that are gone', async () => {
    await pi.stop();
    for (const file of segmentFiles(pi, 'blocks')) rmSync(file);
    await pi.start();
    await isToldOf('Lost from the archive');
  });
});

test('the index is made again from the files of the store', async () => {
  const rebuilt = await pi.ask<RebuiltIndex>('archive', 'rebuild-index');
  expect(rebuilt).toMatchObject({ records: 3, blocks: 2 });
  expect(await pi.ask<VerifyResult>('verify', '--all')).toMatchObject({ bad: 0 });
  const { entries } = await laptop.ask<{ entries: unknown[] }>('ls', 'docs');
  expect(entries).toHaveLength(2);
});

describe('more than receipts can name', () => {
  const fileCount = 1_200;

  beforeEach(async () => {
    for (let at = 0; at < fileCount; at += 1) {
      writeFileSync(join(tree, `file-${at}`), `one of many, number ${at}`);
    }
    await laptop.ask('folder', 'rescan', 'docs');
    await laptop.archived();
    // A stop seals the segments: only what lies between header and end mark is to rot.
    await pi.stop();
    await pi.start();
    await laptop.archived();
  });

  test('rots, and comes back at once from a device that has it', async () => {
    await pi.isLinked();
    rotAll(pi, 'blocks');
    const found = await pi.ask<VerifyResult>('verify');
    expect(found).toMatchObject({ bad: fileCount + 2, repaired: fileCount + 2, problems: [] });
    await laptop.archived();
  });

  test('rots while nobody has it: no receipt counts any more, until all is there again', async () => {
    await laptop.stop();
    rotAll(pi, 'blocks');
    const outcome = await pi.run('verify');
    const found = JSON.parse(outcome.stdout.toString('utf8')) as VerifyResult;
    expect([outcome.exitCode, found.bad, found.repaired]).toEqual([3, fileCount + 2, 0]);
    await laptop.start();
    await eventually('the archive has everything again', async () => {
      const { exitCode } = await pi.run('verify');
      return exitCode === 0;
    });
    await laptop.archived();
    expect(await pi.ask<VerifyResult>('verify', '--all')).toMatchObject({ bad: 0 });
    await laptop.shows({ unarchivedFiles: 0 });
  });
});
