#!/usr/bin/env node
/**
 * `npm run simulate -- --seed N | --seeds A..B [--jobs N] [--twice] [--verbose] [--first-failure]`:
 * runs worlds and says of each whether every promise held. In worlds from `--seeds old-A..B` old copies
 * of homes and disks are put back, in `lost-A..B` databases lose keys, in `fold-A..B` disks fold names,
 * in `modes-A..B` folders only send or only receive, and change that, in `ignore-A..B` users write ignore
 * files, in `mass-A..B` they change everything at once, in `rot-A..B` bits rot in stores and beside files.
 * A failure prints the one command that replays it; the exit code is then 1.
 */
import { judgeInProcesses, judgeSeed, type SeedVerdict } from './seed-verdict.js';

interface Request {
  readonly seeds: readonly string[];
  readonly verbose: boolean;
  /** Each seed runs a second time, and has to give the same trace. */
  readonly twice: boolean;
  /** How many processes share the seeds. */
  readonly jobs: number;
  /** What comes after the first seed that fails is not run. */
  readonly firstFailure: boolean;
}

const usage =
  'usage: npm run simulate -- --seed N | --seeds A..B [--jobs N] [--twice] [--verbose] [--first-failure]';
const maxSeeds = 1_000_000;
const maxJobs = 64;
/** So many passing seeds may go by in silence when there are many. */
const quietFrom = 500;

function seedsFrom(range: string): string[] | undefined {
  const [, prefix, from, to] = /^(\D*)(\d+)\.\.(\d+)$/.exec(range) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (prefix === undefined || !(last - first < maxSeeds)) return undefined;
  const count = Math.max(0, last - first + 1);
  return Array.from({ length: count }, (_, at) => `${prefix}${first + at}`);
}

function requestFrom(words: readonly string[]): Request | undefined {
  let seeds: string[] = [];
  let jobs = 1;
  let [verbose, twice, firstFailure] = [false, false, false];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === '--verbose') verbose = true;
    else if (word === '--twice') twice = true;
    else if (word === '--first-failure') firstFailure = true;
    else {
      at += 1;
      const value = words[at] ?? '';
      const given = word === '--seed' && value !== '' ? [value] : seedsFrom(value);
      if (word === '--jobs' && Number(value) >= 1) jobs = Math.min(maxJobs, Number(value));
      else if ((word === '--seed' || word === '--seeds') && given !== undefined) {
        seeds = [...seeds, ...given];
      } else return undefined;
    }
  }
  if (seeds.length === 0) seeds = ['1'];
  return { seeds, verbose, twice, firstFailure, jobs: Math.floor(jobs) };
}

async function simulate({ seeds, verbose, twice, jobs, firstFailure }: Request): Promise<number> {
  let failures = 0;
  const tell = ({ isGood, lines }: SeedVerdict) => {
    if (!isGood) failures += 1;
    if (!isGood || seeds.length < quietFrom) for (const line of lines) say(line);
  };
  if (jobs > 1 && seeds.length > 1 && !firstFailure)
    await judgeInProcesses(seeds, { twice, jobs }, tell);
  else {
    for (const seed of seeds) {
      if (firstFailure && failures > 0) break;
      tell(await judgeSeed(seed, { twice, ...(verbose && { print: say }) }));
    }
  }
  if (seeds.length > 1) say(`${seeds.length} seeds, ${failures} failed`);
  return failures === 0 ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const request = requestFrom(process.argv.slice(2));
if (request === undefined) {
  say(usage);
  process.exitCode = 64;
} else {
  process.exitCode = await simulate(request);
}
