/**
 * From what the disk shows to what the index says: pure. A change that this device's user made
 * becomes a new version; what matches a version that is known already adopts it.
 */

import {
  type DiskState,
  type LocalRow,
  localCurrent,
  type PathEntry,
  peerCurrents,
  rowOf,
  type ShownState,
  withLocalCurrent,
  withoutLocalCurrent,
} from '@holdfast/folder-index';
import {
  type ActorId,
  type BlockListRoot,
  bytesFromHex,
  compareVectors,
  counterOf,
  type DeviceId,
  type FileRecord,
  type FolderPath,
  type Hash,
  hexFrom,
  joinWithinLimit,
  maxVectorCounter,
  sameBlocks,
  sameContent,
  type VectorEntry,
  type Version,
  type VersionVector,
  versionOf,
} from '@holdfast/model';
import type { FileStat } from '@holdfast/platform';

export type Observation =
  | {
      readonly type: 'file';
      readonly stat: FileStat;
      readonly blocks: BlockListRoot;
      readonly racy: boolean;
    }
  | { readonly type: 'symlink'; readonly stat: FileStat; readonly target: string }
  | { readonly type: 'directory'; readonly stat: FileStat }
  | { readonly type: 'absent' }
  /** It was passed over until now, and is not there: nobody can say when it went, or why. */
  | { readonly type: 'unseen' };

type Presence = Exclude<Observation, { type: 'absent' | 'unseen' }>;

export interface ObserveContext {
  readonly actor: ActorId;
  readonly device: DeviceId;
  readonly hash: Hash;
  /** Whether what is changed here is kept from the members; it is published, unless told otherwise. */
  readonly withholds?: boolean;
}

/** What an entry looked like before the disk was examined. */
export interface ObservationBasis {
  readonly version: string | undefined;
  readonly ctimeNs: bigint | undefined;
}

export function basisOf(entry: PathEntry): ObservationBasis {
  const row = localCurrent(entry);
  return { version: row?.version.id, ctimeNs: row?.local.disk?.ctimeNs };
}

/** Whether the entry's local row is still the one that the disk was compared with. */
export function basisHolds(entry: PathEntry, basis: ObservationBasis): boolean {
  const now = basisOf(entry);
  return now.version === basis.version && now.ctimeNs === basis.ctimeNs;
}

/** The disk shows exactly what was there when the version was read or written. */
export function isUnchanged(row: LocalRow | undefined, stat: FileStat): boolean {
  const disk = row?.local.disk;
  if (row === undefined || disk === undefined) return false;
  return isAsShown({ kind: row.version.record.kind, disk }, stat);
}

/** The same of what the index stores. */
export function isAsShown({ kind, disk }: ShownState, stat: FileStat): boolean {
  if (kind !== stat.kind) return false;
  if (disk.racy || disk.permissions !== stat.permissions) return false;
  if (stat.kind === 'directory') return true;
  return (
    disk.sizeBytes === stat.sizeBytes &&
    disk.mtimeNs === stat.mtimeNs &&
    disk.ctimeNs === stat.ctimeNs &&
    disk.inode === stat.inode
  );
}

/** The entry after the observation; the same object where nothing changes. */
export function observe(
  entry: PathEntry,
  observation: Observation,
  context: ObserveContext,
): PathEntry {
  const row = localCurrent(entry);
  if (observation.type === 'absent') return observeAbsence(entry, row, context);
  if (observation.type === 'unseen') return observeUnseen(entry, row, context);
  const { stat } = observation;
  const disk = diskStateOf(stat, observation.type === 'file' && observation.racy);
  const known = row !== undefined && expressedAs(row, observation);
  if (known && !wasDeletedUnseen(entry, row)) return withLocalCurrent(entry, row.version, { disk });
  const adopted = known ? undefined : adoptable(entry, observation);
  if (adopted !== undefined) return withLocalCurrent(entry, adopted, { disk, withheld: 'no' });
  const record = recordOf(entry, row, observation, context);
  const version = versionOf(record, context.hash);
  return withLocalCurrent(entry, version, { disk, withheld: withheldBy(context, entry) });
}

function withheldBy({ withholds, device }: ObserveContext, entry: PathEntry): 'kept' | 'no' {
  return withholds === true && !isStillOnlyHere(entry, device) ? 'kept' : 'no';
}

/**
 * This device published the file and no member has it yet. What replaces it has to be published too:
 * they would wait for ever for content that is gone.
 */
function isStillOnlyHere(entry: PathEntry, device: DeviceId): boolean {
  const row = localCurrent(entry);
  if (row === undefined || row.local.withheld !== undefined) return false;
  const { kind, author, vector } = row.version.record;
  if (kind !== 'file' || author !== device) return false;
  const contains = new Set(['equal', 'dominates']);
  return !peerCurrents(entry).some(({ version }) =>
    contains.has(compareVectors(version.record.vector, vector)),
  );
}

/** A disk state as it is kept beside a version. */
export function diskStateOf(stat: FileStat, racy: boolean): DiskState {
  const { sizeBytes, mtimeNs, ctimeNs, inode, permissions } = stat;
  return { sizeBytes, mtimeNs, ctimeNs, inode, permissions, racy };
}

/** Only what this device has materialised can become a tombstone. */
function observeAbsence(
  entry: PathEntry,
  row: LocalRow | undefined,
  context: ObserveContext,
): PathEntry {
  if (row?.local.disk === undefined) return entry;
  const isShownElsewhere = peerCurrents(entry).some(({ version }) => isAlive(version));
  // Nobody else ever had it: there is nothing that it would be deleted of.
  if (row.local.withheld !== undefined && !isShownElsewhere) {
    return withoutLocalCurrent(entry, row.version);
  }
  const record: FileRecord = {
    kind: 'tombstone',
    path: entry.path,
    vector: nextVector(entry, context.actor),
    author: context.device,
  };
  const version = versionOf(record, context.hash);
  return withLocalCurrent(entry, version, { withheld: withheldBy(context, entry) });
}

function isAlive({ record }: Version): boolean {
  return record.kind !== 'tombstone';
}

/**
 * It is not shown here any more, and that is no deletion: others may bring it back. All are told, even
 * where somebody else is known to show it: that one may know the same of this device, and have it no
 * more either. Whoever has it all the same is right.
 */
function observeUnseen(
  entry: PathEntry,
  row: LocalRow | undefined,
  context: ObserveContext,
): PathEntry {
  if (row === undefined || row.local.disk !== undefined) return entry;
  // What is kept from the members nobody waits for.
  if (row.local.withheld !== undefined) return withoutLocalCurrent(entry, row.version);
  const vector = [apartFrom(row.version, context)];
  const { path } = entry;
  const record = { kind: 'tombstone', path, vector, author: context.device } as const;
  return withLocalCurrent(entry, versionOf(record, context.hash), { withheld: 'no' });
}

/** An actor of its own, so that the version is not contained: a file beats a deletion made apart from it. */
function apartFrom({ id }: Version, { hash }: ObserveContext): VectorEntry {
  const seed = Buffer.concat([Buffer.from('holdfast unseen 1\0'), bytesFromHex(id)]);
  return { actor: hexFrom(hash(seed).subarray(0, 8)) as ActorId, counter: 1 };
}

/**
 * Others deleted it while it was passed over here. Patterns never delete, so what is here is published
 * as made apart from the deletion.
 */
function wasDeletedUnseen(entry: PathEntry, row: LocalRow): boolean {
  if (row.local.disk !== undefined) return false;
  const { vector } = row.version.record;
  return peerCurrents(entry).some(
    ({ version }) =>
      version.record.kind === 'tombstone' &&
      compareVectors(vector, version.record.vector) === 'dominated',
  );
}

/** The version that the row shows would look just like this on this disk. */
function expressedAs(row: LocalRow, observation: Presence): boolean {
  const { record } = row.version;
  if (record.kind !== observation.type) return false;
  const { disk } = row.local;
  const unchanged = disk?.permissions === observation.stat.permissions;
  if (!unchanged && !samePermissions(record, observation.stat)) return false;
  if (record.kind === 'symlink' && observation.type === 'symlink') {
    return record.target === observation.target;
  }
  if (record.kind !== 'file' || observation.type !== 'file') return true;
  const sameTime =
    record.mtimeNs === observation.stat.mtimeNs || disk?.mtimeNs === observation.stat.mtimeNs;
  return sameTime && sameBlocks(record.blocks, observation.blocks);
}

/** A disk may keep times less exactly than a record does. */
const timeGrainNs = 2_000_000_000n;

/** A version shown by another device that this disk shows already: same content, same time. */
function adoptable(entry: PathEntry, observation: Presence): Version | undefined {
  const seen = contentOf(entry.path, observation);
  const row = localCurrent(entry);
  // A change that is kept here may be put back by hand to what others show.
  const shown = row?.local.withheld === undefined ? (row?.version.record.vector ?? []) : [];
  return peerCurrents(entry)
    .filter(({ version }) => {
      if (compareVectors(version.record.vector, shown) === 'dominated') return false;
      if (!sameContent(version.record, seen)) return false;
      // Taken over as it is: what the disk shows otherwise would never be set right.
      const { record } = version;
      const { stat } = observation;
      if (!samePermissions(record, stat) && !isPlacedDirectory(record, stat)) return false;
      if (version.record.kind !== 'file') return true;
      const apartNs = version.record.mtimeNs - observation.stat.mtimeNs;
      const exact = apartNs > -1_000n && apartNs < 1_000n;
      const coarse = observation.stat.mtimeNs % 1_000_000_000n === 0n;
      return exact || (coarse && apartNs > -timeGrainNs && apartNs < timeGrainNs);
    })
    .map((row) => row.version)
    .at(0);
}

function samePermissions(record: FileRecord, stat: FileStat): boolean {
  if (!('permissions' in record) || record.permissions === undefined) return true;
  return record.permissions === (stat.permissions & 0o777);
}

/** A directory that was placed here, as `directoryPermissions` says. */
function isPlacedDirectory(record: FileRecord, stat: FileStat): boolean {
  if (record.kind !== 'directory' || record.permissions === undefined) return false;
  return directoryPermissions(record.permissions) === (stat.permissions & 0o777);
}

/** What a directory's record becomes on a disk: this node must be able to place what lies in it. */
export function directoryPermissions(recorded: number | undefined): number {
  return (recorded ?? 0o755) | 0o700;
}

function contentOf(path: FolderPath, observation: Presence): FileRecord {
  const common = { path, vector: [], author: '' as DeviceId };
  const permissions = observation.stat.permissions & 0o777;
  switch (observation.type) {
    case 'file':
      return {
        kind: 'file',
        ...common,
        permissions,
        mtimeNs: observation.stat.mtimeNs,
        sizeBytes: observation.stat.sizeBytes,
        chunker: 'fastcdc-256k',
        blocks: observation.blocks,
      };
    case 'directory':
      return { kind: 'directory', ...common, permissions };
    case 'symlink':
      return { kind: 'symlink', ...common, target: observation.target };
  }
}

function recordOf(
  entry: PathEntry,
  row: LocalRow | undefined,
  observation: Presence,
  context: ObserveContext,
): FileRecord {
  const record = contentOf(entry.path, observation);
  const vector = nextVector(entry, context.actor);
  const kept = row === undefined ? record : keepUnexpressed(record, row, observation.stat);
  return { ...kept, vector, author: context.device };
}

/** Where this disk shows a field as it did when the version was written, the version's own value stays. */
function keepUnexpressed(record: FileRecord, row: LocalRow, stat: FileStat): FileRecord {
  const { disk } = row.local;
  const before = row.version.record;
  if (disk === undefined || record.kind !== 'file' || before.kind !== 'file') return record;
  const mtimeNs = disk.mtimeNs === stat.mtimeNs ? before.mtimeNs : record.mtimeNs;
  const permissions =
    disk.permissions === stat.permissions ? before.permissions : record.permissions;
  return { ...record, mtimeNs, permissions };
}

/**
 * The vector of a local change: it contains what this device has shown at the path, and counts this
 * device's actor beyond every count that is known anywhere. What others show and this device has
 * not yet shown is not contained: the user has not seen it, so it stays concurrent.
 */
export function nextVector(entry: PathEntry, actor: ActorId): VersionVector {
  const counted = nextCount(entry, actor);
  const current = localCurrent(entry)?.version.record.vector ?? [];
  const shown = entry.rows.filter((row) => row.local !== undefined);
  const beside = shown.map((row) => row.version.record.vector);
  const next = joinWithinLimit([...beside, [counted]]) ?? joinWithinLimit([current, [counted]]);
  // No room for one actor more: a change that is concurrent with everything loses nothing either.
  return next ?? [counted];
}

/**
 * This device's actor above every count of it that is known. Where somebody made up the highest count
 * there can be, the device counts on under the actor id that follows its own.
 */
function nextCount(entry: PathEntry, actor: ActorId): VectorEntry {
  const counts = entry.rows.map((row) => counterOf(row.version.record.vector, actor));
  const highest = Math.max(0, ...counts);
  if (highest < maxVectorCounter) return { actor, counter: highest + 1 };
  return nextCount(entry, actorAfter(actor));
}

function actorAfter(actor: ActorId): ActorId {
  const number = BigInt.asUintN(64, BigInt(`0x${actor}`) + 1n);
  return number.toString(16).padStart(16, '0') as ActorId;
}

/** Whether the version that is about to be replaced by the user's own change is known elsewhere. */
export function replacedVersion(before: PathEntry, after: PathEntry): LocalRow | undefined {
  const old = localCurrent(before);
  if (old === undefined || localCurrent(after)?.version.id === old.version.id) return undefined;
  return rowOf(after, old.version.id) === undefined ? old : undefined;
}
