/**
 * Scenes with a hostile member, one seed after the other, until the time is over: what is said of
 * the scene stands in packages/simulation/FAULTS.md. Ends with 1 at the first promise that is broken,
 * and says the seed.
 *
 *   npm run hostile -- [--minutes N] [--seed TEXT] [--stretches N] [--acts N]
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { loadSource } from './load-source.mjs';

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    stretches: { type: 'string', default: '12' },
    acts: { type: 'string', default: '500' },
  },
});
/** Of one scene, its nodes, disks and databases in memory, and everything that is under way. */
const maxHeapBytes = 512e6;
const { HostileScene } = await loadSource('packages/simulation/test/hostile/hostile-scene.ts');
const untilMs = performance.now() + Number(flags.minutes) * 60_000;
const total = { scenes: 0, stretches: 0, connections: 0, messages: 0, questions: 0, entries: 0 };
let highestHeapBytes = 0;

async function run(seed) {
  const scene = new HostileScene(seed);
  await scene.prepare();
  for (let stretch = 0; stretch < Number(flags.stretches); stretch += 1) {
    if (performance.now() > untilMs) break;
    await scene.stretch(Number(flags.acts));
    total.stretches += 1;
    checkMemory();
  }
  const { counts } = scene.peer;
  total.scenes += 1;
  for (const name of Object.keys(counts)) total[name] += counts[name];
  total.entries += scene.stored.position;
  console.log(
    `seed ${seed}: ${counts.connections} connections, ${counts.messages} messages, asked ${counts.questions} times, ${scene.stored.position} entries of history`,
  );
}

function checkMemory() {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  highestHeapBytes = Math.max(highestHeapBytes, heapUsed + external);
  if (heapUsed + external < maxHeapBytes) return;
  throw new Error(`${((heapUsed + external) / 1e6).toFixed(0)} MB are in use after a stretch`);
}

do {
  const seed = flags.seed ?? randomBytes(4).toString('hex');
  try {
    await run(seed);
  } catch (error) {
    console.error(`seed ${seed} failed: npm run hostile -- --seed ${seed}`);
    throw error;
  }
} while (flags.seed === undefined && performance.now() < untilMs);
console.log(
  `${JSON.stringify(total)}, at most ${(highestHeapBytes / 1e6).toFixed(0)} MB, ${process.cpuUsage().user / 1e6} s of processor`,
);
