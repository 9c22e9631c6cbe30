/**
 * What becomes of one path after this device's numbers went backward: pure. First every own version
 * that carries a number in doubt is stamped anew, so that nothing that was once published under the
 * same number seems to contain it. Then, before anything is published, what others or the history
 * know already is taken over as theirs. The reasons are in decision 0021.
 */
import {
  type LocalRow,
  localCurrent,
  type PathEntry,
  peerCurrents,
  withLocalCurrent,
} from '@holdfast/folder-index';
import {
  type ActorId,
  chooseCurrent,
  compareVectors,
  counterOf,
  type DeviceId,
  type FileRecord,
  type Hash,
  joinWithinLimit,
  maxVectorActors,
  sameContent,
  sameOnDisk,
  type VectorEntry,
  type Version,
  type VersionVector,
  versionOf,
} from '@holdfast/model';

export interface RestampContext {
  readonly device: DeviceId;
  readonly hash: Hash;
  /** The last own sequence that is certain. */
  readonly certain: number;
  /** Whose counts are in doubt: this device in its former epoch. */
  readonly former: ActorId;
  /** This device in its epoch now. */
  readonly actor: ActorId;
  /** Members whose rows are as they were before numbers went backward. */
  readonly unheard: ReadonlySet<DeviceId>;
  /** The index was lost: the disk is newer than what it knows, not older. */
  readonly lost?: boolean;
}

/** The entry with its own version stamped anew where its number is in doubt; else the same object. */
export function restamp(entry: PathEntry, context: RestampContext): PathEntry {
  const row = ownRowInDoubt(entry, context);
  if (row === undefined) return entry;
  const { record } = row.version;
  const certain = certainCount(entry, context);
  if (counterOf(record.vector, context.former) <= certain) return entry;
  const count = 1 + Math.max(0, ...counts(entry, context.actor));
  const kept = record.vector.filter(({ actor }) => actor !== context.former);
  const stamp = { actor: context.actor, counter: count };
  const vector = stamped(kept, { actor: context.former, counter: certain }, stamp);
  const version = versionOf({ ...record, vector }, context.hash);
  return withLocalCurrent(entry, version, asBefore(row));
}

/** This device's own version at the path, numbered after what is certain. */
function ownRowInDoubt(
  entry: PathEntry,
  { certain, device }: { readonly certain: number; readonly device: DeviceId },
): LocalRow | undefined {
  const row = localCurrent(entry);
  if (row === undefined || row.local.sequence <= certain) return undefined;
  return row.version.record.author === device ? row : undefined;
}

/**
 * The highest count of the former actor that was certainly given out once: one that a member showed
 * when it was last heard, which was before numbers went backward.
 */
function certainCount(entry: PathEntry, { former, unheard }: RestampContext): number {
  const shown = entry.rows.filter((row) => row.peers.some((peer) => unheard.has(peer.device)));
  return Math.max(0, ...shown.map((row) => counterOf(row.version.record.vector, former)));
}

function counts(entry: PathEntry, actor: ActorId): number[] {
  return entry.rows.map((row) => counterOf(row.version.record.vector, actor));
}

function stamped(kept: VersionVector, certain: VectorEntry, stamp: VectorEntry): VersionVector {
  const others = kept.filter(({ actor }) => actor !== stamp.actor);
  const room = others.length + 2 <= maxVectorActors;
  const entries = [...others, ...(certain.counter > 0 && room ? [certain] : []), stamp];
  return entries.sort((a, b) => (a.actor < b.actor ? -1 : 1));
}

/** What is needed to take over what is known already. */
export type AdoptContext = Pick<RestampContext, 'device' | 'hash' | 'certain' | 'actor' | 'lost'>;

/**
 * The entry showing a version that somebody knows, where this device's own one looks just the same
 * on disk and nobody was told of it. `past`: versions of the path that a history holds.
 */
export function adoptKnown(
  entry: PathEntry,
  context: AdoptContext,
  past: readonly Version[] = [],
): PathEntry {
  const row = ownRowInDoubt(entry, context);
  if (row === undefined || isShown(row)) return entry;
  const shown = peerCurrents(entry).map(({ version }) => version);
  const showing = chosen(shown, row, context);
  const known = showing ?? past.find((one) => mayStandFor(one, row, context));
  if (known === undefined) return context.lost ? aboveOwnPast(entry, row, context, past) : entry;
  // A history also has what was withheld before: only what a member shows is certainly no change.
  const withheld = showing === undefined ? {} : ({ withheld: 'no' } as const);
  return withLocalCurrent(entry, known, { ...asBefore(row), ...withheld });
}

/** What is on the disk, and whether it is kept from the members, does not change with a number. */
function asBefore({ local: { disk, withheld } }: LocalRow): Parameters<typeof withLocalCurrent>[2] {
  return { withheld: withheld ?? 'no', ...(disk === undefined ? {} : { disk }) };
}

/**
 * After a loss of the index: what this device itself made and others still show, its disk has shown.
 * What it shows now was made of that, so it replaces it and needs no copy beside it; a history has it.
 */
function aboveOwnPast(
  entry: PathEntry,
  row: LocalRow,
  { device, hash }: AdoptContext,
  past: readonly Version[],
): PathEntry {
  const replaced = peerCurrents(entry)
    .map(({ version }) => version)
    .filter(({ id, record }) => record.author === device && past.some((one) => one.id === id));
  const { record } = row.version;
  const vector = joinWithinLimit([record.vector, ...replaced.map((one) => one.record.vector)]);
  if (replaced.length === 0 || vector === undefined) return entry;
  return withLocalCurrent(entry, versionOf({ ...record, vector }, hash), asBefore(row));
}

/**
 * After a loss of the index, and without a history: nobody can tell whether what is here or what
 * others show is newer. It is kept here and from the members, above what they show, until a person
 * says which side it shall be, or somebody makes something newer.
 */
export function undecided(entry: PathEntry, context: AdoptContext): PathEntry {
  const row = ownRowInDoubt(entry, context);
  if (row === undefined || !needsPast(entry, context)) return entry;
  const shown = peerCurrents(entry).map(({ version }) => version.record.vector);
  const { record } = row.version;
  const vector = joinWithinLimit([record.vector, ...shown]);
  if (vector === undefined) return entry;
  const { disk } = row.local;
  const version = versionOf({ ...record, vector }, context.hash);
  return withLocalCurrent(entry, version, { withheld: 'kept', ...(disk ? { disk } : {}) });
}

/** Whether only a history can tell that the own version is an old one, which others have moved on from. */
export function needsPast(entry: PathEntry, context: AdoptContext): boolean {
  const row = ownRowInDoubt(entry, context);
  if (row === undefined || isShown(row)) return false;
  const { record } = row.version;
  if (record.kind !== 'file' && record.kind !== 'symlink') return false;
  return peerCurrents(entry).some(
    ({ version }) =>
      !sameContent(version.record, record) &&
      compareVectors(record.vector, version.record.vector) === 'concurrent',
  );
}

function isShown(row: LocalRow): boolean {
  return row.peers.some((peer) => peer.state === 'current');
}

function chosen(
  shown: readonly Version[],
  row: LocalRow,
  context: AdoptContext,
): Version | undefined {
  const alike = shown.filter((version) => mayStandFor(version, row, context));
  return chooseCurrent(alike, { merge: false }, context.hash)?.current;
}

/** Looks the same on disk, and is not older than what the own version was made of. */
function mayStandFor(version: Version, row: LocalRow, { actor }: AdoptContext): boolean {
  const { record } = row.version;
  if (version.record.path !== record.path || !looksAlike(version.record, record)) return false;
  const base = record.vector.filter((entry) => entry.actor !== actor);
  return compareVectors(version.record.vector, base) !== 'dominated';
}

/** What puts an old copy back may cut times to microseconds: that is no edit. */
const timeGrainNs = 1_000n;

function looksAlike(left: FileRecord, right: FileRecord): boolean {
  if (left.kind !== 'file' || right.kind !== 'file') return sameOnDisk(left, right);
  const apartNs = left.mtimeNs - right.mtimeNs;
  if (apartNs <= -timeGrainNs || apartNs >= timeGrainNs) return false;
  return sameOnDisk({ ...left, mtimeNs: right.mtimeNs }, right);
}
