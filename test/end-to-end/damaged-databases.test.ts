/** Databases that lost something, or all, while the node was off: nothing is lost, all goes on. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import {
  pair,
  type SharedFolder,
  sameEverywhere,
  settle,
  shareDocs,
  shareFolder,
  useTestWorld,
} from './test-world.js';
import { text, write } from './tree-files.js';

const world = useTestWorld();

const databaseOf = (node: NodeProcess) => join(node.home, 'index');

function filesOf(node: NodeProcess, pattern: RegExp): string[] {
  const directory = databaseOf(node);
  const found = readdirSync(directory).filter((name) => pattern.test(name));
  expect(found, `${pattern.source} in ${directory}`).not.toEqual([]);
  return found.map((name) => join(directory, name));
}

/** Flips one bit at each of the places that are chosen in the largest file. */
function flipBits(paths: readonly string[], choose: (bytes: Buffer) => readonly number[]): void {
  const [path] = [...paths].sort((a, b) => statSync(b).size - statSync(a).size);
  const bytes = readFileSync(path as string);
  for (const at of choose(bytes)) bytes[at] = (bytes[at] as number) ^ 0x10;
  writeFileSync(path as string, bytes);
}

/** A table keeps superseded values too, and one of those may be damaged without any loss. */
function evenlySpread({ length }: Buffer): number[] {
  const places = 16;
  return Array.from({ length: places }, (_, at) => Math.floor((length * (at + 1)) / (places + 1)));
}

/** The rest of its block goes with a flipped bit (LevelDB, doc/log_format.md). */
const logBlockBytes = 32_768;

/**
 * The first place where a log says what it says last of some file: nothing later makes up for it. It
 * must not be in the last block, or the log would only end earlier, as after a crash.
 */
function firstThatCounts(log: Buffer): number[] {
  const lastOf = (number: number) => log.lastIndexOf(`file-${number}.txt`);
  const places = Array.from({ length: manyFiles }, (_, number) => lastOf(number));
  const first = Math.min(...places.filter((at) => at >= 0));
  expect(first).toBeLessThan(log.length - (log.length % logBlockBytes));
  return [first];
}

/** What a log holds becomes a table when the database is opened again. */
async function intoTables(node: NodeProcess): Promise<void> {
  await node.start();
  await node.stop();
}

interface Damage {
  readonly what: string;
  readonly strike: (node: NodeProcess) => void | Promise<void>;
  /** Whether what is left is no database any more; undefined where it depends on the bytes. */
  readonly movedAside: boolean | undefined;
}

const logByte: Damage = {
  what: 'a byte of its log was flipped',
  strike: (node) => flipBits(filesOf(node, /\.log$/), firstThatCounts),
  movedAside: false,
};
const tableBytes: Damage = {
  what: 'bytes of a table were flipped',
  strike: async (node) => {
    await intoTables(node);
    flipBits(filesOf(node, /\.ldb$/), evenlySpread);
  },
  movedAside: undefined,
};
const noTables: Damage = {
  what: 'its tables are gone',
  strike: async (node) => {
    await intoTables(node);
    for (const path of filesOf(node, /\.ldb$/)) rmSync(path);
  },
  movedAside: true,
};
const noCurrent: Damage = {
  what: 'its CURRENT is gone',
  strike: async (node) => {
    await intoTables(node);
    rmSync(join(databaseOf(node), 'CURRENT'));
  },
  movedAside: true,
};
const noManifest: Damage = {
  what: 'its manifest is gone',
  strike: (node) => {
    for (const path of filesOf(node, /^MANIFEST/)) rmSync(path);
  },
  movedAside: true,
};
const nothingLeft: Damage = {
  what: 'all of it is gone',
  strike: (node) => rmSync(databaseOf(node), { recursive: true }),
  movedAside: false,
};

const manyFiles = 200;

/** In two parts, so that a log has blocks that come after what it says of the first files. */
async function begin(shared: SharedFolder): Promise<void> {
  const { laptopTree } = shared;
  for (const name of ['kept', 'theirs', 'deleted-there', 'offline']) {
    write(laptopTree, `${name}.txt`, `${name}, before`);
  }
  for (let number = 0; number < manyFiles; number += 1) {
    if (number === manyFiles / 2) await settle(shared);
    write(laptopTree, `file-${number}.txt`, `content ${number}`);
  }
  await settle(shared);
}

async function workThere({ desktop, desktopTree }: SharedFolder): Promise<void> {
  write(desktopTree, 'theirs.txt', 'edited on the desktop');
  write(desktopTree, 'new-there.txt', 'made on the desktop');
  rmSync(join(desktopTree, 'deleted-there.txt'));
  await desktop.ask('folder', 'rescan', 'docs');
  await desktop.archived();
}

async function expectSame(shared: SharedFolder): Promise<string[]> {
  const here = await sameEverywhere(world, shared);
  return Object.keys(here).filter((name) => !name.startsWith('file-'));
}

function asideOf(node: NodeProcess): string[] {
  return readdirSync(node.home).filter((name) => /^index-damaged-\d{8}-\d{6}$/.test(name));
}

function expectTold({ movedAside }: Damage, node: NodeProcess, warnings: readonly string[]): void {
  const aside = asideOf(node);
  if (movedAside !== undefined) expect(aside).toHaveLength(movedAside ? 1 : 0);
  expect(warnings.join(' ').includes('nothing was deleted')).toBe(aside.length > 0);
}

const ofDevices = [logByte, tableBytes, noCurrent, nothingLeft];

test.each(ofDevices)('a device goes on with what it has where $what', async (damage) => {
  const shared = await shareDocs(world);
  const { laptop, laptopTree } = shared;
  await begin(shared);
  await laptop.stop();
  await workThere(shared);
  await shared.desktop.stop();
  await shared.pi.stop();
  await damage.strike(laptop);
  write(laptopTree, 'offline.txt', 'edited while the node was off');
  write(laptopTree, 'new-here.txt', 'made while the node was off');
  const { warnings } = await laptop.start();
  await Promise.all([shared.desktop.start(), shared.pi.start()]);

  const names = await expectSame(shared);
  expect(names.sort(), 'no conflict copies: the history knows what is old').toEqual([
    'kept.txt',
    'new-here.txt',
    'new-there.txt',
    'offline.txt',
    'theirs.txt',
  ]);
  expect(text(laptopTree, 'offline.txt')).toBe('edited while the node was off');
  expect(text(laptopTree, 'theirs.txt')).toBe('edited on the desktop');
  await laptop.shows({ files: manyFiles + names.length });
  await laptop.shows({
    stateReason: expect.stringMatching(/made anew from the files here .* nothing was deleted/),
  });
  expectTold(damage, laptop, warnings);
});

test.each([logByte, noTables, noManifest])(
  'an archive says again what it holds where $what',
  async (damage) => {
    const shared = await shareDocs(world);
    const { pi, laptop } = shared;
    await begin(shared);
    await pi.stop();
    await damage.strike(pi);
    const { warnings } = await pi.start();
    await workThere(shared);
    expect(await expectSame(shared)).toHaveLength(4);
    await laptop.shows({ copies: 1 });
    expectTold(damage, pi, warnings);
  },
);

test('content that lay aside comes back under a name of its own where nobody knows any more which version it is', async () => {
  const shared = await shareDocs(world);
  const { laptop, desktop, pi, laptopTree, desktopTree } = shared;
  await begin(shared);
  await pi.stop();
  write(laptopTree, 'kept.txt', 'never archived');
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.inSync();
  write(desktopTree, 'kept.txt', 'replaced by the desktop');
  await desktop.ask('folder', 'rescan', 'docs');
  await desktop.inSync();
  await laptop.shows({ heldFiles: 1 });
  await laptop.stop();
  rmSync(databaseOf(laptop), { recursive: true });
  await laptop.start();
  await laptop.inSync();
  const back = await eventually('the content is back in the folder', () =>
    readdirSync(laptopTree).find((name) => name.startsWith('held-')),
  );
  expect(text(laptopTree, back)).toBe('never archived');
  expect(existsSync(join(laptopTree, 'kept.txt'))).toBe(true);
});

describe('without an archive nobody knows which side is newer', () => {
  const edited = 30;
  const untouched = 5;
  const names = Array.from({ length: edited + untouched }, (_, at) => `file-${at}.txt`);
  let laptop: NodeProcess;
  let desktop: NodeProcess;
  let here: string;
  let there: string;

  /** The desktop made all files; the laptop lost its index and edited most of them while it was off. */
  beforeEach(async () => {
    [laptop, desktop] = await world.startNodes('laptop', 'desktop');
    await pair(laptop, desktop);
    [here, there] = [world.path('here'), world.directory('docs')];
    for (const name of names) write(there, name, 'as the desktop has it');
    await shareFolder(desktop, there, [[laptop, here]]);
    await laptop.inSync();
    await laptop.stop();
    rmSync(databaseOf(laptop), { recursive: true });
    for (const name of names.slice(0, edited)) write(here, name, 'as edited offline');
    await laptop.start();
    const { stateReason } = await laptop.shows({
      state: 'out-of-sync',
      receiveOnlyChangedFiles: edited,
      needFiles: 0,
      conflictCopies: 0,
    });
    expect(stateReason).toMatch(
      /record of the folder was lost, and no archive tells which is newer/,
    );
    expect(stateReason).toContain('holdfast folder override "docs"');
    expect(stateReason).toContain('holdfast folder revert "docs"');
  });

  const contentsOf = (tree: string) =>
    Object.fromEntries(
      readdirSync(tree)
        .filter((name) => !name.startsWith('.'))
        .map((name) => [name, text(tree, name)]),
    );
  const allBut = (content: string) =>
    Object.fromEntries(
      names.map((name, at) => [name, at < edited ? content : 'as the desktop has it']),
    );
  const showBoth = (content: string) =>
    eventually('both show the same', () => {
      const wanted = allBut(content);
      return [here, there].every((tree) =>
        Object.entries(wanted).every(([name, one]) => text(tree, name) === one),
      );
    });

  test('the files wait for a person, also after a restart, and no conflict copy is made', async () => {
    await laptop.stop();
    await laptop.start();
    await laptop.ask('folder', 'rescan', 'docs');
    await laptop.shows({ state: 'out-of-sync', receiveOnlyChangedFiles: edited });
    write(there, 'something else', 'goes on');
    await eventually('other files go on', () => existsSync(join(here, 'something else')));
    expect(contentsOf(here)).toEqual({
      ...allBut('as edited offline'),
      'something else': 'goes on',
    });
    expect(contentsOf(there)).toEqual({
      ...allBut('as the desktop has it'),
      'something else': 'goes on',
    });
  });

  test('an override sends what is here, and the others hold what they had', async () => {
    expect(await laptop.ask('folder', 'override', 'docs', '--dry-run')).toMatchObject({
      files: edited,
    });
    expect(await laptop.ask('folder', 'override', 'docs')).toMatchObject({ files: edited });
    await showBoth('as edited offline');
    expect(Object.keys(contentsOf(there))).toHaveLength(names.length);
    await desktop.shows({ heldFiles: edited, conflictCopies: 0 });
    await laptop.shows({ state: 'up-to-date', receiveOnlyChangedFiles: 0 });
    await laptop.refuses(2, 'folder', 'override', 'docs');
  });

  test('a revert takes what the others show, and what was here is held', async () => {
    expect(await laptop.ask('folder', 'revert', 'docs')).toMatchObject({ files: edited });
    await showBoth('as the desktop has it');
    expect(Object.keys(contentsOf(here))).toHaveLength(names.length);
    await laptop.shows({ state: 'up-to-date', receiveOnlyChangedFiles: 0, conflictCopies: 0 });
    const { held } = await laptop.ask<{ held: unknown[] }>('folder', 'held', 'docs');
    expect(held).toHaveLength(edited);
    await laptop.refuses(2, 'folder', 'revert', 'docs');
  });

  test('who edits a file once more has decided for it', async () => {
    write(here, names[0]!, 'edited once more');
    await eventually('it arrives', () => text(there, names[0]!) === 'edited once more');
    await laptop.shows({ receiveOnlyChangedFiles: edited - 1, conflictCopies: 0 });
  });
});
