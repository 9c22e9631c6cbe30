/** One machine with a memory disk and a memory database, on which an archive is opened and ended. */
import { encodeEnvelope } from '@holdfast/block-store';
import {
  type ContentId,
  type DeviceId,
  type FileRecord,
  type FolderId,
  type FolderPath,
  type Hash,
  hexFrom,
  type StoreId,
  type Version,
  versionOf,
} from '@holdfast/model';
import { filePathFrom, type Logger, silentLogger } from '@holdfast/platform';
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
  SeededRandom,
  type StoreCall,
} from '@holdfast/simulation';
import { type AppendEntry, VersionArchive } from '@holdfast/version-archive';

export const hash: Hash = (bytes) => nativeBlake3.blake3(bytes);
export const photos = 'photosphotosphot' as FolderId;
export const papers = 'paperspaperspape' as FolderId;
export const laptop = '12D3KooWLaptop' as DeviceId;
export const desktop = '12D3KooWDesktop' as DeviceId;
export const storeDirectory = filePathFrom('/disk/store');

export interface Hooks {
  readonly onFileCall?: (call: FileCall) => void;
  readonly onStoreCall?: (call: StoreCall) => void;
  /** After a batch was applied. */
  readonly onApplied?: (call: StoreCall) => void;
  /** Opens what is there, and writes nothing. */
  readonly readOnly?: boolean;
  /** Of the database, where it vouches for its bytes. */
  readonly lineage?: string;
}

export class ArchiveWorld {
  nowMs = 1_700_000_000_000;
  clockSynchronised = true;
  readonly disk = new MemoryDisk({ now: () => this.nowMs });
  readonly mounts = new MountTable(this.disk);
  database = new MemoryDatabase();
  readonly random: SeededRandom;
  readonly warnings: string[] = [];
  killSwitch = new KillSwitch();
  /** The store that has to be there. */
  expected: StoreId | undefined;

  constructor(seed = 'archive') {
    this.random = new SeededRandom(seed);
  }

  fileSystem(hooks: Hooks = {}): MemoryFileSystem {
    const { onFileCall: onCall } = hooks;
    const { mounts, killSwitch } = this;
    return new MemoryFileSystem({ mounts, killSwitch, ...(onCall && { onCall }) });
  }

  open(hooks: Hooks = {}): Promise<VersionArchive> {
    this.killSwitch = new KillSwitch();
    const { killSwitch } = this;
    const { onStoreCall: onCall, onApplied } = hooks;
    const fileSystem = this.fileSystem(hooks);
    const clock = {
      now: () => this.nowMs,
      monotonic: () => this.nowMs,
      setTimer: () => ({ cancel: () => undefined }),
    };
    const logger: Logger = { ...silentLogger, warn: (message) => this.warnings.push(message) };
    return VersionArchive.open({
      ...(hooks.readOnly === true && { readOnly: true }),
      directory: storeDirectory,
      expected: this.expected,
      keyValueStore: new MemoryKeyValueStore(this.database, {
        killSwitch,
        lineage: hooks.lineage,
        ...(onCall && { onCall }),
        ...(onApplied && { onApplied }),
      }),
      keyPrefix: Buffer.from('a!'),
      runner: new InlineBulkRunner({ fileSystem, hasher: nativeBlake3, clock, killSwitch }),
      fileSystem,
      hash,
      random: this.random,
      clock,
      bootId: Buffer.alloc(16, 7),
      clockSynchronised: () => this.clockSynchronised,
      logger,
    });
  }

  /** Ends the node; with a power loss, what was not synced may be gone. */
  crash(seed: string): void {
    this.killSwitch.kill();
    this.killSwitch = new KillSwitch();
    this.disk.crash(new SeededRandom(`disk ${seed}`));
    this.database.crash(new SeededRandom(`database ${seed}`));
  }

  loseDatabase(): void {
    this.database = new MemoryDatabase();
  }

  /** Takes away every row whose key begins so. */
  async dropRows(prefix: string): Promise<void> {
    const store = new MemoryKeyValueStore(this.database);
    const range = { from: Buffer.from(prefix), to: Buffer.from(`${prefix}\xff`, 'latin1') };
    for await (const [key] of store.iterate(range)) {
      await store.batch([{ type: 'delete', key }], { sync: true });
    }
  }

  /** Undefined where the world ended the node before the work was done. */
  async untilKilled<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    const ended = new Promise<undefined>((resolve) => {
      this.killSwitch.onKill(() => resolve(undefined));
    });
    return await Promise.race([work(), ended]);
  }
}

export interface MadeVersion {
  readonly version: Version;
  readonly envelopes: { contentId: ContentId; envelope: Uint8Array }[];
}

/** A version of a file with the text as content. */
export function fileVersion(path: string, text: string, counter = 1): MadeVersion {
  const plain = Buffer.from(text);
  const contentId = hexFrom(hash(plain)) as ContentId;
  const entries = plain.length === 0 ? [] : [{ contentId, lengthBytes: plain.length }];
  const record: FileRecord = {
    ...common(path, counter),
    kind: 'file',
    sizeBytes: plain.length,
    mtimeNs: 5n,
    permissions: 0o644,
    chunker: 'fastcdc-256k',
    blocks: { depth: 0, entries },
  };
  const envelopes = entries.map((entry) => ({
    contentId: entry.contentId,
    envelope: encodeEnvelope(plain),
  }));
  return { version: versionOf(record, hash), envelopes };
}

export function directoryVersion(path: string, counter = 1): MadeVersion {
  const record: FileRecord = { ...common(path, counter), kind: 'directory', permissions: 0o755 };
  return { version: versionOf(record, hash), envelopes: [] };
}

export function tombstoneVersion(path: string, counter: number): MadeVersion {
  const record: FileRecord = { ...common(path, counter), kind: 'tombstone' };
  return { version: versionOf(record, hash), envelopes: [] };
}

function common(path: string, counter: number) {
  const actor = '00112233445566aa' as FileRecord['vector'][number]['actor'];
  return { path: path as FolderPath, vector: [{ actor, counter }], author: laptop };
}

export function entryOf(made: MadeVersion, change: Partial<AppendEntry> = {}): AppendEntry {
  return {
    version: made.version,
    becameCurrent: true,
    supersedes: undefined,
    sender: laptop,
    blocks: made.version.record.kind === 'file' ? made.version.record.blocks.entries : [],
    ...change,
  };
}

/** Appends the blocks, then the versions, as a receiver does. */
export async function archiveAll(
  archive: VersionArchive,
  made: readonly MadeVersion[],
  folder = photos,
): Promise<number[]> {
  await archive.blocks.append(made.flatMap(({ envelopes }) => envelopes));
  const appended = await archive.append(
    folder,
    made.map((one) => entryOf(one)),
  );
  return appended.map(({ position }) => position);
}

/** Every page of a list at the head, or at a position. */
export async function listAll(
  archive: VersionArchive,
  options: {
    folder?: FolderId;
    directory?: string;
    recursive?: boolean;
    deleted?: boolean;
    position?: number;
    limit?: number;
  } = {},
) {
  const { folder = photos, directory = '', recursive = true, deleted = false } = options;
  const { position, limit = 1000 } = options;
  const found = [];
  let cursor: Uint8Array | undefined;
  do {
    const page = await archive.query(folder, {
      type: 'list',
      directory: directory as FolderPath | '',
      at: position === undefined ? { type: 'head' } : { type: 'position', position },
      recursive,
      deleted,
      limit,
      ...(cursor && { cursor }),
    });
    found.push(...page.entries);
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}
