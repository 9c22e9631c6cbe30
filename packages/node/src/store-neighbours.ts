/**
 * What lies beside a store in a node's home, where it lies in one: the names of folders and devices,
 * and who runs there. All of it is convenience: a store alone has ids.
 */
import {
  byteStringFrom,
  type FilePath,
  type FileSystem,
  joinPath,
  readWholeFileIfPresent,
} from '@holdfast/platform';
import { readConfig } from './node-config.js';
import { unlessRefused } from './unless-refused.js';

const maxLockBytes = 64;

export interface StoreNames {
  readonly labelOf: (folder: string) => string;
  readonly nameOf: (device: string) => string;
}

/** Ids stand for what has no name there. */
export function storeNames(fileSystem: FileSystem, home: FilePath): StoreNames {
  const config = configOf(fileSystem, home);
  const labels = new Map(config?.folders.map(({ id, label }) => [id, label]));
  const names = new Map(config?.devices.map(({ id, name }) => [id, name]));
  return {
    labelOf: (folder) => labels.get(folder) ?? folder,
    nameOf: (device) => names.get(device) ?? device,
  };
}

/** The process of a node that runs in the home, as its lock file says. */
export function holderOf(
  fileSystem: FileSystem,
  home: FilePath,
  processLives: (pid: number) => boolean,
): number | undefined {
  const bytes = unlessRefused(() =>
    readWholeFileIfPresent(fileSystem, joinPath(home, 'lock'), maxLockBytes),
  );
  const pid = bytes === undefined ? 0 : Number(byteStringFrom(bytes).trim());
  return Number.isSafeInteger(pid) && pid > 0 && processLives(pid) ? pid : undefined;
}

/** What cannot be read takes the names away, not the history. */
function configOf(fileSystem: FileSystem, home: FilePath) {
  return unlessRefused(() => readConfig(fileSystem, home));
}
