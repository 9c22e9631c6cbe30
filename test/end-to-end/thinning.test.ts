/** An archive that is thinned by its user's rules: what would go is said first. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogResult, ThinResult } from '@holdfast/node';
import { beforeEach, expect, test } from 'vitest';
import type { NodeProcess } from './node-process.js';
import { waitSeconds } from './patience.js';
import { pair, shareFolder, useTestWorld } from './test-world.js';

const world = useTestWorld();
let laptop: NodeProcess;
let pi: NodeProcess;
let tree: string;

beforeEach(async () => {
  [laptop, pi] = await world.startNodes('laptop', 'pi');
  await pair(laptop, pi);
  tree = world.directory('docs');
  writeFileSync(join(tree, 'other.txt'), 'The same all the time.');
  await shareFolder(laptop, tree, [[pi, '--archive']], 'docs');
  await write('letter.txt', 'The first letter.');
  await write('letter.txt', 'The second letter.');
  await write('letter.txt', 'The third letter.');
});

/** Writes a file on the laptop, and waits until the archive has it. */
async function write(name: string, text: string): Promise<void> {
  writeFileSync(join(tree, name), text);
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.ask('wait', 'docs', '--archived', '--timeout', waitSeconds);
}

test('what would go is said, and nothing is changed', async () => {
  const before = await pi.ask<LogResult>('log', 'docs/letter.txt');
  const found = await pi.ask<ThinResult>('archive', 'thin', 'docs', '--keep', 'monthly=1');
  expect(found).toMatchObject({ label: 'docs', versions: 2, files: 1, bytes: 35, kept: 2 });
  expect(found.freedBytes).toBeGreaterThan(35);
  expect(found.changes.map(({ version }) => version)).toEqual(
    before.versions
      .slice(1)
      .map(({ version }) => version)
      .reverse(),
  );
  expect(await pi.ask('log', 'docs/letter.txt')).toEqual(before);
  expect(await laptop.refuses(1, 'archive', 'thin', 'docs', '--keep', 'daily=1')).toMatchObject({
    code: 'no_archive',
  });
  const refused = await pi.refuses(2, 'archive', 'thin', 'docs', '--keep', 'everything');
  expect(refused).toMatchObject({ code: 'usage' });
});
