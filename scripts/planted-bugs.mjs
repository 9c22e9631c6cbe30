/**
 * What the simulation is worth: plants one bug at a time in a copy of the packages, and runs worlds
 * until one of them fails. Where a bug lies below what a world can show, a unit suite is named for it
 * as well. The exit code is 0 only where every bug is caught. What ran out of time, or could not be
 * run, is no verdict: it is listed, not counted as caught, and the next bug is planted.
 *
 *   node scripts/planted-bugs.mjs [--only TEXT]... [--seeds N] [--from N] [--by suite|worlds]
 *     [--minutes N] [--check]
 *
 * `--check` only looks whether every bug of the list fits the sources. A suite says it in seconds, and
 * worlds are asked only where it is silent; `--by worlds` asks nobody else. `--minutes` limits each bug.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { plantedBugs } from './planted/bugs.mjs';
import { checkBugs, PatchedCopy } from './planted/patched-copy.mjs';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    seeds: { type: 'string', default: '60' },
    from: { type: 'string', default: '1' },
    by: { type: 'string' },
    minutes: { type: 'string', default: '30' },
    check: { type: 'boolean', default: false },
  },
});
/** It ends what hangs; on a loaded machine all takes many times as long as on an idle one. */
const bugTimeoutMs = Number(flags.minutes) * 60_000;

async function main() {
  checkBugs(plantedBugs);
  if (flags.check) {
    say(`${plantedBugs.length} bugs fit the sources`);
    return 0;
  }
  const wanted = plantedBugs.filter(
    (bug) =>
      (flags.only.length === 0 || flags.only.some((text) => bug.name.includes(text))) &&
      (asksSuite(bug) || asksWorlds(bug)),
  );
  if (wanted.length === 0) throw new Error(`no bug is called like ${flags.only.join(', ')}`);
  const verdicts = await judgeAll(wanted);
  const caught = verdicts.filter(({ result }) => result === 'caught').length;
  for (const { name, result, why } of verdicts) say(`| ${name} | ${result} | ${why} |`);
  say(`${caught} of ${wanted.length} caught`);
  return caught === wanted.length ? 0 : 1;
}

/** Says of each bug at once what became of it. */
async function judgeAll(bugs) {
  const copy = await PatchedCopy.make();
  const verdicts = [];
  try {
    for (const bug of bugs) {
      const startedMs = performance.now();
      const verdict = await judge(copy, bug);
      verdicts.push({ name: bug.name, ...verdict });
      const seconds = Math.round((performance.now() - startedMs) / 1000);
      say(`${bug.name} · ${verdict.result} ${verdict.why} (${seconds} s)`);
    }
  } finally {
    copy.remove();
  }
  return verdicts;
}

async function judge(copy, bug) {
  try {
    const caught = (await catchBySuite(copy, bug)) ?? (await catchByWorlds(copy, bug));
    if (caught === undefined) return { result: 'ESCAPED', why: 'nobody noticed' };
    return { result: 'caught', why: caught };
  } catch (error) {
    if (!(error instanceof NoVerdict)) throw error;
    return { result: 'NO VERDICT', why: error.message };
  }
}

async function whilePlanted(copy, bug, work) {
  await copy.plant(bug);
  try {
    return await work();
  } finally {
    await copy.mend();
  }
}

/** A run that says nothing about the bug: it did not end, or not as a run of worlds or tests does. */
class NoVerdict extends Error {}

function asksSuite({ suite }) {
  return suite !== undefined && flags.by !== 'worlds';
}

function asksWorlds({ suite, seeds }) {
  return (suite === undefined || seeds !== undefined) && flags.by !== 'suite';
}

const goodSuites = new Set();

/** A suite that fails without the bug too has caught nothing. */
async function requireGoodWithout(copy, { suite }) {
  const name = suite.join(' ');
  if (goodSuites.has(name)) return;
  const failure = await failureOf(copy, suite);
  if (failure !== undefined) throw new NoVerdict(`${name} fails with no bug planted: ${failure}`);
  goodSuites.add(name);
}

/** The name of the test that failed. A suite that cannot be run, or does not end, is no verdict. */
async function failureOf(copy, suite) {
  const vitest = join(copy.directory, 'node_modules/vitest/vitest.mjs');
  const { code, output } = await run(copy, [vitest, 'run', ...suite], bugTimeoutMs);
  if (code === 0) return undefined;
  const [, test] = /^ *FAIL +\S+ > (.+)$/m.exec(output) ?? [];
  if (test === undefined) throw noVerdict(suite.join(' '), code, output);
  return test;
}

async function catchBySuite(copy, bug) {
  if (!asksSuite(bug)) return undefined;
  const failure = await whilePlanted(copy, bug, () => failureOf(copy, bug.suite));
  if (failure === undefined) return undefined;
  await requireGoodWithout(copy, bug);
  return `by the suite, ${failure}`;
}

async function catchByWorlds(copy, bug) {
  if (!asksWorlds(bug)) return undefined;
  const end = Number(flags.from) + Number(flags.seeds);
  for (let next = Number(flags.from); next < end; ) {
    const seeds = `${bug.seeds ?? ''}${next}..${end - 1}`;
    const failure = await whilePlanted(copy, bug, () => firstFailure(copy, seeds));
    if (failure === undefined) return undefined;
    const { seed, kind } = failure;
    if (await isGoodWithout(copy, seed)) return `by seed ${seed}, ${kind}`;
    next = Number(/\d+$/.exec(seed)?.[0]) + 1;
  }
  return undefined;
}

const goodSeeds = new Map();

/** A world that fails without the bug too has caught nothing; another one is asked. */
async function isGoodWithout(copy, seed) {
  const isGood =
    goodSeeds.get(seed) ?? (await firstFailure(copy, seed.replace(/\d+$/, '$&..$&'))) === undefined;
  goodSeeds.set(seed, isGood);
  if (!isGood) say(`seed ${seed} fails with no bug planted: it says nothing`);
  return isGood;
}

async function firstFailure(copy, seeds) {
  const args = ['--max-semi-space-size=32', copy.simulateCommand, '--first-failure'];
  const { code, output } = await run(copy, [...args, '--seeds', seeds], bugTimeoutMs);
  const [, seed, kind] = /seed (\S+) FAILED (\S+?):/.exec(output) ?? [];
  if (seed !== undefined) return { seed, kind };
  if (code !== 0) throw noVerdict('worlds', code, output);
  return undefined;
}

function noVerdict(what, code, output) {
  if (code === null) return new NoVerdict(`${what} did not end within ${flags.minutes} minutes`);
  return new NoVerdict(`${what} ended with ${code}: ${output.trim().split('\n').at(-1)}`);
}

function run(copy, args, timeoutMs) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: copy.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      env: { ...process.env, NO_COLOR: '1' },
    });
    let output = '';
    child.stdout.on('data', (bytes) => (output += bytes));
    child.stderr.on('data', (bytes) => (output += bytes));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

function say(line) {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main();
