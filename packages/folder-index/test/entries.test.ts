import {
  type FolderIndex,
  localCurrent,
  type PathEntry,
  type PeerPart,
  rowOf,
  withHeld,
  withLocalCurrent,
  withoutLocalSide,
  withoutPeer,
  withPeerRow,
} from '@holdfast/folder-index';
import { contentBytesOf, type DeviceId, type FolderPath } from '@holdfast/model';
import { MemoryDatabase, SeededRandom } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';
import {
  desktop,
  fileVersion,
  laptop,
  needsWhatOthersShow,
  openIndex,
  pathOf,
  queuesEverything,
  tombstoneVersion,
} from './index-world.js';

const part = (device: DeviceId, sequence: number, state: PeerPart['state'] = 'current') => ({
  device,
  sequence,
  state,
});
const empty = (path: string): PathEntry => ({ path: pathOf(path), rows: [] });
const peersOf = (entry: PathEntry) =>
  entry.rows.flatMap((row) =>
    row.peers.map((peer) => [row.version.record.vector[0]?.counter, peer.device, peer.state]),
  );

describe('what a peer said of a path', () => {
  test('its current row replaces the one it showed before, and its side rows stay', () => {
    let entry = withPeerRow(empty('a'), fileVersion('a', 1), part(laptop, 1, 'side'));
    entry = withPeerRow(entry, fileVersion('a', 2), part(laptop, 2));
    entry = withPeerRow(entry, fileVersion('a', 3), part(laptop, 3));
    expect(peersOf(entry)).toEqual([
      [1, laptop, 'side'],
      [3, laptop, 'current'],
    ]);
  });

  test('a side row does not take its current row away', () => {
    let entry = withPeerRow(empty('a'), fileVersion('a', 2), part(laptop, 1));
    entry = withPeerRow(entry, fileVersion('a', 1), part(laptop, 2, 'side'));
    expect(peersOf(entry)).toEqual([
      [2, laptop, 'current'],
      [1, laptop, 'side'],
    ]);
  });

  test('a version that it shows and then keeps beside stands once', () => {
    let entry = withPeerRow(empty('a'), fileVersion('a', 1), part(laptop, 1));
    entry = withPeerRow(entry, fileVersion('a', 1), part(laptop, 2, 'side'));
    expect(peersOf(entry)).toEqual([[1, laptop, 'side']]);
  });

  test('it leaves what other devices said alone, and forgetting it too', () => {
    let entry = withPeerRow(empty('a'), fileVersion('a', 1), part(laptop, 1));
    entry = withPeerRow(entry, fileVersion('a', 1), part(desktop, 9));
    entry = withPeerRow(entry, fileVersion('a', 2), part(laptop, 2));
    expect(peersOf(entry)).toEqual([
      [1, desktop, 'current'],
      [2, laptop, 'current'],
    ]);
    expect(peersOf(withoutPeer(entry, laptop))).toEqual([[1, desktop, 'current']]);
  });
});

describe('set-aside versions', () => {
  test('a version that is shown is not set aside', () => {
    const shown = withLocalCurrent(empty('a'), fileVersion('a', 1));
    const held = withHeld(shown, fileVersion('a', 1), { sinceMs: 1 });
    expect(localCurrent(held)?.version.id).toBe(fileVersion('a', 1).id);
  });

  test('letting go takes a side row away and never the current one', () => {
    const both = withHeld(withLocalCurrent(empty('a'), fileVersion('a', 2)), fileVersion('a', 1), {
      sinceMs: 1,
    });
    expect(rowOf(withoutLocalSide(both, fileVersion('a', 1).id), fileVersion('a', 1).id)).toBe(
      undefined,
    );
    expect(withoutLocalSide(both, fileVersion('a', 2).id)).toBe(both);
  });

  test('they are listed oldest first, up to a sequence, and not once they are let go', async () => {
    const index = await openIndex();
    for (const [at, path] of ['a', 'b', 'c'].entries()) {
      await index.update(
        [pathOf(path)],
        (entry) => withHeld(entry, fileVersion(path, 1), { sinceMs: at + 1 }),
        { sync: false },
      );
    }
    const listed = async (upTo: number, limit = 10) =>
      (await index.sideRows(upTo, limit)).map((row) => row.path);
    expect(await listed(3)).toEqual(['a', 'b', 'c']);
    expect(await listed(2)).toEqual(['a', 'b']);
    expect(await listed(3, 1)).toEqual(['a']);
    expect(index.counts.held).toBe(3);
    await index.update([pathOf('b')], (entry) => withoutLocalSide(entry, fileVersion('b', 1).id), {
      sync: false,
    });
    expect(await listed(3)).toEqual(['a', 'c']);
    expect(await index.pathOfVersion(fileVersion('b', 1).id)).toBeUndefined();
    expect(index.counts.held).toBe(2);
  });

  test('the disk state and the time since when survive in the database', async () => {
    const database = new MemoryDatabase();
    const index = await openIndex({ database });
    const disk = {
      sizeBytes: 2 ** 40,
      mtimeNs: -5n,
      ctimeNs: 1_800_000_000_000_000_001n,
      inode: 2n ** 64n - 1n,
      permissions: 0o4755,
      racy: true,
    };
    const held = { sinceMs: 1_800_000_000_000, disk };
    await index.update([pathOf('a')], (entry) => withHeld(entry, fileVersion('a', 1), held), {
      sync: true,
    });
    const again = await (await openIndex({ database })).entry(pathOf('a'));
    expect(again.rows[0]?.local).toEqual({ state: 'side', sequence: 1, ...held });
  });
});

describe('the tree of entries', () => {
  test('children and what lies below a directory are its own, whatever the names around it', async () => {
    const index = await openIndex();
    const paths = ['a', 'a/b', 'a/b/c', 'a-b', 'a0', 'a.b/c', 'a/\xff\n', 'ab/c', 'b'];
    await index.update(
      paths.map(pathOf),
      (entry) => withLocalCurrent(entry, fileVersion(entry.path, 1)),
      { sync: false },
    );
    const names = async (entries: AsyncIterable<PathEntry>) => {
      const found: string[] = [];
      for await (const entry of entries) found.push(entry.path);
      return found.sort();
    };
    expect(await names(index.children(''))).toEqual(['a', 'a-b', 'a0', 'b']);
    expect(await names(index.children(pathOf('a')))).toEqual(['a/b', 'a/\xff\n']);
    expect(await names(index.below(pathOf('a')))).toEqual(['a/b', 'a/b/c', 'a/\xff\n']);
    expect(await names(index.below(''))).toEqual([...paths].sort());
  });

  test('one folder in the database knows nothing of another, and its removal leaves the other', async () => {
    const database = new MemoryDatabase();
    const index = await openIndex({ database });
    const size = database.size;
    const key = Buffer.from('photosphotosphouXXX');
    database.apply([{ type: 'put', key, value: Buffer.from('other') }], true);
    await index.update([pathOf('a')], (entry) => withLocalCurrent(entry, fileVersion('a', 1)), {
      sync: false,
    });
    expect(database.size).toBeGreaterThan(size + 1);
    await index.destroy();
    expect(database.size).toBe(1);
  });
});

/** Changes one path at random, as a scan, a peer or the keeper of held content would. */
function changeAtRandom(random: SeededRandom, entry: PathEntry, step: number): PathEntry {
  const { path } = entry;
  const counter = random.integer(1, 6);
  const version = random.chance(0.2)
    ? tombstoneVersion(path, counter)
    : fileVersion(path, counter, counter * 10);
  const device = random.pick([laptop, desktop]);
  switch (random.integer(0, 4)) {
    case 0:
      return withLocalCurrent(entry, version);
    case 1:
      return withPeerRow(entry, version, part(device, step, random.pick(['current', 'side'])));
    case 2:
      return withHeld(entry, version, { sinceMs: step });
    case 3:
      return entry.rows.map((row) => row.version.id).reduce(withoutLocalSide, entry);
    default: {
      const rows = entry.rows.map((row) => ({ ...row, archived: random.chance(0.5) }));
      return { path, rows };
    }
  }
}

async function recount(index: FolderIndex, policy: typeof needsWhatOthersShow) {
  const counts = {
    files: 0,
    bytes: 0,
    needFiles: 0,
    needBytes: 0,
    held: 0,
    queued: 0,
    queuedBytes: 0,
  };
  const needed: FolderPath[] = [];
  const sequences: number[] = [];
  const queued = { [laptop]: [] as string[], [desktop]: [] as string[] };
  for await (const entry of index.below('')) {
    const shown = localCurrent(entry)?.version.record;
    if (shown?.kind === 'file') {
      counts.files += 1;
      counts.bytes += shown.sizeBytes;
    }
    const need = policy.needOf(entry);
    if (need !== undefined) {
      needed.push(entry.path);
      counts.needFiles += 1;
      counts.needBytes += need.bytes;
    }
    for (const row of entry.rows) {
      if (row.local !== undefined) sequences.push(row.local.sequence);
      if (row.local?.state === 'side') counts.held += 1;
      if (!policy.queuesOffers || row.archived) continue;
      counts.queued += row.peers.length;
      counts.queuedBytes += row.peers.length * contentBytesOf(row.version.record);
      for (const { device, sequence } of row.peers) {
        queued[device]?.push(`${sequence} ${entry.path} ${row.version.id}`);
      }
    }
  }
  return { counts, needed: needed.sort(), sequences: sequences.sort((a, b) => a - b), queued };
}

describe.each([
  ['a device that keeps the tree', needsWhatOthersShow],
  ['an archive', queuesEverything],
])('the running counts and keys of %s', (_name, policy) => {
  test('always are what counting everything anew would give', async () => {
    for (let seed = 0; seed < 12; seed += 1) {
      const random = new SeededRandom(`counts ${seed}`);
      const database = new MemoryDatabase();
      let index = await openIndex({ database, policy });
      const paths = ['a', 'b', 'd', 'd/x', 'd/y'].map(pathOf);
      for (let step = 1; step < 80; step += 1) {
        const chosen = random.shuffle(paths).slice(0, random.integer(1, 3));
        let nth = 0;
        await index.update(chosen, (entry) => changeAtRandom(random, entry, step * 10 + nth++), {
          sync: false,
        });
        if (random.chance(0.05)) await index.forgetPeer(desktop);
        if (random.chance(0.05)) index = await openIndex({ database, policy });
        if (step % 8 > 0) continue;
        const real = await recount(index, policy);
        const context = `seed ${seed} step ${step}`;
        expect(index.counts, context).toMatchObject(real.counts);
        expect((await index.neededPaths(100)).sort(), context).toEqual(real.needed);
        const { rows } = await index.rowsAfter(0, 1000);
        expect(
          rows.map((row) => row.sequence),
          context,
        ).toEqual(real.sequences);
        for (const device of [laptop, desktop]) {
          const offers = await index.queuedOffers(device, 1000);
          const shown = offers.map((one) => `${one.sequence} ${one.path} ${one.id}`);
          expect(shown.sort(), context).toEqual([...(real.queued[device] ?? [])].sort());
        }
        for (const row of rows) {
          expect(await index.pathOfVersion(row.version.id), context).toBe(row.path);
        }
      }
    }
  });
});

describe('offers that an archive has not taken', () => {
  test('are listed for each device by its own sequence, until they are archived', async () => {
    const index = await openIndex({ policy: queuesEverything });
    const offer = (path: string, device: DeviceId, sequence: number) =>
      index.update(
        [pathOf(path)],
        (entry) => withPeerRow(entry, fileVersion(path, 1), part(device, sequence)),
        { sync: false },
      );
    await offer('b', laptop, 300);
    await offer('a', laptop, 2);
    await offer('a', desktop, 70_000);
    expect((await index.queuedOffers(laptop, 10)).map((one) => one.sequence)).toEqual([2, 300]);
    expect(await index.queuedOffers(laptop, 1)).toHaveLength(1);
    await index.update(
      [pathOf('a')],
      (entry) => ({ ...entry, rows: entry.rows.map((row) => ({ ...row, archived: true })) }),
      { sync: false },
    );
    expect((await index.queuedOffers(laptop, 10)).map((one) => one.path)).toEqual(['b']);
    expect(await index.queuedOffers(desktop, 10)).toEqual([]);
    expect(index.counts.queued).toBe(1);
  });
});

describe('forgetting a peer', () => {
  test('drops its rows and how far its index was seen, and keeps its receipt and all else', async () => {
    const index = await openIndex({ policy: needsWhatOthersShow });
    const seen = { ...index.position(), sequence: 9 };
    const receipt = {
      storeId: 'aa'.repeat(8) as never,
      generation: 1,
      position: index.position(),
      exceptions: [],
      logPosition: 1,
      logHead: '',
      receivedAtMs: 1,
    };
    const paths = Array.from({ length: 1100 }, (_, at) => pathOf(`f${at}`));
    await index.update(
      paths,
      (entry) => {
        const version = fileVersion(entry.path, 1, 0);
        const heard = withPeerRow(entry, version, part(laptop, 1));
        return entry.path === 'f0' ? withPeerRow(heard, version, part(desktop, 1)) : heard;
      },
      { sync: true, peers: { [laptop]: { seen, receipt }, [desktop]: { seen } } },
    );
    expect(index.counts.needFiles).toBe(1100);
    await index.forgetPeer(laptop);
    expect(index.counts.needFiles).toBe(1);
    expect(await index.neededPaths(10)).toEqual(['f0']);
    expect(index.peer(laptop)).toEqual({ receipt });
    expect(index.peer(desktop)).toEqual({ seen });
  });
});

describe('needs', () => {
  test('are listed a page at a time without losing or repeating a path', async () => {
    const index = await openIndex({ policy: needsWhatOthersShow });
    const paths = ['a', 'a/x', 'a/y', 'a0', 'b', 'b/c/d'].map(pathOf);
    await index.update(
      paths,
      (entry) => withPeerRow(entry, fileVersion(entry.path, 1), part(laptop, 1)),
      { sync: false },
    );
    const found: FolderPath[] = [];
    for (let page = await index.neededPaths(2); page.length > 0; ) {
      found.push(...page);
      page = await index.neededPaths(2, page.at(-1));
    }
    expect(found).toHaveLength(paths.length);
    expect([...found].sort()).toEqual([...paths].sort());
    expect(found.indexOf(pathOf('a'))).toBeLessThan(found.indexOf(pathOf('a/x')));
  });
});
