/**
 * Databases that lose keys from the middle, synced ones too, as LevelDB does without a word when its
 * files are damaged: between the end of a node and its next start some of its keys vanish, or all.
 */
import type { SeededRandom } from '../seams/seeded-random.js';
import type { SimulatedMachine } from './simulated-machine.js';
import type { SimulatedWorld } from './simulated-world.js';

const lostAtOnce = [1, 1, 3, 30, Number.POSITIVE_INFINITY];
const whileOffMs = [50, 5_000, 60_000];

/** Plans a few losses within a time. */
export function planLostKeys(world: SimulatedWorld, durationMs: number): void {
  const random = world.random.fork('lost keys');
  const count = random.pick([1, 1, 2, 4]);
  for (let number = 0; number < count; number += 1) {
    const machine = random.pick(world.machines);
    const lost = random.pick(lostAtOnce);
    world.clock.schedule(random.fraction() * durationMs, () => lose(world, machine, lost, random));
  }
}

function lose(
  world: SimulatedWorld,
  machine: SimulatedMachine,
  count: number,
  random: SeededRandom,
): void {
  const offMs = random.pick(whileOffMs);
  machine.crash(random.pick(['process', 'power'] as const));
  machine.loseKeys(random, count);
  world.clock.schedule(offMs, () => machine.start());
}
