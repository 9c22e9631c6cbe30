/** One node on a memory disk, in virtual time, with a folder that its user works in. */

import {
  assert,
  type BulkRunner,
  filePathFrom,
  joinPath,
  type Logger,
  readWholeFile,
  statIfPresent,
} from '@holdfast/platform';
import {
  InlineBulkRunner,
  MemoryDatabase,
  MemoryDisk,
  MemoryFileSystem,
  MemoryKeyValueStore,
  MemoryNetworkFabric,
  MemorySigner,
  MountTable,
  nativeBlake3,
  ScriptedFileWatcher,
  SeededRandom,
  VirtualWorldClock,
} from '@holdfast/simulation';
import type { FolderEngine } from '@holdfast/sync-engine';
import { assembleNode } from '../src/assemble-node.js';

export const root = filePathFrom('/data');
const longestMs = 3_600_000;

/** Time and network, which several nodes may share. */
export class SharedWorld {
  readonly clock = new VirtualWorldClock();
  readonly fabric = new MemoryNetworkFabric({ schedule: this.clock.schedule });

  /** Runs events until the promise has settled. */
  async complete<Result>(promise: Promise<Result>): Promise<Result> {
    const outcome: { settled?: PromiseSettledResult<Result> } = {};
    void Promise.allSettled([promise]).then(([settled]) => {
      outcome.settled = settled;
    });
    await this.until(() => outcome.settled !== undefined);
    const { settled } = outcome;
    if (settled?.status === 'rejected') throw settled.reason;
    assert(settled !== undefined, 'it ends in virtual time');
    return settled.value;
  }

  async until(holds: () => boolean): Promise<void> {
    await this.clock.runUntil(holds, { deadlineMs: this.clock.nowMs + longestMs });
    assert(holds(), 'it comes to hold in virtual time');
  }
}

export class NodeWorld {
  readonly warnings: string[] = [];
  /** What the folders lie on. */
  fileSystemType: string | undefined;
  readonly disk: MemoryDisk;
  readonly user: MemoryFileSystem;
  readonly node: ReturnType<typeof assembleNode>;
  readonly runner: BulkRunner;
  readonly clock;

  constructor(
    readonly shared: SharedWorld,
    readonly device = 'SimLaptop',
  ) {
    this.disk = new MemoryDisk({ now: () => Math.floor(shared.clock.wallMs) });
    const mounts = new MountTable(this.disk);
    this.user = new MemoryFileSystem({ mounts });
    const home = filePathFrom('/home');
    for (const path of [home, root]) this.user.makeDirectory(path);
    const fileSystem = new MemoryFileSystem({ mounts });
    this.clock = shared.clock.nodeClock();
    const { clock } = this;
    const hasher = nativeBlake3;
    const random = new SeededRandom(device);
    this.runner = new InlineBulkRunner({ fileSystem, hasher, clock });
    const { schedule } = shared.clock;
    const say = (message: string) => void this.warnings.push(message);
    const logger: Logger = { debug: () => undefined, info: () => undefined, warn: say, error: say };
    const watcher = new ScriptedFileWatcher({ mounts, schedule, random });
    this.node = assembleNode(
      {
        home,
        fileSystem,
        runner: this.runner,
        watchers: { native: watcher, nativeProblem: '', polling: watcher },
        fileSystemTypeOf: async () => this.fileSystemType,
        network: shared.fabric.createNetwork(device),
        keyValueStore: new MemoryKeyValueStore(new MemoryDatabase()),
        clock,
        random,
        hasher,
        logger,
        signer: new MemorySigner(device),
        realPath: (path) => mounts.resolve(filePathFrom(path), 'realPath').path,
        bootId: random.bytes(16),
        clockSynchronised: () => true,
      },
      { gui: () => '', defaultName: device },
    );
  }

  async start(): Promise<this> {
    await this.shared.complete(this.node.start());
    return this;
  }

  /** Keeps the folder at the root. */
  async addFolder(): Promise<FolderEngine> {
    await this.shared.complete(this.node.control.addFolder({ path: root }));
    const [folder] = this.node.engine.folders.values();
    assert(folder !== undefined, 'there is a folder');
    return folder;
  }

  async rescan(folder: FolderEngine): Promise<void> {
    await this.shared.complete(folder.tree?.rescan() ?? Promise.resolve());
  }

  write(path: string, text: string): void {
    const full = joinPath(root, path);
    if (statIfPresent(this.user, full) !== undefined) this.user.unlink(full);
    const handle = this.user.open(full, 'create', 0o644);
    this.user.write(handle, Buffer.from(text), 0);
    this.user.close(handle);
  }

  text(path: string): string | undefined {
    const full = joinPath(root, path);
    if (statIfPresent(this.user, full) === undefined) return undefined;
    return Buffer.from(readWholeFile(this.user, full)).toString();
  }
}
