import { expect, test } from 'vitest';
import { WorkLimit } from '../src/work-limit.js';

/** Work that ends when it is told to. */
function openWork() {
  let end = () => {};
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, work: () => done };
}

test('a failure is told only when nothing runs on behind it', async () => {
  const limit = new WorkLimit(2);
  const slow = openWork();
  await limit.run(slow.work);
  await limit.run(async () => {
    throw new Error('first');
  });
  const told: string[] = [];
  const next = limit
    .run(async () => {
      told.push('never');
    })
    .catch((error: unknown) => told.push(String(error)));
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  expect(told).toEqual([]);
  slow.end();
  await next;
  expect(told).toEqual(['Error: first']);
  await expect(limit.finish()).rejects.toThrow('first');
});
