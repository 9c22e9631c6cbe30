/**
 * Three real nodes (laptop, desktop, and an archive called pi), each on a disk of its own, under a
 * workload of files that each carry a nonce, while they are killed at random moments and at the n-th
 * fsync, rename or write, while their disks fill up and lose power. After each round every nonce
 * must be found: live, in a conflict copy, held, or in history; what `wait --archived` promised must
 * be in history; and both trees must be the same.
 *
 *   npm run torture -- [--seed N] [--rounds N] [--kills N] [--power N] [--minutes M]
 *                      [--bursts N] [--faults N]
 *
 * A round's seed is the first one plus its number. It decides what is written and what happens to
 * whom; when exactly is up to the machine, so the same seed is the same plan, not the same run.
 * With `--kills`, `--power` or `--minutes` rounds go on until there were that many, or it is over.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { killKinds } from './torture/fault-plan.mjs';
import { placeInside, runInside } from './torture/isolation.mjs';
import { whyNoDisks } from './torture/loop-disk.mjs';
import { runRound } from './torture/round.mjs';
import { exceptions } from './torture/verdict.mjs';

const number = { type: 'string' };
const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    rounds: number,
    kills: number,
    power: number,
    minutes: number,
    bursts: { type: 'string', default: '3' },
    faults: { type: 'string', default: '2' },
  },
});
const startedAt = performance.now();

async function outside() {
  const place = mkdtempSync(join(tmpdir(), 'holdfast-torture-'));
  const code = await runInside(place, [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
  const left = readdirSync(place).filter((name) => name.startsWith('round-'));
  if (left.length === 0 || code === 130) rmSync(place, { recursive: true, force: true });
  else say(`what is left of ${left.join(', ')} is in ${place}`);
  process.exitCode = code;
}

async function inside(place) {
  const tally = emptyTally();
  const abilities = await abilitiesHere(place);
  let failed = 0;
  for (let round = 0; wantsMore(round, tally); round += 1) {
    const seed = Number(flags.seed) + round;
    const shape = { bursts: Number(flags.bursts), faultsEach: Number(flags.faults) };
    const problems = await runRound({ seed, place, abilities, shape, tally });
    tally.rounds += 1;
    if (problems.length > 0) failed += 1;
    const verdict = problems.length === 0 ? 'ok' : 'FAILED';
    const faults = `${killsIn(tally)} kills, ${tally.power} power losses`;
    say(`seed ${seed} ${verdict}; after ${seconds()} s ${faults}, ${tally.lost} lost`);
    for (const problem of problems) say(`  ${problem}`);
  }
  for (const [name, count] of Object.entries(tally)) say(`${name.padEnd(14)} ${count}`);
  say(`torture: ${seconds()} s`);
  say(`${tally.rounds - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function wantsMore(round, tally) {
  if (flags.minutes !== undefined && Number(seconds()) >= Number(flags.minutes) * 60) return false;
  if (flags.rounds !== undefined) return round < Number(flags.rounds);
  const targets = [
    [flags.kills, killsIn(tally)],
    [flags.power, tally.power],
  ].filter(([wanted]) => wanted !== undefined);
  if (targets.length === 0) return flags.minutes !== undefined || round < 10;
  return targets.some(([wanted, reached]) => reached < Number(wanted));
}

function killsIn(tally) {
  return killKinds.reduce((sum, kind) => sum + tally[kind], 0);
}

async function abilitiesHere(place) {
  const strace = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0;
  if (!strace) say('no strace here: nobody is killed at the n-th fsync, rename or write');
  const reason = await whyNoDisks(place);
  if (reason !== '') say(`no disks here, so no power losses and no full disks: ${reason}`);
  return { strace, disks: reason === '' };
}

/** In the order of the table. */
function emptyTally() {
  const names = ['rounds', ...killKinds, 'power', 'full', 'promised', 'written'];
  const places = ['live', 'conflict', 'held', 'history', ...exceptions, 'lost'];
  return Object.fromEntries([...names, ...places].map((name) => [name, 0]));
}

function seconds() {
  return ((performance.now() - startedAt) / 1000).toFixed(0);
}

function say(line) {
  process.stdout.write(`${line}\n`);
}

const place = placeInside();
await (place === undefined ? outside() : inside(place));
