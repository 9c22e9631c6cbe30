/** A drill: files are brought back from the archive alone and compared with the live ones. */
import { existsSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DrillResult } from '@holdfast/node';
import { beforeEach, expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { archiveDocs, pair, pairAll, useTestWorld } from './test-world.js';

const world = useTestWorld();
const fileCount = 12;
/** A time that can be given to a file exactly. */
const wholeSecond = 1_700_000_000;
let laptop: NodeProcess;
let pi: NodeProcess;
let tree: string;

beforeEach(async () => {
  ({ laptop, pi } = await archiveDocs(world, () => {
    tree = world.directory('docs', 'sub');
    for (let at = 0; at < fileCount; at += 1) {
      const path = join(tree, `file-${at}.txt`);
      writeFileSync(path, `text ${at} `.repeat(200 * (at + 1)));
      utimesSync(path, wholeSecond, wholeSecond);
    }
  }));
});

test('what comes back is what is there, the time is measured, and the date is shown', async () => {
  expect((await laptop.folder()).lastDrill).toBeNull();
  const drill = await laptop.ask<DrillResult>('drill', 'docs', '--files', '5');
  expect(drill).toMatchObject({ files: 5, mismatched: 0 });
  expect(drill.folders).toMatchObject([{ label: 'docs', changed: 0, problems: [] }]);
  expect(drill.bytes).toBeGreaterThan(5 * 1_000);
  expect(drill.seconds).toBeGreaterThan(0);
  expect(drill.fullRestoreSeconds).toBeGreaterThan(drill.seconds);
  expect((await laptop.folder()).lastDrill).not.toBeNull();
  expect(existsSync(join(laptop.home, 'drill'))).toBe(false);
  const all = await laptop.ask<DrillResult>('drill');
  expect(all).toMatchObject({ files: fileCount, mismatched: 0 });
  await laptop.stop();
  await laptop.start();
  const shown = (await laptop.folder()).lastDrill;
  expect(Date.parse(shown ?? '')).toBeGreaterThanOrEqual(Date.parse(all.folders[0]!.time));
  await eventually('the archive shows when it was drilled', async () => {
    return (await pi.folder()).lastDrill === shown;
  });
});

test('a device that only knows the archive hears who drilled it if it knows them, and when it was verified', async () => {
  const desktop = world.node('desktop');
  await desktop.start();
  await pairAll(desktop, laptop);
  await pair(desktop, pi);
  await pi.ask('folder', 'share', 'docs', 'desktop');
  await desktop.accept('docs', world.path('desktop-docs'));
  await desktop.ask('folder', 'share', 'docs', 'laptop');
  await pi.ask('verify');
  await laptop.ask('drill', 'docs', '--files', '3');
  const drilled = (await laptop.folder()).lastDrill;
  const verified = (await pi.folder()).lastVerified;
  expect([drilled, verified]).not.toContain(null);
  await eventually('desktop shows both', async () => {
    const { lastDrill, lastVerified } = await desktop.folder();
    return lastDrill === drilled && lastVerified === verified;
  });
  await eventually('laptop shows when its archive was verified', async () => {
    return (await laptop.folder()).lastVerified === verified;
  });
});

test('a file that rots at its source is named, and its archived version stays what it was', async () => {
  const path = join(tree, 'file-3.txt');
  const { size } = statSync(path);
  await laptop.ask('folder', 'pause', 'docs');
  writeFileSync(path, 'x'.repeat(size));
  utimesSync(path, wholeSecond, wholeSecond);
  const outcome = await laptop.run('drill', 'docs');
  const drill = JSON.parse(outcome.stdout.toString('utf8')) as DrillResult;
  expect([outcome.exitCode, drill.files, drill.mismatched]).toEqual([3, fileCount, 1]);
  expect(drill.folders[0]?.problems).toMatchObject([{ path: 'sub/file-3.txt' }]);
  const { stateReason, lastDrill } = await laptop.folder();
  expect([stateReason.includes('drill'), lastDrill]).toEqual([true, null]);
});

test('a drill needs an archive that answers, and files here', async () => {
  expect(await pi.refuses(1, 'drill')).toMatchObject({ code: 'no_archive' });
  expect(await pi.refuses(2, 'drill', 'docs')).toMatchObject({ code: 'usage' });
  await pi.stop();
  await laptop.misses(pi);
  expect(await laptop.refuses(1, 'drill', 'docs')).toMatchObject({ code: 'no_archive' });
});
