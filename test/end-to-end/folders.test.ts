/** `folder …` and `wait`: keeping, sharing and accepting, and what is refused. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { waitSeconds } from './patience.js';
import { settingsOf } from './stored-settings.js';
import { pair, useTestWorld } from './test-world.js';
import { treeSnapshot } from './tree-snapshot.js';
import { withoutPrivileges } from './without-privileges.js';

interface Added {
  readonly id: string;
  readonly label: string;
  readonly path: string;
}

interface Offers {
  readonly offers: readonly { id: string; label: string; known: boolean; devices: unknown[] }[];
}

const world = useTestWorld({ lasts: 'the whole file', commandsAsProcesses: true });
let laptop: NodeProcess;
let desktop: NodeProcess;
beforeAll(async () => {
  [laptop, desktop] = await world.startNodes('laptop', 'desktop');
  await pair(laptop, desktop);
});

function foldersIn(node: NodeProcess): unknown {
  return (JSON.parse(settingsOf(node)) as { folders: unknown }).folders;
}

describe('folder add', () => {
  test('keeps a directory under its name or a label, with a random id', async () => {
    const one = await laptop.ask<Added>('folder', 'add', world.directory('add', 'photos'));
    expect(one).toEqual({
      id: expect.stringMatching(/^[a-z2-7]{16}$/),
      label: 'photos',
      path: world.path('add', 'photos'),
      notes: [],
    });
    const other = await laptop.ask<Added>(
      'folder',
      'add',
      world.directory('add', 'more'),
      '--label',
      'More photos',
    );
    expect(other.label).toBe('More photos');
    expect(other.id).not.toBe(one.id);
    const { folders } = await laptop.ask<{ folders: Added[] }>('folder', 'list');
    expect(folders.map(({ id, label }) => [id, label])).toEqual(
      expect.arrayContaining([
        [one.id, 'photos'],
        [other.id, 'More photos'],
      ]),
    );
  });

  test('a taken label is refused', async () => {
    await laptop.ask('folder', 'add', world.directory('taken', 'a'), '--label', 'taken');
    const before = settingsOf(laptop);
    const path = world.directory('taken', 'b');
    const { code } = await laptop.refuses(2, 'folder', 'add', path, '--label', 'taken');
    expect(code).toBe('label_taken');
    expect(settingsOf(laptop)).toBe(before);
    expect(existsSync(join(path, '.holdfast'))).toBe(false);
  });

  test('places that cannot hold a folder are refused, and nothing is touched', async () => {
    const outer = world.directory('places', 'outer');
    await laptop.ask('folder', 'add', outer, '--label', 'outer');
    const file = world.path('places', 'file');
    writeFileSync(file, 'a file');
    const inside = world.directory('places', 'outer', 'inside');
    const link = world.path('places', 'link');
    symlinkSync(inside, link);
    const before = settingsOf(laptop);
    const refused: [path: string, says: string][] = [
      [world.path('places', 'missing'), 'does not exist'],
      [file, 'not a directory'],
      [inside, 'outer'],
      [link, 'outer'],
      [world.path('places'), 'outer'],
      [outer, 'outer'],
      [laptop.home, 'home'],
      [join(laptop.home, 'logs'), 'home'],
      [world.root, 'home'],
    ];
    for (const [path, says] of refused) {
      const { message } = await laptop.refuses(2, 'folder', 'add', path, '--label', 'refused');
      expect(message).toContain(
        path === world.root || path === world.path('places') ? 'inside' : says,
      );
    }
    expect(settingsOf(laptop)).toBe(before);
    expect(readFileSync(file, 'utf8')).toBe('a file');
    expect(existsSync(join(inside, '.holdfast'))).toBe(false);
  });

  test('a directory that the node may not write to is refused', async () => {
    const path = world.directory('read-only');
    chmodSync(path, 0o500);
    const bound = world.node('bound');
    bound.prefix = withoutPrivileges;
    await bound.start();
    const before = settingsOf(bound);
    await bound.refuses(2, 'folder', 'add', path);
    expect(settingsOf(bound)).toBe(before);
    await bound.stop();
  });

  test('a relative path is resolved where it was typed', async () => {
    const typed = relative(process.cwd(), world.directory('relative'));
    const { path } = await laptop.ask<Added>('folder', 'add', typed);
    expect(path).toBe(world.path('relative'));
  });
});

describe('folder share, offers and accept', () => {
  test('an offer is accepted into a new directory, and both list it', async () => {
    const tree = world.directory('shared');
    writeFileSync(join(tree, 'a.txt'), 'shared content');
    const { id } = await laptop.ask<Added>('folder', 'add', tree);
    expect(await laptop.ask('folder', 'share', 'shared', 'desktop')).toMatchObject({
      shared: true,
    });
    const offer = await eventually('the offer arrives', async () => {
      const { offers } = await desktop.ask<Offers>('folder', 'offers');
      return offers.find((one) => one.id === id);
    });
    expect(offer).toEqual({
      id,
      label: 'shared',
      known: false,
      devices: [{ id: laptop.device, name: 'laptop' }],
    });
    const target = world.path('accepted', 'deep', 'shared');
    expect(await desktop.ask('folder', 'accept', 'shared', target)).toEqual({
      id,
      label: 'shared',
      path: target,
      archive: false,
      notes: [],
    });
    await laptop.inSync('shared');
    expect(readFileSync(join(target, 'a.txt'), 'utf8')).toBe('shared content');
    const { offers } = await desktop.ask<Offers>('folder', 'offers');
    expect(offers.filter((one) => one.id === id)).toEqual([]);
  });

  test('accepting into a directory with files merges both', async () => {
    const tree = world.directory('merged');
    const target = world.directory('merge-target');
    writeFileSync(join(tree, 'from-laptop.txt'), 'laptop');
    writeFileSync(join(target, 'from-desktop.txt'), 'desktop');
    writeFileSync(join(tree, 'same.txt'), 'same');
    writeFileSync(join(target, 'same.txt'), 'same');
    await laptop.ask('folder', 'add', tree);
    await laptop.ask('folder', 'share', 'merged', 'desktop');
    await desktop.accept('merged', target);
    await laptop.inSync('merged');
    await desktop.inSync('merged');
    expect(Object.keys(treeSnapshot(tree))).toEqual([
      'from-desktop.txt',
      'from-laptop.txt',
      'same.txt',
    ]);
    expect(treeSnapshot(target)).toEqual(treeSnapshot(tree));
  });

  test('accept wants to know where, and changes nothing until it does', async () => {
    await laptop.ask('folder', 'add', world.directory('where'));
    await laptop.ask('folder', 'share', 'where', 'desktop');
    await eventually('the offer arrives', async () => {
      const { offers } = await desktop.ask<Offers>('folder', 'offers');
      return offers.some((one) => one.label === 'where');
    });
    const before = settingsOf(desktop);
    expect((await desktop.refuses(2, 'folder', 'accept', 'where')).code).toBe('usage');
    const file = world.path('where-file');
    writeFileSync(file, 'a file');
    await desktop.refuses(2, 'folder', 'accept', 'where', file);
    await desktop.refuses(2, 'folder', 'accept', 'where', join(file, 'below'));
    await desktop.refuses(2, 'folder', 'accept', 'where', join(desktop.home, 'inside'));
    expect(settingsOf(desktop)).toBe(before);
    expect(readFileSync(file, 'utf8')).toBe('a file');
    expect(existsSync(join(desktop.home, 'inside'))).toBe(false);
  });

  test('a taken label gets a number, and the answer says so', async () => {
    await desktop.ask('folder', 'add', world.directory('own', 'notes'));
    await laptop.ask('folder', 'add', world.directory('theirs', 'notes'));
    await laptop.ask('folder', 'share', 'notes', 'desktop');
    const { id } = await eventually('the offer arrives', async () => {
      const { offers } = await desktop.ask<Offers>('folder', 'offers');
      return offers.find((one) => one.label === 'notes');
    });
    const accepted = await desktop.ask<Added>('folder', 'accept', id, world.path('notes-two'));
    expect(accepted.label).toBe('notes (2)');
  });

  test('unknown folders and devices are not found, and nothing changes', async () => {
    await laptop.ask('folder', 'add', world.directory('unknowns'));
    const before = [foldersIn(laptop), foldersIn(desktop)];
    const askedOfLaptop = [
      ['folder', 'share', 'nonesuch', 'desktop'],
      ['folder', 'share', 'unknowns', 'nonesuch'],
      ['folder', 'rescan', 'nonesuch'],
      ['folder', 'remove', 'nonesuch'],
      ['wait', 'nonesuch'],
      ['ls', 'nonesuch'],
      ['log', 'nonesuch/a'],
      ['cat', 'nonesuch/a'],
      ['restore', 'nonesuch'],
      ['device', 'rename', 'nonesuch', 'x'],
    ];
    for (const given of askedOfLaptop) {
      const { code } = await laptop.refuses(6, ...given);
      expect(code).toMatch(/^(folder|device)_unknown$/);
    }
    const accept = ['folder', 'accept', 'nonesuch', world.path('never')];
    expect((await desktop.refuses(6, ...accept)).code).toBe('folder_unknown');
    expect(existsSync(world.path('never'))).toBe(false);
    expect([foldersIn(laptop), foldersIn(desktop)]).toEqual(before);
  });

  test('removing a folder leaves its files', async () => {
    const tree = world.directory('leaving');
    writeFileSync(join(tree, 'a.txt'), 'stays');
    await laptop.ask('folder', 'add', tree);
    await laptop.inSync('leaving');
    await laptop.ask('folder', 'remove', 'leaving');
    expect(treeSnapshot(tree)).toEqual({ 'a.txt': Buffer.from('stays').toString('base64') });
    expect(existsSync(join(tree, '.holdfast'))).toBe(false);
    expect(await laptop.ask('folder', 'add', tree)).toMatchObject({ label: 'leaving' });
  });
});

describe('folder rescan', () => {
  test('when it returns, what is on the disk counts', async () => {
    const tree = world.directory('rescanned');
    await laptop.ask('folder', 'add', tree);
    for (let number = 0; number < 50; number += 1) {
      writeFileSync(join(tree, `${number}.txt`), `content ${number}`);
    }
    await laptop.ask('folder', 'rescan', 'rescanned');
    await laptop.shows({ files: 50 }, 'rescanned');
  });
});

describe('wait', () => {
  test('for a folder that is shared with nobody it returns after its scan', async () => {
    const tree = world.directory('alone');
    for (let number = 0; number < 200; number += 1) writeFileSync(join(tree, `${number}`), 'x');
    await laptop.ask('folder', 'add', tree);
    expect(await laptop.ask('wait', 'alone')).toMatchObject({ inSync: true, folder: 'alone' });
    await laptop.shows({ files: 200, state: 'up-to-date' }, 'alone');
  });

  test('--archived without any archive fails at once and says what to do', async () => {
    await laptop.ask('folder', 'add', world.directory('unarchived'));
    const { code, hint } = await laptop.refuses(1, 'wait', 'unarchived', '--archived');
    expect(code).toBe('no_archive');
    expect(hint).toContain('--archive');
  });

  test('--archived fails at once where every member keeps files only', async () => {
    await laptop.ask('folder', 'add', world.directory('plain'));
    await laptop.ask('folder', 'share', 'plain', 'desktop');
    await desktop.accept('plain', world.path('plain-there'));
    await laptop.inSync('plain');
    expect((await laptop.refuses(1, 'wait', 'plain', '--archived')).code).toBe('no_archive');
  });

  test('it gives up after the timeout where nobody accepted', async () => {
    await laptop.ask('folder', 'add', world.directory('unaccepted'));
    await laptop.ask('folder', 'share', 'unaccepted', 'desktop');
    const { code, message } = await laptop.refuses(1, 'wait', 'unaccepted', '--timeout', '0.5');
    expect(code).toBe('wait_timeout');
    expect(message).toContain('unaccepted');
    mkdirSync(world.path('unaccepted-there'));
    const waiting = laptop.ask('wait', 'unaccepted', '--timeout', waitSeconds);
    await desktop.accept('unaccepted', world.path('unaccepted-there'));
    expect(await waiting).toMatchObject({ inSync: true });
  });
});
