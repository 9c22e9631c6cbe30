/**
 * Old copies that are put back: of a node's home alone, or of its whole disk. Some time after a copy
 * was made, its node is ended and the copy takes the place of what is there; the world goes on.
 */
import type { SeededRandom } from '../seams/seeded-random.js';
import type { HistoryMemory } from './history-watch.js';
import type { MachineImage, SimulatedMachine } from './simulated-machine.js';
import type { SimulatedWorld } from './simulated-world.js';

interface Copy {
  readonly machine: SimulatedMachine;
  readonly image: MachineImage;
  /** Of an archive, what its history was then. */
  readonly history: HistoryMemory | undefined;
}

const whileOffMs = [50, 5_000, 60_000];

/** Plans a few copies and their return within a time. */
export function planOldCopies(world: SimulatedWorld, durationMs: number): void {
  const random = world.random.fork('old copies');
  const count = random.pick([1, 1, 2, 4]);
  for (let number = 0; number < count; number += 1) {
    const machine = random.pick([...world.trees, ...world.trees, ...world.archives]);
    const takenMs = random.fraction() * durationMs * 0.6;
    const backMs = takenMs + random.fraction() * (durationMs - takenMs);
    // An end in the middle of work, or in order.
    const isKilled = random.chance(0.5);
    world.clock.schedule(takenMs, () => {
      take(world, machine, random, isKilled, (copy) => {
        world.clock.schedule(backMs - takenMs, () => putBack(world, copy, random));
      });
    });
  }
}

/** Copies are made while the node is off, as LevelDB's files must be. */
function take(
  world: SimulatedWorld,
  machine: SimulatedMachine,
  random: SeededRandom,
  isKilled: boolean,
  then: (copy: Copy) => void,
): void {
  whileOff(world, machine, random, isKilled, () => {
    world.trace.event(machine.name, 'is copied');
    then({ machine, image: machine.takeImage(), history: historyOf(world, machine)?.remember() });
  });
}

function putBack(world: SimulatedWorld, copy: Copy, random: SeededRandom): void {
  const { machine, image, history } = copy;
  const what = history !== undefined || random.chance(0.4) ? 'disk' : 'home';
  whileOff(world, machine, random, random.chance(0.5), () => {
    world.aroundOldCopy(machine, () => {
      machine.putBack(image, what);
      if (history !== undefined) historyOf(world, machine)?.goBack(history);
    });
  });
}

function historyOf(world: SimulatedWorld, machine: SimulatedMachine) {
  return world.histories[world.archives.indexOf(machine)];
}

function whileOff(
  world: SimulatedWorld,
  machine: SimulatedMachine,
  random: SeededRandom,
  isKilled: boolean,
  act: () => void,
): void {
  const offMs = random.pick(whileOffMs);
  const actAndStart = () => {
    machine.crash('process');
    act();
    world.clock.schedule(offMs, () => machine.start());
  };
  if (isKilled) {
    actAndStart();
    return;
  }
  machine.stop().then(actAndStart, (error: unknown) => world.fail(error));
}
