/** `log`, `ls`, `cat`, `restore` and `archive status` on one trio of nodes with some history. */
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ArchiveStatus, ListResult, LogResult, RestoreResult } from '@holdfast/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { type SharedFolder, settle, shareDocs, useTestWorld } from './test-world.js';
import { treeAttributes, treeSnapshot } from './tree-snapshot.js';

const large = randomBytes(3 * 1024 * 1024);
const binary = Buffer.from(Array.from({ length: 1024 }, (_, at) => (at * 7) & 0xff));

const world = useTestWorld({ lasts: 'the whole file', commandsAsProcesses: true });
let shared: SharedFolder;
/** The tree before anything was changed or deleted, and the position that stands for it. */
let before: { tree: Record<string, string>; attributes: Record<string, string>; position: string };

beforeAll(async () => {
  shared = await shareDocs(world);
  const { laptopTree } = shared;
  mkdirSync(join(laptopTree, 'dir', 'deep'), { recursive: true });
  mkdirSync(join(laptopTree, 'empty'));
  writeFileSync(join(laptopTree, 'note.txt'), 'first\n');
  writeFileSync(join(laptopTree, 'dir', 'binary.bin'), binary);
  writeFileSync(join(laptopTree, 'dir', 'deep', 'large.bin'), large);
  writeFileSync(join(laptopTree, 'dir', 'empty-file'), '');
  writeFileSync(join(laptopTree, 'Grüße & 100%.txt'), 'a name that needs care');
  symlinkSync('note.txt', join(laptopTree, 'link'));
  chmodSync(join(laptopTree, 'note.txt'), 0o640);
  chmodSync(join(laptopTree, 'dir', 'binary.bin'), 0o755);
  chmodSync(join(laptopTree, 'dir', 'deep'), 0o750);
  utimesSync(join(laptopTree, 'note.txt'), 1_500_000_000.25, 1_500_000_000.25);
  await settle(shared);
  const { at } = await shared.laptop.ask<ListResult>('ls', 'docs');
  const tree = treeSnapshot(laptopTree);
  before = { tree, attributes: treeAttributes(laptopTree), position: at };

  writeFileSync(join(laptopTree, 'note.txt'), 'second\n');
  await settle(shared);
  rmSync(join(laptopTree, 'dir', 'binary.bin'));
  writeFileSync(join(shared.desktopTree, 'note.txt'), 'third, from the desktop\n');
  await settle(shared);
});

function logOf(path: string, ...more: string[]): Promise<LogResult> {
  return shared.laptop.ask<LogResult>('log', path, ...more);
}

describe('log', () => {
  test('names every version of a file, newest first', async () => {
    const { store, versions } = await logOf('docs/note.txt');
    expect(
      versions.map(({ device, size, deleted, kind }) => [device, size, deleted, kind]),
    ).toEqual([
      ['desktop', 24, false, 'file'],
      ['laptop', 7, false, 'file'],
      ['laptop', 6, false, 'file'],
    ]);
    for (const version of versions) {
      expect(version.version).toMatch(/^[0-9a-f]{64}$/);
      expect(version.position).toMatch(new RegExp(`^${store}#[1-9]\\d*$`));
      expect(new Date(version.time).toISOString()).toBe(version.time);
      expect(version.blocks).toBe(1);
    }
    const positions = versions.map(({ position }) => Number(position.split('#')[1]));
    expect(positions).toEqual([...positions].sort((a, b) => b - a));
    expect(new Set(versions.map(({ version }) => version)).size).toBe(3);
  });

  test('keeps a deletion as a version', async () => {
    const { versions } = await logOf('docs/dir/binary.bin');
    expect(versions.map(({ deleted }) => deleted)).toEqual([true, false]);
  });

  test('is the same from every device, by label and by id', async () => {
    const fromLaptop = await logOf('docs/note.txt');
    const fromPi = await shared.pi.ask<LogResult>('log', `${shared.id}/note.txt`);
    const fromDesktop = await shared.desktop.ask<LogResult>('log', 'docs/note.txt');
    expect(fromPi.versions).toEqual(fromLaptop.versions);
    expect(fromDesktop.versions).toEqual(fromLaptop.versions);
  });

  test('of a path that never was is not found', async () => {
    expect((await shared.laptop.refuses(6, 'log', 'docs/never')).code).toBe('path_unknown');
    await shared.laptop.refuses(2, 'log', 'docs/../escape');
  });
});

describe('ls', () => {
  async function names(...given: string[]): Promise<string[]> {
    const { entries } = await shared.laptop.ask<ListResult>('ls', ...given);
    return entries.map((entry) => entry.path).sort();
  }
  const rootNames = ['Grüße & 100%.txt', 'dir', 'empty', 'link', 'note.txt'];

  test('shows the folder, or a directory in it, as it is', async () => {
    expect(await names('docs')).toEqual(rootNames);
    expect(await names('docs/dir')).toEqual(['dir/deep', 'dir/empty-file']);
    const { entries } = await shared.laptop.ask<ListResult>('ls', 'docs/dir');
    expect(entries.find((entry) => entry.path === 'dir/empty-file')).toEqual({
      path: 'dir/empty-file',
      kind: 'file',
      size: 0,
      mtime: expect.stringMatching(/Z$/),
      version: expect.stringMatching(/^[0-9a-f]{64}$/),
      deleted: false,
      thinned: false,
      changed: expect.stringMatching(/Z$/),
      device: 'laptop',
    });
  });

  test('--deleted shows what is gone, too', async () => {
    const { entries } = await shared.laptop.ask<ListResult>('ls', 'docs/dir', '--deleted');
    const gone = entries.filter((entry) => entry.deleted).map((entry) => entry.path);
    expect(gone).toEqual(['dir/binary.bin']);
  });

  test('--at a position, with or without its store, shows the folder as it was', async () => {
    const bare = `#${before.position.split('#')[1]}`;
    for (const at of [before.position, bare]) {
      expect(await names('docs/dir', '--at', at)).toContain('dir/binary.bin');
    }
    const { at } = await shared.laptop.ask<ListResult>('ls', 'docs', '--at', before.position);
    expect(at).toBe(before.position);
  });

  test('--at an ISO time is inclusive', async () => {
    const { versions } = await logOf('docs/dir/binary.bin');
    const [deletion, creation] = versions;
    expect(await names('docs/dir', '--at', creation!.time)).toContain('dir/binary.bin');
    expect(await names('docs/dir', '--at', deletion!.time)).not.toContain('dir/binary.bin');
    const earlier = new Date(Date.parse(deletion!.time) - 1).toISOString();
    expect(await names('docs/dir', '--at', earlier)).toContain('dir/binary.bin');
  });

  test('the future is the present, and now is now', async () => {
    expect(await names('docs', '--at', '2999-01-01')).toEqual(rootNames);
    expect(await names('docs', '--at', '0s')).toEqual(rootNames);
  });

  test.each([
    ['before the first entry, as an age', '2h'],
    ['before the first entry, as a date', '2020-02-29'],
    ['yesterday', 'yesterday 14:00'],
    ['a position beyond the head', '#999999'],
    ['position zero', '#0'],
  ])('%s is not found', async (_, at) => {
    const { message, hint } = await shared.laptop.refuses(6, 'ls', 'docs', '--at', at);
    expect(`${message} ${hint}`).not.toMatch(/undefined|NaN/);
  });

  test.each(['garbage', '2026-13-01', '2026-02-30', '25:00', '#x', 'yesterday 99:00', '-2h'])(
    '%j is no time',
    async (at) => {
      expect((await shared.laptop.refuses(2, 'ls', 'docs', '--at', at)).code).toBe('time_invalid');
    },
  );

  test('an empty time is wrong usage', async () => {
    await shared.laptop.refuses(2, 'ls', 'docs', '--at', '');
  });

  test('a store that nobody has is not found', async () => {
    await shared.laptop.refuses(6, 'ls', 'docs', '--at', 'ffffffffffffffff#1');
    await shared.laptop.refuses(6, 'ls', 'docs', '--store-id', 'ffffffffffffffff');
  });

  test('a directory that never was is not found', async () => {
    await shared.laptop.refuses(6, 'ls', 'docs/never');
  });
});

describe('cat', () => {
  async function bytesOf(...given: string[]): Promise<Buffer> {
    const outcome = await shared.laptop.run('cat', ...given);
    expect([outcome.exitCode, outcome.stderr]).toEqual([0, '']);
    return outcome.stdout;
  }

  test('gives the bytes exactly, small, large, empty and oddly named', async () => {
    expect((await bytesOf('docs/note.txt')).toString()).toBe('third, from the desktop\n');
    expect((await bytesOf('docs/dir/deep/large.bin')).equals(large)).toBe(true);
    expect(await bytesOf('docs/dir/empty-file')).toHaveLength(0);
    expect((await bytesOf('docs/Grüße & 100%.txt')).toString()).toBe('a name that needs care');
  });

  test('gives a deleted file as of when it was there', async () => {
    expect((await bytesOf('docs/dir/binary.bin', '--at', before.position)).equals(binary)).toBe(
      true,
    );
    const { hint } = await shared.laptop.refuses(6, 'cat', 'docs/dir/binary.bin');
    expect(hint).toContain('holdfast log');
  });

  test('gives each version by its name, whole or shortened', async () => {
    const { versions } = await logOf('docs/note.txt');
    const contents = [];
    for (const { version } of versions) {
      contents.push((await bytesOf('docs/note.txt', '--version', version)).toString());
    }
    expect(contents).toEqual(['third, from the desktop\n', 'second\n', 'first\n']);
    const short = versions[2]!.version.slice(0, 12);
    expect((await bytesOf('docs/note.txt', '--version', short)).toString()).toBe('first\n');
  });

  test('a version that history does not have is not found; one of another file neither', async () => {
    const { versions } = await logOf('docs/note.txt');
    const { laptop } = shared;
    const unknown = await laptop.refuses(6, 'cat', 'docs/note.txt', '--version', 'f'.repeat(64));
    expect(unknown.code).toBe('version_unknown');
    const version = versions[0]!.version;
    await laptop.refuses(6, 'cat', 'docs/dir/empty-file', '--version', version);
    await laptop.refuses(2, 'cat', 'docs/note.txt', '--version', 'not-a-version');
  });

  test('a deletion by its version has no bytes', async () => {
    const { versions } = await logOf('docs/dir/binary.bin');
    const outcome = await shared.laptop.run(
      'cat',
      'docs/dir/binary.bin',
      '--version',
      versions[0]!.version,
    );
    expect([2, 6]).toContain(outcome.exitCode);
    expect(outcome.stdout).toHaveLength(0);
  });

  test('a directory and a folder are no files', async () => {
    await shared.laptop.refuses(2, 'cat', 'docs/dir');
    await shared.laptop.refuses(2, 'cat', 'docs');
  });
});

describe('restore', () => {
  function restore(...given: string[]): Promise<RestoreResult> {
    return shared.laptop.ask<RestoreResult>('restore', ...given);
  }
  const filesBefore = 6;

  test('brings the folder back beside itself, with times and permissions', async () => {
    const { laptopTree } = shared;
    const kept = treeSnapshot(laptopTree);
    const result = await restore('docs', '--at', before.position);
    expect(result).toMatchObject({ restored: filesBefore, skipped: 0, failed: [], dryRun: false });
    expect(dirname(result.to)).toBe(dirname(laptopTree));
    expect(basename(result.to)).toMatch(/^laptop-docs-restored-\d{8}-\d{6}$/);
    expect(treeSnapshot(result.to)).toEqual(before.tree);
    expect(treeAttributes(result.to)).toEqual(before.attributes);
    expect(treeSnapshot(laptopTree)).toEqual(kept);
  });

  test('brings back one file, one directory, one version, where asked', async () => {
    const one = world.path('to-one');
    const file = await restore('docs/dir/binary.bin', '--at', before.position, '--to', one);
    expect(file).toMatchObject({ restored: 1, bytes: binary.length, to: one });
    expect(readFileSync(join(one, 'dir', 'binary.bin')).equals(binary)).toBe(true);

    const two = world.path('to-two');
    await restore('docs/dir', '--at', before.position, '--to', two);
    const inDirectory = Object.keys(before.tree).filter((path) => /^dir(\/|$)/.test(path));
    expect(Object.keys(treeSnapshot(two)).sort()).toEqual(inDirectory.sort());

    const { versions } = await logOf('docs/note.txt');
    const three = world.path('to-three');
    await restore('docs/note.txt', '--version', versions[1]!.version, '--to', three);
    expect(readFileSync(join(three, 'note.txt'), 'utf8')).toBe('second\n');
  });

  test('--dry-run says what it would do and writes nothing', async () => {
    const to = world.path('dry');
    const result = await restore('docs', '--at', before.position, '--to', to, '--dry-run');
    expect(result).toMatchObject({ restored: filesBefore, dryRun: true });
    expect(existsSync(to)).toBe(false);
  });

  test('a target that has files is refused and left as it is', async () => {
    const to = world.directory('has-files');
    writeFileSync(join(to, 'note.txt'), 'mine');
    const { code } = await shared.laptop.refuses(1, 'restore', 'docs', '--to', to);
    expect(code).toBe('target_has_files');
    expect(readdirSync(to)).toEqual(['note.txt']);
    expect(readFileSync(join(to, 'note.txt'), 'utf8')).toBe('mine');
  });

  test('a target that is a file is refused and left as it is', async () => {
    const to = world.path('is-a-file');
    writeFileSync(to, 'mine');
    await shared.laptop.refuses(2, 'restore', 'docs', '--to', to);
    expect(readFileSync(to, 'utf8')).toBe('mine');
  });

  test('--overwrite never keeps what exists and ends with 3; always replaces it', async () => {
    const to = world.directory('overwritten');
    writeFileSync(join(to, 'note.txt'), 'mine');
    const given = ['restore', 'docs', '--at', before.position, '--to', to, '--overwrite'];
    const part = await shared.laptop.run(...given, 'never');
    expect(part.exitCode).toBe(3);
    expect(JSON.parse(part.stdout.toString())).toMatchObject({
      restored: filesBefore - 1,
      skipped: 1,
    });
    expect(readFileSync(join(to, 'note.txt'), 'utf8')).toBe('mine');
    const unchanged = statSync(join(to, 'dir', 'binary.bin')).ino;
    expect(await shared.laptop.ask(...given, 'if-changed')).toMatchObject({ failed: [] });
    expect(readFileSync(join(to, 'note.txt'), 'utf8')).toBe('first\n');
    expect(statSync(join(to, 'dir', 'binary.bin')).ino).toBe(unchanged);
    expect(await shared.laptop.ask(...given, 'always')).toMatchObject({ restored: filesBefore });
    expect(treeSnapshot(to)).toEqual(before.tree);
  });

  test('from an archive it wants to know where', async () => {
    await shared.pi.refuses(2, 'restore', 'docs');
    const to = world.path('from-pi');
    await shared.pi.ask('restore', 'docs', '--at', before.position, '--to', to);
    expect(treeSnapshot(to)).toEqual(before.tree);
  });

  test('what history does not have is not found, and nothing is written', async () => {
    const to = world.path('nothing');
    const { laptop } = shared;
    await laptop.refuses(6, 'restore', 'docs/never', '--to', to);
    await laptop.refuses(6, 'restore', 'docs', '--at', '2h', '--to', to);
    await laptop.refuses(6, 'restore', 'docs/dir/binary.bin', '--to', to);
    await laptop.refuses(6, 'restore', 'docs/note.txt', '--version', '0'.repeat(64), '--to', to);
    await laptop.refuses(2, 'restore', 'docs', '--at', 'garbage', '--to', to);
    expect(existsSync(to)).toBe(false);
  });
});

describe('archive status', () => {
  test('says what the store holds', async () => {
    const status = await shared.pi.ask<ArchiveStatus>('archive', 'status');
    expect(status.store).toBe(join(shared.pi.home, 'store'));
    expect(status.folders).toMatchObject([
      {
        id: shared.id,
        files: 5,
        deletedFiles: 1,
        head: expect.stringMatching(/\S/),
        position: expect.stringMatching(/#\d+$/),
      },
    ]);
    expect(status.folders[0]!.versions).toBeGreaterThanOrEqual(12);
    expect(status.bytes).toBeGreaterThanOrEqual(large.length + binary.length);
    expect(status.blocks).toBeGreaterThan(6);
    expect(status.storedBytes).toBeGreaterThan(0);
    expect(status.segments).toBeGreaterThan(0);
  });

  test('on a device that keeps no history says so', async () => {
    expect((await shared.laptop.refuses(1, 'archive', 'status')).code).toBe('no_archive');
  });
});

describe('with the archive away', () => {
  test('history says which device is missed, and the archive itself still answers', async () => {
    const { laptop, pi } = shared;
    await pi.stop();
    await laptop.misses(pi);
    expect((await laptop.refuses(1, 'log', 'docs/note.txt')).code).toBe('no_archive');
    renameSync(join(shared.laptopTree, 'note.txt'), join(shared.laptopTree, 'renamed.txt'));
    await pi.start();
    await settle(shared);
    const content = readFileSync(join(shared.desktopTree, 'renamed.txt'));
    expect(createHash('sha256').update(content).digest('hex')).toBe(
      createHash('sha256').update('third, from the desktop\n').digest('hex'),
    );
    expect((await logOf('docs/note.txt')).versions[0]).toMatchObject({ deleted: true });
  });
});
