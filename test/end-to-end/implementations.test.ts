/** Nodes that compute in native code and nodes that compute in WebAssembly are one system. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveStatus } from '@holdfast/node';
import { beforeAll, expect, test } from 'vitest';
import { type SharedFolder, settle, shareDocs, useTestWorld } from './test-world.js';
import { treeSnapshot } from './tree-snapshot.js';

const inWasm = ['/usr/bin/env', 'HOLDFAST_BLAKE3=wasm', 'HOLDFAST_ZSTD=wasm'];
const lines = Array.from({ length: 90_000 }, (_, line) => `line ${line * 7919} of a long text\n`);
const text = lines.join('');
const noise = randomBytes(2 * 1024 * 1024);

const world = useTestWorld({ lasts: 'the whole file' });
let shared: SharedFolder;

beforeAll(async () => {
  shared = await shareDocs(world, { desktop: inWasm, pi: inWasm });
  const { laptopTree, desktopTree } = shared;
  mkdirSync(join(laptopTree, 'small'));
  for (let count = 0; count < 200; count += 1) {
    writeFileSync(join(laptopTree, 'small', `note-${count}`), `${count} `.repeat(count + 1));
  }
  writeFileSync(join(laptopTree, 'text'), text);
  writeFileSync(join(laptopTree, 'noise'), noise);
  await settle(shared);
  writeFileSync(join(desktopTree, 'text'), `first of all\n${text}`);
  writeFileSync(join(desktopTree, 'small', 'note-0'), 'from the desktop');
  await settle(shared);
});

/** What a node said of its implementations when it started. */
function computing(home: string): unknown {
  const log = readFileSync(join(home, 'logs', 'holdfast.log'), 'utf8');
  const line = log.split('\n').find((one) => one.includes('"computing"'));
  return JSON.parse(line ?? '{}');
}

test('each says in its log which implementation it uses', () => {
  expect(computing(shared.laptop.home)).toMatchObject({ blake3: 'native' });
  expect(computing(shared.pi.home)).toMatchObject({ blake3: 'wasm', zstd: 'wasm' });
});

test('what one of them sends, the other has', () => {
  const tree = treeSnapshot(shared.laptopTree);
  expect(tree).toEqual(treeSnapshot(shared.desktopTree));
  expect(Object.keys(tree)).toHaveLength(203);
  expect(readFileSync(join(shared.laptopTree, 'text'), 'utf8')).toBe(`first of all\n${text}`);
});

test('the archive keeps what compresses in less room, and gives every version back', async () => {
  const { bytes, storedBytes } = await shared.pi.ask<ArchiveStatus>('archive', 'status');
  expect(bytes).toBeGreaterThan(text.length + noise.length);
  expect(storedBytes).toBeLessThan(bytes * 0.8);
  expect((await shared.laptop.cat('docs/noise')).equals(noise)).toBe(true);
  const to = world.path('restored');
  await shared.desktop.ask('restore', 'docs', '--to', to);
  expect(treeSnapshot(to)).toEqual(treeSnapshot(shared.desktopTree));
});
