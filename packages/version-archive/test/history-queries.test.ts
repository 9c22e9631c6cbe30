/** Questions about history, checked against a fold over the entries by hand. */
import {
  decodeRecord,
  type FolderPath,
  type HistoryEntry,
  type HistoryQuery,
  parentOf,
} from '@holdfast/model';
import type { VersionArchive } from '@holdfast/version-archive';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ArchiveWorld,
  archiveAll,
  directoryVersion,
  entryOf,
  fileVersion,
  listAll,
  type MadeVersion,
  papers,
  photos,
  tombstoneVersion,
} from './archive-world.js';

const pathOf = (text: string) => text as FolderPath;
const positionsOf = (entries: readonly HistoryEntry[]) => entries.map(({ position }) => position);

const inOrder = (entries: readonly HistoryEntry[]) =>
  positionsOf(entries).sort((one, other) => one - other);

/** Names around the bytes that separate names in keys: 0, `/` and what is next to them. */
const names = ['a', 'a.', 'a0', 'a\x01', 'a\xff', '\x01', '\xff\xff', 'A'];
const pathArbitrary = fc
  .array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('/'));

interface Step {
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'tombstone';
  readonly becameCurrent: boolean;
}

const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  path: pathArbitrary,
  kind: fc.constantFrom('file', 'directory', 'tombstone'),
  becameCurrent: fc.boolean(),
});

function madeFrom(step: Step, counter: number): MadeVersion {
  if (step.kind === 'file') return fileVersion(step.path, `content ${counter}`, counter);
  if (step.kind === 'directory') return directoryVersion(step.path, counter);
  return tombstoneVersion(step.path, counter);
}

interface Wanted {
  readonly directory: string;
  readonly recursive: boolean;
  readonly deleted: boolean;
}

/** What a list shows, worked out by going through the entries. */
function foldSteps(steps: readonly Step[], wanted: Wanted): string[] {
  const shown = new Map<string, string>();
  for (const [at, step] of steps.entries()) {
    if (!step.becameCurrent) continue;
    const isChild = parentOf(pathOf(step.path)) === wanted.directory;
    const isBelow = wanted.directory === '' || step.path.startsWith(`${wanted.directory}/`);
    if (!(isChild || (wanted.recursive && isBelow))) continue;
    const visible = step.kind !== 'tombstone' || wanted.deleted;
    if (visible) shown.set(step.path, `${step.path} ${at + 1}`);
    else shown.delete(step.path);
  }
  return [...shown.values()].sort();
}

describe('a list', () => {
  test('at every position equals a fold over the entries', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stepArbitrary, { minLength: 1, maxLength: 25 }), async (steps) => {
        const archive = await new ArchiveWorld().open();
        const made = steps.map((step, at) => madeFrom(step, at + 1));
        await archive.blocks.append(made.flatMap(({ envelopes }) => envelopes));
        const entries = made.map((one, at) =>
          entryOf(one, { becameCurrent: steps[at]?.becameCurrent ?? false }),
        );
        await archive.append(photos, entries.slice(0, 5));
        if (entries.length > 5) await archive.append(photos, entries.slice(5));
        for (let position = 1; position <= steps.length; position += 1) {
          for (const directory of ['', 'a', 'a/a', 'a\x01']) {
            for (const [recursive, deleted, limit] of [
              [true, true, 2],
              [true, false, 1000],
              [false, true, 1],
              [false, false, 3],
            ] as const) {
              const options = { directory, recursive, deleted, position, limit };
              const found = (await listAll(archive, options)).map(
                (entry) => `${decodeRecord(entry.recordBytes).path} ${entry.position}`,
              );
              expect(found.sort()).toEqual(foldSteps(steps.slice(0, position), options));
            }
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('is sorted by parent and name, children first, whatever the page size', async () => {
    const archive = await new ArchiveWorld().open();
    const paths = ['d/b', 'd/a', 'd e/x', 'd/a/z', 'd', 'd.', 'a/y'];
    await archiveAll(
      archive,
      paths.map((path, at) => fileVersion(path, path, at + 1)),
    );
    for (const limit of [1, 2, 3, 1000]) {
      const found = await listAll(archive, { limit });
      const listed = found.map((entry) => decodeRecord(entry.recordBytes).path);
      expect(listed).toEqual(['d', 'd.', 'a/y', 'd/a', 'd/b', 'd e/x', 'd/a/z']);
    }
  });

  test('stays at its position from page to page while versions arrive', async () => {
    const archive = await new ArchiveWorld().open();
    await archiveAll(archive, [fileVersion('a', '1'), fileVersion('b', '1')]);
    const list: Extract<HistoryQuery, { type: 'list' }> = {
      type: 'list',
      directory: '',
      at: { type: 'head' },
      recursive: false,
      deleted: false,
      limit: 1,
    };
    const first = await archive.query(photos, list);
    await archiveAll(archive, [fileVersion('b', '2', 2), fileVersion('c', '2', 2)]);
    const second = await archive.query(photos, { ...list, cursor: first.next ?? new Uint8Array() });
    expect([second.position, positionsOf(second.entries), second.next]).toEqual([
      2,
      [2],
      undefined,
    ]);
  });

  test('refuses a cursor that it did not give', async () => {
    const archive = await new ArchiveWorld().open();
    await archiveAll(archive, [fileVersion('a', '1'), fileVersion('d/b', '1')]);
    const list = { type: 'list', directory: pathOf('d'), recursive: true, deleted: false } as const;
    const common = { at: { type: 'head' }, limit: 1 } as const;
    const whole = await archive.query(photos, { ...list, ...common, directory: '' });
    for (const cursor of [new Uint8Array(), new Uint8Array([1, 2, 3]), whole.next]) {
      if (cursor === undefined) throw new Error('the list has no second page');
      await expect(archive.query(photos, { ...list, ...common, cursor })).rejects.toMatchObject({
        code: 'bad_cursor',
      });
    }
  });

  test('passes over a path with thousands of versions by seeking', async () => {
    const world = new ArchiveWorld();
    const archive = await world.open();
    const many = Array.from({ length: 3000 }, (_, at) => fileVersion('busy', `${at % 7}`, at + 1));
    await archiveAll(archive, [fileVersion('a', '1'), ...many, fileVersion('z', '1')]);
    expect(positionsOf(await listAll(archive, { position: 1500 }))).toEqual([1, 1500]);
    expect(positionsOf(await listAll(archive))).toEqual([1, 3001, 3002]);
  });
});

describe('a log', () => {
  test('has every version newest first, page after page', async () => {
    const archive = await new ArchiveWorld().open();
    const made = Array.from({ length: 7 }, (_, at) => fileVersion('d/a', `${at}`, at + 1));
    await archiveAll(archive, [...made, fileVersion('d/a\x01', 'x'), fileVersion('d/aa', 'x')]);
    const found: number[] = [];
    let cursor: Uint8Array | undefined;
    do {
      const path = pathOf('d/a');
      const page = await archive.query(photos, {
        type: 'log',
        path,
        limit: 3,
        ...(cursor && { cursor }),
      });
      expect(page.entries.length).toBeLessThanOrEqual(3);
      found.push(...positionsOf(page.entries));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(found).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });
});

describe('one version', () => {
  const version = (path: string, prefix: string) =>
    ({ type: 'version', path: pathOf(path), prefix }) as const;

  test('is found by any eight or more digits, on its own path only', async () => {
    const archive = await new ArchiveWorld().open();
    const one = fileVersion('a', 'one', 1);
    await archiveAll(archive, [one, fileVersion('a', 'two', 2)]);
    for (const digits of [8, 9, 33, 64]) {
      const page = await archive.query(photos, version('a', one.version.id.slice(0, digits)));
      expect(page.entries.map((entry) => entry.versionId)).toEqual([one.version.id]);
    }
    expect((await archive.query(photos, version('b', one.version.id))).entries).toEqual([]);
    expect((await archive.query(papers, version('a', one.version.id))).entries).toEqual([]);
    await expect(archive.query(photos, version('a', 'abcdef1'))).rejects.toMatchObject({
      code: 'bad_version',
    });
  });
});

describe('a moment', () => {
  const moment = (at: Extract<HistoryQuery, { type: 'moment' }>['at']) =>
    ({ type: 'moment', at }) as const;
  const at = (atMs: number) => moment({ type: 'time', atMs });

  test('before the first entry or beyond the head is refused', async () => {
    const world = new ArchiveWorld();
    const archive = await world.open();
    expect((await archive.query(photos, moment({ type: 'head' }))).position).toBe(0);
    await archiveAll(archive, [fileVersion('x', 'x')], papers);
    await archiveAll(archive, [fileVersion('a', 'a')]);
    const ask = (position: number) => archive.query(photos, moment({ type: 'position', position }));
    await expect(ask(0)).rejects.toMatchObject({ code: 'time_unknown' });
    await expect(ask(1)).rejects.toMatchObject({ code: 'time_unknown' });
    expect((await ask(2)).position).toBe(2);
    await expect(ask(3)).rejects.toMatchObject({ code: 'position_unknown' });
    await expect(archive.query(photos, at(world.nowMs - 1))).rejects.toMatchObject({
      code: 'time_unknown',
    });
    expect((await archive.query(photos, at(world.nowMs + 1e9))).position).toBe(2);
  });

  test('is the state after the last entry at or before it, also when the clock stepped back', async () => {
    const world = new ArchiveWorld();
    const archive = await world.open();
    const start = world.nowMs;
    for (const [index, second] of [10, 20, 30, 15, 25].entries()) {
      world.nowMs = start + second * 1000;
      await archiveAll(archive, [fileVersion('a', `${second}`, index + 1)]);
    }
    world.nowMs = start + 60_000;
    const positions: number[] = [];
    for (const second of [10, 14, 15, 19, 20, 24, 25, 40, 99]) {
      positions.push((await archive.query(photos, at(start + second * 1000))).position);
    }
    expect(positions).toEqual([1, 1, 4, 4, 4, 4, 5, 5, 5]);
  });

  test('an entry with an unsure clock takes the time of the next sure one', async () => {
    const world = new ArchiveWorld();
    const archive = await world.open();
    const start = world.nowMs;
    const add = async (counter: number, second: number, sure: boolean) => {
      world.nowMs = start + second * 1000;
      world.clockSynchronised = sure;
      await archiveAll(archive, [fileVersion('a', `${counter}`, counter)]);
    };
    const positionAt = async (second: number) =>
      (await archive.query(photos, at(start + second * 1000))).position;
    await add(1, 10, true);
    await add(2, 1, false);
    await add(3, 2, false);
    expect([await positionAt(1), await positionAt(10)]).toEqual([2, 3]);
    world.clockSynchronised = true;
    world.nowMs = start + 40_000;
    expect([await positionAt(12), await positionAt(40)]).toEqual([1, 3]);
    await add(4, 50, true);
    await archive.rebuildIndex();
    expect([await positionAt(12), await positionAt(49), await positionAt(50)]).toEqual([1, 1, 4]);
  });

  test('asks for one path: what it was, a tombstone included', async () => {
    const archive = await new ArchiveWorld().open();
    await archiveAll(archive, [fileVersion('b', 'b'), fileVersion('a', 'a')]);
    await archiveAll(archive, [tombstoneVersion('a', 2)]);
    const entryAt = async (position: number) => {
      const moment = { type: 'position', position } as const;
      const page = await archive.query(photos, { type: 'entry', path: pathOf('a'), at: moment });
      return page.entries.map((entry) => decodeRecord(entry.recordBytes).kind);
    };
    expect([await entryAt(1), await entryAt(2), await entryAt(3)]).toEqual([
      [],
      ['file'],
      ['tombstone'],
    ]);
  });
});

describe('all versions behind a position', () => {
  /** Where the entries stand that all pages together name. */
  async function askAll(archive: VersionArchive, since: number, limit: number) {
    const found: HistoryEntry[] = [];
    let cursor: Uint8Array | undefined;
    for (;;) {
      const asked = { type: 'versions' as const, since, limit, ...(cursor && { cursor }) };
      const page = await archive.query(photos, asked);
      found.push(...page.entries);
      cursor = page.next;
      if (cursor === undefined) return { head: page.position, entries: found };
    }
  }

  test('are named once each, current or not, of this folder only, however small the pages', async () => {
    const archive = await new ArchiveWorld().open();
    const first = fileVersion('a', '1');
    await archiveAll(archive, [first, fileVersion('b', '1'), fileVersion('a', '2', 2)]);
    await archiveAll(archive, [fileVersion('x', '1')], papers);
    await archiveAll(archive, [first, tombstoneVersion('b', 3), fileVersion('c', '3', 3)]);
    for (const limit of [1, 2, 1000]) {
      const all = await askAll(archive, 0, limit);
      expect(all.head).toBe(7);
      expect(inOrder(all.entries)).toEqual([1, 2, 3, 6, 7]);
      const later = await askAll(archive, 3, limit);
      expect(inOrder(later.entries)).toEqual([6, 7]);
    }
    expect((await askAll(archive, 7, 10)).entries).toEqual([]);
  });

  test('stay those of the first page while others arrive', async () => {
    const archive = await new ArchiveWorld().open();
    await archiveAll(archive, [fileVersion('a', '1'), fileVersion('b', '1')]);
    const asked = { type: 'versions', since: 0, limit: 1 } as const;
    const first = await archive.query(photos, asked);
    await archiveAll(archive, [fileVersion('c', '1'), fileVersion('d', '1')]);
    const second = await archive.query(photos, {
      ...asked,
      cursor: first.next ?? new Uint8Array(),
    });
    expect(inOrder([...first.entries, ...second.entries])).toEqual([1, 2]);
    expect([first.position, second.position, second.next]).toEqual([2, 2, undefined]);
  });
});
