/** One round: a fresh world, a few bursts of edits and faults, and after each of them peace. */
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { planMount, planRound } from './fault-plan.mjs';
import { gatherPromises, settle } from './promises.mjs';
import { seededRandom } from './seeded-random.mjs';
import { findContents, judge } from './verdict.mjs';
import { Workload } from './workload.mjs';
import { archiveName, closeWorld, editorNames, openWorld, startAll } from './world.mjs';

const settleTimeoutMs = 120_000;

/**
 * Runs the round of `seed` in a folder of its own below `place`, which stays if anything was wrong.
 * Adds what happened to `tally`; resolves with the problems.
 */
export async function runRound({ seed, place, abilities, shape, tally }) {
  const folder = join(place, `round-${seed}`);
  mkdirSync(folder);
  const journal = (line) =>
    appendFileSync(join(folder, 'journal.txt'), `${performance.now().toFixed(0)} ${line}\n`);
  const random = seededRandom(seed);
  const mountOptions = planMount(random);
  const plan = planRound(random, abilities, [...editorNames, archiveName], shape);
  const problems = [];
  try {
    const world = await openWorld({
      place: folder,
      mountOptions: abilities.disks ? mountOptions : undefined,
      journal,
      tally,
    });
    try {
      problems.push(...(await torment({ world, plan, random, seed, tally })));
    } finally {
      await closeWorld(world);
    }
  } catch (error) {
    problems.push(`the round could not be finished: ${error.stack ?? error}`);
  }
  for (const problem of problems) journal(problem);
  if (problems.length === 0) rmSync(folder, { recursive: true });
  return problems;
}

async function torment({ world, plan, random, seed, tally }) {
  const workload = new Workload(world, random, seed);
  const promised = new Set();
  const problems = [];
  for (const burst of plan) {
    await runBurst(world, burst, workload, promised);
    await startAll(world);
    problems.push(...(await settledOrNot(world, promised)));
    world.journal(`peace: ${promised.size} of ${workload.ledger.size} contents are promised`);
  }
  const powerLossesMs = Object.fromEntries(
    editorNames.map((name) => [name, world.machines.get(name).powerLossesMs]),
  );
  const { found, problems: unreadable } = await findContents(world);
  const verdict = judge({ ledger: workload.ledger, promised, found, powerLossesMs });
  for (const [name, count] of Object.entries(verdict.counts)) tally[name] += count;
  tally.written += workload.ledger.size;
  tally.promised += promised.size;
  return [...problems, ...unreadable, ...verdict.problems];
}

/** What was not found may be lost or only late: a world that never settles is judged all the same. */
async function settledOrNot(world, promised) {
  try {
    return await settle(world, promised, settleTimeoutMs);
  } catch (error) {
    return [`it did not settle: ${error.message}`, ...(await statesOf(world))];
  }
}

/** What each node says of itself, for whoever looks into it. */
function statesOf({ machines }) {
  return Promise.all(
    [...machines.values()].map(async ({ name, node }) => {
      if (node === undefined) return `${name} does not run`;
      const { folders, devices } = await node.control.status();
      const connected = devices.filter((device) => device.connected).map((device) => device.name);
      return `${name}, connected to ${connected.join(' and ')}: ${JSON.stringify(folders)}`;
    }),
  );
}

/** Every machine suffers its faults in turn, all at the same time, while people edit. */
async function runBurst(world, burst, workload, promised) {
  const end = new AbortController();
  const others = Promise.all([
    workload.edit(end.signal),
    gatherPromises(world, promised, end.signal),
  ]);
  try {
    await Promise.all(
      [...burst].map(async ([name, faults]) => {
        for (const fault of faults) await world.machines.get(name).suffer(fault);
      }),
    );
  } finally {
    end.abort();
    await others;
  }
}
