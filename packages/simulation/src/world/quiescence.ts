/** When a world is at rest: everything is in sync, covered, and nobody waits for an answer. */
import type { FolderEngine } from '@holdfast/sync-engine';
import { answerAll, isUndecided } from './mass-change-acts.js';
import { SeedFailure } from './seed-failure.js';
import type { SimulatedMachine } from './simulated-machine.js';
import type { SimulatedWorld } from './simulated-world.js';

/** Answers something that waits; whether there was anything. */
export type Answer = (world: SimulatedWorld) => boolean;

/** After everything has healed, so long may it take until all is in sync and covered. */
const quiescenceLimitMs = 30 * 60_000;
/** So long it must stay so. */
const quietMs = 45_000;
/** Between one answer and the next. */
const answerMs = 10_000;

/** All in sync and covered before the deadline, and for a while; whatever waits is answered. */
export async function settle(world: SimulatedWorld, answer: Answer = answerAll): Promise<void> {
  const deadlineMs = world.clock.nowMs + quiescenceLimitMs;
  while (world.clock.nowMs < deadlineMs) {
    const limitMs = deadlineMs - world.clock.nowMs;
    if (!(await world.runUntilHolds(() => isQuiet(world) || isAsking(world), limitMs))) break;
    if (answer(world)) {
      await world.runUntil(world.clock.nowMs + answerMs);
      continue;
    }
    const disturbed = await world.runUntilHolds(() => !isQuiet(world), quietMs);
    if (!disturbed) return;
  }
  throw new SeedFailure('not-live', restless(world).join('; '));
}

export function isAsking(world: SimulatedWorld): boolean {
  return world.machines.some(({ folders }) =>
    folders.some((folder) => folder.massChanges.open().length > 0 || isUndecided(folder)),
  );
}

export function isQuiet(world: SimulatedWorld): boolean {
  return world.machines.every((machine) => isMachineQuiet(world, machine));
}

function isMachineQuiet(world: SimulatedWorld, machine: SimulatedMachine): boolean {
  const { edges, folders } = world.shape;
  const wanted = edges.filter((edge) => edge.includes(machine.name)).length;
  if (machine.folders.length < folders.length) return false;
  return machine.folders.every((folder) => {
    if (folder.links.size < wanted || !folder.isInSync()) return false;
    if (folder.mirror !== undefined) return folder.treeIndex.counts.held === 0;
    if (folder.tree === undefined || world.archives.length === 0) return true;
    return folder.isCovered() && folder.index.counts.held === 0;
  });
}

/** What keeps the world from being quiet. */
export function restless(world: SimulatedWorld): string[] {
  return world.machines
    .filter((machine) => !isMachineQuiet(world, machine))
    .flatMap(({ name, folders, isOn }) =>
      folders.length === 0
        ? [`${name} ${isOn ? 'has no folder' : 'does not run'}`]
        : folders.map((folder) => `${name} ${stateOf(folder)}`),
    );
}

function stateOf(folder: FolderEngine): string {
  const { queued } = folder.index.counts;
  const { counts } = folder.treeIndex;
  const problems = JSON.stringify(folder.tree?.problems ?? folder.ingester?.problem);
  return (
    `${folder.config.label}: ${folder.links.size} links, ${folder.isInSync() ? '' : 'not '}in sync, ` +
    `${folder.isCovered() ? '' : 'not '}covered, needs ${counts.needFiles}, ` +
    `queued ${queued}, held ${counts.held}, settled ${folder.tree?.isSettled}, ` +
    `exceptions ${folder.coverage.exceptions()}, "${folder.stopReason}" ${problems}`
  );
}
