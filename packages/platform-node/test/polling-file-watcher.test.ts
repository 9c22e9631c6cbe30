import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type FilePath, filePathFrom, joinPath, type WatchEvent } from '@holdfast/platform';
import { PollingFileWatcher, type PollingOptions } from '@holdfast/platform-node';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTemporaryDirectory, type TemporaryDirectory } from './temporary-directory.js';

let directory: TemporaryDirectory;
let root: FilePath;
let stops: (() => Promise<void>)[] = [];
beforeEach(() => {
  directory = createTemporaryDirectory();
  root = filePathFrom(directory.path);
});
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
  await directory.dispose();
});

async function watching(options: Partial<PollingOptions> = {}): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  const watcher = new PollingFileWatcher({ minIntervalMs: 30, ...options });
  const subscription = await watcher.watch(root, (event) => events.push(event));
  stops.push(() => subscription.stop());
  return events;
}

const at = (...names: string[]) => join(directory.path, ...names);
const hintsOf = (events: WatchEvent[]) =>
  events.flatMap((event) => (event.type === 'changed' ? event.paths : []));
const belowOf = (events: WatchEvent[]) =>
  events.flatMap((event) => (event.type === 'changed' ? (event.below ?? []) : []));
const endsOf = (events: WatchEvent[]) =>
  events.flatMap((event) => (event.type === 'ended' ? [event.reason] : []));
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 60_000, interval: 10 });

test('an edit that keeps the size and goes back in time is seen', async () => {
  writeFileSync(at('file'), 'one');
  const events = await watching();
  writeFileSync(at('file'), 'two');
  utimesSync(at('file'), 1_000, 1_000);
  await eventually(() => expect(hintsOf(events)).toContain(joinPath(root, 'file')));
});

test('a broken symlink, which the library does not tell, shows in its directory', async () => {
  mkdirSync(at('directory'));
  const events = await watching();
  symlinkSync('nowhere', at('directory', 'link'));
  await eventually(() => expect(belowOf(events)).toContain(joinPath(root, 'directory')));
  events.length = 0;
  rmSync(at('directory', 'link'));
  await eventually(() => expect(belowOf(events)).toContain(joinPath(root, 'directory')));
});

test('what a symlink points to is not watched', async () => {
  mkdirSync(at('inside'));
  const outside = createTemporaryDirectory();
  writeFileSync(join(outside.path, 'file'), 'one');
  symlinkSync(outside.path, at('inside', 'link'));
  const events = await watching();
  appendFileSync(join(outside.path, 'file'), 'two');
  writeFileSync(at('last'), 'text');
  await eventually(() => expect(hintsOf(events)).toContain(joinPath(root, 'last')));
  expect(hintsOf(events).filter((path) => path.includes('link/'))).toEqual([]);
  await outside.dispose();
});

test('a tree with too many entries is not polled, and the reason says how many', async () => {
  for (let file = 0; file < 6; file += 1) writeFileSync(at(`${file}`), 'text');
  expect(endsOf(await watching({ maxEntries: 6 }))).toEqual([]);
  expect(endsOf(await watching({ maxEntries: 5 }))).toEqual([expect.stringMatching(/than 5 /)]);
});

test('a tree that outgrows the bound is not polled any more', async () => {
  const events = await watching({ maxEntries: 3 });
  for (let file = 0; file < 4; file += 1) writeFileSync(at(`${file}`), 'text');
  await eventually(() => expect(endsOf(events)).toEqual([expect.stringMatching(/than 3 /)]));
});

test('a tree that cannot be looked at quickly enough is not polled', async () => {
  for (let file = 0; file < 50; file += 1) writeFileSync(at(`${file}`), 'text');
  const events = await watching({ maxIntervalMs: 0.001 });
  expect(endsOf(events)).toEqual([expect.stringMatching(/too long/)]);
});

test('names that are not UTF-8 end the polling, from the start or when they come', async () => {
  const events = await watching();
  expect(endsOf(events)).toEqual([]);
  writeFileSync(Buffer.from(`${directory.path}/\xff`, 'latin1'), 'text');
  await eventually(() => expect(endsOf(events)).toEqual([expect.stringMatching(/not UTF-8/)]));
  expect(endsOf(await watching())).toEqual([expect.stringMatching(/not UTF-8/)]);
});

test('a root that is not UTF-8 is not polled, a missing one is watch_unavailable', async () => {
  const watcher = new PollingFileWatcher();
  const events: WatchEvent[] = [];
  await watcher.watch(joinPath(root, '\xff'), (event) => events.push(event));
  expect(endsOf(events)).toHaveLength(1);
  const missing = watcher.watch(joinPath(root, 'missing'), () => undefined);
  await expect(missing).rejects.toMatchObject({ code: 'watch_unavailable' });
});

test('a root that goes away is told, and nothing is thrown', async () => {
  mkdirSync(at('root'));
  writeFileSync(at('root', 'file'), 'text');
  const events: WatchEvent[] = [];
  const watcher = new PollingFileWatcher({ minIntervalMs: 30 });
  const below = joinPath(root, 'root');
  const subscription = await watcher.watch(below, (event) => events.push(event));
  renameSync(at('root'), at('elsewhere'));
  await eventually(() => expect(hintsOf(events)).toContain(below));
  await subscription.stop();
});
