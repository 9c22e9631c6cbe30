/**
 * One machine of a world: its disk and database, which outlive every crash, and the node that runs
 * on it, if one does. Owns the node's life: start, stop, process kill, power loss. A node that was
 * ended in the middle of a call leaves the disk as that call found it.
 */
import { type AssembledNode, assembleNode } from '@holdfast/node';
import { assert, errorMessage, filePathFrom, type Logger } from '@holdfast/platform';
import type { FolderEngine } from '@holdfast/sync-engine';
import type { FileCall } from '../seams/disk-faults.js';
import type { DiskImage } from '../seams/disk-image.js';
import { InlineBulkRunner } from '../seams/inline-bulk-runner.js';
import { KillSwitch, SimulatedCrash } from '../seams/kill-switch.js';
import { MemoryDatabase } from '../seams/memory-database.js';
import { MemoryDisk } from '../seams/memory-disk.js';
import { MemoryFileSystem } from '../seams/memory-file-system.js';
import { MemoryKeyValueStore } from '../seams/memory-key-value-store.js';
import type { MemoryNetworkFabric } from '../seams/memory-network-fabric.js';
import { MemorySigner } from '../seams/memory-signer.js';
import { MountTable } from '../seams/mount-table.js';
import type { NameRules } from '../seams/name-table.js';
import { nativeBlake3 } from '../seams/native-blake3.js';
import {
  promptWatcher,
  ScriptedFileWatcher,
  type WatcherBehaviour,
} from '../seams/scripted-file-watcher.js';
import type { SeededRandom } from '../seams/seeded-random.js';
import type { NodeClock, VirtualWorldClock } from '../seams/virtual-world-clock.js';
import { SeedFailure } from './seed-failure.js';
import { tracedFileSystem } from './traced-file-system.js';
import { outsideDirectory } from './user-acts.js';
import type { WorldTrace } from './world-trace.js';

/** `process`: the page cache stays. `power`: what was not synced may be gone or torn. */
export type CrashKind = 'process' | 'power';

export interface SimulatedMachineInit {
  readonly name: string;
  /** The node's identity, as the network authenticates it. */
  readonly device: string;
  readonly clock: VirtualWorldClock;
  readonly fabric: MemoryNetworkFabric;
  readonly random: SeededRandom;
  /** How its disk tells names apart; by their bytes, unless it says otherwise. */
  readonly names?: NameRules;
  readonly trace: WorldTrace;
  /** The end of a seed: something that no fault explains. */
  readonly onFailure: (failure: SeedFailure) => void;
  /** Called before each file-system call of the node. */
  readonly onCall: (machine: SimulatedMachine, call: FileCall) => void;
  /** Wraps a power loss, so that a ledger can see what it took. */
  readonly aroundPowerLoss: (machine: SimulatedMachine, lose: () => void) => void;
}

/** A copy of all that a machine keeps, as somebody would make one to put it back some day. */
export interface MachineImage {
  readonly disk: DiskImage;
  readonly database: ReturnType<MemoryDatabase['snapshot']>;
}

interface Running {
  readonly killSwitch: KillSwitch;
  readonly node: AssembledNode;
  readonly watcher: ScriptedFileWatcher;
  readonly clock: NodeClock;
}

export class SimulatedMachine {
  readonly name: string;
  readonly device: string;
  readonly disk: MemoryDisk;
  readonly database = new MemoryDatabase();
  readonly mounts: MountTable;
  /** For users and checkers: no fault of the node touches it. */
  readonly fileSystem: MemoryFileSystem;
  readonly problems: string[] = [];
  watcherBehaviour: WatcherBehaviour = promptWatcher;
  readonly #init: SimulatedMachineInit;
  readonly #random: SeededRandom;
  #running: Running | undefined;
  #started = false;
  #crash: { callsLeft: number; readonly kind: CrashKind } | undefined;
  #starts = 0;
  /** Whether its database lost keys: no index may be in doubt otherwise. */
  #mayHaveLost = false;
  /** How far its wall clock is ahead of the world's. */
  #wallOffsetMs = 0;

  constructor(init: SimulatedMachineInit) {
    this.#init = init;
    this.name = init.name;
    this.device = init.device;
    this.#random = init.random.fork(init.name);
    this.disk = new MemoryDisk({
      now: () => Math.floor(init.clock.wallMs + this.#wallOffsetMs),
      nameOrder: this.#random.pick(['any', 'journal'] as const),
      silentTearing: false,
      ...init.names,
    });
    this.mounts = new MountTable(this.disk);
    this.fileSystem = new MemoryFileSystem({ mounts: this.mounts });
    this.fileSystem.makeDirectory(homePath, 0o700);
    this.fileSystem.makeDirectory(filePathFrom(outsideDirectory), 0o755);
    this.fileSystem.syncDirectory(filePathFrom('/'));
  }

  get isOn(): boolean {
    return this.#running !== undefined;
  }

  /** The node, once it has started. */
  get node(): AssembledNode | undefined {
    return this.#started ? this.#running?.node : undefined;
  }

  /** The folders of the world, where the node keeps them and runs. */
  get folders(): readonly FolderEngine[] {
    return [...(this.node?.engine.folders.values() ?? [])];
  }

  /** Begins a new incarnation; it has started when `node` is there. */
  start(): void {
    if (this.#running !== undefined) return;
    this.#starts += 1;
    this.#init.trace.event(this.name, 'starts');
    const wasFaulty = this.hasFaultyDisk;
    let running: Running;
    try {
      running = this.#assemble();
    } catch (error) {
      this.#startFailed(error, wasFaulty);
      return;
    }
    this.#running = running;
    this.#started = false;
    running.node.start().then(
      () => {
        if (this.#running === running) this.#started = true;
      },
      (error: unknown) => {
        if (running.killSwitch.killed || error instanceof SimulatedCrash) return;
        this.#end(running, 'process');
        this.#startFailed(error, wasFaulty);
      },
    );
  }

  /** With a disk that fails it may not start; whoever watches over it tries again. */
  #startFailed(error: unknown, wasFaulty: boolean): void {
    const message = `${this.name} does not start: ${errorMessage(error)}`;
    if (wasFaulty || this.hasFaultyDisk) {
      this.#init.trace.event(this.name, message);
      this.#init.clock.schedule(startAgainMs, () => this.start());
    } else this.#init.onFailure(new SeedFailure('unexpected-error', message, error));
  }

  get hasFaultyDisk(): boolean {
    return this.disk.faults.isSet || this.disk.capacityBytes < plentyBytes;
  }

  /** The disk works again, and has space. */
  repairDisk(): void {
    this.disk.faults.clear();
    this.disk.capacityBytes = plentyBytes;
  }

  /** Asks the node to end in order; it is off when that is done. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#init.trace.event(this.name, 'stops');
    await running.node.stop();
    if (this.#running === running) this.#end(running, 'process');
  }

  crash(kind: CrashKind): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#end(running, kind);
  }

  /** Crashes in the middle of the n-th call from now to the disk or the database. */
  crashAfterCalls(callsLeft: number, kind: CrashKind): void {
    this.#crash = { callsLeft, kind };
  }

  /** No crash is to come any more. */
  disarm(): void {
    this.#crash = undefined;
  }

  takeImage(): MachineImage {
    return { disk: this.disk.takeImage(), database: this.database.snapshot() };
  }

  /** `home`: the node's own directory alone; the node must be off. */
  putBack(image: MachineImage, what: 'home' | 'disk'): void {
    assert(!this.isOn, 'an old copy is put back while the node is off');
    this.#init.trace.event(this.name, `gets an old copy of its ${what}`);
    this.database.restore(image.database);
    if (what === 'disk') this.disk.restoreImage(image.disk);
    else this.disk.restoreDirectory(image.disk, 'home');
  }

  /** The database loses up to `count` of its keys, durable or not; the node must be off. */
  loseKeys(random: SeededRandom, count: number): void {
    assert(!this.isOn, 'keys are lost while the node is off');
    this.#mayHaveLost = true;
    const lost = this.database.dropKeys(random, count);
    this.#init.trace.event(this.name, `loses ${lost} keys of its database`);
  }

  setWatcher(behaviour: WatcherBehaviour): void {
    this.watcherBehaviour = behaviour;
    if (this.#running !== undefined) this.#running.watcher.behaviour = behaviour;
  }

  /** Puts the machine's wall clock on or back; files, users and node go by it from now on. */
  stepWallClock(byMs: number): void {
    this.#init.trace.event(this.name, `clock steps by ${Math.round(byMs / 1000)} s`);
    this.#wallOffsetMs += byMs;
    this.#running?.clock.stepWallClock(byMs);
  }

  get wallOffsetMs(): number {
    return this.#wallOffsetMs;
  }

  #end(running: Running, kind: CrashKind): void {
    this.#crash = undefined;
    this.#running = undefined;
    this.#started = false;
    this.#init.trace.event(this.name, kind === 'power' ? 'loses power' : 'is ended');
    running.killSwitch.kill();
    if (kind === 'process') {
      this.disk.killProcess();
      return;
    }
    this.#init.aroundPowerLoss(this, () => {
      this.disk.crash(this.#random);
      this.database.crash(this.#random);
    });
  }

  /** A call of the node begins: it may be the one in which it ends. */
  #onCall(): void {
    const crash = this.#crash;
    const running = this.#running;
    if (crash === undefined || running === undefined) return;
    crash.callsLeft -= 1;
    if (crash.callsLeft > 0) return;
    this.#end(running, crash.kind);
    throw new SimulatedCrash();
  }

  #assemble(): Running {
    const { clock, fabric, trace, onCall } = this.#init;
    const killSwitch = new KillSwitch();
    const { mounts, name } = this;
    const random = this.#random.fork(`start ${this.#starts}`);
    const inner = new MemoryFileSystem({
      mounts,
      killSwitch,
      onCall: (call) => {
        onCall(this, call);
        this.#onCall();
      },
    });
    const fileSystem = tracedFileSystem(inner, name, trace);
    const nodeClock = clock.nodeClock({ killSwitch, wallOffsetMs: this.#wallOffsetMs });
    const keyValueStore = new MemoryKeyValueStore(this.database, {
      killSwitch,
      onCall: (call) => {
        if (call.name === 'batch') trace.step(name, `batch ${call.writeCount} ${call.sync}`);
        this.#onCall();
      },
    });
    const watcher = new ScriptedFileWatcher({
      mounts,
      killSwitch,
      schedule: clock.schedule,
      random: random.fork('watcher'),
      behaviour: this.watcherBehaviour,
    });
    const hasher = nativeBlake3;
    const runner = new InlineBulkRunner({ fileSystem, hasher, clock: nodeClock, killSwitch });
    const node = assembleNode(
      {
        home: homePath,
        fileSystem,
        runner,
        watchers: { native: watcher, nativeProblem: '', polling: watcher },
        fileSystemTypeOf: async () => undefined,
        network: fabric.createNetwork(this.device, killSwitch),
        keyValueStore,
        clock: nodeClock,
        random: random.fork('node'),
        hasher,
        logger: this.#logger(),
        signer: new MemorySigner(this.device),
        realPath: (path) => mounts.resolve(filePathFrom(path), 'realPath').path,
        bootId: random.fork('boot').bytes(16),
        clockSynchronised: () => this.#wallOffsetMs === 0,
      },
      { gui: () => '', defaultName: name },
    );
    assert(this.#running === undefined, 'one node for each machine');
    return { killSwitch, node, watcher, clock: nodeClock };
  }

  #logger(): Logger {
    const say = (level: string) => (message: string, fields?: Record<string, unknown>) => {
      const line = `${level} ${message} ${fields === undefined ? '' : JSON.stringify(fields)}`;
      this.#init.trace.note(this.name, line);
      if (message.startsWith('the index was lost') && !this.#mayHaveLost) {
        this.#init.onFailure(new SeedFailure('unexpected-error', `${this.name}: ${line}`));
      }
      if (level !== 'debug') this.problems.push(line);
      if (this.problems.length > maxProblems) this.problems.shift();
    };
    return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
  }
}

const startAgainMs = 10_000;
const plentyBytes = 1024 ** 4;

/** The newest lines of a node's log are shown with a failure. */
const maxProblems = 12;
const homePath = filePathFrom('/home');
