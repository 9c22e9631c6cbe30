/**
 * What the kernel and the firmware say of this machine. Everything is looked for below one root,
 * which is `/` unless HOLDFAST_SYSTEM_ROOT names another: so a test can plant what it wants found.
 */
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileErrorCode } from '@holdfast/platform';
import type { TimeSyncFacts } from './machine-checks.js';
import { unlessRefused } from './unless-refused.js';

/** The number in a file of the kernel; undefined where there is no such file, or no number in it. */
function numberIn(path: string, radix = 10): number | undefined {
  const value = Number.parseInt(textIn(path) ?? '', radix);
  return Number.isNaN(value) ? undefined : value;
}

function textIn(path: string): string | undefined {
  return unlessRefused(() => readFileSync(path, 'utf8').trim());
}

export interface InotifyFacts {
  readonly maxWatches: number | undefined;
  readonly maxInstances: number | undefined;
  readonly otherWatches: number;
  readonly otherInstances: number;
}

/** What all processes of the user have, but those of `ownPid`: the limits count per user. */
export function inotifyFacts(
  root: string,
  userId: number | undefined,
  ownPid: number | undefined,
): InotifyFacts {
  let otherWatches = 0;
  let otherInstances = 0;
  for (const name of unlessRefused(() => readdirSync(join(root, 'proc'))) ?? []) {
    if (!/^\d+$/.test(name) || Number(name) === ownPid) continue;
    const process = join(root, 'proc', name);
    if (unlessRefused(() => statSync(process).uid) !== userId) continue;
    for (const watches of watchesOf(process)) {
      otherInstances += 1;
      otherWatches += watches;
    }
  }
  const limits = join(root, 'proc/sys/fs/inotify');
  return {
    maxWatches: numberIn(join(limits, 'max_user_watches')),
    maxInstances: numberIn(join(limits, 'max_user_instances')),
    otherWatches,
    otherInstances,
  };
}

/** For each inotify instance of a process, how many watches it has (proc_pid_fdinfo(5)). */
function watchesOf(process: string): number[] {
  const open = unlessRefused(() => readdirSync(join(process, 'fd'))) ?? [];
  return open
    .filter((name) =>
      unlessRefused(() => readlinkSync(join(process, 'fd', name)))?.includes('inotify'),
    )
    .map((name) => (textIn(join(process, 'fdinfo', name)) ?? '').match(/^inotify /gm)?.length ?? 0);
}

/** More than this are not counted: the kernel's own limit is rarely higher. */
const maxCountedDirectories = 1_000_000;

/** Directories of a tree, itself included; symlinks are not followed. */
export async function countDirectories(
  tree: string,
  isInTime: () => boolean,
): Promise<{ readonly count: number; readonly isWhole: boolean }> {
  const waiting = [tree];
  let count = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (count >= maxCountedDirectories || !isInTime()) return { count, isWhole: false };
    count += 1;
    waiting.push(...(await directoriesIn(next)));
  }
  return { count, isWhole: true };
}

async function directoriesIn(directory: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const entry of await opendir(directory)) {
      if (entry.isDirectory()) found.push(join(directory, entry.name));
    }
  } catch (error) {
    // What cannot be read cannot be watched either.
    if (fileErrorCode(error) === undefined) throw error;
  }
  return found;
}

const timesyncDirectory = 'run/systemd/timesync';
/** Where programs that keep the clock say that they run. */
const keepers: readonly (readonly [path: string, name: string])[] = [
  ['run/chrony/chronyd.pid', 'chrony'],
  ['run/chronyd.pid', 'chrony'],
  ['run/ntpd.pid', 'ntpd'],
  ['run/ntpd-rs', 'ntpd-rs'],
];

export function timeSyncFacts(root: string): TimeSyncFacts {
  const here = (path: string): boolean => existsSync(join(root, path));
  const otherKeeper = keepers.find(([path]) => here(path))?.[1];
  if (!here(timesyncDirectory)) return { timesyncd: 'absent', otherKeeper };
  const isDone = here(`${timesyncDirectory}/synchronized`);
  return { timesyncd: isDone ? 'synchronised' : 'waiting', otherKeeper };
}

const throttledFile = 'sys/devices/platform/soc/soc:firmware/get_throttled';

/**
 * The firmware's word of a Raspberry Pi; where the kernel shows only its alarm (hwmon `rpi_volt`),
 * the one bit for a time since the start. Undefined on other machines.
 */
export function powerFacts(root: string): number | undefined {
  const word = numberIn(join(root, throttledFile), 16);
  if (word !== undefined) return word;
  const sensors = join(root, 'sys/class/hwmon');
  for (const name of unlessRefused(() => readdirSync(sensors)) ?? []) {
    if (textIn(join(sensors, name, 'name')) !== 'rpi_volt') continue;
    return numberIn(join(sensors, name, 'in0_lcrit_alarm')) === 1 ? 1 << 16 : 0;
  }
  return undefined;
}
