/** What this machine has to be like for a node: its runtime, its kernel's limits, clock and power. Pure. */
import { localTimeText } from '../printable-text.js';
import { type Finding, ok, problem, warning } from './finding.js';

/** The oldest that works, and the newest major that tests ran on. */
const oldestNode = { major: 20, minor: 19 };
const newestTestedMajor = 24;

export function checkNodeVersion(version: string): Finding {
  const topic = { name: 'node-version' };
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld =
    major < oldestNode.major || (major === oldestNode.major && minor < oldestNode.minor);
  if (isOld) {
    return problem(topic, `Node ${version} is too old.`, {
      hint: 'Install Node 20.19 or newer, for example from https://nodejs.org.',
    });
  }
  if (major > newestTestedMajor || major % 2 === 1) {
    return warning(topic, `Nobody has tested Holdfast with Node ${version}.`, {
      hint: `If something does not work, try Node ${newestTestedMajor}, which was tested.`,
    });
  }
  return ok(topic, `Node ${version} can run it.`);
}

export interface ComputingFacts {
  readonly blake3: string;
  readonly zstd: string;
}

export function checkComputing({ blake3, zstd }: ComputingFacts): Finding {
  const topic = { name: 'computing' };
  if (blake3 === 'wasm') {
    return warning(topic, 'Hashes are computed in WebAssembly, some six times slower.', {
      hint: 'The native package for this platform is missing or does not load. Install Holdfast again, on this machine.',
    });
  }
  return ok(topic, `Hashes are computed in native code, compression in ${zstd}.`);
}

export interface WatchFacts {
  /** The kernel's limits for one user; undefined where there are none, as on other systems. */
  readonly maxWatches: number | undefined;
  readonly maxInstances: number | undefined;
  /** What this user's other programs have of both. */
  readonly otherWatches: number;
  readonly otherInstances: number;
  /** One for each directory of the folders that are watched. */
  readonly neededWatches: number;
  /** False where counting was given up: then more are needed. */
  readonly countedAll: boolean;
}

/** What a distribution for large trees sets; a watch costs about one kilobyte of the kernel's memory. */
const leastAdvisedWatches = 524_288;
const leastAdvisedInstances = 512;
const nearlyAll = 0.9;

export function checkWatches(facts: WatchFacts): Finding {
  const topic = { name: 'inotify-watches' };
  const { maxWatches, neededWatches, otherWatches, countedAll } = facts;
  if (maxWatches === undefined) return ok(topic, 'This system sets no limit to watches.');
  const needed = neededWatches + otherWatches;
  const figures =
    `The folders need ${countedAll ? '' : 'at least '}${figure(neededWatches)} watches, other ` +
    `programs have ${figure(otherWatches)}, and ${figure(maxWatches)} are allowed.`;
  const advice = {
    hint: 'Raise the limit, then restart the node. Until then, changes in some directories are noticed minutes later.',
    command: raise('max_user_watches', Math.max(leastAdvisedWatches, powerOfTwoAbove(2 * needed))),
  };
  if (needed > maxWatches) return problem(topic, figures, advice);
  if (!countedAll || needed > maxWatches * nearlyAll) return warning(topic, figures, advice);
  return ok(topic, figures);
}

export function checkInstances({ maxInstances, otherInstances }: WatchFacts): Finding {
  const topic = { name: 'inotify-instances' };
  if (maxInstances === undefined) return ok(topic, 'This system sets no limit to watchers.');
  const needed = otherInstances + 1;
  const figures = `The node needs 1 watcher, other programs have ${figure(otherInstances)}, and ${figure(maxInstances)} are allowed.`;
  const advice = {
    hint: 'Raise the limit, then restart the node. Until then, no folder may be watched, only scanned every ten minutes.',
    command: raise(
      'max_user_instances',
      Math.max(leastAdvisedInstances, powerOfTwoAbove(2 * needed)),
    ),
  };
  if (needed > maxInstances) return problem(topic, figures, advice);
  if (needed > maxInstances * nearlyAll) return warning(topic, figures, advice);
  return ok(topic, figures);
}

/** Now and at every boot; a file for each key, so that one line does not undo the other. */
function raise(key: string, value: number): string {
  return (
    `echo fs.inotify.${key}=${value} | sudo tee /etc/sysctl.d/90-holdfast-${key}.conf && ` +
    'sudo sysctl --system'
  );
}

function powerOfTwoAbove(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, count)));
}

function figure(count: number): string {
  return count.toLocaleString('en');
}

export interface ClockFacts {
  readonly nowMs: number;
  /** The newest moment that this device wrote down about another one; undefined where there is none. */
  readonly newestSeenMs: number | undefined;
}

/** No clock that is right shows an earlier time than this software was written in. */
const earliestMs = Date.UTC(2026, 0, 1);
/** Corrections smaller than this are what clocks are given all the time. */
const toleranceMs = 60 * 60_000;

export function checkClock({ nowMs, newestSeenMs }: ClockFacts): Finding {
  const topic = { name: 'clock' };
  const shown = localTimeText(new Date(nowMs).toISOString());
  const advice = {
    hint: 'Set the clock right, or let the network set it, then restart the node.',
    command: 'sudo timedatectl set-ntp true',
  };
  if (nowMs < earliestMs) {
    return problem(topic, `The clock shows ${shown}, which is in the past.`, advice);
  }
  if (newestSeenMs !== undefined && nowMs + toleranceMs < newestSeenMs) {
    const seen = localTimeText(new Date(newestSeenMs).toISOString());
    return problem(
      topic,
      `The clock shows ${shown}, but another device was seen at ${seen}.`,
      advice,
    );
  }
  return ok(topic, `The clock shows ${shown}.`);
}

export interface TimeSyncFacts {
  /** What systemd-timesyncd says; `absent` where it does not run. */
  readonly timesyncd: 'synchronised' | 'waiting' | 'absent';
  /** Another program that keeps the clock; undefined where none was found. */
  readonly otherKeeper: string | undefined;
}

export function checkTimeSync({ timesyncd, otherKeeper }: TimeSyncFacts): Finding {
  const topic = { name: 'time-sync' };
  if (timesyncd === 'synchronised') return ok(topic, 'The network keeps the clock right.');
  if (otherKeeper !== undefined) return ok(topic, `${otherKeeper} keeps the clock right.`);
  if (timesyncd === 'waiting') {
    return warning(topic, 'The clock was not set by the network since this machine started.', {
      hint: 'See whether it reaches a time server. Until then, nothing in an archive is thinned.',
      command: 'timedatectl timesync-status',
    });
  }
  return warning(topic, 'Nothing was found here that keeps the clock right.', {
    hint: 'Times in history come from the clock of the archive. Let the network set it.',
    command: 'sudo apt install systemd-timesyncd',
  });
}

/** Bits of the firmware's word, as `vcgencmd get_throttled` explains them. */
const underVoltageNow = 1 << 0;
const throttledNow = 1 << 2;
const underVoltageSinceBoot = 1 << 16;

/** `throttled` is the firmware's word; undefined on a machine that has none, which gets no finding. */
export function checkPower(throttled: number | undefined): Finding[] {
  const topic = { name: 'power' };
  if (throttled === undefined) return [];
  const hint =
    'Use the power supply that is made for this Pi and a short cable, and give the disk power of its own. Too little makes disks disappear.';
  if ((throttled & underVoltageNow) !== 0) {
    return [problem(topic, 'The Pi gets too little power at this moment.', { hint })];
  }
  if ((throttled & underVoltageSinceBoot) !== 0) {
    return [warning(topic, 'The Pi got too little power since it started.', { hint })];
  }
  if ((throttled & throttledNow) !== 0) {
    return [warning(topic, 'The Pi is slowed down, as it is too hot.', { hint: 'Cool it.' })];
  }
  return [ok(topic, 'The Pi gets enough power.')];
}
