/** An archive that keeps the plain tree beside its history: what it shows, and what it never sends. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { pair, shareFolder, useTestWorld } from './test-world.js';
import { treeAttributes, treeSnapshot } from './tree-snapshot.js';

interface Logged {
  readonly versions: readonly { version: string; size: number; deleted: boolean; device: string }[];
}

const world = useTestWorld({ lasts: 'the whole file' });
let laptop: NodeProcess;
let pi: NodeProcess;
beforeAll(async () => {
  [laptop, pi] = await world.startNodes('laptop', 'pi');
  await pair(laptop, pi);
});

/** Of one test: a folder that the laptop offers, and where the archive will show it. */
let label: string;
let id: string;
let tree: string;
let mirror: string;
beforeEach(async ({ task }) => {
  label = `docs-${task.id}`;
  tree = world.directory(`${label}-laptop`);
  mirror = world.path(`${label}-pi`);
  id = await shareFolder(laptop, tree, [], label);
  await laptop.ask('folder', 'share', id, 'pi');
});

const accept = (...more: readonly string[]) => pi.accept(id, mirror, '--archive', ...more);
const write = (path: string, text: string) => writeFileSync(join(tree, path), text);

async function settled(): Promise<void> {
  await laptop.ask('folder', 'rescan', label);
  await laptop.archived(label);
  await pi.inSync(label);
}

async function contentsInHistory(path: string): Promise<string[]> {
  const { versions } = await pi.ask<Logged>('log', `${label}/${path}`);
  const kept = versions.filter((one) => !one.deleted);
  return Promise.all(
    kept.map(async (one) => {
      const bytes = await pi.cat(`${label}/${path}`, '--version', one.version);
      return bytes.toString();
    }),
  );
}

test('history and a plain copy of the latest tree come to lie on one device', async () => {
  mkdirSync(join(tree, 'deep', 'er'), { recursive: true });
  write('deep/er/a.txt', 'first');
  write('large', 'x'.repeat(3_000_000));
  symlinkSync('deep/er/a.txt', join(tree, 'link'));
  expect(await accept()).toEqual({ id, label, path: mirror, archive: true, notes: [] });
  await settled();
  expect(treeSnapshot(mirror)).toEqual(treeSnapshot(tree));
  expect(treeAttributes(mirror)).toEqual(treeAttributes(tree));
  write('deep/er/a.txt', 'second');
  rmSync(join(tree, 'large'));
  await settled();
  expect(treeSnapshot(mirror)).toEqual(treeSnapshot(tree));
  expect(await contentsInHistory('deep/er/a.txt')).toEqual(['second', 'first']);
  await pi.shows(
    {
      path: mirror,
      mode: 'receive-only',
      archive: true,
      state: 'up-to-date',
      stateReason: '',
      files: 1,
      bytes: 6,
      needFiles: 0,
      needBytes: 0,
      unarchivedFiles: 0,
    },
    label,
  );
});

test('what is changed in it by hand is archived and listed, and goes to nobody', async () => {
  write('edited.txt', 'from the laptop');
  await accept();
  await settled();
  writeFileSync(join(mirror, 'edited.txt'), 'by hand');
  writeFileSync(join(mirror, 'added.txt'), 'added by hand');
  await pi.ask('folder', 'rescan', label);
  await settled();
  await pi.shows(
    {
      ...{ state: 'out-of-sync', needFiles: 0, unarchivedFiles: 0 },
      stateReason: expect.stringContaining('added.txt and 1 more'),
    },
    label,
  );
  expect(treeSnapshot(tree)).toEqual({ 'edited.txt': base64('from the laptop') });
  expect(await contentsInHistory('edited.txt')).toEqual(
    expect.arrayContaining(['by hand', 'from the laptop']),
  );
  expect(await contentsInHistory('added.txt')).toEqual(['added by hand']);
  expect((await pi.cat(`${label}/edited.txt`)).toString()).toBe('from the laptop');

  write('edited.txt', 'the laptop again');
  await settled();
  expect(readFileSync(join(mirror, 'edited.txt'), 'utf8')).toBe('the laptop again');
  expect(readFileSync(join(mirror, 'added.txt'), 'utf8')).toBe('added by hand');
  expect(await contentsInHistory('edited.txt')).toEqual(
    expect.arrayContaining(['by hand', 'from the laptop', 'the laptop again']),
  );
});

test('what is deleted in it by hand comes back', async () => {
  mkdirSync(join(tree, 'd'));
  write('d/a.txt', 'kept');
  write('b.txt', 'kept too');
  await accept();
  await settled();
  rmSync(join(mirror, 'd'), { recursive: true });
  rmSync(join(mirror, 'b.txt'));
  await pi.ask('folder', 'rescan', label);
  await settled();
  expect(treeSnapshot(mirror)).toEqual(treeSnapshot(tree));
  await eventually(
    'the mirror says so',
    async () => (await pi.folder(label)).state === 'up-to-date',
  );
  expect(Object.keys(treeSnapshot(tree))).toEqual(['b.txt', 'd', 'd/a.txt']);
});

test('files that lie there are taken over where they match, and kept or archived where they do not', async () => {
  write('same.txt', 'same');
  write('differs.txt', 'of the folder');
  mkdirSync(mirror);
  writeFileSync(join(mirror, 'same.txt'), 'same');
  writeFileSync(join(mirror, 'differs.txt'), 'of the disk');
  writeFileSync(join(mirror, 'more.txt'), 'only here');
  await accept('--mode', 'receive-only');
  await settled();
  expect(treeSnapshot(tree)).toEqual({
    'same.txt': base64('same'),
    'differs.txt': base64('of the folder'),
  });
  expect(treeSnapshot(mirror)).toEqual({ ...treeSnapshot(tree), 'more.txt': base64('only here') });
  expect(await contentsInHistory('differs.txt')).toEqual(
    expect.arrayContaining(['of the disk', 'of the folder']),
  );
  await pi.shows({ stateReason: expect.stringContaining('more.txt') }, label);
});

test('it goes on where it was after a kill, and takes in what happened meanwhile', async () => {
  for (let number = 0; number < 300; number += 1) write(`${number}.txt`, `content ${number}`);
  await accept();
  await eventually('the mirror is being filled', () => existsSync(join(mirror, '7.txt')));
  await pi.signal('SIGKILL');
  write('7.txt', 'changed meanwhile');
  rmSync(join(tree, '8.txt'));
  appendFileSync(join(mirror, '7.txt'), ' and by hand');
  await pi.start();
  await settled();
  expect(treeSnapshot(mirror)).toEqual(treeSnapshot(tree));
  expect(await contentsInHistory('7.txt')).toContain('content 7 and by hand');
  await pi.stop();
  await pi.start();
  await settled();
  await pi.shows({ files: 299, state: 'up-to-date' }, label);
});

test('what is set aside in it goes once the store has it, whatever number of copies is wanted', async () => {
  write('a.txt', 'first');
  await accept();
  await pi.ask('folder', 'set', label, '--copies', '2');
  await settled();
  writeFileSync(join(mirror, 'a.txt'), 'by hand');
  await pi.ask('folder', 'rescan', label);
  write('a.txt', 'second');
  await settled();
  const reasons = async () => {
    const { held } = await pi.ask<{ held: { reason: string }[] }>('folder', 'held', label);
    return held.map(({ reason }) => reason);
  };
  await eventually('the archive beside it is enough, without another copy', async () => {
    const said = await reasons();
    return said.every((reason) => reason === 'It is archived and is let go in a moment.');
  });
  await eventually('it is let go', async () => (await reasons()).length === 0);
  expect(await contentsInHistory('a.txt')).toEqual(
    expect.arrayContaining(['first', 'by hand', 'second']),
  );
});

test('removing the folder leaves the plain files, and it can be kept there again', async () => {
  write('a.txt', 'stays');
  await accept();
  await settled();
  await pi.ask('folder', 'remove', label);
  expect(treeSnapshot(mirror)).toEqual({ 'a.txt': base64('stays') });
  expect(existsSync(join(mirror, '.holdfast'))).toBe(false);
  await accept();
  await settled();
  await pi.shows({ state: 'up-to-date', files: 1 }, label);
});

test('a mirror that sends is refused, and nothing is changed', async () => {
  const given = ['folder', 'accept', id, mirror, '--archive', '--mode', 'send-receive'];
  await pi.isOffered(id);
  const { message } = await pi.refuses(2, ...given);
  expect(message).toContain('receive-only');
  expect(existsSync(mirror)).toBe(false);
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
