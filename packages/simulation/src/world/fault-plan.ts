/** What goes wrong in a world, decided by its seed alone: each fault begins and ends at random. */
import type { FileCallName } from '../seams/disk-faults.js';
import type { SeededRandom } from '../seams/seeded-random.js';
import { promptWatcher, type WatcherBehaviour } from '../seams/scripted-file-watcher.js';
import type { CrashKind, SimulatedMachine } from './simulated-machine.js';
import type { SimulatedWorld } from './simulated-world.js';

type Fault = (world: SimulatedWorld, random: SeededRandom) => void;

const secondMs = 1_000;
const minuteMs = 60 * secondMs;

const poorWatchers: readonly WatcherBehaviour[] = [
  promptWatcher,
  { ...promptWatcher, lossChance: 0.3 },
  { ...promptWatcher, maxDelayMs: 5_000, duplicateChance: 0.3 },
  { ...promptWatcher, lossChance: 1 },
  { ...promptWatcher, overflowChance: 0.3, maxDelayMs: 400 },
];

function startLater(world: SimulatedWorld, machine: SimulatedMachine, afterMs: number): void {
  world.clock.schedule(afterMs, () => machine.start());
}

function someTime(random: SeededRandom): number {
  return (
    random.pick([50, 500, 3 * secondMs, 20 * secondMs, 2 * minuteMs]) * (0.5 + random.fraction())
  );
}

function kindOf(random: SeededRandom): CrashKind {
  return random.pick(['process', 'power'] as const);
}

function crashNow(world: SimulatedWorld, random: SeededRandom): void {
  const machine = random.pick(world.machines);
  machine.crash(kindOf(random));
  startLater(world, machine, someTime(random));
}

/** In the middle of a call; whoever is not ended by then goes on. */
function crashInCall(world: SimulatedWorld, random: SeededRandom): void {
  const machine = random.pick(world.machines);
  const calls = random.pick([3, 10, 30, 100, 300, 1_000]);
  machine.crashAfterCalls(random.integer(1, calls), kindOf(random));
  for (const afterMs of [minuteMs, 2 * minuteMs])
    startLater(world, machine, afterMs * random.fraction());
}

function restart(world: SimulatedWorld, random: SeededRandom): void {
  const machine = random.pick(world.machines);
  machine.stop().catch((error: unknown) => {
    if (!machine.hasFaultyDisk) world.fail(error);
    else machine.crash('process');
  });
  startLater(world, machine, 5 * secondMs + someTime(random));
}

function sleepLong(world: SimulatedWorld, random: SeededRandom): void {
  const machine = random.pick(world.archives.length === 0 ? world.trees : world.archives);
  machine.crash(kindOf(random));
  startLater(world, machine, random.integer(2, 10) * minuteMs);
}

function partition(world: SimulatedWorld, random: SeededRandom): void {
  const [left, right] = random.shuffle(world.machines);
  if (left === undefined || right === undefined) return;
  world.trace.event('network', `${left.name} and ${right.name} are parted`);
  world.fabric.partition(left.device, right.device, random.pick(['reset', 'stall'] as const));
  world.clock.schedule(someTime(random), () => {
    world.trace.event('network', `${left.name} and ${right.name} are joined`);
    world.fabric.heal(left.device, right.device);
  });
}

/** Connections break; nothing keeps them from coming back. */
function reset(world: SimulatedWorld, random: SeededRandom): void {
  const [left, right] = random.shuffle(world.machines);
  if (left === undefined || right === undefined) return;
  world.trace.event('network', `${left.name} and ${right.name} lose their connection`);
  world.fabric.reset(left.device, right.device);
}

function slowLink(world: SimulatedWorld, random: SeededRandom): void {
  const [left, right] = random.shuffle(world.machines);
  if (left === undefined || right === undefined) return;
  const maxMs = random.pick([5, 50, 400]);
  world.fabric.setLatency(left.device, right.device, { minMs: 1, maxMs });
}

function poorWatching(world: SimulatedWorld, random: SeededRandom): void {
  random.pick(world.trees).setWatcher(random.pick(poorWatchers));
}

/** Two with files take turns: they meet only in an archive. */
function takeTurns(world: SimulatedWorld, random: SeededRandom): void {
  const [first, second] = random.shuffle(world.trees);
  if (first === undefined || second === undefined) return;
  const turnMs = random.integer(20, 120) * secondMs;
  const halt = (machine: SimulatedMachine) => machine.crash('process');
  halt(first);
  world.clock.schedule(turnMs, () => {
    halt(second);
    first.start();
  });
  startLater(world, second, 2 * turnMs);
}

/** Little or no space is left on a disk for a while. */
function fullDisk(world: SimulatedWorld, random: SeededRandom): void {
  const machine = random.pick(world.machines);
  const freeBytes = random.pick([0, 0, 300, 10_000, 300_000]);
  world.trace.event(machine.name, `has ${freeBytes} bytes left`);
  machine.disk.capacityBytes = machine.disk.usedBytes + freeBytes;
  world.clock.schedule(someTime(random), () => {
    world.trace.event(machine.name, 'has space again');
    machine.repairDisk();
  });
}

const callGroups: readonly (readonly FileCallName[])[] = [
  ['read'],
  ['write'],
  ['list'],
  ['stat', 'handleStat'],
  ['open'],
  ['syncFile'],
  ['syncDirectory'],
  ['syncFileSystem'],
  ['syncFile', 'syncDirectory', 'syncFileSystem'],
  ['rename', 'link', 'unlink'],
  ['read', 'write', 'open', 'stat', 'list', 'rename', 'link', 'unlink', 'makeDirectory'],
];

/** Some calls to a disk fail for a while, always or now and then. */
function failingDisk(world: SimulatedWorld, random: SeededRandom): void {
  const machine = random.pick(world.machines);
  const names = random.pick(callGroups);
  const below = random.pick(['/', '/home', ...world.shape.folders.map((label) => `/${label}`)]);
  const chance = random.pick([0.02, 0.2, 1]);
  world.trace.event(machine.name, `${names.join(' ')} fails below ${below}, at ${chance}`);
  const end = machine.disk.faults.failWhile(
    'EIO',
    ({ name, path }) => names.includes(name) && path.startsWith(below) && random.chance(chance),
  );
  world.clock.schedule(someTime(random), () => {
    world.trace.event(machine.name, `${names.join(' ')} works again below ${below}`);
    end();
  });
}

const yearMs = 365 * 24 * 60 * minuteMs;

function clockStep(world: SimulatedWorld, random: SeededRandom): void {
  const stepMs = random.pick([2 * secondMs, 90 * secondMs, 60 * minuteMs, yearMs, 10 * yearMs]);
  const byMs = stepMs * (random.chance(0.5) ? 1 : -1) * (0.5 + random.fraction());
  random.pick(world.machines).stepWallClock(Math.round(byMs));
}

const faults: readonly Fault[] = [
  crashNow,
  crashInCall,
  crashInCall,
  crashInCall,
  restart,
  sleepLong,
  partition,
  partition,
  reset,
  slowLink,
  poorWatching,
  takeTurns,
  fullDisk,
  failingDisk,
  failingDisk,
  clockStep,
];

/** Clocks that were never right. */
export function skewClocks(world: SimulatedWorld): void {
  const random = world.random.fork('clocks');
  if (random.chance(0.6)) return;
  for (const machine of world.machines) {
    const skewMs = random.pick([0, 0, 3 * secondMs, 10 * minuteMs, yearMs, 10 * yearMs]);
    if (skewMs > 0) machine.stepWallClock(skewMs * (random.chance(0.5) ? 1 : -1));
  }
}

/** Spreads faults over a time; some worlds have few, some many. */
export function planFaults(world: SimulatedWorld, durationMs: number): void {
  const random = world.random.fork('faults');
  const count = random.pick([0, 2, 5, 12, 25]);
  for (let number = 0; number < count; number += 1) {
    const fault = random.pick(faults);
    world.clock.schedule(random.fraction() * durationMs, () => fault(world, random));
  }
}

/** No fault is left, and none comes any more. */
export function healWorld(world: SimulatedWorld): void {
  world.trace.event('world', 'heals');
  world.fabric.healAll();
  for (const machine of world.machines) {
    machine.disarm();
    machine.repairDisk();
    machine.setWatcher(promptWatcher);
  }
}
