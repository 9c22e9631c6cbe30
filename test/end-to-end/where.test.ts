/** `where`, and what `status` says would be lost with a device. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceLoss, WhereResult } from '@holdfast/node';
import { beforeAll, expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { type SharedFolder, settle, shareDocs, useTestWorld } from './test-world.js';

const world = useTestWorld({ lasts: 'the whole file' });
let shared: SharedFolder;

beforeAll(async () => {
  shared = await shareDocs(world);
  writeFileSync(join(shared.laptopTree, 'a.txt'), 'first\n');
  writeFileSync(join(shared.laptopTree, 'b.txt'), 'only one\n');
  await settle(shared);
  writeFileSync(join(shared.desktopTree, 'a.txt'), 'second, longer\n');
  await settle(shared);
});

function lossOn(node: NodeProcess, holds: (loss: DeviceLoss) => boolean): Promise<DeviceLoss> {
  return eventually(`${node.name} knows what would be lost`, async () => {
    const { ifLost } = await node.folder();
    return ifLost.exact && holds(ifLost) && ifLost;
  });
}

const whereIs = (node: NodeProcess, path: string) => node.ask<WhereResult>('where', path);

test('names the devices that have a file, and the versions that the archive holds', async () => {
  const { laptop, desktop, pi } = shared;
  const found = await eventually('the laptop knows that all have it', async () => {
    const where = await whereIs(laptop, 'docs/a.txt');
    return where.copies === 3 && where;
  });
  expect(found).toMatchObject({ path: 'a.txt', kind: 'file', files: 1, bytes: 15 });
  const shares = found.devices.map(({ device, has, archived }) => [device, has, archived]);
  expect(shares).toEqual(
    expect.arrayContaining([
      ['laptop', true, false],
      ['desktop', true, false],
      ['pi', true, true],
    ]),
  );
  expect(found.archives).toMatchObject([{ device: 'pi', connected: true, has: true }]);
  expect(found.archives[0]!.versions).toHaveLength(2);
  expect(found.archives[0]!.versions).toContain(found.version);

  const onPi = await whereIs(pi, 'docs/a.txt');
  expect(onPi.archives).toMatchObject([{ device: 'pi', asOf: null, has: true }]);
  expect(onPi.archives[0]!.versions).toEqual(found.archives[0]!.versions);
  expect(onPi.version).toBe(found.version);
  expect((await whereIs(desktop, 'docs')).files).toBe(2);
  expect((await laptop.refuses(6, 'where', 'docs/never')).code).toBe('path_unknown');
});

test('with an archive nothing is lost with a laptop; with the archive its history is', async () => {
  const { laptop, pi } = shared;
  const { sentence } = await lossOn(laptop, ({ files }) => files === 0);
  expect(sentence).toContain('nothing that this folder shows would be lost');
  const history = await lossOn(pi, ({ historyVersions }) => historyVersions >= 3);
  expect(history).toMatchObject({ files: 0, olderVersions: 0 });
  expect(history.sentence).toContain('kept on no other device');
});

test('what only this device has is named, and counted in a folder', async () => {
  const { laptop, desktop, pi, laptopTree } = shared;
  await pi.stop();
  writeFileSync(join(laptopTree, 'for-two.txt'), 'two have it\n');
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.inSync();
  await lossOn(laptop, ({ files }) => files === 0);
  await desktop.stop();
  writeFileSync(join(laptopTree, 'alone.txt'), 'nobody else has it\n');
  await laptop.ask('folder', 'rescan', 'docs');
  const loss = await lossOn(laptop, ({ files }) => files > 0);
  expect(loss).toMatchObject({ files: 1, olderVersions: 0, bytes: 19 });
  expect(loss.sentence).toContain('this file (alone.txt) would be lost');

  await laptop.misses(pi);
  const alone = await whereIs(laptop, 'docs/alone.txt');
  expect(alone.copies).toBe(1);
  const away = alone.archives.find(({ device }) => device === 'pi');
  expect(away).toMatchObject({ connected: false, has: false, versions: null });
  const all = await whereIs(laptop, 'docs');
  const filesOf = (name: string) => all.devices.find(({ device }) => device === name)?.files;
  expect([all.files, filesOf('laptop'), filesOf('desktop'), filesOf('pi')]).toEqual([4, 4, 3, 2]);

  rmSync(join(laptopTree, 'alone.txt'));
  await laptop.ask('folder', 'rescan', 'docs');
  await lossOn(laptop, ({ files }) => files === 0);
});

test('a device that left the folder has nothing of it any more', async () => {
  const { laptop } = shared;
  await laptop.ask('folder', 'unshare', 'docs', 'desktop');
  const loss = await lossOn(laptop, ({ files }) => files > 0);
  expect(loss).toMatchObject({ files: 1, bytes: 12 });
  expect(loss.sentence).toContain('this file (for-two.txt) would be lost');
});
