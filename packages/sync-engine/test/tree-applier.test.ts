/** Passes over what is needed, with a member that serves content, on a memory disk and in virtual time. */
import { encodeEnvelope } from '@holdfast/block-store';
import {
  type FolderIndex,
  localCurrent,
  withGuard,
  withLocalCurrent,
  withPeerRow,
} from '@holdfast/folder-index';
import { ListBlockStore } from '@holdfast/folder-scanner';
import {
  type ContentId,
  type DeviceId,
  type FileVersion,
  type FolderId,
  hexFrom,
  restoringVersion,
  versionOf,
} from '@holdfast/model';
import { silentLogger } from '@holdfast/platform';
import {
  InlineBulkRunner,
  MemoryDatabase,
  MemoryKeyValueStore,
  nativeBlake3,
  VirtualWorldClock,
} from '@holdfast/simulation';
import { beforeEach, describe, expect, test } from 'vitest';
import type { BlockSupplier } from '../src/block-client.js';
import { planPath } from '../src/plan-sync.js';
import { TreeApplier } from '../src/tree-applier.js';
import { openIndex } from './guard-world.js';
import {
  actor,
  desktop,
  fileVersion,
  hash,
  here,
  PlaceWorld,
  pathOf,
  phone,
  root,
} from './place-world.js';

const minuteMs = 60_000;
const count = (digit: string, counter: number) => ({ actor: actor(digit), counter });

/** A file of two blocks of a mebibyte each, or of one small one. */
function former(path: string, isLarge: boolean): { version: FileVersion; blocks: Uint8Array[] } {
  const plain = isLarge
    ? [Buffer.alloc(2 ** 20, 'first'), Buffer.alloc(2 ** 20, 'second')]
    : [Buffer.from('small')];
  const entries = plain.map((bytes) => ({
    contentId: hexFrom(hash(bytes)) as ContentId,
    lengthBytes: bytes.length,
  }));
  const sizeBytes = plain.reduce((sum, bytes) => sum + bytes.length, 0);
  const version = fileVersion(path, '', [count('a', 1)], {
    sizeBytes,
    blocks: { depth: 0, entries },
  });
  return { version, blocks: plain.map((bytes) => encodeEnvelope(bytes)) };
}

let clock: VirtualWorldClock;
let world: PlaceWorld;
let index: FolderIndex;
let applier: TreeApplier;
let blocks: Uint8Array[];

const supplier: BlockSupplier = {
  async request(_folder, items, onBlock) {
    for (const [item, { first, count: wanted }] of items.entries()) {
      for (let at = first; at < first + wanted; at += 1) {
        onBlock({ item, index: at, envelope: new Uint8Array(blocks[at]!) });
      }
    }
    return [];
  },
};

/** Packs everything with a codec that nobody knows. */
const strange: BlockSupplier = {
  request: (folder, items, onBlock) =>
    supplier.request(folder, items, (block) => {
      const envelope = new Uint8Array(block.envelope);
      envelope[0] = 7;
      onBlock({ ...block, envelope });
    }),
};

/** Says of everything that it has it no more, while `isAway`. */
const lacking: BlockSupplier = {
  request: async (...asked) => (isAway ? [] : supplier.request(...asked)),
};
let isAway = true;

const suppliers = new Map<DeviceId, BlockSupplier>();

function newApplier(): TreeApplier {
  const nodeClock = clock.nodeClock();
  const context = { actor: actor('a'), device: here, hash };
  const fileSystem = world.user;
  const runner = new InlineBulkRunner({ fileSystem, hasher: nativeBlake3, clock: nodeClock });
  return new TreeApplier({
    folder: 'photosphotosphot' as FolderId,
    root,
    index,
    runner,
    listBlocks: new ListBlockStore(new MemoryKeyValueStore(new MemoryDatabase()), 'list/'),
    hash,
    clock: nodeClock,
    logger: silentLogger,
    context,
    plan: (entry) => planPath(entry, hash),
    held: { isDue: false, settle: async () => undefined },
    rules: () => ({ isEmpty: true }) as never,
    clientOf: (device) => suppliers.get(device),
    mayApply: async () => true,
    isEverybodyHere: () => true,
    onSurprise: () => undefined,
    appearances: { begin: () => undefined, end: () => undefined },
    onStaging: () => undefined,
    onApplied: () => undefined,
  });
}

/** This user deleted the directory with the file, and the deletion of the file was rejected. */
async function rejectedDeletion(path: string, isLarge: boolean): Promise<void> {
  const made = former(path, isLarge);
  blocks = made.blocks;
  const vector = [count('a', 2)];
  const deleted = versionOf({ kind: 'tombstone', path: pathOf(path), vector, author: here }, hash);
  const directory = versionOf({ kind: 'tombstone', path: pathOf('d'), vector, author: here }, hash);
  const restoring = restoringVersion(made.version, deleted, hash);
  const mark = { state: 'rejected', atMs: 1, former: made.version, restoring } as const;
  await index.update(
    [pathOf('d'), pathOf(path)],
    (entry) => {
      if (entry.path === pathOf('d')) return withLocalCurrent(entry, directory);
      const peer = { device: desktop, state: 'side', sequence: 1 } as const;
      const kept = withPeerRow(withLocalCurrent(entry, deleted), made.version, peer);
      return withGuard(kept, deleted, mark);
    },
    { sync: true },
  );
}

const directoryAt = (path: string) => {
  const record = { path: pathOf(path), vector: [count('a', 3)], author: here } as const;
  return versionOf({ kind: 'directory', permissions: 0o755, ...record }, hash);
};

/** The same where the directory stayed. */
async function rejectedInDirectory(isLarge: boolean): Promise<void> {
  await rejectedDeletion('d/a.bin', isLarge);
  await index.update(
    [pathOf('d')],
    (entry) => withLocalCurrent(entry, directoryAt('d'), { disk: world.diskState('') }),
    { sync: true },
  );
  world.user.makeDirectory(world.at('d'));
}

const isRejected = async () =>
  localCurrent(await index.entry(pathOf('d/a.bin')))?.guard?.state === 'rejected';
const sizeOf = (path: string) => (world.text(path) ?? '').length;

beforeEach(async () => {
  clock = new VirtualWorldClock();
  world = new PlaceWorld();
  index = await openIndex();
  isAway = true;
  suppliers.clear();
  suppliers.set(desktop, supplier);
  applier = newApplier();
});

describe.each([
  { size: 'a large file', isLarge: true, sizeBytes: 2 ** 21 },
  { size: 'a small file', isLarge: false, sizeBytes: 5 },
])('$size that comes back after a rejection', ({ isLarge, sizeBytes }) => {
  test('gets its directory back, which was deleted too', async () => {
    await rejectedDeletion('d/a.bin', isLarge);
    applier.start();
    applier.wake();
    await clock.runUntil(() => index.counts.needFiles === 0, { deadlineMs: 5 * minuteMs });
    expect(sizeOf('d/a.bin')).toBe(sizeBytes);
    expect(localCurrent(await index.entry(pathOf('d')))?.version.record.kind).toBe('directory');
    await applier.stop();
  });

  test('is waited for while the disk is full, though nobody had it for a moment', async () => {
    await rejectedInDirectory(isLarge);
    const { capacityBytes } = world.disk;
    suppliers.set(desktop, lacking);
    applier.start();
    applier.wake();
    await clock.runUntil(minuteMs);
    isAway = false;
    world.disk.capacityBytes = capacityBytes - world.disk.freeBytes;
    await clock.runUntil(30 * minuteMs);
    expect(applier.problems()).toEqual([{ path: 'd/a.bin', reason: 'ENOSPC' }]);
    expect(await isRejected()).toBe(true);
    world.disk.capacityBytes = capacityBytes;
    await clock.runUntil(() => index.counts.needFiles === 0, { deadlineMs: 35 * minuteMs });
    expect(sizeOf('d/a.bin')).toBe(sizeBytes);
    await applier.stop();
  });

  test('is waited for while its directory is away, though nobody had it for a moment', async () => {
    await rejectedInDirectory(isLarge);
    suppliers.set(desktop, lacking);
    applier.start();
    applier.wake();
    await clock.runUntil(minuteMs);
    isAway = false;
    world.user.rename(world.at('d'), world.at('moved'));
    await clock.runUntil(30 * minuteMs);
    expect(await isRejected()).toBe(true);
    await applier.stop();
  });
});

test('a rejection waits for room on the disk, however long that takes', async () => {
  await rejectedInDirectory(false);
  const { capacityBytes } = world.disk;
  world.disk.capacityBytes = capacityBytes - world.disk.freeBytes;
  applier.start();
  applier.wake();
  await clock.runUntil(30 * minuteMs);
  expect(applier.problems()).toEqual([{ path: 'd/a.bin', reason: 'ENOSPC' }]);
  expect(await isRejected()).toBe(true);
  world.disk.capacityBytes = capacityBytes;
  await clock.runUntil(() => index.counts.needFiles === 0, { deadlineMs: 35 * minuteMs });
  expect(world.text('d/a.bin')).toBe('small');
  await applier.stop();
});

test('who packs content as nobody knows keeps nobody from asking another for it', async () => {
  const made = former('a.bin', false);
  blocks = made.blocks;
  suppliers.set(desktop, strange);
  suppliers.set(phone, supplier);
  const shown = { state: 'current', sequence: 1 } as const;
  await index.update(
    [pathOf('a.bin')],
    (entry) =>
      [desktop, phone].reduce(
        (next, device) => withPeerRow(next, made.version, { device, ...shown }),
        entry,
      ),
    { sync: true },
  );
  applier.start();
  applier.wake();
  await clock.runUntil(() => index.counts.needFiles === 0, { deadlineMs: 5 * minuteMs });
  expect(world.text('a.bin')).toBe('small');
  await applier.stop();
});

test('a rejection is not given up where who has the content packs it as nobody here knows', async () => {
  await rejectedInDirectory(false);
  suppliers.set(desktop, strange);
  applier.start();
  applier.wake();
  await clock.runUntil(30 * minuteMs);
  expect(applier.problems()).toEqual([{ path: 'd/a.bin', reason: 'envelope_codec_unknown' }]);
  expect(await isRejected()).toBe(true);
  await applier.stop();
});
