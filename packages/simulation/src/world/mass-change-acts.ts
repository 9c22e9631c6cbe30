/**
 * Worlds in which little is much: guards that ask early, users who delete or encrypt everything, and
 * answers from any device, also against each other. In the end everything is answered.
 */
import type { FolderEngine } from '@holdfast/sync-engine';
import type { SeededRandom } from '../seams/seeded-random.js';
import { askNode } from './ask-node.js';
import type { SimulatedMachine } from './simulated-machine.js';
import type { SimulatedUser } from './simulated-user.js';
import type { SimulatedWorld } from './simulated-world.js';
import { massAct } from './user-acts.js';

/** Plans mass changes and some answers within a time; guards differ, and some are off. */
export async function planMassChanges(
  world: SimulatedWorld,
  users: readonly SimulatedUser[],
  durationMs: number,
): Promise<void> {
  const random = world.random.fork('mass changes');
  for (const machine of world.machines) await chooseGuards(world, machine, random);
  const count = random.pick([1, 2, 4]);
  for (let number = 0; number < count; number += 1) {
    const user = random.pick(users);
    world.clock.schedule(random.fraction() * durationMs, () =>
      world.perform(user.machine, massAct(user)),
    );
    const machine = random.pick(world.machines);
    world.clock.schedule(random.fraction() * durationMs, () => answer(world, machine, random));
  }
}

/** Answers whatever waits, on some device of each folder; returns whether anything did. */
export function answerAll(world: SimulatedWorld): boolean {
  if (decideAll(world)) return true;
  const random = world.random.fork(`answers ${Math.round(world.clock.nowMs)}`);
  const asking = world.machines.filter(({ folders }) =>
    folders.some((folder) => folder.massChanges.open().length > 0),
  );
  if (asking.length === 0) return false;
  answer(world, random.pick(asking), random);
  return true;
}

/** Whether a folder waits for a person to say which side is newer, after its index was lost. */
export function isUndecided({ modes }: FolderEngine): boolean {
  return modes?.isUndecided === true;
}

/** Says which side is newer, where nobody but a person can. */
function decideAll(world: SimulatedWorld): boolean {
  const random = world.random.fork(`decides ${Math.round(world.clock.nowMs)}`);
  for (const machine of world.machines) {
    for (const engine of machine.folders.filter(isUndecided)) {
      const folder = engine.config.label;
      const request = { folder, dryRun: false };
      if (random.chance(0.5)) {
        askNode(world, machine, `overrides ${folder}`, (control) =>
          control.overrideFolder(request),
        );
      } else {
        askNode(world, machine, `reverts ${folder}`, (control) => control.revertFolder(request));
      }
      return true;
    }
  }
  return false;
}

async function chooseGuards(
  world: SimulatedWorld,
  machine: SimulatedMachine,
  random: SeededRandom,
): Promise<void> {
  const guard = random.chance(0.2)
    ? null
    : {
        files: random.pick([1, 2, 5]),
        sharePercent: random.pick([5, 30]),
        windowMinutes: random.pick([0.5, 10]),
      };
  for (const folder of world.shape.folders) {
    const change = machine.node?.control.setGuard(folder, guard);
    if (change !== undefined) await world.complete(change, 'choosing a guard');
  }
}

function answer(world: SimulatedWorld, machine: SimulatedMachine, random: SeededRandom): void {
  for (const folder of world.shape.folders) {
    answerFolder(world, machine, folder, random.chance(0.5) ? 'rejects' : 'confirms');
  }
}

export type MassChangeWord = 'rejects' | 'confirms';

export function answerFolder(
  world: SimulatedWorld,
  machine: SimulatedMachine,
  folder: string,
  word: MassChangeWord,
): void {
  askNode(world, machine, `${word} ${folder}`, (control) =>
    word === 'rejects' ? control.rejectFolder(folder) : control.confirmFolder(folder),
  );
}
