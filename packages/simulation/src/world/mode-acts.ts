/**
 * What people do with the modes of folders: change them, override, revert. And what may differ from
 * the others in a folder that only sends or only receives: what its status counts, and nothing else.
 */
import type { FolderEngine } from '@holdfast/sync-engine';
import type { SeededRandom } from '../seams/seeded-random.js';
import { askNode } from './ask-node.js';
import { SeedFailure } from './seed-failure.js';
import type { SimulatedMachine } from './simulated-machine.js';
import type { SimulatedWorld } from './simulated-world.js';
import { steadyPaths } from './user-acts.js';

const modes = ['send-receive', 'send-only', 'send-only', 'receive-only', 'receive-only'] as const;
const everything = 1_000_000;
const firstSyncLimitMs = 20 * 60_000;

/** Plans changes of modes, overrides and reverts within a time. */
export async function planModes(world: SimulatedWorld, durationMs: number): Promise<void> {
  // Who does not have the files that are never to be missing would override them away.
  if (!(await world.runUntilHolds(() => haveSteadyFiles(world), firstSyncLimitMs))) {
    throw new SeedFailure('not-live', 'the first files do not arrive');
  }
  const random = world.random.fork('modes');
  for (const machine of world.trees) changeMode(world, machine, random);
  const count = random.pick([5, 15, 40]);
  for (let number = 0; number < count; number += 1) {
    const machine = random.pick(world.trees);
    const act = random.pick([changeMode, override, revert, revert]);
    world.clock.schedule(random.fraction() * durationMs, () => act(world, machine, random));
  }
}

/** In the end every folder sends and receives again, in half of the worlds, and where it must. */
export async function leaveModes(world: SimulatedWorld, random: SeededRandom): Promise<void> {
  const all = random.chance(0.5) || !convergesInModes(world.shape);
  // Somebody always takes up what comes to life again, with its directories.
  await sendAndReceiveAgain(world, all ? world.trees : world.trees.slice(0, 1));
}

async function sendAndReceiveAgain(
  world: SimulatedWorld,
  machines: readonly SimulatedMachine[],
): Promise<void> {
  for (const machine of machines) {
    const control = machine.node?.control;
    for (const folder of world.shape.folders) {
      const change = control?.setMode({ folder, mode: 'send-receive', confirmed: true });
      if (change !== undefined) await world.complete(change, 'going back to send and receive');
    }
  }
}

/**
 * Whether everybody can get what is shown, whatever the modes are. Without an archive, content that two
 * receive-only devices replaced may be nowhere, and each believes that the other has it; and what is
 * withheld hides what it was made of from those who are reached only through it.
 */
function convergesInModes({ archives }: SimulatedWorld['shape']): boolean {
  return archives.length > 0;
}

/** Paths that the folder's status counts, and so may differ: undefined where none may. */
export async function countedPaths(
  folder: FolderEngine | undefined,
): Promise<ReadonlySet<string> | undefined> {
  if (folder === undefined || folder.config.mode === 'send-receive') return undefined;
  const { treeIndex, config } = folder;
  const paths =
    config.mode === 'send-only'
      ? await treeIndex.neededPaths(everything)
      : await treeIndex.localChanges(everything);
  return new Set(paths);
}

/** Everybody: an archive without the path has nothing that a revert could put in its place. */
function haveSteadyFiles({ readers, histories }: SimulatedWorld): boolean {
  return [...readers.values()].every((reader) => {
    const contents = new Map(reader.live().map(({ path, content }) => [path, content]));
    return steadyPaths.every((path) => {
      const content = contents.get(path);
      return content !== undefined && histories.every((history) => history.holds(content));
    });
  });
}

function changeMode(world: SimulatedWorld, machine: SimulatedMachine, random: SeededRandom): void {
  const folder = random.pick(world.shape.folders);
  const mode = random.pick(modes);
  askNode(world, machine, `sets ${folder} to ${mode}`, (control) =>
    control.setMode({ folder, mode, confirmed: true }),
  );
}

function override(world: SimulatedWorld, machine: SimulatedMachine, random: SeededRandom): void {
  const folder = random.pick(world.shape.folders);
  askNode(world, machine, `overrides ${folder}`, (control) =>
    control.overrideFolder({ folder, dryRun: random.chance(0.1) }),
  );
}

function revert(world: SimulatedWorld, machine: SimulatedMachine, random: SeededRandom): void {
  const folder = random.pick(world.shape.folders);
  askNode(world, machine, `reverts ${folder}`, (control) =>
    control.revertFolder({ folder, dryRun: random.chance(0.1) }),
  );
}
