/**
 * One world: machines with production nodes, a network between them, virtual time, and what is
 * known of everything that was ever written. Owns the machines and the watch over their promises;
 * what happens in it is decided elsewhere.
 */
import { AppError, assert, errorMessage, fileErrorCode } from '@holdfast/platform';
import type { FileCall } from '../seams/disk-faults.js';
import { MemoryNetworkFabric } from '../seams/memory-network-fabric.js';
import type { LinkMessage } from '../seams/message-lane.js';
import { SeededRandom } from '../seams/seeded-random.js';
import { VirtualWorldClock } from '../seams/virtual-world-clock.js';
import { watchConfinement } from './confinement-watch.js';
import { ContentLedger } from './content-ledger.js';
import { chooseNameRules } from './folding-disks.js';
import { HistoryWatch } from './history-watch.js';
import { IgnoreWatch } from './ignore-watch.js';
import { PathReader } from './path-reader.js';
import { rotPrefix } from './rot.js';
import { SeedFailure } from './seed-failure.js';
import { SimulatedMachine } from './simulated-machine.js';
import type { UserStep } from './simulated-user.js';
import { type ContentKey, ContentReader } from './world-content.js';
import { chooseShape, type WorldShape } from './world-shape.js';
import { WorldTrace } from './world-trace.js';

interface Meddling {
  readonly chance: number;
  readonly random: SeededRandom;
  /** `near`: a path that the node is just about to change, where one is known. */
  readonly act: (machine: SimulatedMachine, near: string | undefined) => readonly UserStep[];
}

const maxMeddling = 60;

/** How often what the archive says is compared with what it said. */
const watchIntervalMs = 250;

export class SimulatedWorld {
  readonly random: SeededRandom;
  readonly clock = new VirtualWorldClock();
  readonly trace: WorldTrace;
  readonly fabric: MemoryNetworkFabric;
  readonly shape: WorldShape;
  /** Those with files. */
  readonly trees: readonly SimulatedMachine[];
  readonly archives: readonly SimulatedMachine[];
  readonly readers: ReadonlyMap<SimulatedMachine, ContentReader>;
  readonly ledger: ContentLedger;
  /** One for each archive. */
  readonly histories: readonly HistoryWatch[];
  readonly #ignoreWatch: IgnoreWatch;
  readonly #pathReaders: ReadonlyMap<SimulatedMachine, PathReader>;
  /** Every path that was seen on any machine. */
  readonly #paths = new Set<string>();
  readonly #pathsSeenAt = new Map<ContentReader, number>();
  #failure: SeedFailure | undefined;
  #meddle: Meddling;
  #isWatched = false;
  /** Where nothing was missing when it was looked for last. */
  #missedNothingIn = '';
  /** The file that a node set aside last. */
  #lastLinked: string | undefined;
  /** Each act makes a node call again: without an end, time would stand still. */
  #meddlingLeft = maxMeddling;

  constructor(seed: string, print?: (line: string) => void) {
    this.random = new SeededRandom(seed);
    this.trace = new WorldTrace({ nowMs: () => this.clock.nowMs, ...(print && { print }) });
    this.fabric = new MemoryNetworkFabric({
      schedule: this.clock.schedule,
      random: this.random.fork('network'),
      onMessage: (from, to, message) => this.#onMessage(from, to, message),
    });
    this.#meddle = { chance: 0, random: this.random.fork('meddling'), act: () => [] };
    const leastArchives = seed.startsWith(rotPrefix) ? 1 : 0;
    this.shape = chooseShape(this.random.fork('shape'), leastArchives);
    const { folders } = this.shape;
    this.trees = this.shape.trees.map((name) => this.#machine(name));
    this.archives = this.shape.archives.map((name) => this.#machine(name));
    this.readers = new Map(
      this.trees.map((machine) => [machine, new ContentReader(machine, folders)]),
    );
    this.histories = this.archives.map((machine) => new HistoryWatch(machine, this.#paths));
    this.ledger = new ContentLedger({
      readers: this.readers,
      isArchived: (content) => this.histories.some((one) => one.holds(content)),
      nowMs: () => this.clock.nowMs,
      onEvent: (what) => this.trace.event('ledger', what),
    });
    const nowMs = () => this.clock.nowMs;
    this.#ignoreWatch = new IgnoreWatch({ readers: this.readers, labels: folders, nowMs });
    this.#pathReaders = new Map(
      [...this.readers].map(([machine, reader]) => [
        machine,
        new PathReader(machine, reader, this.ledger),
      ]),
    );
  }

  get machines(): readonly SimulatedMachine[] {
    return [...this.trees, ...this.archives];
  }

  machineOf(name: string): SimulatedMachine {
    const found = this.machines.find((machine) => machine.name === name);
    assert(found !== undefined, `no machine is called ${name}`);
    return found;
  }

  /** Ends the run at the next event; the first failure counts. */
  fail(error: unknown): void {
    this.#failure ??=
      error instanceof SeedFailure
        ? error
        : new SeedFailure('unexpected-error', describe(error), error);
  }

  /** Runs events up to a moment. Throws the failure, if one came up. */
  async runUntil(moment: number): Promise<void> {
    await this.clock.runUntil(() => this.#failure !== undefined || this.clock.nowMs >= moment, {
      deadlineMs: moment,
    });
    this.#throwFailure();
  }

  /** Runs events until it holds; false where the deadline came first. */
  async runUntilHolds(holds: () => boolean, limitMs: number): Promise<boolean> {
    await this.clock.runUntil(() => this.#failure !== undefined || holds(), {
      deadlineMs: this.clock.nowMs + limitMs,
    });
    this.#throwFailure();
    return holds();
  }

  /** Runs events until the promise has settled. */
  async complete<Result>(promise: Promise<Result>, what: string): Promise<Result> {
    const outcome: { settled?: PromiseSettledResult<Result> } = {};
    void Promise.allSettled([promise]).then(([settled]) => {
      outcome.settled = settled;
    });
    await this.runUntilHolds(() => outcome.settled !== undefined, completionLimitMs);
    const { settled } = outcome;
    if (settled === undefined) throw new SeedFailure('not-live', `${what} does not end`);
    if (settled.status === 'rejected') throw settled.reason;
    return settled.value;
  }

  /** From now on users act in the middle of what their nodes do, at that chance for each change of names. */
  meddle(chance: number, act: Meddling['act']): void {
    this.#meddle = { ...this.#meddle, chance, act };
  }

  /** Performs a user's act, one step after the other. */
  perform(machine: SimulatedMachine, steps: readonly UserStep[]): void {
    const [first, ...rest] = steps;
    if (first === undefined) return;
    this.clock.schedule(first.afterMs, () => {
      // Who is told that a write failed does not go on to put the file in its place.
      if (this.#take(machine, first) !== 'failed') this.perform(machine, rest);
    });
  }

  /** An old copy of a machine's disk or home takes the place of what is there. */
  aroundOldCopy(machine: SimulatedMachine, putBack: () => void): void {
    this.ledger.aroundOldCopy(putBack);
    this.#pathReaders.get(machine)?.forget();
  }

  /** Compares, at intervals, what is there with what should be. */
  watch(): void {
    this.#isWatched = true;
    this.clock.schedule(watchIntervalMs, () => {
      void this.look().catch((error: unknown) => this.fail(error));
      this.watch();
    });
  }

  /** Throws where something is missing; while an archive sleeps, nothing can be said of it. */
  async look(): Promise<void> {
    for (const reader of this.#pathReaders.values()) reader.look();
    for (const machine of this.readers.keys()) this.ledger.noteDurable(machine);
    this.#ignoreWatch.look();
    this.#rememberPaths();
    let allAnswered = true;
    for (const history of this.histories) allAnswered = (await history.look()) && allAnswered;
    if (!allAnswered) return;
    const places = this.#placesNow();
    if (places === this.#missedNothingIn) return;
    const [missing] = this.ledger.missing();
    if (missing !== undefined) throw new SeedFailure('data-loss', missing);
    this.#missedNothingIn = places;
  }

  /** Changes with whatever may change what lies on a device or in a history. */
  #placesNow(): string {
    const disks = [...this.readers.values()].map((reader) => reader.changeCount);
    const histories = this.histories.map((history) => history.holdingCount);
    return [...disks, ...histories].join();
  }

  /** All content that lies on a device or in a history. */
  contents(): Set<ContentKey> {
    const shown = [...this.readers.values()].map((reader) => reader.contents());
    const kept = this.histories.map((history) => history.contents);
    return new Set([...shown, ...kept].flatMap((contents) => [...contents]));
  }

  #take(machine: SimulatedMachine, { what, synced, act }: UserStep): 'taken' | 'failed' {
    try {
      this.trace.event(machine.name, `user ${what}`);
      this.ledger.aroundUser(machine, synced, () => act(machine.fileSystem));
      return 'taken';
    } catch (error) {
      const code = fileErrorCode(error);
      if (code === undefined) this.fail(error);
      else this.trace.event(machine.name, `user is told ${code}`);
      return code === 'EIO' || code === 'ENOSPC' ? 'failed' : 'taken';
    } finally {
      // A write that failed may have written a part.
      this.#ignoreWatch.touched(machine);
      this.#rememberPaths();
    }
  }

  #rememberPaths(): void {
    for (const reader of this.readers.values()) {
      if (this.#pathsSeenAt.get(reader) === reader.changeCount) continue;
      this.#pathsSeenAt.set(reader, reader.changeCount);
      for (const { path } of reader.live()) this.#paths.add(path);
    }
  }

  #machine(name: string): SimulatedMachine {
    const { clock, fabric, random, trace } = this;
    return new SimulatedMachine({
      name,
      device: deviceOf(name),
      names: chooseNameRules(random.seed, random.fork(`names of ${name}`)),
      clock,
      fabric,
      random,
      trace,
      onFailure: (failure) => this.fail(failure),
      onCall: (machine, call) => this.#onCall(machine, call),
      aroundPowerLoss: (machine, lose) => {
        this.ledger.aroundPowerLoss(machine, lose);
        this.#pathReaders.get(machine)?.lostPower();
        this.#ignoreWatch.touched(machine);
      },
    });
  }

  /** A reader may look between any two calls of a node, and a user may act. */
  #onCall(machine: SimulatedMachine, call: FileCall): void {
    try {
      if (this.#isWatched) watchConfinement(machine, this.shape.folders, call);
      if (!this.readers.has(machine)) return;
      if (!namesChange.has(call.name)) return;
      if (call.name === 'link') this.#lastLinked = call.path;
      const path = call.path.slice(1);
      if (call.name === 'unlink' && this.#ignoreWatch.mayBeLetGo(machine, path))
        this.ledger.letsGo(machine, path);
      this.#pathReaders.get(machine)?.look();
      if (this.#meddlingLeft > 0 && this.#meddle.random.chance(this.#meddle.chance)) {
        this.#meddlingLeft -= 1;
        this.#meddleWith(machine, call);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  /** What is written between a node's last look and its rename is gone at once, and nobody's fault. */
  #meddleWith(machine: SimulatedMachine, call: FileCall): void {
    const steps = this.#meddle.act(machine, this.#lastLinked?.slice(1));
    for (const step of steps) if (this.#take(machine, step) === 'failed') break;
    if (!withoutAnotherLook.has(call.name)) return;
    const atMs = this.clock.nowMs;
    this.clock.schedule(0, () => this.ledger.excuseRaces(atMs));
  }

  #onMessage(from: string, to: string, message: LinkMessage): void {
    const what = 'channel' in message ? `${message.type} ${message.channel}` : message.type;
    this.trace.step(from, `to ${to} ${what}`);
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** In letters that a real device's id may have. */
function deviceOf(name: string): string {
  return `SimDevice${name.replaceAll('l', '1')}`;
}

/** Calls that come between two states of names. */
const namesChange: ReadonlySet<string> = new Set(['syncDirectory', 'link', 'unlink', 'rename']);
/** Before any other of them a node looks once more. */
const withoutAnotherLook: ReadonlySet<string> = new Set(['rename', 'unlink']);
const completionLimitMs = 120_000;

function describe(error: unknown): string {
  const code = error instanceof AppError ? `${error.code}: ` : '';
  return `${code}${errorMessage(error)}`;
}
