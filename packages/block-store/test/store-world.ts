/** One simulated disk and database, and the seams of one incarnation of a node on them. */

import type { ContentId, Hash, StoreId } from '@holdfast/model';
import { hexFrom } from '@holdfast/model';
import type { BulkRunner, Clock, Compressor, FilePath, Hasher } from '@holdfast/platform';
import { silentLogger } from '@holdfast/platform';
import {
  type FileCall,
  InlineBulkRunner,
  KillSwitch,
  MemoryDatabase,
  MemoryDisk,
  MemoryFileSystem,
  MemoryKeyValueStore,
  MountTable,
  nativeBlake3,
  realZstd,
  SeededRandom,
  SimulatedCrash,
} from '@holdfast/simulation';
import {
  type ArrivedBlock,
  BlockStore,
  type EntryLocation,
  encodeEnvelope,
  envelopeHeaderBytes,
  packInPlace,
  type SegmentDamage,
  SegmentStream,
  type SegmentStreamInit,
} from '../src/index.js';

export const hasher: Hasher = nativeBlake3;
export const hash: Hash = (bytes) => hasher.blake3(bytes);
export const tools = { hasher, compressor: realZstd };
export const storeId = '0123456789abcdef' as StoreId;
const directory = '/store' as FilePath;

class ManualClock implements Clock {
  nowMs = 0;
  now = () => this.nowMs;
  monotonic = () => this.nowMs;
  setTimer = () => ({ cancel() {} });
}

export interface Incarnation {
  readonly runner: BulkRunner;
  readonly fileSystem: MemoryFileSystem;
  readonly keyValueStore: MemoryKeyValueStore;
  readonly killSwitch: KillSwitch;
}

export class StoreWorld {
  readonly clock = new ManualClock();
  readonly disk = new MemoryDisk({ now: () => this.clock.nowMs });
  readonly database = new MemoryDatabase();
  readonly damage: SegmentDamage[] = [];
  readonly #mounts = new MountTable(this.disk);

  start(onCall?: (call: FileCall) => void): Incarnation {
    const killSwitch = new KillSwitch();
    const hook = onCall === undefined ? {} : { onCall };
    const fileSystem = new MemoryFileSystem({ mounts: this.#mounts, killSwitch, ...hook });
    const { clock } = this;
    const runner = new InlineBulkRunner({ fileSystem, hasher, clock, killSwitch });
    const keyValueStore = new MemoryKeyValueStore(this.database, { killSwitch });
    return { runner, fileSystem, keyValueStore, killSwitch };
  }

  powerLoss(seed: number): void {
    const random = new SeededRandom(seed);
    this.disk.crash(random);
    this.database.crash(random);
  }

  openStream(over: Partial<SegmentStreamInit> = {}, node = this.start()): Promise<SegmentStream> {
    return SegmentStream.open({
      runner: node.runner,
      directory,
      streamName: 'log',
      storeId,
      generation: 1,
      maxSegmentBytes: 4096,
      logger: silentLogger,
      clock: this.clock,
      onDamage: (damage) => this.damage.push(damage),
      ...over,
    });
  }

  openBlocks(node = this.start(), maxSegmentBytes = 16_384): Promise<BlockStore> {
    return BlockStore.open({
      runner: node.runner,
      directory,
      keyValueStore: node.keyValueStore,
      keyPrefix: Buffer.from('blocks/'),
      storeId,
      generation: 1,
      hash,
      logger: silentLogger,
      clock: this.clock,
      maxSegmentBytes,
      onDamage: (damage) => this.damage.push(damage),
    });
  }

  fileNames(): string[] {
    return this.start()
      .fileSystem.list(directory)
      .map(({ name }) => name)
      .sort();
  }

  readFile(name: string): Buffer {
    const { fileSystem } = this.start();
    const handle = fileSystem.open(`${directory}/${name}` as FilePath, 'read');
    const bytes = Buffer.alloc(fileSystem.handleStat(handle).sizeBytes);
    fileSystem.read(handle, bytes, 0);
    fileSystem.close(handle);
    return bytes;
  }

  /** Writes and syncs, as somebody else would. */
  writeFile(name: string, bytes: Uint8Array, position = 0): void {
    const { fileSystem } = this.start();
    const path = `${directory}/${name}` as FilePath;
    const handle = fileSystem.open(path, this.fileNames().includes(name) ? 'write' : 'create');
    fileSystem.write(handle, bytes, position);
    fileSystem.syncFile(handle);
    fileSystem.close(handle);
    fileSystem.syncDirectory(directory);
  }

  removeFile(name: string): void {
    this.start().fileSystem.unlink(`${directory}/${name}` as FilePath);
  }
}

/** Ends the node at its n-th call of the file system, from 1. */
export function crashAt(count: number): (call: FileCall) => void {
  let calls = 0;
  return () => {
    calls += 1;
    if (calls === count) throw new SimulatedCrash();
  };
}

/** Resolves to what `work` gave, or to 'crashed' when the node ended first. */
export function untilCrash<Result>(
  node: Incarnation,
  work: () => Promise<Result>,
): Promise<Result | 'crashed'> {
  const crashed = new Promise<'crashed'>((resolve) => {
    node.killSwitch.onKill(() => resolve('crashed'));
  });
  return Promise.race([work(), crashed]);
}

/** Bytes that look random and are the same everywhere: xorshift32, its low bytes. */
export function noise(lengthBytes: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  let state = (seed + 1) | 0;
  for (let at = 0; at < lengthBytes; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state;
  }
  return bytes;
}

export function blockOf(plain: Uint8Array): ArrivedBlock {
  return arrived(plain, encodeEnvelope(plain));
}

/** As the device that serves it packs it. */
export function packedBlockOf(plain: Uint8Array, compressor: Compressor = realZstd): ArrivedBlock {
  const target = new Uint8Array(envelopeHeaderBytes + plain.length);
  target.set(plain, envelopeHeaderBytes);
  return arrived(plain, target.slice(0, packInPlace(target, plain.length, compressor)));
}

function arrived(plain: Uint8Array, envelope: Uint8Array): ArrivedBlock {
  const contentId = hexFrom(hash(plain)) as ContentId;
  return { contentId, lengthBytes: plain.length, envelope };
}

export async function collect<Item>(items: AsyncIterable<Item[]>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const part of items) all.push(...part);
  return all;
}

export async function texts(stream: SegmentStream): Promise<string[]> {
  const entries = await collect(stream.scan());
  return entries.map(({ payload }) => Buffer.from(payload).toString());
}

export async function appendSynced(
  stream: SegmentStream,
  ...names: string[]
): Promise<EntryLocation[]> {
  const locations = await stream.append(names.map((name) => Buffer.from(name)));
  await stream.sync();
  return locations;
}
