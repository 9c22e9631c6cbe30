import { appendFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLevelStore, systemClock } from '@holdfast/platform-node';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isWholeLog } from '../src/level-log-format.js';
import { createTemporaryDirectory, type TemporaryDirectory } from './temporary-directory.js';

let directory: TemporaryDirectory;
let path: string;
beforeEach(() => {
  directory = createTemporaryDirectory();
  path = join(directory.path, 'database');
});
afterEach(async () => {
  vi.useRealTimers();
  await directory.dispose();
});

/** The lineage of an opening that puts so many rows, and closes. */
async function opened(rows = 0): Promise<string | undefined> {
  const store = await openLevelStore(path);
  await put(store, rows);
  await store.close();
  return store.lineage;
}

const hourMs = 60 * 60 * 1000;

/** What `lineage` names after a run of so many hours, by the one or the other of its clocks. */
async function lineageOfRun(hours: Partial<Record<'now' | 'monotonic', number>>) {
  const passed = { now: 0, monotonic: 0 };
  const [sinceMs, sinceMonotonicMs] = [systemClock.now(), systemClock.monotonic()];
  const store = await openLevelStore(path, {
    now: () => sinceMs + passed.now * hourMs,
    monotonic: () => sinceMonotonicMs + passed.monotonic * hourMs,
  });
  const begun = store.lineage;
  Object.assign(passed, hours);
  await put(store, 10);
  const lineage = store.lineage;
  await store.close();
  return { begun, lineage };
}

async function put(store: Awaited<ReturnType<typeof openLevelStore>>, rows: number): Promise<void> {
  const writes = Array.from({ length: rows }, (_, number) => ({
    type: 'put' as const,
    key: Buffer.from(`key ${number}`),
    value: Buffer.from(`value ${number}`.repeat(20)),
  }));
  await store.batch(writes, { sync: true });
}

function fileLike(pattern: RegExp): string {
  const name = readdirSync(path).find((one) => pattern.test(one) && sizeOf(join(path, one)) > 0);
  return join(path, name as string);
}

function sizeOf(file: string): number {
  return readFileSync(file).length;
}

function flip(file: string): void {
  const bytes = readFileSync(file);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

describe('a database that was closed in good order', () => {
  test('goes on with the same lineage, whatever was written meanwhile', async () => {
    const lineage = await opened(3_000);
    expect(lineage).toMatch(/^[0-9a-f]{32}$/);
    expect(await opened(10)).toBe(lineage);
    expect(await opened()).toBe(lineage);
  });

  test.each([
    ['table', /\.ldb$/],
    ['list of tables', /^MANIFEST/],
    ['write-ahead log', /\.log$/],
  ])('begins another lineage where a bit of its %s is another one', async (_, pattern) => {
    await opened(3_000);
    const lineage = await opened(10);
    flip(fileLike(pattern));
    const store = await openLevelStore(path).catch((error: unknown) => {
      expect(error).toMatchObject({ code: expect.stringMatching(/^store_(damaged|unreadable)$/) });
      return undefined;
    });
    expect(store?.lineage).not.toBe(lineage);
    await store?.close();
  });

  test('begins another lineage where its seal is gone, or is not whole', async () => {
    const lineage = await opened(10);
    rmSync(join(path, 'SEAL'));
    const next = await opened();
    expect(next).not.toBe(lineage);
    flip(join(path, 'SEAL'));
    expect(await opened()).not.toBe(next);
  });

  test('begins another lineage after a month, and where the clock went back', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-05-01') });
    const lineage = await opened(10);
    vi.setSystemTime(new Date('2026-05-30'));
    expect(await opened()).toBe(lineage);
    vi.setSystemTime(new Date('2026-06-02'));
    const next = await opened();
    expect(next).not.toBe(lineage);
    vi.setSystemTime(new Date('2026-01-01'));
    expect(await opened()).not.toBe(next);
  });

  test('begins another lineage after thirty openings, where the clock always says the same', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-05-01') });
    const lineage = await opened(10);
    for (let opening = 2; opening <= 30; opening += 1) expect(await opened()).toBe(lineage);
    const next = await opened();
    expect(next).not.toBe(lineage);
    expect(await opened()).toBe(next);
  });

  test.each(['now', 'monotonic'] as const)(
    'begins another lineage after it was open for more than a day by %s',
    async (by) => {
      const first = await lineageOfRun({ [by]: 23 });
      expect(first.lineage).toBe(first.begun);
      const second = await lineageOfRun({ [by]: 25 });
      expect(second.begun).toBe(first.begun);
      expect(second.lineage).toBeUndefined();
      const third = await opened();
      expect(third).toMatch(/^[0-9a-f]{32}$/);
      expect(third).not.toBe(first.begun);
    },
  );
});

test('a database that was not closed begins another lineage', async () => {
  const lineage = await opened(10);
  const store = await openLevelStore(path);
  await put(store, 20);
  const left = join(directory.path, 'left');
  cpSync(path, left, { recursive: true });
  await store.close();
  expect(store.lineage).toBe(lineage);
  const after = await openLevelStore(left);
  expect(after.lineage).not.toBe(lineage);
  await after.close();
});

test('what rotted in the write-ahead log before the closing is not vouched for', async () => {
  const store = await openLevelStore(path);
  await put(store, 100);
  flip(fileLike(/\.log$/));
  await store.close();
  expect(readdirSync(path)).not.toContain('SEAL');
  expect(await opened()).not.toBe(store.lineage);
});

describe("a log of LevelDB's", () => {
  test('is whole as it was written, over many of its blocks', async () => {
    await opened(1_000);
    const bytes = readFileSync(fileLike(/\.log$/));
    expect(bytes.length).toBeGreaterThan(100_000);
    expect(isWholeLog(bytes)).toBe(true);
  });

  test('is not whole without its end, with more behind it, or with another bit anywhere', async () => {
    await opened(200);
    const file = fileLike(/\.log$/);
    const bytes = readFileSync(file);
    expect(isWholeLog(bytes.subarray(0, -1))).toBe(false);
    for (let at = 0; at < bytes.length; at += 97) {
      const other = Buffer.from(bytes);
      other[at] = (other[at] ?? 0) ^ 0x10;
      expect(isWholeLog(other), `byte ${at}`).toBe(false);
    }
    appendFileSync(file, 'x');
    expect(isWholeLog(readFileSync(file))).toBe(false);
  });
});
