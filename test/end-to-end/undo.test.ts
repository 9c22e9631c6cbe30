/** `undo DEVICE --since TIME`: a device's changes are put back as new versions; others' stay. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ListResult, LogResult, UndoResult } from '@holdfast/node';
import { beforeAll, expect, test } from 'vitest';
import { answerFrom, refusalFrom } from './command-line.js';
import { eventually } from './eventually.js';
import { type SharedFolder, settle, shareDocs, useTestWorld } from './test-world.js';
import { treeSnapshot } from './tree-snapshot.js';

const manyFiles = 1_000;
const world = useTestWorld({ lasts: 'the whole file' });
let shared: SharedFolder;

beforeAll(async () => {
  shared = await shareDocs(world);
  // A person who lets a mass change pass, or has no guard: what an undo is there for.
  await guard('--guard', 'off');
});

async function guard(...flags: readonly string[]): Promise<void> {
  for (const node of [shared.laptop, shared.desktop]) {
    await node.ask('folder', 'set', 'docs', ...flags);
  }
}

async function positionNow(): Promise<string> {
  return (await shared.desktop.ask<ListResult>('ls', 'docs')).at;
}

function undo(since: string, ...more: readonly string[]) {
  return shared.desktop.run('undo', 'laptop', '--since', since, 'docs', ...more);
}

/** What holds on every device once all is in sync. */
async function everywhere(expected: Record<string, string>): Promise<void> {
  const { laptopTree, desktopTree } = shared;
  await eventually('both devices show what was before', async () => {
    await settle(shared);
    const trees = [treeSnapshot(laptopTree), treeSnapshot(desktopTree)];
    return trees.every((tree) => JSON.stringify(tree) === JSON.stringify(expected));
  });
}

test('a thousand files that a laptop filled with noise come back byte for byte', {
  timeout: 900_000,
}, async () => {
  const { laptop, laptopTree } = shared;
  const directory = join(laptopTree, 'many');
  mkdirSync(directory);
  for (let at = 0; at < manyFiles; at += 1) {
    writeFileSync(join(directory, `${at}.txt`), `the text of file ${at}\n`);
  }
  await settle(shared);
  const before = treeSnapshot(laptopTree);
  const since = await positionNow();
  for (let at = 0; at < manyFiles; at += 1) {
    writeFileSync(join(directory, `${at}.txt`), randomBytes(64));
  }
  writeFileSync(join(directory, 'READ-ME-TO-PAY.txt'), 'pay\n');
  await settle(shared);

  const asked = refusalFrom(await undo(since), 5, 'undo');
  expect(asked).toMatchObject({ code: 'needs_confirmation' });
  expect(asked.message).toContain(`${manyFiles} replaced, 1 removed, 0 returned`);
  const dry = answerFrom<UndoResult>(await undo(since, '--dry-run'), ['undo']);
  const counts = { replaced: manyFiles, removed: 1, returned: 0 };
  expect(dry).toMatchObject({ device: 'laptop', dryRun: true, folders: [{ ...counts, left: [] }] });
  // A person asked for it: no guard asks again, neither here nor on the laptop.
  await guard('--guard-files', '20', '--guard-share', '2');
  const done = answerFrom<UndoResult>(await undo(since, '--yes'), ['undo']);
  expect(done).toMatchObject({ dryRun: false, folders: [{ ...counts, left: [] }] });
  await everywhere(before);
  await guard('--guard', 'off');

  // Nothing is erased: the noise, too, is a version.
  const { versions } = await laptop.ask<LogResult>('log', 'docs/many/7.txt');
  expect(versions.map(({ device }) => device)).toEqual(['desktop', 'laptop', 'laptop']);
  expect(versions.map(({ size }) => size)).toEqual([19, 64, 19]);
  // Done again, there is nothing left to do.
  const again = answerFrom<UndoResult>(await undo(since, '--yes'), ['undo']);
  expect(again.folders).toMatchObject([{ replaced: 0, removed: 0, returned: 0 }]);
});

test('deletions come back, and what another device changed since stays', async () => {
  const { laptopTree, desktopTree } = shared;
  mkdirSync(join(laptopTree, 'dir', 'deep'), { recursive: true });
  for (const name of ['edited', 'theirs', 'gone']) {
    writeFileSync(join(laptopTree, 'dir', `${name}.txt`), `${name} before\n`);
  }
  writeFileSync(join(laptopTree, 'dir', 'deep', 'gone.txt'), 'deep before\n');
  await settle(shared);
  const since = await positionNow();
  writeFileSync(join(laptopTree, 'dir', 'edited.txt'), 'edited by the laptop\n');
  writeFileSync(join(laptopTree, 'dir', 'theirs.txt'), 'first the laptop\n');
  rmSync(join(laptopTree, 'dir', 'gone.txt'));
  rmSync(join(laptopTree, 'dir', 'deep'), { recursive: true });
  await settle(shared);
  writeFileSync(join(desktopTree, 'dir', 'theirs.txt'), 'then the desktop\n');
  writeFileSync(join(desktopTree, 'dir', 'new.txt'), 'new on the desktop\n');
  await settle(shared);

  const done = answerFrom<UndoResult>(await undo(since, '--yes'), ['undo']);
  expect(done.folders).toMatchObject([{ replaced: 1, removed: 0, returned: 3, left: [] }]);
  await settle(shared);
  for (const tree of [laptopTree, desktopTree]) {
    const text = (path: string) => readFileSync(join(tree, 'dir', path), 'utf8');
    await eventually('it is back', async () => existsSync(join(tree, 'dir', 'deep', 'gone.txt')));
    expect(text('edited.txt')).toBe('edited before\n');
    expect(text('gone.txt')).toBe('gone before\n');
    expect(text('deep/gone.txt')).toBe('deep before\n');
    expect(text('theirs.txt')).toBe('then the desktop\n');
    expect(text('new.txt')).toBe('new on the desktop\n');
  }
});

test('what cannot be undone is said, and changes nothing', async () => {
  const { desktop, pi } = shared;
  expect((await desktop.refuses(6, 'undo', 'nobody', '--since', '1h', 'docs')).code).toBe(
    'device_unknown',
  );
  await desktop.refuses(2, 'undo', 'laptop', '--since', 'garbage', 'docs');
  await desktop.refuses(2, 'undo', 'laptop', 'docs');
  await pi.refuses(2, 'undo', 'laptop', '--since', '1h', 'docs');
});
