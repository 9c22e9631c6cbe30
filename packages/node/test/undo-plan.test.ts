import {
  type ActorId,
  type DeviceId,
  type FileRecord,
  type FolderId,
  type FolderPath,
  type HistoryEntry,
  type HistoryQuery,
  type StoreId,
  type Version,
  versionOf,
} from '@holdfast/model';
import { nativeBlake3 } from '@holdfast/simulation';
import { expect, test } from 'vitest';
import { checkedEntry } from '../src/history-entry.js';
import { planUndo } from '../src/undo-plan.js';

const hash = (bytes: Uint8Array) => nativeBlake3.blake3(bytes);
const laptop = 'SimLaptop' as DeviceId;
const desktop = 'SimDesktop' as DeviceId;

/** One line of a log: who made what of a path; `undefined` is a deletion. */
type Line = readonly [
  path: string,
  author: DeviceId,
  sizeBytes: number | undefined,
  sender?: DeviceId,
];

function versionFrom([path, author, sizeBytes]: Line, counter: number): Version {
  const vector = [{ actor: 'aa'.repeat(8) as ActorId, counter }];
  const common = { path: path as FolderPath, vector, author };
  const record: FileRecord =
    sizeBytes === undefined
      ? { kind: 'tombstone', ...common }
      : { kind: 'symlink', ...common, target: `to ${sizeBytes}` };
  return versionOf(record, hash);
}

/** Plans an undo of the laptop after `since` lines; an answer has no more than `perPage` of them. */
async function planned(
  lines: readonly Line[],
  since: number,
  perPage = 1_000,
  logged = (path: string) => path,
) {
  let waits = 0;
  const entries = lines.map((line, at): HistoryEntry & { readonly path: string } => {
    const version = versionFrom(line, at + 1);
    return {
      path: line[0],
      position: at + 1,
      versionId: version.id,
      recordBytes: version.bytes,
      receivedAtMs: at,
      clockSynchronised: true,
      becameCurrent: true,
      thinned: false,
      sender: line[3] ?? line[1],
    };
  });
  const query = async (asked: HistoryQuery) => {
    const newest = entries.toReversed();
    const found =
      asked.type === 'log'
        ? newest.filter(({ path }) => path === logged(asked.path))
        : newest.filter((one) => newest.find(({ path }) => path === one.path) === one);
    const from = 'cursor' in asked ? Number(asked.cursor?.[0] ?? 0) : 0;
    const limit = Math.min(perPage, 'limit' in asked ? asked.limit : perPage);
    const next = from + limit < found.length ? { next: Uint8Array.of(from + limit) } : {};
    const page = { storeId: '55'.repeat(8) as StoreId, generation: 1, position: lines.length };
    return { ...page, ...next, entries: found.slice(from, from + limit) };
  };
  const waited = <Answer>(answer: Promise<Answer>) => {
    waits += 1;
    return answer;
  };
  const source = {
    storeId: '55'.repeat(8),
    query: (asked: HistoryQuery) => waited(query(asked)),
    queryAll: (asked: readonly HistoryQuery[]) => waited(Promise.all(asked.map(query))),
    blocks: { request: async () => [] },
  };
  const { steps, left } = await planUndo({
    source,
    folder: 'folderfolderfold' as FolderId,
    device: laptop,
    since,
    check: (entry) => checkedEntry(entry, hash),
  });
  const said = steps.map(({ effect, current, former }) => [
    effect,
    current.record.path,
    former === undefined ? undefined : entries.find((one) => one.versionId === former.id)?.position,
  ]);
  const broughtByOther = steps.filter((step) => step.broughtByOther).length;
  return { said, left, broughtByOther, waits };
}

test('what was there at the moment comes back, however often it was changed since', async () => {
  const { said } = await planned(
    [
      ['a', laptop, 1],
      ['a', laptop, 2],
      ['a', laptop, 3],
    ],
    1,
  );
  expect(said).toEqual([['replaced', 'a', 1]]);
});

test('what was made since is removed, what was deleted since returns, older changes stay', async () => {
  const lines: Line[] = [
    ['old', laptop, 1],
    ['gone', desktop, 2],
    ['new', laptop, 3],
    ['gone', laptop, undefined],
  ];
  const { said } = await planned(lines, 2);
  expect(new Set(said)).toEqual(
    new Set([
      ['removed', 'new', undefined],
      ['returned', 'gone', 2],
    ]),
  );
});

test('what another device did on top stays, and what it did in between comes back', async () => {
  const onTop = await planned(
    [
      ['a', desktop, 1],
      ['a', laptop, 2],
      ['a', desktop, 3],
    ],
    1,
  );
  expect(onTop.said).toEqual([]);
  const between = await planned(
    [
      ['a', laptop, 1],
      ['a', desktop, 2],
      ['a', laptop, 3],
    ],
    1,
  );
  expect(between.said).toEqual([['replaced', 'a', 2]]);
});

test('what looks as it did before needs nothing; what came and went neither', async () => {
  expect(
    (
      await planned(
        [
          ['a', desktop, 1],
          ['a', laptop, 1],
        ],
        1,
      )
    ).said,
  ).toEqual([]);
  expect(
    (
      await planned(
        [
          ['a', laptop, 1],
          ['a', laptop, undefined],
        ],
        0,
      )
    ).said,
  ).toEqual([]);
});

test('the author decides, and what another device brought is counted', async () => {
  const { said, broughtByOther } = await planned(
    [
      ['a', desktop, 1],
      ['a', laptop, 2, desktop],
    ],
    1,
  );
  expect([said, broughtByOther]).toEqual([[['replaced', 'a', 1]], 1]);
});

test('a conflict copy is left and named', async () => {
  const name = 'a.sync-conflict-20260301-120000-abcdefg.txt';
  const { said, left } = await planned([[name, laptop, 1]], 0);
  expect([said, left.map(({ path }) => path)]).toEqual([[], [name]]);
});

test('for many files an answer is waited for a few times only', async () => {
  const files = Array.from({ length: 600 }, (_, at) => `file ${at}`);
  const made = files.map((path): Line => [path, desktop, 1]);
  const rewritten = files.map((path): Line => [path, laptop, 2]);
  const { said, waits } = await planned([...made, ...rewritten], files.length);
  expect(said).toHaveLength(files.length);
  expect(waits).toBeLessThanOrEqual(4);
});

test('what was there before is found however many changes ago', async () => {
  const changes = Array.from({ length: 40 }, (_, at): Line => ['a', laptop, at + 2]);
  expect((await planned([['a', desktop, 1], ...changes], 1, 15)).said).toEqual([
    ['replaced', 'a', 1],
  ]);
});

test('the history of another path is believed for none', async () => {
  const lines: Line[] = [
    ['a', desktop, 1],
    ['b', desktop, 2],
    ['a', laptop, 3],
  ];
  await expect(planned(lines, 2, 1_000, () => 'b')).rejects.toMatchObject({
    code: 'history_damaged',
  });
});
