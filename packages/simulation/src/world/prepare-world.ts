/** Pairs the nodes and shares the folders among them, as their users would. */
import { parentPath } from '@holdfast/platform';
import { SeedFailure } from './seed-failure.js';
import type { SimulatedMachine } from './simulated-machine.js';
import type { SimulatedUser } from './simulated-user.js';
import type { SimulatedWorld } from './simulated-world.js';
import { steadyPaths, writeStep } from './user-acts.js';
import { rootOf } from './world-content.js';

type Edge = readonly [SimulatedMachine, SimulatedMachine];

const startLimitMs = 60_000;

/** Everything is in sync, and archived where there is an archive, when it resolves. */
export async function prepareWorld(world: SimulatedWorld, users: readonly SimulatedUser[]) {
  await startAll(world);
  const edges = world.shape.edges.map(
    ([left, right]): Edge => [world.machineOf(left), world.machineOf(right)],
  );
  for (const [left, right] of edges) await pair(world, left, right);
  for (const label of world.shape.folders) await spread(world, label, edges);
  const [first] = users;
  if (first !== undefined) {
    world.perform(
      first.machine,
      steadyPaths.map((path) => writeStep(first, path)),
    );
  }
  const archived = world.archives.length > 0;
  for (const machine of world.trees) {
    if (world.machines.length === 1) break;
    const wait = controlOf(machine).wait({ archived, timeoutMs: startLimitMs });
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

/** The first tree makes the folder; who has it shares it with whom it knows. */
async function spread(world: SimulatedWorld, label: string, edges: readonly Edge[]) {
  const [first] = world.trees;
  if (first === undefined) return;
  const path = rootOf(label);
  first.fileSystem.makeDirectory(path, 0o755);
  first.fileSystem.syncDirectory(parentPath(path));
  const { id } = await world.complete(controlOf(first).addFolder({ path, label }), 'adding');
  const having = new Set([first]);
  for (let left = [...edges]; left.length > 0; ) {
    const next = left.find(([one, other]) => having.has(one) || having.has(other));
    if (next === undefined) throw new SeedFailure('unexpected-error', 'the world is in parts');
    left = left.filter((edge) => edge !== next);
    await join(world, id, next, having);
  }
  for (const machine of having) {
    await world.complete(controlOf(machine).setCopies(id, world.shape.copies), 'setting copies');
  }
}

/** Both ends of an edge list each other for the folder. */
async function join(
  world: SimulatedWorld,
  folder: string,
  [left, right]: Edge,
  having: Set<SimulatedMachine>,
): Promise<void> {
  for (const [from, to] of [
    [left, right],
    [right, left],
  ] as const) {
    if (!having.has(from)) continue;
    await world.complete(controlOf(from).shareFolder(folder, to.device), 'sharing');
    if (having.has(to)) continue;
    await accept(world, folder, to);
    having.add(to);
  }
  const both = [
    [left, right],
    [right, left],
  ] as const;
  for (const [from, to] of both) {
    await world.complete(controlOf(from).shareFolder(folder, to.device), 'sharing');
  }
}

async function accept(world: SimulatedWorld, folder: string, machine: SimulatedMachine) {
  const control = controlOf(machine);
  let offered = false;
  const ask = async () => {
    offered = (await control.folderOffers()).some((offer) => offer.id === folder);
  };
  for (let tries = 0; !offered && tries < maxOfferLooks; tries += 1) {
    await world.complete(ask(), 'looking at offers');
    await world.runUntil(world.clock.nowMs + offerWaitMs);
  }
  const label = (await world.complete(control.folderOffers(), 'looking at offers')).find(
    (offer) => offer.id === folder,
  )?.label;
  const isArchive = world.archives.includes(machine);
  const hasFiles = !isArchive || world.shape.mirrors.includes(machine.name);
  const place = hasFiles ? { path: rootOf(label ?? '') } : {};
  const request = { folder, archive: isArchive, ...place };
  await world.complete(control.acceptFolder(request), 'accepting');
}

const maxOfferLooks = 100;
const offerWaitMs = 20;

function controlOf(machine: SimulatedMachine) {
  const { node } = machine;
  if (node === undefined) throw new SeedFailure('not-live', `${machine.name} is not running`);
  return node.control;
}

async function pair(world: SimulatedWorld, host: SimulatedMachine, guest: SimulatedMachine) {
  // Nobody is introduced: who knows whom is what the seed says.
  const { invite } = await world.complete(controlOf(host).invite({ mine: false }), 'inviting');
  await world.complete(controlOf(guest).join(invite), 'joining');
}
