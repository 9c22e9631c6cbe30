/**
 * One device's index of one folder: path entries, its own sequence with the rolling hash, what it
 * knows of its peers. It owns the folder's keys in the database; every change goes through
 * `update`, one at a time, and reaches the database in one atomic batch.
 *
 * Invariant: a sequence is visible outside (position, rowsAfter) only after the batch that assigned
 * it is durable.
 */
import {
  type DeviceId,
  type EpochId,
  type FolderId,
  type FolderPath,
  type Hash,
  hexFrom,
  type VersionId,
} from '@holdfast/model';
import {
  assert,
  byteStringFrom,
  type KeyValueStore,
  type KeyValueWrite,
  Mutex,
} from '@holdfast/platform';
import { BatchDraft } from './batch-draft.js';
import { DeviceNumbers } from './device-numbers.js';
import { DiskHints } from './disk-hints.js';
import type { IndexPolicy, QueuedOffer } from './entry-change.js';
import { decodeEntry } from './entry-codec.js';
import { offeredAt } from './guard-mark.js';
import { type IgnoredPaths, judgeAgain } from './ignored-paths.js';
import { IndexKeys, type KeySpan } from './index-keys.js';
import {
  decodeIndexState,
  encodeIndexState,
  type IndexCounts,
  type IndexPosition,
  type IndexState,
  type PeerChange,
  type PeerState,
} from './index-state.js';
import { MassChangeList } from './mass-change-list.js';
import { OwnNumbers } from './own-numbers.js';
import { type OfferedRow, type PathEntry, withoutPeer } from './path-entry.js';
import { pathPages, pathsWith } from './path-pages.js';
import { ReceivedContent } from './received-content.js';
import { readAgain, reopened } from './renumbering.js';
import { StoredChildren } from './stored-children.js';
import { StoredEntries } from './stored-entries.js';
import {
  indexDamaged,
  openStoredIndex,
  removeStoredIndex,
  type StoredIndexInit,
} from './stored-index.js';
import { UnheldVersions } from './unheld-versions.js';

export interface FolderIndexInit extends StoredIndexInit {
  readonly folder: FolderId;
  readonly hash: Hash;
  readonly policy: IndexPolicy;
  /** Sets the keys of a second index of the same folder apart; empty for the first. */
  readonly keyPrefix?: string;
}

export interface UpdateOptions {
  /** Durable when it resolves. Own sequences are always made durable. */
  readonly sync: boolean;
  /** Changes to what is known of peers, in the same batch. */
  readonly peers?: Readonly<Record<DeviceId, PeerChange>>;
  /** Asked after all changes were made: how many versions the user replaced before any archive had them. */
  readonly countOverwritten?: () => number;
}

export class FolderIndex {
  /** Whether this device's numbers can be believed. */
  readonly numbers: OwnNumbers;
  readonly questions: MassChangeList;
  readonly hints: DiskHints;
  readonly storedChildren: StoredChildren;
  readonly received: ReceivedContent;
  readonly unheld = new UnheldVersions();
  /** Why this opening began the index anew, for the log; undefined where nothing was lost. */
  readonly loss: string | undefined;
  readonly #store: KeyValueStore;
  readonly #keys: IndexKeys;
  readonly #hash: Hash;
  readonly #policy: IndexPolicy;
  readonly #mutex = new Mutex();
  #devices: DeviceNumbers;
  #state: IndexState;
  /** A batch failed: nobody knows whether it was applied. */
  #inDoubt = false;
  #ignores: IgnoredPaths | undefined;
  readonly #entries: StoredEntries;

  private constructor(init: FolderIndexInit, state: IndexState, loss: string | undefined) {
    this.loss = loss;
    this.#store = init.store;
    this.#keys = new IndexKeys(init.folder, init.keyPrefix);
    this.hints = new DiskHints(init.store, this.#keys);
    this.storedChildren = new StoredChildren(init.store, this.#keys, () => this.#devices);
    this.#entries = new StoredEntries(init.store, this.#keys, () => this.#devices);
    this.received = new ReceivedContent(init.store, this.#keys);
    this.#hash = init.hash;
    this.#policy = init.policy;
    this.#state = reopened(state);
    this.#devices = new DeviceNumbers(state.devices);
    this.questions = new MassChangeList(
      () => this.#state,
      (change) => this.#changeState(change),
    );
    this.numbers = new OwnNumbers({
      random: init.random,
      state: () => this.#state,
      change: (change) => this.#changeState(change),
      hashAt: (sequence) => this.#hashAt(sequence),
    });
  }

  /** Opens the index, or begins it with a new epoch; one that lacks what it should hold counts as lost. */
  static async open(init: FolderIndexInit): Promise<FolderIndex> {
    const keys = new IndexKeys(init.folder, init.keyPrefix);
    const { state, loss } = await openStoredIndex(init, keys);
    return new FolderIndex(init, state, loss);
  }

  get epoch(): EpochId {
    return this.#state.epoch;
  }

  get counts(): IndexCounts {
    return this.#state.counts;
  }

  /** Where this device's own index stands; durable. */
  position(): IndexPosition {
    const { epoch, sequence, hash } = this.#state;
    return { epoch, sequence, hash };
  }

  peer(device: DeviceId): PeerState {
    return this.#state.peers[device] ?? {};
  }

  peers(): ReadonlyMap<DeviceId, PeerState> {
    return new Map(Object.entries(this.#state.peers) as [DeviceId, PeerState][]);
  }

  async entry(path: FolderPath): Promise<PathEntry> {
    const [entry] = await this.entries([path]);
    assert(entry !== undefined, 'one entry for one path');
    return entry;
  }

  /** One entry for each path, in order; an unknown path has an empty one. */
  async entries(paths: readonly FolderPath[]): Promise<PathEntry[]> {
    return (await this.#entries.read(paths)).map(({ entry }) => entry);
  }

  /** Direct children of a directory in byte order of their names. */
  children(directory: FolderPath | ''): AsyncIterable<PathEntry> {
    return this.#decoded([this.#keys.children(directory)]);
  }

  /** Everything below a directory, not in path order. */
  below(directory: FolderPath | ''): AsyncIterable<PathEntry> {
    return this.#decoded(this.#keys.below(directory));
  }

  /** The path under which this device has (or keeps beside) a version. */
  async pathOfVersion(id: VersionId): Promise<FolderPath | undefined> {
    return (await this.pathsOfVersions([id]))[0];
  }

  /** The same of several, in their order. */
  async pathsOfVersions(ids: readonly VersionId[]): Promise<(FolderPath | undefined)[]> {
    const values = await this.#store.getMany(ids.map((id) => this.#keys.version(id)));
    return values.map((value) => value && (byteStringFrom(value) as FolderPath));
  }

  /** Paths that need something here, directories before what they hold, at most `limit`. */
  async neededPaths(limit: number, after?: FolderPath): Promise<FolderPath[]> {
    if (this.#hasNo('needFiles')) return [];
    return pathsWith('need', this.#store, this.#keys, { limit, after });
  }

  /** Paths where this device shows a change of its own that it keeps to itself, at most `limit`. */
  localChanges(limit: number, after?: FolderPath): Promise<FolderPath[]> {
    return pathsWith('localChange', this.#store, this.#keys, { limit, after });
  }

  /** Conflict copies that this device shows, at most `limit`. */
  conflictCopies(limit: number, after?: FolderPath): Promise<FolderPath[]> {
    return pathsWith('conflict', this.#store, this.#keys, { limit, after });
  }

  /** The oldest offers of a device that this archive has not taken yet, by their sequence. */
  async queuedOffers(device: DeviceId, limit: number): Promise<QueuedOffer[]> {
    if (this.#hasNo('queued')) return [];
    const span = this.#keys.queueOf(this.#devices.numberOf(device));
    const offers: QueuedOffer[] = [];
    for await (const [key, value] of this.#store.iterate({ ...span, limit })) {
      offers.push({ path: byteStringFrom(value) as FolderPath, ...this.#keys.queued(key) });
    }
    return offers;
  }

  /** Side rows in the order in which they were set aside, after a sequence and up to another. */
  async sideRows(upTo: number, limit: number, after = 0): Promise<OfferedRow[]> {
    if (this.#hasNo('held')) return [];
    return (await this.#rows('side', after, upTo, limit)).rows;
  }

  /**
   * This device's rows after a sequence, oldest first, at most `limit`, with the last position that
   * they reach: what lies between was superseded and is not offered any more.
   */
  async rowsAfter(
    sequence: number,
    limit: number,
  ): Promise<{ rows: OfferedRow[]; reached: IndexPosition | undefined }> {
    const position = this.numbers.published();
    if (sequence >= position.sequence) return { rows: [], reached: position };
    const { rows, cutAt } = await this.#rows('sequence', sequence, position.sequence, limit);
    if (cutAt === undefined) return { rows, reached: position };
    const reached = await this.#boundaryAtOrBefore(cutAt, sequence);
    if (reached === undefined) return { rows, reached };
    // A batch that is only begun is left for the next time: it has no position yet.
    return { rows: rows.filter((row) => row.sequence <= reached.sequence), reached };
  }

  /** How many of this device's rows lie after a sequence; no more than `limit` are counted. */
  async countAfter(sequence: number, limit?: number): Promise<number> {
    let count = 0;
    const span = this.#keys.sequences('sequence', sequence, this.#state.sequence);
    const range = limit === undefined ? span : { ...span, limit };
    for await (const page of this.#store.iteratePages(range)) count += page.length;
    return count;
  }

  /** Paths of own rows after a sequence, published or not, a page at a time. */
  async *pathsAfter(sequence: number): AsyncIterable<FolderPath[]> {
    const span = this.#keys.sequences('sequence', sequence, this.#state.sequence);
    const paths = this.#store.iterate(span);
    yield* pathPages(paths, ([, value]) => byteStringFrom(value) as FolderPath);
  }

  /**
   * Changes the entries of some paths, each by a pure function, and what is known of peers, in one
   * batch. Own rows that are new or changed state get the next sequences. Returns the new entries.
   */
  update(
    paths: readonly FolderPath[],
    change: (entry: PathEntry) => PathEntry,
    options: UpdateOptions,
  ): Promise<PathEntry[]> {
    return this.#mutex.run(async () => {
      if (this.#inDoubt) await this.#reload();
      const unique = [...new Set(paths)];
      const before = await this.#entries.read(unique);
      const draft = new BatchDraft({
        state: this.#state,
        keys: this.#keys,
        hash: this.#hash,
        policy: this.#policy,
        devices: this.#devices,
        ignores: this.#ignores,
      });
      const after = before.map(({ entry, bytes }) => draft.change(entry, change(entry), bytes));
      await this.#entries.whileWritten(draft.entries, () => this.#commit(draft, options));
      return after;
    });
  }

  /** Forgets all rows of a device, whose index began anew. */
  async forgetPeer(device: DeviceId): Promise<void> {
    const drop = (entry: PathEntry) => withoutPeer(entry, device);
    const pathOf = ({ path, rows }: PathEntry) =>
      rows.some((row) => row.peers.some((peer) => peer.device === device)) ? path : undefined;
    for await (const paths of pathPages(this.below(''), pathOf)) {
      await this.update(paths, drop, { sync: false });
    }
    await this.update([], drop, { sync: true, peers: { [device]: { seen: undefined } } });
  }

  /**
   * From here on these paths are passed over; what is not any more counts as unseen on the disk. A new
   * opening begins again unless `afterwards`, with all entries judged, says that it is done too.
   */
  async ignore(ignores: IgnoredPaths, afterwards: () => Promise<boolean>): Promise<void> {
    this.#ignores = ignores;
    if (this.#state.judgedBy === ignores.fingerprint) return;
    await this.#changeState((state) => ({ ...state, judgedBy: undefined }));
    await judgeAgain(this, ignores);
    if (!(await afterwards())) return;
    await this.#changeState((state) => ({ ...state, judgedBy: ignores.fingerprint }));
  }

  /** Removes everything that is known of the folder. */
  async destroy(): Promise<void> {
    await this.#mutex.run(async () => {
      await removeStoredIndex(this.#store, this.#keys);
      this.#entries.forget();
    });
  }

  #changeState(change: (state: IndexState) => IndexState | Promise<IndexState>): Promise<void> {
    return this.#mutex.run(async () => {
      if (this.#inDoubt) await this.#reload();
      await this.#write([], await change(this.#state), true);
    });
  }

  async #commit(draft: BatchDraft, options: UpdateOptions): Promise<void> {
    const next = draft.finish({
      peers: options.peers ?? {},
      overwrittenUncovered: options.countOverwritten?.() ?? 0,
    });
    const sync = options.sync || next.sequence !== this.#state.sequence;
    const hints = await draft.hints.writes(this.#store);
    await this.#write([...draft.writes, ...hints], next, sync);
    this.unheld.add(draft.unheld);
  }

  async #write(writes: readonly KeyValueWrite[], next: IndexState, sync: boolean): Promise<void> {
    const value = encodeIndexState(next);
    this.#inDoubt = true;
    await this.#store.batch([...writes, { type: 'put', key: this.#keys.meta(), value }], { sync });
    this.#inDoubt = false;
    this.#state = next;
  }

  /** A batch is atomic: with its state, all of it is there. The empty one settles whether it is. */
  async #reload(): Promise<void> {
    await this.#store.batch([], { sync: true });
    const stored = await this.#store.get(this.#keys.meta());
    if (stored !== undefined) {
      this.#state = readAgain(decodeIndexState(stored) ?? indexDamaged(), this.#state);
      this.#devices = new DeviceNumbers(this.#state.devices);
    }
    this.#entries.forget();
    this.#inDoubt = false;
  }

  /** `cutAt` is the last sequence that was looked at, where the limit ended the search. */
  async #rows(
    tag: 'sequence' | 'side',
    after: number,
    upTo: number,
    limit: number,
  ): Promise<{ rows: OfferedRow[]; cutAt: number | undefined }> {
    const places: { sequence: number; path: FolderPath }[] = [];
    const span = this.#keys.sequences(tag, after, upTo);
    for await (const [key, value] of this.#store.iterate({ ...span, limit })) {
      const path = byteStringFrom(value) as FolderPath;
      places.push({ sequence: this.#keys.sequenceOf(key), path });
    }
    const entries = await this.entries(places.map((place) => place.path));
    // A row that was superseded meanwhile is left out, so their number says nothing of the limit.
    const rows = places.flatMap(({ sequence }, at) => offeredAt(entries[at], sequence) ?? []);
    return { rows, cutAt: places.length < limit ? undefined : places.at(-1)?.sequence };
  }

  async #hashAt(sequence: number): Promise<string | undefined> {
    const value = await this.#store.get(this.#keys.boundary(sequence));
    return value === undefined ? undefined : hexFrom(value);
  }

  async #boundaryAtOrBefore(last: number, after: number): Promise<IndexPosition | undefined> {
    const span = this.#keys.sequences('boundary', after, last);
    for await (const [key, value] of this.#store.iterate({ ...span, reverse: true, limit: 1 })) {
      const sequence = this.#keys.sequenceOf(key);
      return { epoch: this.#state.epoch, sequence, hash: hexFrom(value) };
    }
    return undefined;
  }

  /** Counts are as old as the keys that they count, unless a batch is in doubt. */
  #hasNo(what: 'needFiles' | 'queued' | 'held'): boolean {
    return !this.#inDoubt && this.#state.counts[what] === 0;
  }

  async *#decoded(spans: readonly KeySpan[]): AsyncIterable<PathEntry> {
    for (const span of spans) {
      for await (const [key, value] of this.#store.iterate(span)) {
        yield decodeEntry(this.#keys.pathOf(key), value, this.#devices);
      }
    }
  }
}
