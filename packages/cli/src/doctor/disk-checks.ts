/** Folders and the store: whether their disks are there, may be used, and have room. Pure. */
import type { FolderState } from '@holdfast/node';
import { sizeText } from '../printable-text.js';
import { shellWord } from '../shell-word.js';
import { type Finding, ok, problem, type Topic, warning } from './finding.js';

/** What a directory's disk is like; each undefined where it could not be found out. */
export interface DiskFacts {
  readonly path: string;
  readonly freeBytes: number | undefined;
  readonly totalBytes: number | undefined;
  /** False where a disk has no room for one more file, though it has bytes. */
  readonly hasFreeInodes: boolean;
  /** Such as `ext4`. */
  readonly type: string | undefined;
  /** A memory card, which wears out. */
  readonly isCard: boolean;
  /** Why the user who asks cannot read or write here; empty where that is possible. */
  readonly refused: string;
}

export interface FolderFacts {
  readonly label: string;
  readonly paused: boolean;
  readonly disk: DiskFacts;
  /** Why its root is not the one that was added; empty where it is. */
  readonly rootFault: string;
  /** What the running node says of it; undefined where none runs. */
  readonly live:
    | {
        readonly state: FolderState;
        readonly stateReason: string;
        readonly problemFiles: number;
        readonly watchReason: string;
        readonly watchSuggestion: string;
      }
    | undefined;
}

/** What is wrong with a folder, or one line that says that nothing is. */
export function checkFolder(folder: FolderFacts): Finding[] {
  const topic = { name: 'folder', subject: folder.label };
  const { label, disk } = folder;
  const found = [...rootFindings(folder, topic), ...liveFindings(folder, topic)];
  // Of a disk that is away, the room on what lies below it says nothing.
  if (folder.rootFault === '')
    found.push(...spaceFindings(disk, { ...topic, name: 'folder-disk' }));
  if (found.length > 0) return found;
  const room = disk.freeBytes === undefined ? '' : `, ${sizeText(disk.freeBytes)} free`;
  return [ok(topic, `${label} is in order (${disk.path}${room}).`)];
}

function rootFindings({ label, rootFault, disk }: FolderFacts, topic: Topic): Finding[] {
  if (rootFault !== '') {
    return [
      problem(topic, `${label} is stopped: ${rootFault}`, {
        hint: 'Mount the disk or bring the directory back; the folder goes on by itself.',
      }),
    ];
  }
  if (disk.refused === '') return [];
  return [
    problem(topic, `${label} cannot be read and written in ${disk.path}: ${disk.refused}.`, {
      hint: 'Give the user who runs the node the right to read and write there.',
      command: `ls -ld ${shellWord(disk.path)}`,
    }),
  ];
}

function liveFindings({ label, paused, rootFault, live }: FolderFacts, topic: Topic): Finding[] {
  const found: Finding[] = [];
  const named = shellWord(label);
  if (paused) {
    const command = `npx holdfast folder resume ${named}`;
    found.push(warning(topic, `${label} is paused.`, { hint: 'Nothing is synced.', command }));
  }
  if (live === undefined) return found;
  if (live.state === 'stopped' && rootFault === '') {
    const hint = 'It goes on by itself once that is mended.';
    found.push(problem(topic, `${label} is stopped: ${live.stateReason}`, { hint }));
  }
  if (live.state === 'needs-confirmation') {
    found.push(
      warning(topic, `${label} waits for your answer: ${live.stateReason}`, {
        hint: 'Take the change over with confirm, or put everything back with reject.',
        command: `npx holdfast folder confirm ${named}`,
      }),
    );
  }
  if (live.problemFiles > 0) {
    found.push(
      warning(topic, `${label} has ${live.problemFiles} files that cannot be read or placed.`, {
        hint: 'See each with its reason.',
        command: `npx holdfast folder problems ${named}`,
      }),
    );
  }
  const watch = [live.watchReason, live.watchSuggestion].filter((text) => text !== '').join(' ');
  if (watch !== '') {
    const hint = 'Until then, the scan every ten minutes finds what changed.';
    found.push(warning(topic, `${label}: ${watch}`, { hint }));
  }
  return found;
}

export interface StoreFacts {
  readonly disk: DiskFacts;
  /** Why it is not the store with the kept history; undefined where it is. */
  readonly fault: { readonly message: string; readonly hint: string } | undefined;
}

/** Of a device that keeps history. */
export function checkStore({ disk, fault }: StoreFacts): Finding[] {
  const topic = { name: 'store' };
  if (fault !== undefined) return [problem(topic, fault.message, { hint: fault.hint })];
  if (disk.refused !== '') {
    return [
      problem(topic, `The store in ${disk.path} cannot be read and written: ${disk.refused}.`, {
        hint: 'No new version is archived. Give the user who runs the node its rights back.',
        command: `ls -ld ${shellWord(disk.path)}`,
      }),
    ];
  }
  const found = spaceFindings(disk, { name: 'store-disk' });
  if (disk.isCard) {
    found.push(
      warning({ name: 'store-disk' }, 'The history is kept on a memory card.', {
        hint: 'Cards wear out and fail without a word. Keep the store on a disk of its own.',
      }),
    );
  }
  if (found.length > 0) return found;
  const room = disk.freeBytes === undefined ? '' : `, ${sizeText(disk.freeBytes)} free`;
  return [ok(topic, `The store with the history is in order (${disk.path}${room}).`)];
}

const problemBytes = 100e6;
const warningBytes = 1e9;
const warningShare = 0.02;
const volatileTypes: ReadonlySet<string> = new Set(['tmpfs', 'ramfs']);

/** Room on the disk of a directory, and whether the disk is one. */
export function spaceFindings(disk: DiskFacts, topic: Topic): Finding[] {
  const { path, freeBytes, totalBytes, hasFreeInodes, type } = disk;
  const found: Finding[] = [];
  if (type !== undefined && volatileTypes.has(type)) {
    const hint = 'Keep it on a disk.';
    found.push(
      warning(topic, `${path} lies in memory: a restart of the machine ends it.`, { hint }),
    );
  }
  if (!hasFreeInodes) {
    const hint = 'Remove files there that nobody needs.';
    found.push(problem(topic, `The disk of ${path} has no room for one more file.`, { hint }));
  }
  if (freeBytes === undefined || totalBytes === undefined) return found;
  const advice = {
    hint: 'Make room. A full disk stops what needs it; nothing is removed to go on.',
    command: `df -h ${shellWord(path)}`,
  };
  const message = `The disk of ${path} has ${sizeText(freeBytes)} left of ${sizeText(totalBytes)}.`;
  if (freeBytes < problemBytes) found.push(problem(topic, message, advice));
  else if (freeBytes < Math.max(warningBytes, totalBytes * warningShare)) {
    found.push(warning(topic, message, advice));
  }
  return found;
}
