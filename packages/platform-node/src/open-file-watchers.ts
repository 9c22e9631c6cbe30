/** The watchers of this machine: the native one where the platform has a build of it. */
import { errorMessage, type FileWatchers } from '@holdfast/platform';
import { ParcelFileWatcher, type ParcelWatcher } from './parcel-file-watcher.js';
import { PollingFileWatcher } from './polling-file-watcher.js';

/** `load` is given by tests; a library that cannot be loaded is no error. */
export async function openFileWatchers(
  load: () => Promise<ParcelWatcher> = loadParcelWatcher,
): Promise<FileWatchers> {
  const polling = new PollingFileWatcher();
  try {
    return { native: new ParcelFileWatcher(await load()), nativeProblem: '', polling };
  } catch (error) {
    const [why] = errorMessage(error).split('\n');
    return {
      native: undefined,
      nativeProblem: `Events of the operating system cannot be had here (${why}).`,
      polling,
    };
  }
}

/** A native module that is missing throws when it is loaded. */
export async function loadParcelWatcher(): Promise<ParcelWatcher> {
  const { default: library } = await import('@parcel/watcher');
  return library;
}
