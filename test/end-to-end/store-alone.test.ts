/** History without a node: `--store DIR` opens an archive's store by itself and writes nothing there. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { DiffResult, ListResult, LogResult, RestoreResult } from '@holdfast/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { answer, outcomeOf, refusalFrom, run, spawnHoldfast } from './command-line.js';
import { type SharedFolder, settle, shareDocs, useTestWorld } from './test-world.js';
import { treeAttributes, treeSnapshot } from './tree-snapshot.js';
import { withoutPrivileges } from './without-privileges.js';

const large = randomBytes(3 * 1024 * 1024);
const world = useTestWorld({ lasts: 'the whole file', commandsAsProcesses: true });
let shared: SharedFolder;
/** What the archive answered while it ran. */
let before: { log: LogResult; list: ListResult; tree: Record<string, string> };
let store: string;
/** A home where no node ever was: none may be needed. */
let nowhere: string;

beforeAll(async () => {
  shared = await shareDocs(world);
  const { laptopTree, pi } = shared;
  mkdirSync(join(laptopTree, 'dir', 'deep'), { recursive: true });
  writeFileSync(join(laptopTree, 'note.txt'), 'first\n');
  writeFileSync(join(laptopTree, 'dir', 'deep', 'large.bin'), large);
  for (let at = 0; at < 300; at += 1) {
    writeFileSync(join(laptopTree, 'dir', `${at}.txt`), `the text of ${at}\n`);
  }
  chmodSync(join(laptopTree, 'note.txt'), 0o640);
  await settle(shared);
  writeFileSync(join(laptopTree, 'note.txt'), 'second\n');
  rmSync(join(laptopTree, 'dir', '7.txt'));
  await settle(shared);
  before = {
    log: await pi.ask<LogResult>('log', 'docs/note.txt'),
    list: await pi.ask<ListResult>('ls', 'docs/dir', '--deleted'),
    tree: treeSnapshot(laptopTree),
  };
  // Killed: its segments are not sealed, its index is behind.
  await pi.signal('SIGKILL');
  store = world.path('copy', 'store');
  cpSync(join(pi.home, 'store'), store, { recursive: true });
  nowhere = world.path('nowhere');
});

function alone<Answer>(...given: readonly string[]): Promise<Answer> {
  return answer<Answer>(nowhere, [...given, '--store', store]);
}

/** Every name below with its size, times and inode: what any write would move. */
function fingerprint(directory: string): string[] {
  return (readdirSync(directory, { recursive: true }) as string[]).sort().map((name) => {
    const { size, mtimeNs, ctimeNs, ino } = lstatSync(join(directory, name), { bigint: true });
    return [name, size, mtimeNs, ctimeNs, ino].join(' ');
  });
}

const byId = (path: string) => path.replace(/^docs/, shared.id);

describe('on a copy, far from any node', () => {
  test('log, ls, cat and diff answer as the archive did, and nothing there is touched', async () => {
    const untouched = fingerprint(world.path('copy'));
    const { versions } = await alone<LogResult>('log', byId('docs/note.txt'));
    const ids = (list: readonly { version: string }[]) => list.map(({ version }) => version);
    expect(ids(versions)).toEqual(ids(before.log.versions));
    expect(versions.map(({ position }) => position)).toEqual(
      before.log.versions.map(({ position }) => position),
    );
    const listed = await alone<ListResult>('ls', byId('docs/dir'), '--deleted');
    // Nobody has told a store alone what devices are called.
    const unnamed = before.list.entries.map((entry) => {
      return { ...entry, device: shared[entry.device as 'laptop' | 'desktop'].device };
    });
    expect(listed.entries).toEqual(unnamed);

    const old = ['cat', byId('docs/note.txt'), '--version', versions[1]!.version] as const;
    const read = await run(nowhere, ...old, '--store', store);
    expect([read.exitCode, read.stdout.toString()]).toEqual([0, 'first\n']);
    const whole = await run(nowhere, 'cat', byId('docs/dir/deep/large.bin'), '--store', store);
    expect(whole.stdout.equals(large)).toBe(true);
    const [newest, oldest] = ids(versions);
    const diff = await alone<DiffResult>('diff', byId('docs/note.txt'), oldest!, newest!);
    expect(diff).toMatchObject({ type: 'text', addedLines: 1, removedLines: 1 });
    expect(fingerprint(world.path('copy'))).toEqual(untouched);
    expect(existsSync(nowhere)).toBe(false);
  });

  test('the index is kept for the next question in the cache, and another is made where it is broken', async () => {
    const question = () => alone<LogResult>('log', byId('docs/note.txt'));
    const first = await question();
    const [kept] = readdirSync(`${nowhere}-cache/holdfast/stores`);
    expect(kept).toMatch(/^[0-9a-f]{16}-1$/);
    const database = join(`${nowhere}-cache/holdfast/stores`, kept!, 'index');
    expect(readdirSync(database)).toContain('SEAL');
    expect(await question()).toEqual(first);
    for (const name of readdirSync(database)) {
      if (/MANIFEST|ldb$|log$/.test(name)) truncateSync(join(database, name), 10);
    }
    expect(await question()).toEqual(first);
    expect(await question()).toEqual(first);
  });

  test('restore brings the folder back, with times and permissions', async () => {
    const untouched = fingerprint(world.path('copy'));
    const to = world.path('back');
    const result = await alone<RestoreResult>('restore', shared.id, '--to', to);
    expect(result).toMatchObject({ failed: [], skipped: 0, to });
    expect(treeSnapshot(to)).toEqual(before.tree);
    expect(treeAttributes(to)).toEqual(treeAttributes(shared.laptopTree));
    expect(fingerprint(world.path('copy'))).toEqual(untouched);
  });

  test('one copy of the log, and a log that ends in the middle of an entry, are enough', async () => {
    const damaged = world.path('damaged', 'store');
    cpSync(store, damaged, { recursive: true });
    rmSync(join(damaged, 'log-a'), { recursive: true });
    const logB = join(damaged, 'log-b');
    const [newest] = readdirSync(logB).sort().reverse();
    const path = join(logB, newest!);
    truncateSync(path, lstatSync(path).size - 3);
    const untouched = fingerprint(world.path('damaged'));
    const log = await answer<LogResult>(nowhere, [
      'log',
      byId('docs/dir/3.txt'),
      '--store',
      damaged,
    ]);
    expect(log.versions).toHaveLength(1);
    expect(fingerprint(world.path('damaged'))).toEqual(untouched);
  });

  test('what is no store, or holds no such folder, is not found', async () => {
    const empty = world.directory('empty');
    const refused = async (exitCode: number, ...given: string[]) =>
      refusalFrom(await run(nowhere, ...given), exitCode, given.join(' '));
    expect((await refused(6, 'ls', 'docs', '--store', empty)).code).toBe('store_missing');
    expect(readdirSync(empty)).toEqual([]);
    const unknown = await refused(6, 'ls', 'photos', '--store', store);
    expect(unknown.code).toBe('folder_unknown');
    expect(unknown.hint).toContain(shared.id);
    await refused(2, 'restore', shared.id, '--store', store);
    await refused(6, 'ls', shared.id, '--store', store, '--at', 'ffffffffffffffff#1');
  });
});

describe("in the archive's own home", () => {
  test('folders have their labels, also where nothing may be written and the index is gone', async () => {
    const { pi } = shared;
    const home = world.path('read-only');
    cpSync(pi.home, home, { recursive: true });
    rmSync(join(home, 'index'), { recursive: true });
    for (const name of ['', ...(readdirSync(home, { recursive: true }) as string[])]) {
      const path = join(home, name);
      chmodSync(path, lstatSync(path).isDirectory() ? 0o555 : 0o444);
    }
    const given = ['log', 'docs/note.txt', '--store', join(home, 'store')];
    const outcome = await outcomeOf(spawnHoldfast(nowhere, given, withoutPrivileges));
    expect([outcome.exitCode, outcome.stderr]).toEqual([0, '']);
    const { versions } = JSON.parse(outcome.stdout.toString()) as LogResult;
    expect(new Set(versions.map(({ device }) => device))).toEqual(new Set(['laptop']));
    for (const name of ['', ...(readdirSync(home, { recursive: true }) as string[])]) {
      chmodSync(join(home, name), 0o755);
    }
  });

  test('a node that runs on it goes on, and both give the same answer', async () => {
    const { pi } = shared;
    await pi.start();
    const given = ['log', 'docs/note.txt', '--store', join(pi.home, 'store')];
    const direct = await answer<LogResult>(nowhere, given);
    const asked = await pi.ask<LogResult>('log', 'docs/note.txt');
    const ids = ({ versions }: LogResult) => versions.map(({ version }) => version);
    expect(ids(direct)).toEqual(ids(asked));
  });
});
