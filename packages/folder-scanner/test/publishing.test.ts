/** What a scan publishes, and in which order. */
import { localCurrent, withPeerRow } from '@holdfast/folder-index';
import { type ActorId, type DeviceId, versionOf } from '@holdfast/model';
import { expect, test } from 'vitest';
import { hash, pathOf, worldWith } from './scan-world.js';

test('a hint about a file in a directory without a hint of its own publishes the directory first', async () => {
  const world = await worldWith('new/deep/file');
  await world.scanner.scanPaths([pathOf('new/deep/file')], []);
  const sequences = await Promise.all(
    ['new', 'new/deep', 'new/deep/file'].map(
      async (path) => localCurrent(await world.entry(path))?.local.sequence ?? 0,
    ),
  );
  expect(sequences.every((sequence) => sequence > 0)).toBe(true);
  expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
});

test('a peer’s version with other permissions is not taken over as what the disk shows', async () => {
  const world = await worldWith('d/inside');
  await world.scan();
  const shown = localCurrent(await world.entry('d'))?.version.record;
  if (shown?.kind !== 'directory') throw new Error('d is a directory');
  const vector = [{ actor: '00000000000000bb' as ActorId, counter: 1 }];
  const theirs = versionOf({ ...shown, permissions: 0o700, vector }, hash);
  const peer = { device: 'DevicePeer' as DeviceId, state: 'current', sequence: 1 } as const;
  await world.index.update([pathOf('d')], (entry) => withPeerRow(entry, theirs, peer), {
    sync: true,
  });
  world.user.setPermissions(world.at('d'), 0o750);
  await world.scan();
  const now = localCurrent(await world.entry('d'))?.version;
  expect(now?.id).not.toBe(theirs.id);
  expect(now?.record).toMatchObject({ permissions: 0o750 });
});
