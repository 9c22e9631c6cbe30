/**
 * The suite that every `FileWatcher` passes. Events are hints: a test accepts the path itself, a
 * directory above it that is to be examined whole, an overflow or the end of the watch, late or
 * doubled, but never silence.
 */
import {
  byteStringFromText,
  type FilePath,
  type FileSystem,
  type FileWatcher,
  joinPath,
  type WatchEvent,
} from '@holdfast/platform';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

export interface FileWatcherUnderTest {
  readonly watcher: FileWatcher;
  /** The file system whose changes the watcher reports. */
  readonly fileSystem: FileSystem;
  /** An existing, empty directory. */
  readonly root: FilePath;
  /** Lets virtual time pass, where time is virtual; called while the suite waits. */
  advance?(): Promise<void>;
  dispose(): Promise<void>;
}

const waitOptions = { timeout: 10_000, interval: 10 };

export function describeFileWatcher(
  name: string,
  setup: () => Promise<FileWatcherUnderTest>,
): void {
  describe(`${name} as a FileWatcher`, () => {
    let current: FileWatcherUnderTest | undefined;
    const under = () => {
      if (current === undefined) throw new Error('used outside a test');
      return current;
    };
    beforeEach(async () => {
      current = await setup();
    });
    afterEach(async () => {
      await current?.dispose();
      current = undefined;
    });
    testReports(under);
    testSkippedNames(under);
    testStopping(under);
  });
}

function writeFile(fileSystem: FileSystem, path: FilePath, text: string): void {
  const handle = fileSystem.open(path, 'create');
  fileSystem.write(handle, Buffer.from(text), 0);
  fileSystem.close(handle);
}

/** Whether an event hints at `path`, below the watched `root`. */
function hintsAt(event: WatchEvent, path: FilePath): boolean {
  if (event.type === 'overflow' || event.type === 'ended') return true;
  if (event.type === 'error') return false;
  const below = event.below ?? [];
  return event.paths.includes(path) || below.some((above) => path.startsWith(`${above}/`));
}

function pathsOf(events: readonly WatchEvent[]): FilePath[] {
  return events.flatMap((event) => (event.type === 'changed' ? event.paths : []));
}

async function waitForHint(
  under: FileWatcherUnderTest,
  events: readonly WatchEvent[],
  path: FilePath,
): Promise<void> {
  await vi.waitFor(async () => {
    await under.advance?.();
    expect(events.some((event) => hintsAt(event, path))).toBe(true);
  }, waitOptions);
}

function testReports(under: () => FileWatcherUnderTest): void {
  const changes: [string, (fileSystem: FileSystem, directory: FilePath) => FilePath][] = [
    [
      'a new file',
      (fileSystem, directory) => {
        writeFile(fileSystem, joinPath(directory, 'new'), 'text');
        return joinPath(directory, 'new');
      },
    ],
    [
      'a new file whose name is not ASCII',
      (fileSystem, directory) => {
        const path = joinPath(directory, byteStringFromText('gr\u00f6\u00dfe'));
        writeFile(fileSystem, path, 'text');
        return path;
      },
    ],
    [
      'a new file whose name is not UTF-8',
      (fileSystem, directory) => {
        writeFile(fileSystem, joinPath(directory, '\xff\xfe'), 'text');
        return joinPath(directory, '\xff\xfe');
      },
    ],
    [
      'a change of content',
      (fileSystem, directory) => {
        const handle = fileSystem.open(joinPath(directory, 'existing'), 'write');
        fileSystem.write(handle, Buffer.from('changed'), 0);
        fileSystem.close(handle);
        return joinPath(directory, 'existing');
      },
    ],
    [
      'a removal',
      (fileSystem, directory) => {
        fileSystem.unlink(joinPath(directory, 'existing'));
        return joinPath(directory, 'existing');
      },
    ],
    [
      'a rename, under the new name',
      (fileSystem, directory) => {
        fileSystem.rename(joinPath(directory, 'existing'), joinPath(directory, 'moved'));
        return joinPath(directory, 'moved');
      },
    ],
    [
      'a new directory',
      (fileSystem, directory) => {
        fileSystem.makeDirectory(joinPath(directory, 'deeper'));
        return joinPath(directory, 'deeper');
      },
    ],
  ];
  test.each(changes)('%s below the root is reported', async (_name, change) => {
    const { watcher, fileSystem, root } = under();
    const directory = joinPath(root, 'directory');
    fileSystem.makeDirectory(directory);
    writeFile(fileSystem, joinPath(directory, 'existing'), 'text');
    const events: WatchEvent[] = [];
    const subscription = await watcher.watch(root, (event) => events.push(event));
    await waitForHint(under(), events, change(fileSystem, directory));
    await subscription.stop();
  });

  test('a change in a directory that is younger than the watch is reported', async () => {
    const { watcher, fileSystem, root } = under();
    const events: WatchEvent[] = [];
    const subscription = await watcher.watch(root, (event) => events.push(event));
    const directory = joinPath(root, 'young');
    fileSystem.makeDirectory(directory);
    await waitForHint(under(), events, directory);
    events.length = 0;
    writeFile(fileSystem, joinPath(directory, 'file'), 'text');
    await waitForHint(under(), events, joinPath(directory, 'file'));
    await subscription.stop();
  });
}

function testSkippedNames(under: () => FileWatcherUnderTest): void {
  test('nothing below a skipped name at the top is reported, but below the same name deeper', async () => {
    const { watcher, fileSystem, root } = under();
    const skipped = joinPath(root, 'skipped[1]*');
    const deeper = joinPath(joinPath(root, 'kept'), 'skipped[1]*');
    for (const path of [skipped, joinPath(root, 'kept'), deeper]) fileSystem.makeDirectory(path);
    const events: WatchEvent[] = [];
    const options = { skipNames: ['skipped[1]*'] };
    const subscription = await watcher.watch(root, (event) => events.push(event), options);
    writeFile(fileSystem, joinPath(skipped, 'file'), 'text');
    writeFile(fileSystem, joinPath(deeper, 'file'), 'text');
    await waitForHint(under(), events, joinPath(deeper, 'file'));
    // Names are not patterns: this one would match.
    writeFile(fileSystem, joinPath(root, 'skipped1x'), 'text');
    await waitForHint(under(), events, joinPath(root, 'skipped1x'));
    expect(pathsOf(events).filter((path) => path.startsWith(`${skipped}/`))).toEqual([]);
    await subscription.stop();
  });

  test('names that begin with the skipped prefix are passed over wherever they are', async () => {
    const { watcher, fileSystem, root } = under();
    const directory = joinPath(root, 'directory');
    fileSystem.makeDirectory(directory);
    const events: WatchEvent[] = [];
    const options = { skipPrefix: '.tmp-' };
    const subscription = await watcher.watch(root, (event) => events.push(event), options);
    for (const above of [root, directory]) writeFile(fileSystem, joinPath(above, '.tmp-1'), 'text');
    for (const above of [root, directory]) {
      writeFile(fileSystem, joinPath(above, 'x.tmp-1'), 'text');
      await waitForHint(under(), events, joinPath(above, 'x.tmp-1'));
    }
    expect(pathsOf(events).filter((path) => path.includes('/.tmp-'))).toEqual([]);
    await subscription.stop();
  });
}

function testStopping(under: () => FileWatcherUnderTest): void {
  test('no event is delivered after stop resolved; stopping again is harmless', async () => {
    const { watcher, fileSystem, root } = under();
    const stopped: WatchEvent[] = [];
    const running: WatchEvent[] = [];
    const first = await watcher.watch(root, (event) => stopped.push(event));
    const second = await watcher.watch(root, (event) => running.push(event));
    await first.stop();
    stopped.length = 0;
    writeFile(fileSystem, joinPath(root, 'late'), 'text');
    await waitForHint(under(), running, joinPath(root, 'late'));
    expect(stopped).toEqual([]);
    await Promise.all([first.stop(), second.stop()]);
    await second.stop();
  });
}
