import {
  AppError,
  type FileWatcher,
  filePathFrom,
  type Logger,
  type WatchEvent,
} from '@holdfast/platform';
import { describe, expect, test, vi } from 'vitest';
import { attemptsFor, TreeWatch, type TreeWatchInit } from '../src/tree-watch.js';

const root = filePathFrom('/nas/photos');
const patienceMs = 60_000;
const silent = () => undefined;
const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent };

/** Notes what begins and ends; its listeners can be told anything. */
class NotedWatcher implements FileWatcher {
  readonly listeners: ((event: WatchEvent) => void)[] = [];
  problem: Error | undefined;
  constructor(
    readonly name: string,
    readonly notes: string[],
  ) {}

  async watch(_root: unknown, listener: (event: WatchEvent) => void) {
    if (this.problem !== undefined) throw this.problem;
    this.listeners.push(listener);
    this.notes.push(`${this.name} begins`);
    return { stop: async () => void this.notes.push(`${this.name} ends`) };
  }
}

function watching(init: Partial<TreeWatchInit> = {}) {
  const notes: string[] = [];
  const events: WatchEvent[] = [];
  const native = new NotedWatcher('native', notes);
  const polling = new NotedWatcher('polling', notes);
  const watch = new TreeWatch({
    folder: 'photosphotosphot' as never,
    root,
    watchers: { native, nativeProblem: '', polling },
    fileSystemTypeOf: async () => 'ext4',
    options: {},
    choice: 'auto',
    logger,
    onEvent: (event) => events.push(event),
    onRenewed: () => notes.push('scan'),
    ...init,
  });
  return { watch, native, polling, notes, events };
}

const noBuild = { native: undefined, nativeProblem: 'There is no build.' };

describe('what is tried', () => {
  const methods = (...given: Parameters<typeof attemptsFor>) =>
    attemptsFor(...given).map(({ method }) => method);
  const one = new NotedWatcher('one', []);
  const both = { native: one, nativeProblem: '', polling: one };

  test('native events first, polling where they cannot be had or where it was chosen', () => {
    expect(methods('auto', both)).toEqual(['native', 'polling']);
    expect(methods('native', both)).toEqual(['native', 'polling']);
    expect(methods('polling', both)).toEqual(['polling']);
    expect(methods('auto', { ...noBuild, polling: one })).toEqual(['polling']);
    expect(methods('native', { ...noBuild, polling: one })).toEqual(['polling']);
  });
});

test('a tree is watched natively, and its file system is known', async () => {
  const { watch, notes } = watching();
  await watch.start();
  expect(watch.state).toEqual({
    choice: 'auto',
    method: 'native',
    reason: '',
    fileSystem: 'ext4',
  });
  expect(notes).toEqual(['native begins']);
});

test('a new watch of another kind begins before the old one ends, and then everything is scanned', async () => {
  const { watch, notes } = watching();
  await watch.start();
  watch.choose('polling');
  watch.choose('polling');
  await vi.waitFor(() => expect(notes).toContain('scan'), patienceMs);
  expect(notes).toEqual(['native begins', 'polling begins', 'native ends', 'scan']);
  expect(watch.state).toMatchObject({ choice: 'polling', method: 'polling', reason: '' });
});

test('a native watch that is renewed ends first, since one beside it would miss what it misses', async () => {
  const { watch, notes } = watching();
  await watch.start();
  watch.renew();
  await vi.waitFor(() => expect(notes).toContain('scan'), patienceMs);
  expect(notes).toEqual(['native begins', 'native ends', 'native begins', 'scan']);
});

test('polling ends before another watch begins', async () => {
  const { watch, notes } = watching({ choice: 'polling' });
  await watch.start();
  await vi.waitFor(() => expect(notes).toContain('scan'), patienceMs);
  watch.renew();
  await vi.waitFor(
    () => expect(notes.filter((note) => note === 'scan')).toHaveLength(2),
    patienceMs,
  );
  const order = notes.filter((note) => note !== 'scan');
  expect(order).toEqual(['polling begins', 'polling ends', 'polling begins']);
});

test('changes of mind in quick succession end with the last one, and one watch', async () => {
  const { watch, notes } = watching();
  await watch.start();
  for (const choice of ['polling', 'native', 'polling', 'auto'] as const) watch.choose(choice);
  await vi.waitFor(
    () => expect(notes.filter((note) => note === 'scan')).toHaveLength(4),
    patienceMs,
  );
  const count = (what: string) => notes.filter((note) => note.endsWith(what)).length;
  expect(count('begins') - count('ends')).toBe(1);
  expect(watch.state).toMatchObject({ choice: 'auto', method: 'native' });
});

test('without a native watcher there is polling, with the reason, and the start does not wait', async () => {
  const notes: string[] = [];
  let begin: () => void = () => undefined;
  const polling: FileWatcher = {
    async watch() {
      await new Promise<void>((resolve) => {
        begin = resolve;
      });
      return { stop: async () => undefined };
    },
  };
  const onRenewed = () => notes.push('scan');
  const { watch } = watching({ watchers: { ...noBuild, polling }, onRenewed });
  await watch.start();
  expect(watch.state.method).toBe('scans');
  begin();
  await vi.waitFor(() => expect(notes).toEqual(['scan']), patienceMs);
  expect(watch.state).toMatchObject({ method: 'polling', reason: 'There is no build.' });
});

test('a native watch that fails gives way to polling, and the reason is kept', async () => {
  const { watch, native } = watching();
  native.problem = new AppError('watch_unavailable', 'Too many watches.');
  await watch.start();
  expect(watch.state).toMatchObject({ method: 'polling', reason: 'Too many watches.' });
});

test('where nothing can watch it is scanned at intervals; a renewal tries again', async () => {
  const { watch, native, polling, notes } = watching();
  native.problem = new AppError('watch_unavailable', 'It is gone.');
  polling.problem = native.problem;
  await watch.start();
  expect(watch.state).toMatchObject({ method: 'scans', reason: 'It is gone.' });
  native.problem = undefined;
  watch.renew();
  await vi.waitFor(() => expect(notes).toContain('scan'), patienceMs);
  expect(watch.state).toMatchObject({ method: 'native', reason: '' });
});

test('a watch that ends by itself leaves scans at intervals, and says why', async () => {
  const { watch, polling, events } = watching({ choice: 'polling' });
  await watch.start();
  await vi.waitFor(() => expect(watch.state.method).toBe('polling'), patienceMs);
  polling.listeners[0]?.({ type: 'ended', reason: 'It has grown.' });
  expect(watch.state).toMatchObject({ method: 'scans', reason: 'It has grown.' });
  expect(events).toEqual([{ type: 'ended', reason: 'It has grown.' }]);
});

test('nothing is told after the stop, not even by a watch that began meanwhile', async () => {
  const { watch, native, events, notes } = watching();
  const starting = watch.start();
  await watch.stop();
  await starting;
  for (const tell of native.listeners) tell({ type: 'overflow' });
  expect(events).toEqual([]);
  const begun = notes.filter((note) => note.endsWith('begins')).length;
  expect(notes.filter((note) => note.endsWith('ends'))).toHaveLength(begun);
});

test('another file system at the root is noted; one that cannot be told keeps the last', async () => {
  let type = () => Promise.resolve('ext4');
  const { watch } = watching({ fileSystemTypeOf: () => type() });
  await watch.start();
  type = () => Promise.resolve('nfs4');
  await watch.noteFileSystem();
  expect(watch.state.fileSystem).toBe('nfs4');
  type = () => Promise.reject(new Error('EIO'));
  await watch.noteFileSystem();
  expect(watch.state.fileSystem).toBe('nfs4');
});
