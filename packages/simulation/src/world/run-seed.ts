/** One seed from beginning to end: prepare, let users and faults act, heal, wait, check. */
import { errorMessage } from '@holdfast/platform';
import { SimulatedCrash } from '../seams/kill-switch.js';
import { assertSame, type NamedShapes, shapesOfHistory, shapesOfTree } from './compare-trees.js';
import { healWorld, planFaults, skewClocks } from './fault-plan.js';
import { renameApart } from './folding-disks.js';
import { foldingPrefix } from './folding-names.js';
import { unlistedHeld } from './held-listed.js';
import { planIgnoreFiles, removeIgnoreFiles } from './ignore-files.js';
import { judgeMassChange } from './judged-mass-change.js';
import { planLostKeys } from './lost-keys.js';
import { planMassChanges } from './mass-change-acts.js';
import { countedPaths, leaveModes, planModes } from './mode-acts.js';
import { planOldCopies } from './old-copies.js';
import { prepareWorld, startAll } from './prepare-world.js';
import { isQuiet, restless, settle } from './quiescence.js';
import { planRot, rotPrefix, verifyStores } from './rot.js';
import { SeedFailure } from './seed-failure.js';
import { SimulatedUser } from './simulated-user.js';
import { SimulatedWorld } from './simulated-world.js';
import { nextAct, quickAct, sameFileActs } from './user-acts.js';
import { ContentReader } from './world-content.js';
import type { WorldShape } from './world-shape.js';

export interface SeedReport {
  readonly seed: string;
  readonly hash: string;
  readonly events: number;
  readonly virtualMs: number;
  readonly contents: number;
  readonly overwritten: number;
  readonly lostWithPower: number;
  readonly raced: number;
  readonly historyEntries: number;
}

export interface RunSeedOptions {
  readonly print?: (line: string) => void;
}

/** In worlds whose seed begins so, old copies of homes and disks are put back. */
export const oldCopiesPrefix = 'old-';
/** In worlds whose seed begins so, databases lose keys. */
export const lostKeysPrefix = 'lost-';
/** In worlds whose seed begins so, folders only send or only receive, and change that. */
export const modesPrefix = 'modes-';

/** In worlds whose seed begins so, users change everything at once, and people are asked early. */
export const massChangePrefix = 'mass-';

/** In worlds whose seed begins so, users write ignore files. */
export const ignoreFilesPrefix = 'ignore-';

const minuteMs = 60_000;
/** Without a restart only the next scan of everything finds what a watcher did not tell. */
const rescanMs = 16 * minuteMs;
/** Beyond so many devices a world's users act less. */
const fewMachines = 3;
const mostActsOfMany = 30;
/** More pairs of names than this no world has. */
const maxRenames = 200;
const renamedMs = 1_000;

/** Throws `SeedFailure`. */
export async function runSeed(seed: string, options: RunSeedOptions = {}): Promise<SeedReport> {
  const world = new SimulatedWorld(seed, options.print);
  world.trace.event('world', describeShape(world.shape));
  const restore = watchRejections((error) => world.fail(error));
  try {
    return await live(world, seed);
  } catch (error) {
    if (error instanceof SeedFailure) describeEnd(world);
    throw error instanceof SeedFailure
      ? error
      : new SeedFailure('unexpected-error', errorMessage(error), error);
  } finally {
    restore();
    for (const machine of world.machines) machine.crash('process');
  }
}

async function live(world: SimulatedWorld, seed: string): Promise<SeedReport> {
  const users = [...world.readers].map(
    ([machine, reader]) => new SimulatedUser(machine, reader, world.random, world.shape.folders),
  );
  skewClocks(world);
  await prepareWorld(world, users);
  world.watch();
  const random = world.random.fork('workload');
  const durationMs = random.pick([20_000, 2 * minuteMs, 10 * minuteMs]);
  planActs(world, users, durationMs);
  planFaults(world, durationMs);
  if (seed.startsWith(oldCopiesPrefix)) planOldCopies(world, durationMs);
  if (seed.startsWith(lostKeysPrefix)) planLostKeys(world, durationMs);
  if (seed.startsWith(ignoreFilesPrefix)) planIgnoreFiles(world, users, durationMs);
  if (seed.startsWith(modesPrefix)) await planModes(world, durationMs);
  if (seed.startsWith(massChangePrefix)) await planMassChanges(world, users, durationMs);
  if (seed.startsWith(rotPrefix)) planRot(world, durationMs);
  const meddling = random.pick([0, 0, 0.02, 0.1]);
  world.meddle(meddling, (machine, near) => {
    const user = users.find((one) => one.machine === machine);
    return user === undefined ? [] : quickAct(user, near);
  });
  await world.runUntil(world.clock.nowMs + durationMs);
  world.meddle(0, () => []);
  healWorld(world);
  // Steps of the last acts, and machines that were to come back, are not cut off.
  await world.runUntil(world.clock.nowMs + minuteMs);
  if (seed.startsWith(ignoreFilesPrefix)) removeIgnoreFiles(world);
  if (random.chance(0.6)) {
    for (const machine of world.machines) machine.crash('process');
  } else await world.runUntil(world.clock.nowMs + rescanMs);
  await startAll(world);
  if (seed.startsWith(foldingPrefix)) await makeRoomForNames(world, users);
  if (seed.startsWith(modesPrefix)) await leaveModes(world, random);
  await settle(world);
  if (seed.startsWith(massChangePrefix)) await judgeMassChange(world, users);
  if (seed.startsWith(rotPrefix)) await verifyStores(world);
  await check(world);
  return {
    seed,
    hash: world.trace.digest(),
    events: world.clock.eventCount,
    virtualMs: Math.round(world.clock.nowMs),
    contents: world.ledger.size,
    overwritten: world.ledger.countOf('overwritten'),
    lostWithPower: world.ledger.countOf('power'),
    raced: world.ledger.countOf('race'),
    historyEntries: world.histories.reduce((sum, history) => sum + history.size, 0),
  };
}

/**
 * What a disk cannot tell apart is listed there, and keeps the folder from being in sync. A person
 * renames one after the other, until every disk can hold all.
 */
async function makeRoomForNames(
  world: SimulatedWorld,
  users: readonly SimulatedUser[],
): Promise<void> {
  for (let round = 1; round <= maxRenames; round += 1) {
    await world.runUntilHolds(() => isQuiet(world), 2 * minuteMs);
    const renaming = renameApart(users, round);
    if (renaming === undefined) return;
    world.perform(renaming.user.machine, renaming.steps);
    await world.runUntil(world.clock.nowMs + renamedMs);
  }
  throw new SeedFailure(
    'not-live',
    'names that a disk cannot tell apart come back again and again',
  );
}

function planActs(
  world: SimulatedWorld,
  users: readonly SimulatedUser[],
  durationMs: number,
): void {
  const random = world.random.fork('acts');
  // Most bugs show in a small world, and ten small ones cost what a large one does: with the devices
  // grow the messages that each act brings about.
  const wanted = random.pick([8, 8, 8, 8, 8, 16, 16, 16, 16, 16, 30, 30, 30, 80]);
  const count = world.machines.length > fewMachines ? Math.min(wanted, mostActsOfMany) : wanted;
  for (let number = 0; number < count; number += 1) {
    world.clock.schedule(random.fraction() * durationMs, () => {
      if (random.chance(0.15)) {
        for (const { user, steps } of sameFileActs(users)) world.perform(user.machine, steps);
        return;
      }
      const user = random.pick(users);
      world.perform(user.machine, nextAct(user));
    });
  }
}

async function check(world: SimulatedWorld): Promise<void> {
  await world.complete(world.look(), 'the last look');
  for (const history of world.histories) {
    await world.complete(history.verify(), 'reading the history');
  }
  const invented = [...world.contents()].find((content) => !world.ledger.knows(content));
  if (invented !== undefined) throw new SeedFailure('invented-content', invented);
  const [missing] = world.ledger.missing();
  if (missing !== undefined) throw new SeedFailure('data-loss', missing);
  await checkHeld(world);
  checkAccusations(world);
  for (const label of world.shape.folders) await checkConverged(world, label);
}

/** What lies aside is listed by a held row, or it is gone. */
async function checkHeld(world: SimulatedWorld): Promise<void> {
  const { seed } = world.random;
  // An index that went back or was lost may have to wait for somebody who knows what lies there.
  if (seed.startsWith(oldCopiesPrefix) || seed.startsWith(lostKeysPrefix)) return;
  if (world.archives.length === 0) return;
  for (const machine of world.machines) {
    const [unlisted] = await world.complete(unlistedHeld(machine), 'listing what lies aside');
    if (unlisted !== undefined) throw new SeedFailure('held-unlisted', unlisted);
  }
}

/** A history that only ever grew is accused by nobody. */
function checkAccusations(world: SimulatedWorld): void {
  for (const { name, folders } of world.machines) {
    for (const { config, index } of folders) {
      for (const device of config.members) {
        if (index.peer(device).witness?.isContradicted !== true) continue;
        if (world.histories.some((history) => history.isAccusable(device))) continue;
        throw new SeedFailure('falsely-accused', `${name} accuses ${device} in ${config.label}`);
      }
    }
  }
}

async function checkConverged(world: SimulatedWorld, label: string): Promise<void> {
  const shown: (NamedShapes & { readonly counted?: ReadonlySet<string> | undefined })[] = [];
  for (const history of world.histories) {
    const current = await world.complete(history.current(label), 'listing the archive');
    shown.push({ name: history.name, shapes: shapesOfHistory(label, current) });
  }
  for (const [machine, reader] of world.readers) {
    const folder = machine.folders.find(({ config }) => config.label === label);
    const counted = await world.complete(countedPaths(folder), 'listing what differs');
    shown.push({ name: machine.name, shapes: shapesOfTree(label, reader.live()), counted });
  }
  const first = shown.find(({ counted }) => counted === undefined);
  if (first === undefined) return;
  for (const { counted, ...other } of shown) assertSame(first, other, { label, counted });
  for (const name of world.shape.mirrors) {
    const mirror = new ContentReader(world.machineOf(name), world.shape.folders).live();
    assertSame(first, { name: `the mirror of ${name}`, shapes: shapesOfTree(label, mirror) });
  }
}

function describeShape(shape: WorldShape): string {
  const { trees, archives, mirrors, folders, edges, copies } = shape;
  const kept = archives.map((name) => (mirrors.includes(name) ? `${name} with a mirror` : name));
  const devices = [...trees, ...kept].join(', ');
  return `${devices} share ${folders.join(', ')} over ${edges.length} edges, ${copies} copies`;
}

function describeEnd(world: SimulatedWorld): void {
  for (const line of restless(world)) world.trace.note('end', line);
}

/** A node that ended in the middle of a call leaves rejections behind; any other fails the seed. */
function watchRejections(fail: (error: unknown) => void): () => void {
  const others = process.listeners('unhandledRejection');
  const listener = (error: unknown) => {
    if (!(error instanceof SimulatedCrash)) fail(error);
  };
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', listener);
  return () => {
    process.off('unhandledRejection', listener);
    for (const other of others) process.on('unhandledRejection', other);
  };
}
