/** What is on the other side already is not sent again: by the bytes that pass between two nodes. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { proxiedPair, settlePair } from './proxied-pair.js';
import { useTestWorld } from './test-world.js';

const mebibyte = 1024 * 1024;
const world = useTestWorld();

test('a byte at the front of a large file sends the blocks that it changed', async () => {
  const pair = await proxiedPair(world);
  const { laptopTree, desktopTree, proxy } = pair;
  const content = randomBytes(64 * mebibyte);
  writeFileSync(join(laptopTree, 'large.bin'), content);
  await settlePair(pair);
  expect(proxy.bytes).toBeGreaterThan(content.length);

  const before = proxy.bytes;
  const longer = Buffer.concat([Buffer.of(1), content]);
  writeFileSync(join(laptopTree, 'large.bin'), longer);
  await settlePair(pair);
  expect(readFileSync(join(desktopTree, 'large.bin')).equals(longer)).toBe(true);
  expect(proxy.bytes - before).toBeLessThan(2_000_000);
});
