/**
 * Which of two versions of one path a folder shows. Only fields of the records decide, so every
 * device decides the same, in whatever order versions arrive.
 */
import {
  type FileContentRecord,
  type FileRecord,
  type SymlinkRecord,
  sameContent,
  type Version,
} from './file-record.js';
import {
  childPath,
  type FolderPath,
  maxNameBytes,
  maxPathBytes,
  nameOf,
  parentOf,
} from './folder-path.js';
import { type ActorId, bytesFromHex, type Hash, hexFrom } from './ids.js';
import { versionOf } from './record-codec.js';
import { dominates, joinWithinLimit } from './version-vector.js';

/** What a path shows, given every version that some device shows as current. */
export interface CurrentChoice {
  /** The version all devices choose; with `merge`, it may be a new record that joins equal ones. */
  readonly current: Version;
  /** Made apart from `current`, with other content: each must survive as a conflict copy. */
  readonly conflicting: readonly Version[];
}

export interface ChooseOptions {
  /** Whether versions with the winner's content are joined into one record. Archives only choose. */
  readonly merge: boolean;
  /**
   * Whether the winner is joined with what is out and would beat it: who knows of these two alone
   * would choose otherwise, and go on showing it. For archives, where that lasts (decision 0008).
   */
  readonly settle?: boolean;
}

/**
 * Chooses among all known current versions of one path. A version whose history another contains
 * is out; among the rest a total order decides, so the order of arrival never matters. Undefined
 * where there is no version.
 */
export function chooseCurrent(
  versions: readonly Version[],
  options: ChooseOptions,
  hash: Hash,
): CurrentChoice | undefined {
  const [only] = versions;
  if (only !== undefined && versions.length === 1) return { current: only, conflicting: [] };
  const latest = undominated(versions);
  const winner = latest.reduce<Version | undefined>(
    (best, version) => (best === undefined || winsOver(version, best) ? version : best),
    undefined,
  );
  if (winner === undefined) return undefined;
  const conflicting = latest.filter((version) => !sameContent(version.record, winner.record));
  const equal = latest.filter((version) => sameContent(version.record, winner.record));
  const joined = new Set([
    winner,
    ...(options.merge ? equal : []),
    ...(options.settle === true ? outAndStronger(versions, latest, winner) : []),
  ]);
  if (joined.size === 1) return { current: winner, conflicting };
  const vector = joinWithinLimit([...joined].map((version) => version.record.vector));
  // Without a join the content is the same all the same: everybody takes the winner over.
  if (vector === undefined) return { current: winner, conflicting };
  return { current: versionOf({ ...winner.record, vector }, hash), conflicting };
}

/** What is out only through others than the winner, and would win if these were not known. */
function outAndStronger(
  versions: readonly Version[],
  latest: readonly Version[],
  winner: Version,
): Version[] {
  const ids = new Set(latest.map(({ id }) => id));
  return versions.filter(
    (version) =>
      !ids.has(version.id) &&
      !dominates(winner.record.vector, version.record.vector) &&
      winsOver(version, winner),
  );
}

/** The versions that no other's history contains, each id once. */
function undominated(versions: readonly Version[]): Version[] {
  const distinct = [...new Map(versions.map((version) => [version.id, version])).values()];
  return distinct.filter(
    ({ record }) => !distinct.some((other) => dominates(other.record.vector, record.vector)),
  );
}

/**
 * A total order on different versions: kind, then mtime, then author, then content, then version id.
 * Content comes before the id, so that joining equal versions into one with another id never changes
 * how they stand to a third.
 */
function winsOver(left: Version, right: Version): boolean {
  const byKind = kindRank(left.record) - kindRank(right.record);
  if (byKind !== 0) return byKind > 0;
  if (left.record.kind === 'file' && right.record.kind === 'file') {
    if (left.record.mtimeNs !== right.record.mtimeNs) {
      return left.record.mtimeNs > right.record.mtimeNs;
    }
  }
  if (left.record.author !== right.record.author) return left.record.author > right.record.author;
  const [leftContent, rightContent] = [contentKey(left.record), contentKey(right.record)];
  if (leftContent !== rightContent) return leftContent > rightContent;
  return left.id > right.id;
}

/** The same for records with the same content, and only for them. */
function contentKey(record: FileRecord): string {
  switch (record.kind) {
    case 'file': {
      const { depth, entries } = record.blocks;
      return `${record.sizeBytes}:${depth}:${entries.map((entry) => entry.contentId).join()}`;
    }
    case 'symlink':
      return record.target;
    case 'directory':
    case 'tombstone':
      return '';
  }
}

/** An edit beats a deletion; a directory, which may hold files, beats what would replace it. */
function kindRank(record: FileRecord): number {
  switch (record.kind) {
    case 'directory':
      return 3;
    case 'file':
      return 2;
    case 'symlink':
      return 1;
    case 'tombstone':
      return 0;
  }
}

/** A version that can be kept as a conflict copy. */
export type CopyableRecord = FileContentRecord | SymlinkRecord;

export function isCopyable(record: FileRecord): record is CopyableRecord {
  return record.kind === 'file' || record.kind === 'symlink';
}

/**
 * The conflict copy of a version that lost: the same on every device that makes it. Its name has
 * the loser's recorded time and author, its vector a single actor derived from the loser's version
 * id. `attempt` above 0 adds digits of that id, for when the name is taken.
 */
export function conflictCopyOf(loser: Version, attempt: number, hash: Hash): Version {
  const { record } = loser;
  if (!isCopyable(record)) throw new Error('only files and symlinks have conflict copies');
  const path = conflictCopyPath(loser, attempt);
  const seed = Buffer.concat([Buffer.from('holdfast conflict 1\0'), bytesFromHex(loser.id)]);
  const actor = hexFrom(hash(seed).subarray(0, 8)) as ActorId;
  return versionOf({ ...record, path, vector: [{ actor, counter: 1 }] }, hash);
}

function conflictCopyPath(loser: Version, attempt: number): FolderPath {
  const { record } = loser;
  const mtimeNs = record.kind === 'file' ? record.mtimeNs : 0n;
  const digits = attempt === 0 ? '' : `-${loser.id.slice(0, 4 + attempt * 4)}`;
  const mark = `.sync-conflict-${stampOf(mtimeNs)}-${record.author.slice(-7)}${digits}`;
  const parent = parentOf(record.path);
  const limit = Math.min(maxNameBytes, maxPathBytes - parent.length - 1);
  // So deep that there is no room beside it: the copy lies at the folder's root.
  if (limit < mark.length + 1) return childPath('', `copy${mark}`);
  const name = nameOf(record.path);
  const dot = name.lastIndexOf('.');
  const stem = dot > 0 ? name.slice(0, dot) : name;
  const extension = dot > 0 ? firstBytes(name.slice(dot), limit - mark.length - 1) : '';
  const room = limit - mark.length - extension.length;
  return childPath(parent, `${firstBytes(stem, room)}${mark}${extension}`);
}

/** At most so many bytes, and no part of a character: there are disks that refuse such names. */
function firstBytes(name: string, limit: number): string {
  if (name.length <= limit) return name;
  let end = limit;
  const least = Math.max(0, limit - maxCharacterBytes + 1);
  while (end > least && isContinuation(name.charCodeAt(end))) end -= 1;
  return name.slice(0, isContinuation(name.charCodeAt(end)) ? limit : end);
}

const maxCharacterBytes = 4;

/** A byte of UTF-8 that begins no character. */
function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

/** YYYYMMDD-HHMMSS in UTC, so that every device writes the same. */
function stampOf(mtimeNs: bigint): string {
  const milliseconds = Number(mtimeNs / 1_000_000n);
  const bounded = Math.min(Math.max(milliseconds, 0), 253_402_300_799_000);
  const iso = new Date(bounded).toISOString();
  return `${iso.slice(0, 10).replaceAll('-', '')}-${iso.slice(11, 19).replaceAll(':', '')}`;
}
