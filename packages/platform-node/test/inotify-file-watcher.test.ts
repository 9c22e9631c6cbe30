/** Watching directory by directory: whatever happens to them, what happens in them later is told. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { type FilePath, filePathFrom, joinPath, type WatchEvent } from '@holdfast/platform';
import { InotifyFileWatcher } from '@holdfast/platform-node';
import { SeededRandom } from '@holdfast/simulation';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTemporaryDirectory, type TemporaryDirectory } from './temporary-directory.js';

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 60_000, interval: 5 });

describe.runIf(process.platform === 'linux')('a watch on inotify', () => {
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

  const at = (...names: string[]) => join(directory.path, ...names);
  const hint = (...names: string[]) =>
    names.reduce<FilePath>((path, name) => joinPath(path, name), root);

  async function watching(watcher = new InotifyFileWatcher()): Promise<WatchEvent[]> {
    const events: WatchEvent[] = [];
    const subscription = await watcher.watch(root, (event) => events.push(event));
    stops.push(() => subscription.stop());
    return events;
  }

  /** Whether something said that this path is to be looked at. */
  function isHinted(events: readonly WatchEvent[], path: FilePath): boolean {
    return events.some((event) => {
      if (event.type === 'overflow') return true;
      if (event.type !== 'changed') return false;
      const below = event.below ?? [];
      return event.paths.includes(path) || below.some((above) => path.startsWith(`${above}/`));
    });
  }

  const isNamed = (events: readonly WatchEvent[], path: FilePath) =>
    events.some((event) => event.type === 'changed' && event.paths.includes(path));

  /** A file is saved again and again until an event names it: then its directory is watched. */
  async function untilNamed(events: WatchEvent[], ...names: string[]): Promise<void> {
    await eventually(() => {
      appendFileSync(at(...names), 'more');
      expect(isNamed(events, hint(...names))).toBe(true);
    });
  }

  test('directories made deep and filled at once are looked at whole, and watched', async () => {
    const events = await watching();
    mkdirSync(at('a', 'b', 'c', 'd'), { recursive: true });
    writeFileSync(at('a', 'b', 'c', 'd', 'file'), 'text');
    await eventually(() => expect(isHinted(events, hint('a', 'b', 'c', 'd', 'file'))).toBe(true));
    await untilNamed(events, 'a', 'b', 'c', 'd', 'file');
  });

  test('a directory that was moved is watched under its new name only', async () => {
    mkdirSync(at('old', 'deep'), { recursive: true });
    const events = await watching();
    renameSync(at('old'), at('new'));
    await untilNamed(events, 'new', 'deep', 'file');
    events.length = 0;
    appendFileSync(at('new', 'deep', 'file'), 'more');
    await eventually(() => expect(isNamed(events, hint('new', 'deep', 'file'))).toBe(true));
    expect(isNamed(events, hint('old', 'deep', 'file'))).toBe(false);
  });

  test('one that came back under the same name is watched again', async () => {
    mkdirSync(at('same', 'deep'), { recursive: true });
    const events = await watching();
    rmSync(at('same'), { recursive: true });
    mkdirSync(at('same', 'deep'), { recursive: true });
    await untilNamed(events, 'same', 'deep', 'file');
  });

  test('what a symlink leads to is not watched', async () => {
    const outside = createTemporaryDirectory();
    symlinkSync(outside.path, at('before'));
    const events = await watching();
    symlinkSync(outside.path, at('after'));
    await eventually(() => expect(isNamed(events, hint('after'))).toBe(true));
    writeFileSync(join(outside.path, 'file'), 'text');
    writeFileSync(at('last'), 'text');
    await eventually(() => expect(isNamed(events, hint('last'))).toBe(true));
    expect(events.flatMap((event) => (event.type === 'changed' ? event.paths : []))).not.toContain(
      hint('before', 'file'),
    );
    await outside.dispose();
  });

  test('more events at once than the kernel keeps are an overflow, and all is watched anew', async () => {
    mkdirSync(at('directory'));
    const events = await watching(new InotifyFileWatcher(64));
    for (let number = 0; number < 64; number += 1) writeFileSync(at(`file${number}`), 'text');
    await eventually(() => expect(events).toContainEqual({ type: 'overflow' }));
    await untilNamed(events, 'directory', 'file');
  });

  test('a root that is not there cannot be watched', async () => {
    const watcher = new InotifyFileWatcher();
    const missing = watcher.watch(hint('missing'), () => undefined);
    await expect(missing).rejects.toMatchObject({ code: 'watch_unavailable' });
  });

  test('a root that went ends the watch, or is told of', async () => {
    const events = await watching();
    rmSync(directory.path, { recursive: true });
    await eventually(() => expect(events.length).toBeGreaterThan(0));
  });

  const seeds = [...Array(8).keys()].map(() => Math.floor(Math.random() * 1e9));

  test.each(seeds)('after anything at all, every directory is watched (seed %i)', async (seed) => {
    const random = new SeededRandom(`inotify ${seed}`);
    const below = (path: string): string[] =>
      readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? [join(path, entry.name), ...below(join(path, entry.name))] : [],
      );
    const act = () => {
      const all = [directory.path, ...below(directory.path)];
      const name = `d${random.integer(0, 3)}`;
      const target = join(random.pick(all), name);
      if (random.chance(0.5)) mkdirSync(target, { recursive: true });
      else if (random.chance(0.4)) rmSync(target, { recursive: true, force: true });
      else {
        const source = random.pick(all);
        const isInside = `${target}/`.startsWith(`${source}/`);
        if (source !== directory.path && !isInside && !existsSync(target))
          renameSync(source, target);
      }
    };
    for (let step = 0; step < 20; step += 1) act();
    const events = await watching();
    for (let step = 0; step < 200; step += 1) {
      act();
      if (random.chance(0.12)) await new Promise((resolve) => setImmediate(resolve));
    }
    for (const path of below(directory.path)) {
      const names = [...relative(directory.path, path).split('/'), 'file'];
      await untilNamed(events, ...names);
    }
  });
});
