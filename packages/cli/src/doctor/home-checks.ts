/** The node's home: whether it is whole and private, whether a node runs for it, its database. Pure. */
import { durationText } from '../printable-text.js';
import { shellWord } from '../shell-word.js';
import { type Finding, ok, problem, warning } from './finding.js';

export interface HomeFacts {
  readonly home: string;
  readonly isMade: boolean;
  /** Why it cannot be opened; undefined where it can. */
  readonly fault: { readonly message: string; readonly hint: string } | undefined;
}

export function checkHome({ home, isMade, fault }: HomeFacts): Finding {
  const topic = { name: 'home' };
  if (fault !== undefined) return problem(topic, fault.message, { hint: fault.hint });
  if (isMade) return ok(topic, `The home is ${home}.`);
  return warning(topic, `There is no node's home in ${home} yet.`, {
    hint: 'The first start makes one. If there was one, its disk may be away, or it is elsewhere: name it with --home.',
    command: 'npx holdfast up',
  });
}

/** A directory or file of the home that only its user may read. */
export interface PrivateEntry {
  readonly path: string;
  readonly permissions: number;
  /** Whether it belongs to the user who asks. */
  readonly isOwn: boolean;
}

const forOthers = 0o077;

/** Nothing where there is no home. */
export function checkPermissions(entries: readonly PrivateEntry[]): Finding[] {
  const topic = { name: 'permissions' };
  if (entries.length === 0) return [];
  const foreign = entries.find(({ isOwn }) => !isOwn);
  if (foreign !== undefined) {
    return [
      problem(topic, `${foreign.path} belongs to another user.`, {
        hint: 'Run Holdfast as the user who made the home, or give the home to this one.',
        command: `ls -ld ${shellWord(foreign.path)}`,
      }),
    ];
  }
  const open = entries.filter(({ permissions }) => (permissions & forOthers) !== 0);
  const [first] = open;
  if (first === undefined) return [ok(topic, 'Nobody else can read the secrets in the home.')];
  return [
    problem(topic, `Others on this machine may look into ${first.path}.`, {
      hint: 'Take that right away from them.',
      command: `chmod go-rwx ${open.map(({ path }) => shellWord(path)).join(' ')}`,
    }),
  ];
}

export interface NodeFacts {
  readonly state: 'running' | 'not-running' | 'silent';
  readonly pid: number | undefined;
  /** Of the node that runs, and of the program that asks. */
  readonly version: string | undefined;
  readonly ownVersion: string;
  /** Why it does not answer. */
  readonly reason: string;
}

export function checkNode({ state, pid, version, ownVersion, reason }: NodeFacts): Finding {
  const topic = { name: 'node' };
  if (state === 'not-running') {
    return warning(topic, 'No node runs for this home, so nothing is synced.', {
      hint: 'Start it. What a node knows alone was not looked at.',
      command: 'npx holdfast up',
    });
  }
  if (state === 'silent') {
    return problem(topic, `The node (process ${pid}) does not answer: ${reason}`, {
      hint: 'If that process is a node, its log in the home may say why; end it and start it again.',
      command: `ps -o pid,user,args -p ${pid}`,
    });
  }
  if (version !== ownVersion) {
    return warning(topic, `The node that runs is ${version}; this program is ${ownVersion}.`, {
      hint: 'Stop it and start it again, so that both are the same.',
      command: 'npx holdfast stop',
    });
  }
  return ok(topic, `The node runs (process ${pid}), version ${version}.`);
}

export interface DatabaseFacts {
  readonly isHeadless: boolean;
  readonly setAside: readonly string[];
  readonly home: string;
  readonly nodeRuns: boolean;
}

/** A node checks every row when it opens the database; this one looks from outside. */
export function checkDatabase({ isHeadless, setAside, home, nodeRuns }: DatabaseFacts): Finding {
  const topic = { name: 'database' };
  if (isHeadless && !nodeRuns) {
    return warning(topic, `The database in ${home}/index has lost its beginning.`, {
      hint: 'The next start makes a new one from the files here and from the other devices. Nothing is deleted. See what the disk says in its log.',
      command: 'sudo dmesg --level err,warn',
    });
  }
  const [first] = setAside;
  if (first !== undefined) {
    return warning(topic, `A damaged database was moved aside: ${home}/${first}.`, {
      hint: 'A new one is in use. See whether the disk is dying; the old one may be removed.',
      command: `rm -r ${shellWord(`${home}/${first}`)}`,
    });
  }
  if (nodeRuns) return ok(topic, 'The database is in use.');
  return ok(topic, 'The database looks whole; the node checks it when it starts.');
}

export interface DeviceFacts {
  readonly name: string;
  readonly connected: boolean;
  readonly lastSeenMs: number | null;
  /** Why the two cannot talk to each other; empty where they can, or where no node tells. */
  readonly reason: string;
  /** What it ran when the two last met; undefined where nothing tells. */
  readonly version: string | undefined;
}

const longAbsenceMs = 7 * 86_400_000;

/** `nodeRuns`: without a node, what it wrote down is all that is known. */
export function checkDevice(device: DeviceFacts, nowMs: number, nodeRuns: boolean): Finding {
  const { name, connected, lastSeenMs, reason, version } = device;
  const topic = { name: 'device', subject: name };
  const command = 'npx holdfast device list';
  if (reason !== '') {
    const hint = 'See it there, too: each of the two says what it lacks.';
    return problem(topic, `${name}: ${reason}`, { hint, command });
  }
  if (connected) {
    return ok(topic, `${name} is connected${version === undefined ? '' : `, version ${version}`}.`);
  }
  if (lastSeenMs === null) {
    return warning(topic, `${name} was never connected.`, {
      hint: 'See that a node runs there, and that one of the two can reach an address of the other.',
      command,
    });
  }
  const awayMs = nowMs - lastSeenMs;
  const seen = `${name} was last seen ${awayText(awayMs)} ago.`;
  if (awayMs <= longAbsenceMs) {
    return ok(topic, nodeRuns ? `${seen} It is not connected now.` : seen);
  }
  return warning(topic, seen, {
    hint: 'What changed since is not there. See that it is on; if it is gone for good, forget it here.',
    command,
  });
}

function awayText(ms: number): string {
  const days = Math.floor(ms / 86_400_000);
  if (days >= 2) return `${days} days`;
  return durationText(Math.max(0, ms) / 1000);
}
