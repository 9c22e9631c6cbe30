/** Everything that a disk can hold goes to another device and back, and out of the archive again. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { FolderProblem } from '@holdfast/node';
import { expect, test } from 'vitest';
import { eventually } from './eventually.js';
import { type SharedFolder, settle, shareDocs, useTestWorld } from './test-world.js';
import { text, write } from './tree-files.js';
import { at, hardNames, makeWholeTree, setTimes, wholeTree } from './whole-tree.js';
import { withoutPrivileges } from './without-privileges.js';

const world = useTestWorld();

/** The tree that both devices show once all is settled, and that a restore brings back. */
async function sameAndRestored(shared: SharedFolder, name: string) {
  await settle(shared);
  const here = wholeTree(shared.laptopTree);
  expect(wholeTree(shared.desktopTree)).toEqual(here);
  const to = world.path(name);
  await shared.desktop.ask('restore', 'docs', '--to', to);
  expect(wholeTree(to)).toEqual(here);
  return here;
}

function changeEverything(tree: string): void {
  for (const name of hardNames) writeFileSync(at(tree, `names/${name}`), `changed: ${name}`);
  setTimes(tree, 'kinds/script', '2020-02-29 12:00:00.987654321 UTC');
  chmodSync(at(tree, 'kinds/script'), 0o700);
  chmodSync(at(tree, 'kinds/closed to others'), 0o711);
  renameSync(at(tree, 'kinds/read-only'), at(tree, 'kinds/read-only, elsewhere'));
  rmSync(at(tree, 'kinds/empty directory'), { recursive: true });
  writeFileSync(at(tree, 'kinds/empty directory'), 'a file now');
  unlinkSync(at(tree, 'kinds/empty file'));
  mkdirSync(at(tree, 'kinds/empty file'));
  writeFileSync(at(tree, 'kinds/empty file/inside'), 'a directory now');
  unlinkSync(at(tree, 'kinds/dangling link'));
  symlinkSync('empty file', at(tree, 'kinds/dangling link'));
  writeFileSync(at(tree, 'kinds/one of two names'), 'linked no more elsewhere');
  rmSync(at(tree, 'deep'), { recursive: true });
}

test('every kind of entry and of name arrives, changes, comes back and is restored', async () => {
  const shared = await shareDocs(world);
  makeWholeTree(shared.laptopTree);
  const made = wholeTree(shared.laptopTree);
  expect(Object.keys(made).length).toBeGreaterThan(hardNames.length + 60);
  expect(await sameAndRestored(shared, 'first')).toEqual(made);
  await eventually(
    'nothing is wrong with it',
    async () => (await shared.desktop.folder()).state === 'up-to-date',
  );

  changeEverything(shared.desktopTree);
  const changed = wholeTree(shared.desktopTree);
  expect(await sameAndRestored(shared, 'second')).toEqual(changed);

  // And back: a directory is a file again, a file a directory.
  rmSync(at(shared.laptopTree, 'kinds/empty file'), { recursive: true });
  writeFileSync(at(shared.laptopTree, 'kinds/empty file'), '');
  unlinkSync(at(shared.laptopTree, 'kinds/empty directory'));
  mkdirSync(at(shared.laptopTree, 'kinds/empty directory'));
  await sameAndRestored(shared, 'third');
});

test('a name that is not UTF-8 can be typed as it is shown', async () => {
  const shared = await shareDocs(world);
  writeFileSync(at(shared.laptopTree, '\xe9t\xe9'), 'summer');
  write(shared.laptopTree, 'like \\x41', 'no escape');
  await settle(shared);
  const { entries } = await shared.desktop.ask<{ entries: { path: string }[] }>('ls', 'docs');
  expect(entries.map(({ path }) => path)).toEqual(['like \\x5Cx41', '\\xE9t\\xE9']);
  const contents = ['summer', 'no escape'];
  for (const [place, name] of ['\\xE9t\\xE9', 'like \\x5Cx41'].entries()) {
    const told = await shared.desktop.cat(`docs/${name}`);
    expect(told.toString()).toBe(contents[place]);
    await shared.desktop.ask('log', `docs/${name}`);
    await shared.desktop.ask('restore', `docs/${name}`, '--to', world.path(`to-${place}`));
  }
  expect(existsSync(at(world.path('to-0'), '\xe9t\xe9'))).toBe(true);
});

test('what is no file is passed over, what cannot be read is listed, and neither is deleted', async () => {
  const shared = await shareDocs(world, { laptop: withoutPrivileges });
  const { laptop, laptopTree, desktopTree } = shared;
  write(laptopTree, 'closed', 'readable so far');
  mkdirSync(join(laptopTree, 'shut'));
  write(laptopTree, join('shut', 'inside'), 'readable so far');
  await settle(shared);

  chmodSync(join(laptopTree, 'closed'), 0);
  write(laptopTree, 'new and closed', 'never read');
  chmodSync(join(laptopTree, 'new and closed'), 0);
  chmodSync(join(laptopTree, 'shut'), 0);
  execFileSync('mkfifo', [join(laptopTree, 'pipe')]);
  // A device file can be made by root alone, and not even by root in every container.
  const { status } = spawnSync('mknod', [join(laptopTree, 'null'), 'c', '1', '3']);
  const devices = status === 0 ? ['null'] : [];
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(laptopTree, 'socket'), resolve));
  world.onClose(() => new Promise((resolve) => server.close(() => resolve())));
  const problems = await eventually('all are listed', async () => {
    await laptop.ask('folder', 'rescan', 'docs');
    const answer = await laptop.ask<{ problems: FolderProblem[] }>('folder', 'problems', 'docs');
    return answer.problems.length === 5 + devices.length && answer.problems;
  });
  const listed = problems.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const denied = { type: 'failed', reason: 'permission is denied' };
  const other = { type: 'left-out', reason: 'not a file, directory or symlink' };
  expect(listed).toEqual([
    { path: 'closed', ...denied },
    { path: 'new and closed', ...denied },
    ...devices.map((path) => ({ path, ...other })),
    { path: 'pipe', ...other },
    { path: 'shut', ...denied },
    { path: 'socket', ...other },
  ]);
  await laptop.shows({ problemFiles: 3, leftOutFiles: 2 + devices.length });
  await laptop.inSync();
  expect(text(desktopTree, 'closed')).toBe('readable so far');
  expect(text(desktopTree, join('shut', 'inside'))).toBe('readable so far');

  for (const name of ['closed', 'new and closed']) chmodSync(join(laptopTree, name), 0o644);
  chmodSync(join(laptopTree, 'shut'), 0o755);
  await settle(shared);
  expect(text(desktopTree, 'new and closed')).toBe('never read');
  await laptop.shows({ problemFiles: 0 });
});
