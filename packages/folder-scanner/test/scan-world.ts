/** One folder on a memory disk with its index and its scanner, and a user who changes files. */
import { FolderIndex, localCurrent, type PathEntry } from '@holdfast/folder-index';
import {
  type ChangeGuard,
  createMarker,
  FolderScanner,
  IgnoreRules,
  ListBlockStore,
} from '@holdfast/folder-scanner';
import type { ActorId, DeviceId, FolderId, FolderPath, Hash } from '@holdfast/model';
import {
  type BulkRunner,
  type FilePath,
  filePathFrom,
  joinPath,
  statIfPresent,
} from '@holdfast/platform';
import {
  type FileCall,
  InlineBulkRunner,
  MemoryDatabase,
  MemoryDisk,
  type MemoryDiskOptions,
  MemoryFileSystem,
  MemoryKeyValueStore,
  MountTable,
  nativeBlake3,
  SeededRandom,
} from '@holdfast/simulation';

export const hash: Hash = (bytes) => nativeBlake3.blake3(bytes);
const folder = 'photosphotosphot' as FolderId;
export const context = {
  actor: '00000000000000aa' as ActorId,
  device: '12D3KooWHere' as DeviceId,
  hash,
};
export const pathOf = (text: string) => text as FolderPath;
export const root = filePathFrom('/home/photos');

export class ScanWorld {
  nowMs = 1_790_000_000_000;
  readonly disk: MemoryDisk;
  readonly mounts: MountTable;
  /** The user's view of the disk; never runs the hook. */
  readonly user: MemoryFileSystem;
  readonly calls: FileCall[] = [];
  onCall: ((call: FileCall) => void) | undefined;
  placing: (path: FolderPath) => boolean = () => false;
  rules = IgnoreRules.none;
  /** What the guard was told of before it was committed, by path. */
  readonly foreseen: string[] = [];
  /** What the guard does before it answers. */
  foreseeing = async (): Promise<void> => undefined;
  /** Whether the guard believes what is gone before everything was looked at. */
  believesEarly = true;
  /** What the guard was asked and told, in order. */
  readonly guarded: string[] = [];
  readonly root = root;

  private constructor(
    readonly index: FolderIndex,
    readonly store: MemoryKeyValueStore,
    names: Pick<MemoryDiskOptions, 'foldCase'>,
  ) {
    this.disk = new MemoryDisk({ now: () => this.nowMs, ...names });
    this.mounts = new MountTable(this.disk);
    this.user = new MemoryFileSystem({ mounts: this.mounts });
  }

  scanner!: FolderScanner;
  runner!: BulkRunner;

  static async open(names: Pick<MemoryDiskOptions, 'foldCase'> = {}): Promise<ScanWorld> {
    const store = new MemoryKeyValueStore(new MemoryDatabase());
    const random = new SeededRandom('scan');
    const policy = { needOf: () => undefined, queuesOffers: false };
    const index = await FolderIndex.open({ store, folder, hash, random, policy });
    const world = new ScanWorld(index, store, names);
    world.user.makeDirectory(filePathFrom('/home'));
    world.user.makeDirectory(root);
    const marker = createMarker(world.user, root, folder, random);
    const fileSystem = new MemoryFileSystem({
      mounts: world.mounts,
      onCall: (call) => {
        world.calls.push(call);
        world.onCall?.(call);
      },
    });
    const clock = { now: () => world.nowMs };
    world.runner = new InlineBulkRunner({ fileSystem, hasher: nativeBlake3, clock });
    world.scanner = new FolderScanner({
      root,
      marker,
      index,
      runner: world.runner,
      rules: () => world.rules,
      listBlocks: new ListBlockStore(store, 'lists'),
      context,
      isCovered: () => false,
      isBeingPlaced: (path) => world.placing(path),
      guard: world.#guard(),
    });
    return world;
  }

  /** Lets everything pass, unless it is too early. */
  #guard(): ChangeGuard {
    return {
      mayAsk: () => true,
      foresee: async (changes, isComplete) => {
        this.foreseen.push(...changes.map(({ before }) => before.path));
        this.guarded.push('foresees');
        await this.foreseeing();
        return this.believesEarly || isComplete;
      },
      judge: (_, after) => after,
      committed: async () => {
        this.guarded.push('committed');
      },
      scanned: async () => undefined,
    };
  }

  at(path: string): FilePath {
    return joinPath(root, path);
  }

  /** Creates or overwrites in place, then lets the clock move on. */
  write(path: string, text: string): void {
    const exists = statIfPresent(this.user, this.at(path)) !== undefined;
    if (exists) this.user.unlink(this.at(path));
    const handle = this.user.open(this.at(path), 'create', 0o644);
    this.user.write(handle, Buffer.from(text), 0);
    this.user.close(handle);
    this.pass(10_000);
  }

  /** Changes bytes without changing the size. */
  overwrite(path: string, text: string): void {
    const handle = this.user.open(this.at(path), 'write');
    this.user.write(handle, Buffer.from(text), 0);
    this.user.close(handle);
  }

  pass(milliseconds: number): void {
    this.nowMs += milliseconds;
  }

  async scan() {
    this.calls.length = 0;
    return this.scanner.scanAll();
  }

  /** What this device shows, by path: `kind`, and the text's size for files. */
  async shown(): Promise<Record<string, string>> {
    const found: [string, string][] = [];
    for await (const entry of this.index.below('')) {
      const record = localCurrent(entry)?.version.record;
      if (record === undefined) continue;
      found.push([entry.path, record.kind === 'file' ? `file ${record.sizeBytes}` : record.kind]);
    }
    return Object.fromEntries(found);
  }

  entry(path: string): Promise<PathEntry> {
    return this.index.entry(pathOf(path));
  }
}

/** A world in which these files lie, each with its path as content. */
export async function worldWith(...files: string[]): Promise<ScanWorld> {
  const world = await ScanWorld.open();
  for (const path of files) {
    const directories = path.split('/').slice(0, -1);
    for (const [depth] of directories.entries()) {
      const directory = world.at(directories.slice(0, depth + 1).join('/'));
      if (statIfPresent(world.user, directory) === undefined) world.user.makeDirectory(directory);
    }
    world.write(path, path);
  }
  return world;
}
