/**
 * What the simulation is worth: plants one bug at a time in a copy of the packages, and runs worlds
 * until one of them fails. Where a bug lies below what a world can show, a unit suite is named for it
 * as well. The exit code is 0 only where every bug is caught.
 *
 *   node scripts/planted-bugs.mjs [--only TEXT]... [--seeds N] [--from N] [--by suite|worlds] [--check]
 *
 * `--check` only looks whether every bug of the list fits the sources. A suite says it in seconds, and
 * worlds are asked only where it is silent; `--by worlds` asks nobody else.
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
    check: { type: 'boolean', default: false },
  },
});
/** They end what hangs; on a loaded machine all takes many times as long as on an idle one. */
const bugTimeoutMs = 30 * 60_000;
const suiteTimeoutMs = 15 * 60_000;

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
  const copy = await PatchedCopy.make();
  let escaped = 0;
  try {
    for (const bug of wanted) {
      await copy.plant(bug);
      const caught = await catchBug(copy, bug);
      await copy.mend();
      if (caught?.includes('by the suite')) await requireGoodWithout(copy, bug);
      if (caught === undefined) escaped += 1;
      say(`${bug.name} · ${caught ?? 'ESCAPED'}`);
    }
  } finally {
    copy.remove();
  }
  say(`${wanted.length} planted, ${wanted.length - escaped} caught, ${escaped} escaped`);
  return escaped === 0 ? 0 : 1;
}

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
  if (failure !== undefined) throw new Error(`${name} fails with no bug planted: ${failure}`);
  goodSuites.add(name);
}

/** The name of the test that failed. A suite that cannot be run, or does not end, is no verdict. */
async function failureOf(copy, suite) {
  const vitest = join(copy.directory, 'node_modules/vitest/vitest.mjs');
  const { code, output } = await run(copy, [vitest, 'run', ...suite], suiteTimeoutMs);
  if (code === 0) return undefined;
  const [, test] = /^ *FAIL +\S+ > (.+)$/m.exec(output) ?? [];
  if (test === undefined) throw new Error(`${suite.join(' ')} ended with ${code}:\n${output}`);
  return test;
}

/** Who caught it; undefined where nobody did. */
async function catchBug(copy, bug) {
  if (asksSuite(bug)) {
    const failure = await failureOf(copy, bug.suite);
    if (failure !== undefined) return `caught by the suite, ${failure}`;
  }
  const count = Number(flags.seeds);
  if (count === 0 || !asksWorlds(bug)) return undefined;
  const from = Number(flags.from);
  const seeds = `${bug.seeds ?? ''}${from}..${from + count - 1}`;
  const args = ['--max-semi-space-size=32', copy.simulateCommand, '--first-failure'];
  const { code, output } = await run(copy, [...args, '--seeds', seeds], bugTimeoutMs);
  const [, seed, kind] = /seed (\S+) FAILED (\S+?):/.exec(output) ?? [];
  if (seed !== undefined) return `caught by seed ${seed}, ${kind}`;
  if (code !== 0) throw new Error(`worlds ended with ${code} and no verdict:\n${output}`);
  return undefined;
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
