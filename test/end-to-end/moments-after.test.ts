/**
 * What a person does with a file the moment it is there. Events of the operating system that follow
 * each other at once are merged, and a new directory is watched a moment late: what is noticed here
 * is noticed without waiting for the scan of every ten minutes.
 */
import { existsSync, mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { pair, shareFolder, useTestWorld } from './test-world.js';
import { text, write } from './tree-files.js';

const world = useTestWorld({ lasts: 'the whole file' });
let laptop: NodeProcess;
let desktop: NodeProcess;
let here: string;
let there: string;
beforeAll(async () => {
  [laptop, desktop] = await world.startNodes('laptop', 'desktop');
  await pair(laptop, desktop);
  here = world.directory('docs');
  there = world.path('there');
  await shareFolder(laptop, here, [[desktop, there]]);
});

const deep = Array.from({ length: 8 }, (_, depth) => `level ${depth}`).join('/');

/** Looks without a pause, so that what follows comes as soon after as it can. */
async function theMomentItIsThere(path: string): Promise<void> {
  await eventually(`${path} arrives`, async () => {
    const until = performance.now() + 1_000;
    while (performance.now() < until) {
      if (existsSync(path)) return true;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return false;
  });
}

test('files that are deleted the moment they arrive are deleted everywhere', async () => {
  for (let round = 0; round < 5; round += 1) {
    write(here, `arrived ${round}`, `content ${round}`);
    await theMomentItIsThere(join(there, `arrived ${round}`));
    unlinkSync(join(there, `arrived ${round}`));
    await eventually('the deletion comes back', () => !existsSync(join(here, `arrived ${round}`)));
  }
});

test('files that are overwritten the moment they arrive are overwritten everywhere', async () => {
  for (let round = 0; round < 5; round += 1) {
    write(here, `edited ${round}`, 'as it was made');
    await theMomentItIsThere(join(there, `edited ${round}`));
    write(there, `edited ${round}`, 'as it was edited');
    await eventually(
      'the edit comes back',
      () => text(here, `edited ${round}`) === 'as it was edited',
    );
  }
});

test('files that are deleted the moment they were made leave nothing anywhere', async () => {
  for (let round = 0; round < 5; round += 1) {
    mkdirSync(join(here, `made ${round}`));
    write(here, `made ${round}/kept`, 'kept');
    for (let file = 0; file < 20; file += 1) write(here, `made ${round}/${file}`, `${file}`);
    await theMomentItIsThere(join(there, `made ${round}`, 'kept'));
    for (let file = 0; file < 20; file += 1) unlinkSync(join(here, `made ${round}/${file}`));
    const left = () =>
      Array.from({ length: 20 }, (_, file) => join(there, `made ${round}`, `${file}`));
    await laptop.inSync();
    await eventually('all are gone', () => !left().some((path) => existsSync(path)));
  }
});

test('directories that arrived within each other are watched, down to the deepest', async () => {
  const tops = Array.from({ length: 10 }, (_, top) => `placed ${top}`);
  for (const top of tops) {
    mkdirSync(join(here, top, deep), { recursive: true });
    write(here, join(top, deep, 'file'), 'as it was made');
  }
  await eventually('all arrive', () =>
    tops.every((top) => existsSync(join(there, top, deep, 'file'))),
  );
  await desktop.inSync();
  for (const top of tops) write(there, join(top, deep, 'file'), 'as it was edited');
  await eventually('every edit comes back', () =>
    tops.every((top) => text(here, join(top, deep, 'file')) === 'as it was edited'),
  );
  for (const top of tops) writeFileSync(join(there, top, deep, 'new'), '');
  await eventually('what is new comes back', () =>
    tops.every((top) => existsSync(join(here, top, deep, 'new'))),
  );
});

test('directories that were made within each other are watched, down to the deepest', async () => {
  const tops = Array.from({ length: 10 }, (_, top) => `made deep ${top}`);
  for (const top of tops) {
    mkdirSync(join(here, top, deep), { recursive: true });
    write(here, join(top, deep, 'file'), '0');
  }
  // Every edit is only made once the one before was noticed: no scan of everything serves for all.
  for (const round of ['1', '2', '3', '4']) {
    for (const top of tops) write(here, join(top, deep, 'file'), round);
    await eventually(`edit ${round} arrives`, () =>
      tops.every(
        (top) =>
          existsSync(join(there, top, deep, 'file')) &&
          text(there, join(top, deep, 'file')) === round,
      ),
    );
  }
  expect(laptop.isRunning && desktop.isRunning).toBe(true);
});
