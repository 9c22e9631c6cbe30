#!/usr/bin/env node
/**
 * `npm run simulate -- --seed N | --seeds A..B [--verbose]`: runs worlds and says of each whether every
 * promise held. A failure prints the one command that replays it; the exit code is then 1.
 */
import { runSeed, SeedFailure } from './world/index.js';

interface Request {
  readonly seeds: readonly string[];
  readonly verbose: boolean;
}

const usage = 'usage: npm run simulate -- --seed N | --seeds A..B [--verbose]';
const maxSeeds = 1_000_000;

function requestFrom(words: readonly string[]): Request | undefined {
  const seeds: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const value = words[at + 1] ?? '';
    if (words[at] === '--verbose') continue;
    if (words[at] === '--seed' && value !== '') seeds.push(value);
    else if (words[at] === '--seeds') {
      const [first, last] = value.split('..').map(Number);
      if (first === undefined || last === undefined || !(last - first < maxSeeds)) return undefined;
      for (let seed = first; seed <= last; seed += 1) seeds.push(String(seed));
    } else return undefined;
    at += 1;
  }
  return { seeds: seeds.length === 0 ? ['1'] : seeds, verbose: words.includes('--verbose') };
}

async function simulate({ seeds, verbose }: Request): Promise<number> {
  let failures = 0;
  for (const seed of seeds) {
    try {
      const report = await runSeed(seed, verbose ? { print: say } : {});
      const { hash, events, virtualMs } = report;
      const counts = `contents=${report.contents} overwritten=${report.overwritten} lost-with-power=${report.lostWithPower} raced=${report.raced} history=${report.historyEntries}`;
      say(`seed ${seed} ok hash=${hash} events=${events} virtual=${virtualMs / 1000}s ${counts}`);
    } catch (error) {
      if (!(error instanceof SeedFailure)) throw error;
      failures += 1;
      say(`seed ${seed} FAILED ${error.message}`);
      if (error.cause instanceof Error) say(String(error.cause.stack));
      say(`  replay: npm run simulate -- --seed ${seed} --verbose`);
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
