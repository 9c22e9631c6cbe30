/** One atomic batch of an index in the making: entries that change, and all keys beside them. */
import { bytesFromHex, type Hash, type Version, type VersionId } from '@holdfast/model';
import {
  addRow,
  bytesOf,
  emptyTally,
  type KeyValueWrite,
  type RowTally,
  removeRow,
} from '@holdfast/platform';
import type { DeviceNumbers } from './device-numbers.js';
import { HintDraft } from './disk-hints.js';
import {
  changesLocalRows,
  countChange,
  type IndexPolicy,
  isConflictCopy,
  localKeys,
  pendingOffers,
  type RowKey,
  unnumberedRows,
} from './entry-change.js';
import { encodeEntry } from './entry-codec.js';
import type { IgnoredPaths } from './ignored-paths.js';
import type { IndexKeys } from './index-keys.js';
import {
  type IndexCounts,
  type IndexState,
  type PeerChange,
  rollHash,
  withPeerChanges,
} from './index-state.js';
import { judged, type PathEntry } from './path-entry.js';
import type { StoredEntry } from './stored-entries.js';
import { unheldBy } from './unheld-versions.js';

export interface BatchDraftInit {
  readonly state: IndexState;
  readonly keys: IndexKeys;
  readonly hash: Hash;
  readonly policy: IndexPolicy;
  readonly devices: DeviceNumbers;
  /** Undefined while nobody knows the patterns. */
  readonly ignores: IgnoredPaths | undefined;
}

const nothing = new Uint8Array(0);

interface QueuedKey {
  readonly key: Uint8Array;
  readonly bytes: number;
}

export class BatchDraft {
  readonly writes: KeyValueWrite[] = [];
  readonly hints: HintDraft;
  readonly unheld: Version[] = [];
  /** Those that change, as they are to lie in the database. */
  readonly entries: StoredEntry[] = [];
  readonly #init: BatchDraftInit;
  readonly #counts: { -readonly [Key in keyof IndexCounts]: IndexCounts[Key] };
  #sequence: number;
  #rolling: string;
  #tally: RowTally;
  #unjudged = false;

  constructor(init: BatchDraftInit) {
    this.#init = init;
    this.hints = new HintDraft(init.keys);
    this.#counts = { ...init.state.counts };
    this.#sequence = init.state.sequence;
    this.#rolling = init.state.hash;
    this.#tally = init.state.tally ?? emptyTally;
  }

  /**
   * Adds the change of one path; returns the entry with its sequences assigned. `stored`: the entry
   * before as it lies in the database; undefined where it does not.
   */
  change(before: PathEntry, wanted: PathEntry, stored: Uint8Array | undefined): PathEntry {
    if (wanted === before) return before;
    const judged = this.#judged(before, wanted);
    // Half of all changes are what members tell.
    const isLocal = changesLocalRows(before, judged);
    const after = isLocal ? this.#number(before, judged) : judged;
    this.#writeEntry(after, stored);
    if (isLocal) this.#writeLocal(before, after);
    this.#writeNeed(before, after);
    this.#writeLocalChange(before, after);
    if (this.#init.policy.queuesOffers) this.#writeQueue(before, after);
    return after;
  }

  #writeLocal(before: PathEntry, after: PathEntry): void {
    this.#writeLocalKeys(before, after);
    this.hints.change(before, after);
    this.unheld.push(...unheldBy(before, after));
    this.#writeConflict(before, after);
  }

  /** The state that belongs to the batch. */
  finish(more: {
    peers: Readonly<Record<string, PeerChange>>;
    overwrittenUncovered: number;
  }): IndexState {
    const { state, keys, devices } = this.#init;
    if (this.#sequence !== state.sequence) {
      this.#put(keys.boundary(this.#sequence), bytesFromHex(this.#rolling));
    }
    this.#counts.overwrittenUncovered += more.overwrittenUncovered;
    const { judgedBy: _, ...unjudged } = state;
    return {
      ...(this.#unjudged ? unjudged : state),
      sequence: this.#sequence,
      hash: this.#rolling,
      devices: devices.list(),
      peers: withPeerChanges(state.peers, more.peers),
      counts: this.#counts,
      tally: this.#tally,
    };
  }

  /** What is known already was judged; a new path is, where that is possible. */
  #judged(before: PathEntry, wanted: PathEntry): PathEntry {
    if (before.rows.length > 0) return wanted;
    const { ignores } = this.#init;
    if (ignores !== undefined) return judged(wanted, ignores.isIgnored(wanted.path));
    this.#unjudged = true;
    return wanted;
  }

  #number(before: PathEntry, wanted: PathEntry): PathEntry {
    const assigned = new Map<VersionId, number>();
    for (const { version } of unnumberedRows(before, wanted)) {
      this.#sequence += 1;
      this.#rolling = rollHash(this.#rolling, version.id, this.#init.hash);
      assigned.set(version.id, this.#sequence);
    }
    if (assigned.size === 0) return wanted;
    const rows = wanted.rows.map((row) => {
      const sequence = assigned.get(row.version.id);
      if (sequence === undefined || row.local === undefined) return row;
      return { ...row, local: { ...row.local, sequence } };
    });
    return { ...wanted, rows };
  }

  #writeEntry(after: PathEntry, stored: Uint8Array | undefined): void {
    const key = this.#init.keys.entry(after.path);
    const isKept = after.rows.length > 0;
    if (stored !== undefined && isKept) this.#tally = removeRow(this.#tally, key, stored);
    const bytes = isKept ? encodeEntry(after, this.#init.devices) : undefined;
    this.entries.push({ entry: after, bytes });
    if (bytes !== undefined) this.#put(key, bytes);
    else if (stored !== undefined) this.#delete(key, stored);
  }

  #writeLocalKeys(before: PathEntry, after: PathEntry): void {
    const { keys } = this.#init;
    const path = bytesOf(after.path);
    const old = localKeys(before);
    const now = localKeys(after);
    for (const { sequence, side, id } of without(old, now)) {
      this.#delete(keys.sequence(sequence), path);
      if (side) this.#delete(keys.side(sequence), path);
      if (!hasVersion(now, id)) this.#delete(keys.version(id), path);
    }
    for (const { sequence, side, id } of without(now, old)) {
      this.#put(keys.sequence(sequence), path);
      if (side) this.#put(keys.side(sequence), path);
      if (!hasVersion(old, id)) this.#put(keys.version(id), path);
    }
  }

  #writeNeed(before: PathEntry, after: PathEntry): void {
    const { policy, keys } = this.#init;
    const needBefore = before.ignored ? undefined : policy.needOf(before);
    const needAfter = after.ignored ? undefined : policy.needOf(after);
    if (needAfter !== undefined && needBefore === undefined) {
      this.#put(keys.need(after.path), nothing);
    } else if (needAfter === undefined && needBefore !== undefined) {
      this.#delete(keys.need(after.path), nothing);
    }
    const change = countChange(before, after, needBefore, needAfter);
    this.#counts.files += change.files;
    this.#counts.bytes += change.bytes;
    this.#counts.needFiles += change.needFiles;
    this.#counts.needBytes += change.needBytes;
    this.#counts.held += change.held;
    this.#counts.guarded += change.guarded;
  }

  #writeLocalChange(before: PathEntry, after: PathEntry): void {
    const { policy, keys } = this.#init;
    const was = !before.ignored && (policy.isLocalChange?.(before) ?? false);
    const is = !after.ignored && (policy.isLocalChange?.(after) ?? false);
    if (was === is) return;
    const key = keys.localChange(after.path);
    if (is) this.#put(key, nothing);
    else this.#delete(key, nothing);
    this.#counts.localChanges += is ? 1 : -1;
  }

  #writeConflict(before: PathEntry, after: PathEntry): void {
    const [was, is] = [isConflictCopy(before), isConflictCopy(after)];
    if (was === is) return;
    const key = this.#init.keys.conflict(after.path);
    if (is) this.#put(key, nothing);
    else this.#delete(key, nothing);
    this.#counts.conflicts += is ? 1 : -1;
  }

  #writeQueue(before: PathEntry, after: PathEntry): void {
    const old = this.#queueKeys(before);
    const now = this.#queueKeys(after);
    const path = bytesOf(after.path);
    for (const [name, { key }] of old) if (!now.has(name)) this.#delete(key, path);
    for (const [name, { key }] of now) if (!old.has(name)) this.#put(key, path);
    this.#counts.queued += now.size - old.size;
    this.#counts.queuedBytes += totalBytes(now) - totalBytes(old);
  }

  #queueKeys(entry: PathEntry): Map<string, QueuedKey> {
    const { keys, devices } = this.#init;
    return new Map(
      pendingOffers(entry).map(({ peer, id, bytes }) => {
        const number = devices.numberOf(peer.device);
        const { sequence } = peer;
        return [`${number}:${sequence}:${id}`, { key: keys.queue(number, sequence, id), bytes }];
      }),
    );
  }

  /** A key that is not there, or whose value was taken out of the tally. */
  #put(key: Uint8Array, value: Uint8Array): void {
    this.#tally = addRow(this.#tally, key, value);
    this.writes.push({ type: 'put', key, value });
  }

  #delete(key: Uint8Array, value: Uint8Array): void {
    this.#tally = removeRow(this.#tally, key, value);
    this.writes.push({ type: 'delete', key });
  }
}

/** Keys of rows whose numbers the others do not have. */
function without(keys: readonly RowKey[], others: readonly RowKey[]): RowKey[] {
  const sequences = new Set(others.map(({ sequence }) => sequence));
  return keys.filter(({ sequence }) => !sequences.has(sequence));
}

function hasVersion(keys: readonly RowKey[], id: VersionId): boolean {
  return keys.some((key) => key.id === id);
}

function totalBytes(queued: ReadonlyMap<string, QueuedKey>): number {
  let total = 0;
  for (const { bytes } of queued.values()) total += bytes;
  return total;
}
