/**
 * What a hostile member has learned by listening, and values made of it: right ones, old ones, stolen
 * ones and ones that nobody ever said. All chance comes from one seed.
 */
import { encodeEnvelope } from '@holdfast/block-store';
import {
  type ActorId,
  type BlockListRoot,
  type ContentId,
  type DeviceId,
  decodeVersion,
  type EpochId,
  type FileRecord,
  type FolderId,
  type FolderPath,
  type Hash,
  hexFrom,
  incrementVector,
  maxVectorCounter,
  type StoreId,
  type Version,
  type VersionId,
  type VersionVector,
  versionOf,
} from '@holdfast/model';
import {
  type ControlMessage,
  emptyRollingHash,
  type FolderAnnouncement,
  type IndexPosition,
  nextRollingHash,
} from '@holdfast/sync-protocol';
import { nativeBlake3, type SeededRandom } from '../../src/seams/index.js';

export const hash: Hash = (bytes) => nativeBlake3.blake3(bytes);
/** More than so much of each kind is not remembered. */
const maxRemembered = 400;

const evilPaths = [
  ...['../outside/x', '/etc/passwd', '.holdfast/marker', '.holdfast', '.HOLDFAST/held/x'],
  ...['a/../../outside/y', 'a//b', './x', 'a/\0b', '.stignore', '.holdfast-tmp-1', 'nul\n', ''],
  ...[`${'d/'.repeat(300)}deep`, 'n'.repeat(255), 'n'.repeat(256), '\xff\xfe', 'CON', 'x '],
];

export class HostileKnowledge {
  readonly device: DeviceId;
  readonly folders: FolderId[] = [];
  readonly versions: Version[] = [];
  readonly positions: IndexPosition[] = [];
  readonly stores: { readonly storeId: StoreId; readonly generation: number }[] = [];
  readonly devices: DeviceId[] = [];
  readonly massChanges: FolderAnnouncement['massChanges'][number][] = [];
  readonly #random: SeededRandom;
  readonly #made = new Map<VersionId, Version>();
  readonly #ownBlocks = new Map<ContentId, Uint8Array>();
  readonly #own = new Map<DeviceId, IndexPosition>();
  readonly #theirs = new Map<DeviceId, IndexPosition>();
  /** How often it says what no honest member would; the same for its whole life. */
  readonly lies: number;
  /** How often it claims to remember of somebody's index what that one never said: soon nobody listens. */
  readonly #liesOfOthers: number;
  #facing: DeviceId;

  constructor(device: DeviceId, random: SeededRandom) {
    this.device = device;
    this.#facing = device;
    this.#random = random;
    this.lies = random.pick([0.03, 0.1, 0.3]);
    this.#liesOfOthers = random.pick([0, 0, 0.01, 0.5]);
  }

  /** Everything that is made from now on is for this device. */
  face(device: DeviceId): void {
    this.#facing = device;
  }

  /** Where its own index stands, as it tells it to the device that it faces. */
  get own(): IndexPosition {
    const known = this.#own.get(this.#facing) ?? this.#newIndex();
    this.#own.set(this.#facing, known);
    return known;
  }

  /** What it says that it saw of that device's index. */
  get seen(): IndexPosition | undefined {
    if (this.#random.chance(this.#liesOfOthers)) return this.position();
    return this.#random.chance(0.5) ? this.#theirs.get(this.#facing) : undefined;
  }

  /** What it says of itself from now on has nothing to do with what it said before. */
  beginAnew(): void {
    this.#own.delete(this.#facing);
  }

  #newIndex(): IndexPosition {
    return { epoch: this.epoch(), sequence: 0, hash: emptyRollingHash };
  }

  /** One more row of its own index, as an honest member would count it. */
  published(versionId: VersionId): void {
    const { epoch, sequence, hash: before } = this.own;
    const next = nextRollingHash(before, versionId, hash);
    this.#own.set(this.#facing, { epoch, sequence: sequence + 1, hash: next });
  }

  /** A version that it made and still knows. */
  made(id: VersionId): Version | undefined {
    return this.#made.get(id);
  }

  /** The envelope of a block that it made; undefined for others. */
  block(id: ContentId): Uint8Array | undefined {
    const plain = this.#ownBlocks.get(id);
    return plain === undefined ? undefined : encodeEnvelope(plain);
  }

  /** Listens to what somebody honest says; `isFirst` where this conversation begins. */
  hear(from: DeviceId, message: ControlMessage, isFirst: boolean): void {
    if (message.type === 'folders') {
      for (const one of message.folders) {
        this.#theirs.set(from, one.position);
        // It goes on from what was taken, as an honest member would.
        if (isFirst) this.#own.set(from, one.seen ?? this.#newIndex());
        if (!this.folders.includes(one.folderId)) this.folders.push(one.folderId);
        this.#keep(this.positions, one.position);
        if (one.archive !== undefined) this.#keep(this.stores, one.archive);
        for (const change of one.massChanges) this.#keep(this.massChanges, change);
      }
    } else if (message.type === 'index-delta') {
      if (message.position !== undefined) this.#keep(this.positions, message.position);
      for (const { record } of message.rows) this.#keep(this.versions, decodeVersion(record, hash));
    } else if (message.type === 'progress') this.#keep(this.positions, message.seen);
    else if (message.type === 'receipt') this.#keep(this.positions, message.position);
  }

  #keep<Item>(list: Item[], item: Item): void {
    if (list.length < maxRemembered) list.push(item);
    else list[this.#random.integer(0, list.length - 1)] = item;
  }

  #oneOf<Item>(known: readonly Item[], made: () => Item, chance = 0.8): Item {
    return known.length > 0 && this.#random.chance(chance) ? this.#random.pick(known) : made();
  }

  digits(bytes: number): string {
    return hexFrom(this.#random.bytes(bytes));
  }

  number(): number {
    const { integer } = this.#random;
    const near = this.own.sequence + integer.call(this.#random, -2, 3);
    const odd = [0, 1, 2, 2 ** 31, 2 ** 32 - 1, 2 ** 48, Number.MAX_SAFE_INTEGER];
    return Math.max(0, this.#random.pick([near, near, ...odd, this.#random.uint32()]));
  }

  epoch(): EpochId {
    return this.digits(8) as EpochId;
  }

  folder(): FolderId {
    return this.#oneOf(this.folders, () => 'nowherenowherenw' as FolderId, 0.95);
  }

  versionId(): VersionId {
    const ids = this.versions.map(({ id }) => id);
    return this.#oneOf(ids, () => this.digits(32) as VersionId);
  }

  store(): { readonly storeId: StoreId; readonly generation: number } {
    const made = () => ({ storeId: this.digits(8) as StoreId, generation: this.number() });
    return this.#oneOf(this.stores, made, 0.6);
  }

  member(): DeviceId {
    const made = () => `SimDevice${this.digits(4).replaceAll('0', 'z')}` as DeviceId;
    return this.#oneOf([this.device, ...this.devices], made);
  }

  position(): IndexPosition {
    const known = this.#oneOf([this.own, ...this.positions], () => this.#newIndex());
    if (this.#random.chance(0.6)) return known;
    const lie = { sequence: this.number(), hash: this.digits(32), epoch: this.epoch() };
    return {
      ...known,
      ...this.#random.pick([{ sequence: lie.sequence }, { hash: lie.hash }, lie]),
    };
  }

  path(): FolderPath {
    const known = this.versions.map(({ record }) => record.path);
    const made = () => `from-mallory/${this.#random.integer(0, 30)}` as FolderPath;
    const path = this.#oneOf(known, made, 0.6);
    const below = `${path}/below` as FolderPath;
    return this.#random.chance(0.08)
      ? this.#random.pick([...evilPaths, below] as FolderPath[])
      : path;
  }

  /** A record that decodes, or one that nobody honest would make. */
  record(): Uint8Array {
    if (this.versions.length > 0 && this.#random.chance(0.15)) {
      return this.#random.pick(this.versions).bytes;
    }
    return this.version()?.bytes ?? this.#random.bytes(this.#random.integer(1, 200));
  }

  /** Undefined where chance made what cannot be encoded. */
  version(): Version | undefined {
    const path = this.path();
    const before = this.versions.filter(({ record }) => record.path === path);
    const vector = this.#vector(before.map(({ record }) => record.vector));
    const common = { path, vector, author: this.member() };
    try {
      const version = versionOf(this.#kindOf(common), hash);
      if (this.#made.size >= maxRemembered) this.#forgetOldest();
      this.#made.set(version.id, version);
      return version;
    } catch {
      // Out of the bounds of a record: such bytes are sent as noise instead.
      return undefined;
    }
  }

  #forgetOldest(): void {
    const [oldest] = this.#made.values();
    if (oldest === undefined) return;
    const { id, record } = oldest;
    this.#made.delete(id);
    if (record.kind !== 'file') return;
    for (const { contentId } of record.blocks.entries) this.#ownBlocks.delete(contentId);
  }

  #vector(before: readonly VersionVector[]): VersionVector {
    const actor = `feedfeed${this.#random.pick(['00000001', '00000002'])}` as ActorId;
    const base = before.length > 0 && this.#random.chance(0.8) ? this.#random.pick(before) : [];
    if (this.#random.chance(0.85)) return incrementVector(base, actor);
    const stolen = base.length > 0 ? this.#random.pick(base).actor : actor;
    const counter = this.#random.pick([
      1,
      2,
      1000,
      2 ** 40,
      maxVectorCounter,
      maxVectorCounter + 1,
    ]);
    const others = base.filter((entry) => entry.actor !== stolen);
    const entries = [...others, { actor: stolen, counter }];
    return entries.sort((one, other) => (one.actor < other.actor ? -1 : 1));
  }

  #kindOf(common: Pick<FileRecord, 'path' | 'vector' | 'author'>): FileRecord {
    const kind = this.#random.pick([
      'file',
      'file',
      'file',
      'directory',
      'symlink',
      'tombstone',
    ] as const);
    const permissions = this.#random.pick([0o644, 0o000, 0o777, undefined]);
    if (kind === 'tombstone') return { ...common, kind };
    if (kind === 'directory') return { ...common, kind, permissions };
    if (kind === 'symlink') {
      const target = this.#random.pick(['/etc', '../../outside', '.', 'a', '/home', '..']);
      return { ...common, kind, target };
    }
    const { blocks, sizeBytes } = this.#content();
    const mtimeNs = BigInt(this.#random.integer(-1000, 2 ** 40)) * 1000n;
    return { ...common, kind, sizeBytes, mtimeNs, permissions, chunker: 'fastcdc-256k', blocks };
  }

  #content(): { readonly blocks: BlockListRoot; readonly sizeBytes: number } {
    const known = this.versions.flatMap(({ record }) => (record.kind === 'file' ? [record] : []));
    if (known.length > 0 && this.#random.chance(0.2)) return this.#random.pick(known);
    const count = this.#random.pick([0, 1, 1, 1, 2, 5]);
    const entries = Array.from({ length: count }, () => {
      const plain = this.#random.bytes(this.#random.integer(1, 2000));
      const contentId = hexFrom(hash(plain)) as ContentId;
      if (this.#random.chance(0.8)) this.#ownBlocks.set(contentId, plain);
      const lies = this.#random.chance(0.05);
      return { contentId, lengthBytes: lies ? this.number() : plain.length };
    });
    const sum = entries.reduce((total, { lengthBytes }) => total + lengthBytes, 0);
    const depth = this.#random.chance(0.05) ? this.#random.integer(1, 4) : 0;
    return {
      blocks: { depth, entries },
      sizeBytes: this.#random.chance(0.05) ? this.number() : sum,
    };
  }
}
