import {
  Coverage,
  emptyEntry,
  withHeld,
  withLocalCurrent,
  withPeerRow,
} from '@holdfast/folder-index';
import {
  type ActorId,
  type DeviceId,
  type FileRecord,
  type FolderPath,
  versionOf,
} from '@holdfast/model';
import { nativeBlake3, VirtualWorldClock } from '@holdfast/simulation';
import { describe, expect, test, vi } from 'vitest';
import { DeviceLosses, lossSentence, lostRows } from '../src/device-loss.js';

const here = 'SimLaptop' as DeviceId;
const there = 'SimDesktop' as DeviceId;
const path = 'a.txt' as FolderPath;
const nobody = new Coverage([], 1);
const members = (device: DeviceId) => device === there;

function versionOfSize(sizeBytes: number, kind: 'file' | 'tombstone' = 'file') {
  const vector = [{ actor: 'aa'.repeat(8) as ActorId, counter: 1 }];
  const made = { path, vector, author: here };
  const record: FileRecord =
    kind === 'tombstone'
      ? { kind, ...made }
      : {
          kind,
          ...made,
          sizeBytes,
          mtimeNs: 5n,
          permissions: 0o644,
          chunker: 'fastcdc-256k',
          blocks: { depth: 0, entries: [] },
        };
  return versionOf(record, (bytes) => nativeBlake3.blake3(bytes));
}

describe('what would be lost with a device', () => {
  const shown = versionOfSize(1);
  const held = versionOfSize(2);
  const entry = withHeld(withLocalCurrent(emptyEntry(path), shown), held, { sinceMs: 1 });

  test('is what it shows and what it holds aside, where nobody else has either', () => {
    const lost = lostRows(entry, nobody, members).map(({ version }) => version.id);
    expect(lost.sort()).toEqual([shown.id, held.id].sort());
  });

  test('is not what another device shows; a mirror on this device is none', () => {
    const row = { state: 'current', sequence: 1 } as const;
    const elsewhere = withPeerRow(entry, shown, { device: there, ...row });
    expect(lostRows(elsewhere, nobody, members).map(({ version }) => version.id)).toEqual([
      held.id,
    ]);
    const mirrored = withPeerRow(entry, shown, { device: here, ...row });
    expect(lostRows(mirrored, nobody, members)).toHaveLength(2);
  });

  test('is no deletion', () => {
    const deleted = withLocalCurrent(emptyEntry(path), versionOfSize(0, 'tombstone'));
    expect(lostRows(deleted, nobody, members)).toEqual([]);
  });
});

test('a path that two versions of it lead to is counted once', async () => {
  const shown = versionOfSize(1);
  const held = versionOfSize(2);
  const index = {
    peers: () => new Map(),
    peer: () => ({}),
    position: () => ({ epoch: 'e', sequence: 2, hash: '' }),
    countAfter: async () => 2,
    async *pathsAfter() {
      yield [path, path];
      yield [path];
    },
    entries: async (asked: FolderPath[]) =>
      asked.map((one) => withHeld(withLocalCurrent(emptyEntry(one), shown), held, { sinceMs: 1 })),
    pathsOfVersions: async () => [],
    numbers: { remembers: async () => true },
  };
  const clock = new VirtualWorldClock().nodeClock();
  const folder = { index, tree: undefined, config: { members: [there], archive: false } };
  const losses = new DeviceLosses({ clock, localDevice: here });
  expect(await losses.of(folder as never, 0)).toMatchObject({
    files: 1,
    olderVersions: 1,
    bytes: 3,
    sentence: 'If this device were lost now, this file (a.txt) and 1 older version would be lost.',
  });
});

describe('a folder with more versions than can be looked at while somebody waits', () => {
  const rows = 5_000;
  const paths = Array.from({ length: rows }, (_, number) => `file-${number}` as FolderPath);

  /** Its paths are given only after `open` resolves; whoever waits for a time has waited already. */
  function largeFolder(open: Promise<void>, shown = rows, receipt?: object) {
    let looks = 0;
    const index = {
      peers: () => new Map(),
      peer: () => (receipt === undefined ? {} : { receipt }),
      position: () => ({ epoch: 'e', sequence: rows, hash: '' }),
      counts: { files: shown },
      countAfter: async (_: number, limit: number) => Math.min(rows, limit),
      async *pathsAfter() {
        looks += 1;
        await open;
        yield paths;
      },
      entries: async (asked: FolderPath[]) =>
        asked.map((one) => withLocalCurrent(emptyEntry(one), versionOfSize(1))),
      pathsOfVersions: async (ids: readonly unknown[]) => ids.map(() => path),
      numbers: { remembers: async () => true },
    };
    const clock = {
      now: () => 0,
      monotonic: () => 0,
      setTimer: (_: number, fire: () => void) => {
        queueMicrotask(fire);
        return { cancel: () => undefined };
      },
    };
    const folder = { index, tree: undefined, config: { members: [there], archive: true } };
    const losses = new DeviceLosses({ clock, localDevice: here });
    return { ask: () => losses.of(folder as never, 0), looks: () => looks };
  }

  test('is told of at once, and exactly as soon as it was counted, once', async () => {
    let begin = () => {};
    const { ask, looks } = largeFolder(
      new Promise<void>((resolve) => {
        begin = resolve;
      }),
    );
    expect(await ask()).toMatchObject({ exact: false, files: rows });
    expect(await ask()).toMatchObject({ exact: false, files: rows });
    begin();
    await vi.waitFor(async () => expect(await ask()).toMatchObject({ exact: true, files: rows }));
    expect(looks()).toBe(1);
  });

  test('is rather overrated meanwhile: what was deleted is held aside still', async () => {
    const { ask } = largeFolder(new Promise<void>(() => {}), 10);
    expect(await ask()).toMatchObject({ exact: false, files: rows });
  });

  test('counts meanwhile what an archive says it lost too', async () => {
    const position = { epoch: 'e', sequence: 1_000, hash: '' };
    const receipt = { position, exceptions: ['one', 'two', 'three'] };
    const { ask } = largeFolder(new Promise<void>(() => {}), rows, receipt);
    expect(await ask()).toMatchObject({ exact: false, files: rows - 1_000 + 3 });
  });
});

describe('the sentence about it', () => {
  const nothing = { files: 0, olderVersions: 0, bytes: 0, names: [], exact: true };
  const facts = { ...nothing, unreadable: 0, historyVersions: 0 };
  test.each([
    [facts, 'nothing that this folder shows would be lost.'],
    [{ ...facts, files: 1, names: ['a'] }, 'this file (a) would be lost.'],
    [
      { ...facts, files: 1200, names: ['a', 'b', 'c'], olderVersions: 2 },
      'these 1,200 files (a, b, c and 1,197 more) and 2 older versions would be lost.',
    ],
    [{ ...facts, unreadable: 1 }, '1 file that cannot be read here would be lost.'],
    [
      { ...facts, exact: false, files: 9 },
      'up to 9 files would be lost; this is still being counted.',
    ],
  ])('says %j', (given, end) => {
    expect(lossSentence(given)).toBe(`If this device were lost now, ${end}`);
  });

  test('claims nothing before anything was looked at, and names a history that is nowhere else', () => {
    expect(lossSentence({ ...facts, exact: false })).toMatch(/not known yet/);
    expect(lossSentence({ ...facts, historyVersions: 3 })).toMatch(
      /Its history \(3 versions\) is kept on no other device\.$/,
    );
  });
});
