/**
 * Everything this device knows of one path: each known version with who shows it or keeps it
 * beside. One value a path, so that a decision reads one key. Entries are immutable; decisions are
 * functions from one entry to the next.
 */
import type { DeviceId, FolderPath, Version, VersionId } from '@holdfast/model';

/** `current`: what the device shows. `side`: a version kept or waiting beside it. */
export type RowState = 'current' | 'side';

/**
 * A row that this disk shows and that is kept from the members: they are offered it like a side row.
 * `kept`: it stays until a person or something newer replaces it. `reverting`: a person took it back;
 * it goes once what the members show can take its place.
 */
export type Withheld = 'kept' | 'reverting';

/** The entry on this device's disk as it was when the version was read or written. */
export interface DiskState {
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly inode: bigint;
  readonly permissions: number;
  /**
   * Read so soon after its last change that a later change may carry the same time: it is read
   * again before its times are believed.
   */
  readonly racy: boolean;
}

/** This device's own row of a version. */
export interface LocalPart {
  readonly state: RowState;
  /** Position in this device's index; 0 until the index assigns it. */
  readonly sequence: number;
  /** Present where the version is materialised on this disk; only then can it become a tombstone. */
  readonly disk?: DiskState;
  /** For side rows: when it was set aside, milliseconds since the Unix epoch. */
  readonly sinceMs?: number;
  /** For current rows that are kept from the members. */
  readonly withheld?: Withheld;
}

/** Another device's row of a version, as it told us. */
export interface PeerPart {
  readonly device: DeviceId;
  readonly state: RowState;
  readonly sequence: number;
}

/** That a version took content from the path: what was there before, and what becomes of it. */
export interface GuardMark {
  /**
   * `noted`: only remembered. `held`: waits for an answer. `rejected`: has to be undone here. `moved`:
   * only remembered, and it was no loss, since what was there lay elsewhere too.
   */
  readonly state: 'noted' | 'held' | 'rejected' | 'moved';
  /** When it was noticed, milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** What the path showed before. */
  readonly former: Version;
  /** Where it was rejected: what the path has to show instead. */
  readonly restoring?: Version;
}

export interface VersionRow {
  readonly version: Version;
  /** On an archive: whether the version stands in its history log with all its blocks. */
  readonly archived: boolean;
  /** A guard against mass changes let it pass where it was made, or a person confirmed it. */
  readonly checked?: true;
  readonly guard?: GuardMark;
  readonly local?: LocalPart;
  readonly peers: readonly PeerPart[];
}

export interface PathEntry {
  readonly path: FolderPath;
  readonly rows: readonly VersionRow[];
  /** The person's patterns pass the path over here: it is neither published nor needed. */
  readonly ignored?: true;
}

/** A row of this device's own index, as it is offered to others. */
export interface OfferedRow {
  readonly path: FolderPath;
  readonly version: Version;
  readonly state: RowState;
  readonly sequence: number;
  readonly checked: boolean;
}

export type LocalRow = VersionRow & { readonly local: LocalPart };

/** As what others are offered a local row: what is withheld is current on this disk alone. */
export function offeredState({ state, withheld }: LocalPart): RowState {
  return withheld === undefined ? state : 'side';
}

export function emptyEntry(path: FolderPath): PathEntry {
  return { path, rows: [] };
}

/** The version that this device shows at the path; a tombstone counts. */
export function localCurrent(entry: PathEntry): LocalRow | undefined {
  return entry.rows.find((row): row is LocalRow => row.local?.state === 'current');
}

/** The row of a version. */
export function rowOf(entry: PathEntry, id: VersionId): VersionRow | undefined {
  return entry.rows.find((row) => row.version.id === id);
}

/** Versions that some other device shows, without those that wait for a person's answer. */
export function peerCurrents(entry: PathEntry): VersionRow[] {
  return entry.rows.filter(
    (row) => row.guard?.state !== 'held' && row.peers.some((peer) => peer.state === 'current'),
  );
}

/** Replaces or adds the row of `version`; `change` gets the row as it is. */
export function withRow(
  entry: PathEntry,
  version: Version,
  change: (row: VersionRow) => VersionRow,
): PathEntry {
  const known = rowOf(entry, version.id);
  const next = change(known ?? { version, archived: false, peers: [] });
  const rows = known
    ? entry.rows.map((row) => (row === known ? next : row))
    : [...entry.rows, next];
  return { ...entry, rows: rows.filter(isKept) };
}

/** A row stays while anyone shows or keeps it. */
function isKept(row: VersionRow): boolean {
  return row.local !== undefined || row.peers.length > 0;
}

/**
 * Makes `version` what this device shows. The version shown before loses its local part. One that is
 * shown already stays withheld or not, unless `withheld` says it anew.
 */
export function withLocalCurrent(
  entry: PathEntry,
  version: Version,
  options: { readonly disk?: DiskState; readonly withheld?: Withheld | 'no' } = {},
): PathEntry {
  const previous = localCurrent(entry);
  let next = entry;
  if (previous !== undefined && previous.version.id !== version.id) {
    next = withRow(next, previous.version, withoutLocal);
  }
  return withRow(next, version, (row) => {
    const shown = row.local?.state === 'current' ? row.local : undefined;
    const { disk, withheld = shown?.withheld ?? 'no' } = options;
    const local: LocalPart = {
      state: 'current',
      sequence: shown?.sequence ?? 0,
      ...(disk === undefined ? {} : { disk }),
      ...(withheld === 'no' ? {} : { withheld }),
    };
    return { ...row, local };
  });
}

function withoutLocal(row: VersionRow): VersionRow {
  const { local: _, ...rest } = row;
  return rest;
}

/** Takes this device's side row of a version away. */
export function withoutLocalSide(entry: PathEntry, id: VersionId): PathEntry {
  const row = rowOf(entry, id);
  if (row?.local?.state !== 'side') return entry;
  return withRow(entry, row.version, withoutLocal);
}

/**
 * What a device said of the path: its current row replaces the one it showed before. `checked`: the
 * device vouches for the version.
 */
export function withPeerRow(
  entry: PathEntry,
  version: Version,
  peer: PeerPart,
  checked = false,
): PathEntry {
  const rows = entry.rows.map((row) => {
    const replaced = row.peers.filter(
      (part) =>
        part.device !== peer.device ||
        (row.version.id !== version.id && !(peer.state === 'current' && part.state === 'current')),
    );
    return replaced.length === row.peers.length ? row : { ...row, peers: replaced };
  });
  return withRow({ ...entry, rows }, version, (row) => ({
    ...(checked ? asChecked(row) : row),
    peers: [...row.peers, peer],
  }));
}

/** The row of a version that somebody vouches for: it waits for no answer any more. */
export function asChecked(row: VersionRow): VersionRow {
  if (row.guard?.state !== 'held') return { ...row, checked: true };
  return { ...row, checked: true, guard: { ...row.guard, state: 'noted' } };
}

/** The entry without what a device once said of a version; what it said of it later stays. */
export function withoutPeerRow(entry: PathEntry, version: Version, peer: PeerPart): PathEntry {
  if (rowOf(entry, version.id) === undefined) return entry;
  return withRow(entry, version, (row) => ({
    ...row,
    peers: row.peers.filter(
      (part) => part.device !== peer.device || part.sequence !== peer.sequence,
    ),
  }));
}

/** The entry without anything that a device said of it. */
export function withoutPeer(entry: PathEntry, device: DeviceId): PathEntry {
  const rows = entry.rows.map((row) => ({
    ...row,
    peers: row.peers.filter((peer) => peer.device !== device),
  }));
  return { ...entry, rows: rows.filter(isKept) };
}

/**
 * Keeps a version beside the current one, with the state that its content had on disk when it was
 * set aside. A version that is shown stays shown.
 */
export function withHeld(
  entry: PathEntry,
  version: Version,
  held: { readonly sinceMs: number; readonly disk?: DiskState },
): PathEntry {
  return withRow(entry, version, (row) => {
    if (row.local?.state === 'current') return row;
    const local: LocalPart = { state: 'side', sequence: 0, sinceMs: held.sinceMs };
    return { ...row, local: held.disk === undefined ? local : { ...local, disk: held.disk } };
  });
}

/** Keeps the version beside nothing: this device shows nothing at the path until it is read anew. */
export function withoutLocalCurrent(entry: PathEntry, version: Version): PathEntry {
  return withRow(entry, version, withoutLocal);
}

/** The entry of a path that is passed over from now on. Its rows stay as they are. */
function withIgnored(entry: PathEntry): PathEntry {
  return { ...entry, ignored: true };
}

/**
 * The entry of a path that is not passed over any more: what it shows counts as not seen on this disk
 * until it is read again, so that its absence is no deletion.
 */
function withoutIgnored(marked: PathEntry): PathEntry {
  const { ignored: _, ...entry } = marked;
  const current = localCurrent(entry);
  if (current === undefined) return entry;
  const { disk: _disk, ...local } = current.local;
  return withRow(entry, current.version, (row) => ({ ...row, local }));
}

/** The entry with the mark that the person's patterns give it. */
export function judged(entry: PathEntry, isIgnored: boolean): PathEntry {
  if (isIgnored === (entry.ignored === true)) return entry;
  return isIgnored ? withIgnored(entry) : withoutIgnored(entry);
}
