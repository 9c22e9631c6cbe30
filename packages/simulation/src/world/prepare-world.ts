/** Pairs the three nodes and shares one folder among them, as their users would. */
import { parentPath } from '@holdfast/platform';
import { SeedFailure } from './seed-failure.js';
import type { SimulatedMachine } from './simulated-machine.js';
import type { SimulatedWorld } from './simulated-world.js';
import { folderRoot } from './world-content.js';
import { steadyPaths, writeStep } from './user-acts.js';
import type { SimulatedUser } from './simulated-user.js';

const label = 'data';
const startLimitMs = 60_000;

/** Everything is in sync and archived when it resolves. */
export async function prepareWorld(world: SimulatedWorld, users: readonly SimulatedUser[]) {
  for (const machine of world.machines) machine.start();
  await startAll(world);
  const { laptop, desktop, archive } = world;
  await pair(world, laptop, desktop);
  await pair(world, laptop, archive);
  await pair(world, desktop, archive);
  laptop.fileSystem.makeDirectory(folderRoot, 0o755);
  laptop.fileSystem.syncDirectory(parentPath(folderRoot));
  const control = controlOf(laptop);
  const { id } = await world.complete(control.addFolder({ path: folderRoot, label }), 'adding');
  for (const other of [desktop, archive]) {
    await world.complete(control.shareFolder(id, other.device), 'sharing');
  }
  const tree = { folder: id, path: folderRoot, archive: false };
  await world.complete(controlOf(desktop).acceptFolder(tree), 'accepting');
  await world.complete(controlOf(archive).acceptFolder({ folder: id, archive: true }), 'accepting');
  await world.complete(controlOf(desktop).shareFolder(id, archive.device), 'sharing');
  await world.complete(controlOf(archive).acceptFolder({ folder: id, archive: true }), 'accepting');
  const [first] = users;
  if (first !== undefined) {
    world.perform(
      first.machine,
      steadyPaths.map((path) => writeStep(first, path)),
    );
  }
  for (const machine of world.trees) {
    const wait = controlOf(machine).wait({ archived: true, timeoutMs: startLimitMs });
    await world.complete(wait, 'the first sync');
  }
}

/** Runs until every node that is on has started. */
export async function startAll(world: SimulatedWorld): Promise<void> {
  for (const machine of world.machines) machine.start();
  const started = () => world.machines.every((machine) => machine.node !== undefined);
  if (await world.runUntilHolds(started, startLimitMs)) return;
  throw new SeedFailure('not-live', 'a node does not start');
}

function controlOf(machine: SimulatedMachine) {
  const { node } = machine;
  if (node === undefined) throw new SeedFailure('not-live', `${machine.name} is not running`);
  return node.control;
}

async function pair(world: SimulatedWorld, host: SimulatedMachine, guest: SimulatedMachine) {
  const { invite } = await world.complete(controlOf(host).invite({}), 'inviting');
  await world.complete(controlOf(guest).join(invite), 'joining');
}
