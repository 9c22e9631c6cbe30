/**
 * A paired member that says everything in any order. `HOSTILE_SEED` takes a seed that was printed;
 * `npm run hostile` goes on for as long as one likes.
 */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { HostileScene } from './hostile/hostile-scene.js';

const fresh = process.env.HOSTILE_SEED ?? randomBytes(4).toString('hex');
const stretches = 2;
const acts = 250;
/** On a busy machine the few seconds that it takes become minutes. */
const timeout = 600_000;

async function run(seed: string) {
  const scene = new HostileScene(seed);
  await scene.prepare();
  const { position } = scene.stored;
  for (let stretch = 0; stretch < stretches; stretch += 1) await scene.stretch(acts);
  return { counts: scene.peer.counts, grown: scene.stored.position - position };
}

test(`whatever a hostile member says, history only grows (HOSTILE_SEED=${fresh})`, {
  timeout,
}, async () => {
  const { counts } = await run(fresh);
  expect(counts.connections).toBeGreaterThan(5);
  expect(counts.messages).toBeGreaterThan(acts / 2);
});

test('one that lies little is heard: its versions are asked for and kept beside all others', {
  timeout,
}, async () => {
  const { counts, grown } = await run('b');
  const byTheUser = stretches * 3 * 2;
  expect(grown).toBeGreaterThan(byTheUser + 20);
  expect(counts.questions).toBeGreaterThan(10);
});
