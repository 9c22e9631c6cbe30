/** The watchers of this machine: the native one where the platform has a build of it. */
import { watch } from 'node:fs';
import {
  errorMessage,
  type FileWatcher,
  type FileWatchers,
  fileErrorCode,
} from '@holdfast/platform';
import { InotifyFileWatcher } from './inotify-file-watcher.js';
import { ParcelFileWatcher, type ParcelWatcher } from './parcel-file-watcher.js';
import { PollingFileWatcher } from './polling-file-watcher.js';

/** `load` and `platform` are given by tests; a library that cannot be loaded is no error. */
export async function openFileWatchers(
  load: () => Promise<ParcelWatcher> = loadParcelWatcher,
  platform: NodeJS.Platform = process.platform,
): Promise<FileWatchers> {
  const polling = new PollingFileWatcher();
  try {
    return { native: await nativeWatcher(load, platform), nativeProblem: '', polling };
  } catch (error) {
    const [why] = errorMessage(error).split('\n');
    return {
      native: undefined,
      nativeProblem: `Events of the operating system cannot be had here (${why}).`,
      polling,
    };
  }
}

async function nativeWatcher(
  load: () => Promise<ParcelWatcher>,
  platform: NodeJS.Platform,
): Promise<FileWatcher> {
  if (platform !== 'linux') return new ParcelFileWatcher(await load());
  assertInotify();
  return new InotifyFileWatcher();
}

/** Throws where the kernel has none; that there are too few watches is for each folder to say. */
function assertInotify(): void {
  try {
    watch('/', { persistent: false }).close();
  } catch (error) {
    if (fileErrorCode(error) === 'ENOSYS') throw error;
  }
}

/** A native module that is missing throws when it is loaded. */
export async function loadParcelWatcher(): Promise<ParcelWatcher> {
  const { default: library } = await import('@parcel/watcher');
  return library;
}
