/** What the system says of directories and files: their disks, their room, who may use them. */
import { accessSync, constants, lstatSync, type Stats, statfsSync, statSync } from 'node:fs';
import { fileTrouble } from '@holdfast/platform';
import type { DiskFacts } from './disk-checks.js';
import type { PrivateEntry } from './home-checks.js';
import { unlessRefused } from './unless-refused.js';

/** Linux gives this number to memory cards (devices.txt of the kernel). */
const memoryCardMajor = 179;

/** `typeOf` tells the type of file system; a path that is gone has facts too. */
export async function diskFacts(
  path: string,
  typeOf: (path: string) => Promise<string | undefined>,
): Promise<DiskFacts> {
  const refused = whyRefused(path);
  const stat = unlessRefused(() => statSync(path));
  const space = unlessRefused(() => statfsSync(path));
  return {
    path,
    refused,
    freeBytes: space === undefined ? undefined : space.bavail * space.bsize,
    totalBytes: space === undefined ? undefined : space.blocks * space.bsize,
    // Some file systems count no files: then both figures are 0.
    hasFreeInodes: space === undefined || space.files === 0 || space.ffree > 0,
    type: stat === undefined ? undefined : await typeOf(path),
    isCard: stat !== undefined && majorOf(stat) === memoryCardMajor,
  };
}

/** The major number in `st_dev`, as Linux packs it (makedev(3)). */
function majorOf({ dev }: Stats): number {
  return (dev >>> 8) & 0xfff;
}

/** In words; empty where this user can list, read and make files there. */
function whyRefused(path: string): string {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return '';
  } catch (error) {
    return fileTrouble(error);
  }
}

/** Of those that are there. `userId` undefined: a system without users, or root, to whom all belongs. */
export function privateEntries(
  paths: readonly string[],
  userId: number | undefined,
): readonly PrivateEntry[] {
  return paths.flatMap((path) => {
    const stat = unlessRefused(() => lstatSync(path));
    if (stat === undefined) return [];
    const isOwn = userId === undefined || userId === 0 || stat.uid === userId;
    return [{ path, permissions: stat.mode & 0o777, isOwn }];
  });
}
