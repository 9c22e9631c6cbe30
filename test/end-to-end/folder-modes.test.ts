/** Folders that only send or only receive: what differs is counted, and nothing of it is lost. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { type SharedFolder, settle, shareDocs, useTestWorld } from './test-world.js';
import { treeSnapshot } from './tree-snapshot.js';

interface Effects {
  readonly files: number;
  readonly replaced: number;
  readonly removed: number;
  readonly returned: number;
  readonly dryRun: boolean;
}

const world = useTestWorld();
let shared: SharedFolder;
let laptop: NodeProcess;
let desktop: NodeProcess;
let pi: NodeProcess;
let ours: string;
let theirs: string;

beforeEach(async () => {
  shared = await shareDocs(world);
  ({ laptop, desktop, pi, laptopTree: ours, desktopTree: theirs } = shared);
  writeFileSync(join(ours, 'edited.txt'), 'one');
  writeFileSync(join(ours, 'deleted.txt'), 'two');
  mkdirSync(join(ours, 'd'));
  writeFileSync(join(ours, 'd', 'deep.txt'), 'three');
  await settle(shared);
});

const setMode = (node: NodeProcess, mode: string, ...more: readonly string[]) =>
  node.ask('folder', 'set', 'docs', '--mode', mode, ...more);
const read = (root: string, path: string) => readFileSync(join(root, path), 'utf8');

/** Edits, deletes and adds on one device, and looks through it. */
async function changeThree(node: NodeProcess, root: string): Promise<void> {
  writeFileSync(join(root, 'edited.txt'), 'changed by hand');
  rmSync(join(root, 'deleted.txt'));
  mkdirSync(join(root, 'new'));
  writeFileSync(join(root, 'new', 'added.txt'), 'added by hand');
  await node.ask('folder', 'rescan', 'docs');
}

async function contentsInHistory(path: string): Promise<string[]> {
  const { versions } = await pi.ask<{ versions: { version: string; deleted: boolean }[] }>(
    'log',
    `docs/${path}`,
  );
  const kept = versions.filter((one) => !one.deleted);
  const bytesOf = (version: string) => pi.cat(`docs/${path}`, '--version', version);
  return Promise.all(kept.map(async ({ version }) => (await bytesOf(version)).toString()));
}

async function showsSame(): Promise<void> {
  await eventually('all of it is taken back', async () => {
    const { needFiles, receiveOnlyChangedFiles, state } = await desktop.folder();
    return needFiles === 0 && receiveOnlyChangedFiles === 0 && state === 'up-to-date';
  });
  expect(treeSnapshot(theirs)).toEqual(treeSnapshot(ours));
}

async function waitAll(): Promise<void> {
  for (const node of [laptop, desktop]) {
    await node.ask('folder', 'rescan', 'docs');
    await node.archived();
  }
}

describe('a receive-only folder', () => {
  test('counts what is changed in it, archives it, sends it to nobody, and takes it back', async () => {
    await setMode(desktop, 'receive-only');
    const before = treeSnapshot(ours);
    await changeThree(desktop, theirs);
    await waitAll();
    await desktop.shows({
      mode: 'receive-only',
      state: 'out-of-sync',
      receiveOnlyChangedFiles: 4,
      needFiles: 0,
      unarchivedFiles: 0,
    });
    await desktop.shows({
      stateReason: expect.stringContaining('Changed here and not sent to others'),
    });
    expect(treeSnapshot(ours)).toEqual(before);
    await laptop.shows({
      state: 'up-to-date',
      receiveOnlyChangedFiles: 0,
    });
    expect(await contentsInHistory('edited.txt')).toEqual(
      expect.arrayContaining(['one', 'changed by hand']),
    );
    expect(await contentsInHistory('new/added.txt')).toEqual(['added by hand']);
    expect((await pi.cat('docs/edited.txt')).toString()).toBe('one');

    const planned = await desktop.ask<Effects>('folder', 'revert', 'docs', '--dry-run');
    expect(planned).toMatchObject({ files: 4, replaced: 1, removed: 2, returned: 1, dryRun: true });
    expect(read(theirs, 'edited.txt')).toBe('changed by hand');
    const done = await desktop.ask<Effects>('folder', 'revert', 'docs');
    expect(done).toMatchObject({ files: 4, replaced: 1, removed: 2, returned: 1, dryRun: false });
    await desktop.inSync();
    expect(treeSnapshot(theirs)).toEqual(before);
    await desktop.shows({
      state: 'up-to-date',
      receiveOnlyChangedFiles: 0,
    });
    expect(await desktop.ask('folder', 'revert', 'docs')).toMatchObject({ files: 0 });
    expect(await contentsInHistory('new/added.txt')).toEqual(['added by hand']);
  });

  test('sets aside what is reverted until an archive has it', async () => {
    await setMode(desktop, 'receive-only');
    await pi.stop();
    await changeThree(desktop, theirs);
    await desktop.ask('folder', 'revert', 'docs');
    await showsSame();
    const { held } = await desktop.ask<{ held: { path: string }[] }>('folder', 'held', 'docs');
    expect(held.map(({ path }) => path).sort()).toEqual(['edited.txt', 'new/added.txt']);
    const aside = readdirSync(join(theirs, '.holdfast', 'held'));
    const contents = aside.map((name) => read(theirs, join('.holdfast', 'held', name)));
    expect(contents.sort()).toEqual(['added by hand', 'changed by hand']);
    await pi.start();
    await desktop.archived();
    expect(await contentsInHistory('edited.txt')).toContain('changed by hand');
    expect(await contentsInHistory('new/added.txt')).toEqual(['added by hand']);
  });

  test('what others change in a file that was changed here takes its place; both stay visible', async () => {
    await setMode(desktop, 'receive-only');
    writeFileSync(join(theirs, 'edited.txt'), 'changed by hand');
    await desktop.ask('folder', 'rescan', 'docs');
    writeFileSync(join(ours, 'edited.txt'), 'changed on the laptop');
    await waitAll();
    expect(read(theirs, 'edited.txt')).toBe('changed on the laptop');
    const copy = readdirSync(theirs).find((name) => name.includes('.sync-conflict-'));
    expect(read(theirs, copy ?? '')).toBe('changed by hand');
    expect(readdirSync(ours).filter((name) => name.includes('conflict'))).toEqual([]);
    await desktop.shows({ receiveOnlyChangedFiles: 1 });
    expect(await contentsInHistory('edited.txt')).toContain('changed by hand');
  });

  test('what others delete stays where it was changed here, and its directory with it', async () => {
    await setMode(desktop, 'receive-only');
    writeFileSync(join(theirs, 'd', 'deep.txt'), 'changed by hand');
    await desktop.ask('folder', 'rescan', 'docs');
    rmSync(join(ours, 'd'), { recursive: true });
    await waitAll();
    await eventually('file and directory count as changes', async () => {
      const { needFiles, receiveOnlyChangedFiles } = await desktop.folder();
      return needFiles === 0 && receiveOnlyChangedFiles === 2;
    });
    expect(read(theirs, 'd/deep.txt')).toBe('changed by hand');
    expect(existsSync(join(ours, 'd'))).toBe(false);
    await desktop.ask('folder', 'revert', 'docs');
    await desktop.inSync();
    expect(treeSnapshot(theirs)).toEqual(treeSnapshot(ours));
  });

  test('a directory that was deleted here comes back when something new comes to lie in it', async () => {
    await setMode(desktop, 'receive-only');
    rmSync(join(theirs, 'd'), { recursive: true });
    await desktop.ask('folder', 'rescan', 'docs');
    writeFileSync(join(ours, 'd', 'later.txt'), 'later');
    await laptop.ask('folder', 'rescan', 'docs');
    await eventually('the new file is here', () => existsSync(join(theirs, 'd', 'later.txt')));
    expect(existsSync(join(theirs, 'd', 'deep.txt'))).toBe(false);
    await desktop.shows({ receiveOnlyChangedFiles: 1 });
  });

  test('what is put back by hand is no change any more', async () => {
    await setMode(desktop, 'receive-only');
    rmSync(join(theirs, 'deleted.txt'));
    await desktop.ask('folder', 'rescan', 'docs');
    await desktop.shows({ receiveOnlyChangedFiles: 1 });
    execFileSync('cp', ['-p', join(ours, 'deleted.txt'), join(theirs, 'deleted.txt')]);
    await desktop.ask('folder', 'rescan', 'docs');
    await desktop.inSync();
    await desktop.shows({
      state: 'up-to-date',
      receiveOnlyChangedFiles: 0,
    });
  });

  test('a restart in the middle of a revert loses nothing, and it goes on', async () => {
    await setMode(desktop, 'receive-only');
    const before = treeSnapshot(ours);
    await pi.stop();
    for (let at = 0; at < 300; at += 1) writeFileSync(join(theirs, `added-${at}`), `text ${at}`);
    await changeThree(desktop, theirs);
    await desktop.ask('folder', 'revert', 'docs');
    await desktop.signal('SIGKILL');
    await desktop.start();
    await showsSame();
    expect(treeSnapshot(theirs)).toEqual(before);
    await pi.start();
    await desktop.archived();
    expect(await contentsInHistory('added-0')).toEqual(['text 0']);
    expect(await contentsInHistory('added-299')).toEqual(['text 299']);
    await desktop.shows({ receiveOnlyChangedFiles: 0 });
  });
});

describe('a send-only folder', () => {
  test('counts what others change, takes nothing of it, and overrides it when asked', async () => {
    await setMode(laptop, 'send-only');
    const before = treeSnapshot(ours);
    await changeThree(desktop, theirs);
    await waitAll();
    expect(treeSnapshot(ours)).toEqual(before);
    await laptop.shows({
      mode: 'send-only',
      state: 'out-of-sync',
      needFiles: 4,
    });
    await laptop.shows({ stateReason: expect.stringContaining('not taken over here') });

    const planned = await laptop.ask<Effects>('folder', 'override', 'docs', '--dry-run');
    expect(planned).toMatchObject({ files: 4, replaced: 1, removed: 2, returned: 1, dryRun: true });
    await waitAll();
    expect(read(theirs, 'edited.txt')).toBe('changed by hand');
    expect(await laptop.ask('folder', 'override', 'docs')).toMatchObject({ files: 4 });
    await waitAll();
    expect(treeSnapshot(theirs)).toEqual(before);
    expect(treeSnapshot(ours)).toEqual(before);
    await laptop.shows({ state: 'up-to-date', needFiles: 0 });
    await desktop.shows({ state: 'up-to-date' });
    expect(await contentsInHistory('edited.txt')).toContain('changed by hand');
    expect(await contentsInHistory('new/added.txt')).toEqual(['added by hand']);
    expect((await pi.cat('docs/edited.txt')).toString()).toBe('one');
    expect(await laptop.ask('folder', 'override', 'docs')).toMatchObject({ files: 0 });
  });

  test('overrides more files than a mass change has, and asks nobody: a person wanted it', async () => {
    const many = 260;
    const fill = (root: string, content: string) => {
      mkdirSync(join(root, 'many'), { recursive: true });
      for (let at = 0; at < many; at += 1)
        writeFileSync(join(root, 'many', `${at}`), `${content} ${at}`);
    };
    fill(ours, 'ours');
    await settle(shared);
    await setMode(laptop, 'send-only');
    await desktop.ask('folder', 'set', 'docs', '--guard', 'off');
    fill(theirs, 'theirs');
    await desktop.ask('folder', 'rescan', 'docs');
    await desktop.archived();
    await eventually('all that differs is counted', async () => {
      return (await laptop.folder()).needFiles === many;
    });
    await desktop.ask('folder', 'set', 'docs', '--guard-files', '200', '--guard-share', '25');

    expect(await laptop.ask('folder', 'override', 'docs')).toMatchObject({ files: many });
    await eventually('all of it is on the desktop, without an answer', () =>
      Array.from({ length: many }, (_, at) => read(theirs, `many/${at}`)).every(
        (content, at) => content === `ours ${at}`,
      ),
    );
    await desktop.refuses(6, 'folder', 'confirm', 'docs');
    await waitAll();
    expect(treeSnapshot(theirs)).toEqual(treeSnapshot(ours));
    expect((await contentsInHistory('many/7')).sort()).toEqual(['ours 7', 'ours 7', 'theirs 7']);
  });

  test('goes on sending, and an override can be repeated after the power went', async () => {
    await setMode(laptop, 'send-only');
    for (let at = 0; at < 300; at += 1) writeFileSync(join(theirs, `added-${at}`), `text ${at}`);
    await desktop.ask('folder', 'rescan', 'docs');
    await waitAll();
    writeFileSync(join(ours, 'sent.txt'), 'sent all the same');
    await waitAll();
    expect(read(theirs, 'sent.txt')).toBe('sent all the same');
    const override = laptop.run('folder', 'override', 'docs');
    await laptop.signal('SIGKILL');
    await override;
    await laptop.start();
    await laptop.ask('folder', 'override', 'docs');
    await waitAll();
    expect(treeSnapshot(theirs)).toEqual(treeSnapshot(ours));
    expect(await contentsInHistory('added-7')).toEqual(['text 7']);
  });

  test('a file that cannot be read here is not overridden away', async () => {
    await setMode(laptop, 'receive-only');
    await laptop.refuses(2, 'folder', 'override', 'docs');
    await setMode(laptop, 'send-only');
    await laptop.refuses(2, 'folder', 'revert', 'docs');
    await laptop.ask('folder', 'pause', 'docs');
    const refusal = await laptop.refuses(1, 'folder', 'override', 'docs');
    expect(JSON.stringify(refusal)).toContain('folder_not_ready');
  });
});

describe('a change of the mode', () => {
  test('asks where it would send what was changed here; then it is sent, also after a restart', async () => {
    await setMode(desktop, 'receive-only');
    await changeThree(desktop, theirs);
    const refusal = await desktop.refuses(5, 'folder', 'set', 'docs', '--mode', 'send-receive');
    expect(JSON.stringify(refusal)).toContain('4 files');
    await desktop.shows({ mode: 'receive-only' });
    await desktop.stop();
    await desktop.start();
    await setMode(desktop, 'send-receive', '--yes');
    await waitAll();
    expect(treeSnapshot(ours)).toEqual(treeSnapshot(theirs));
    expect(read(ours, 'edited.txt')).toBe('changed by hand');
    expect(existsSync(join(ours, 'deleted.txt'))).toBe(false);
    expect(await contentsInHistory('deleted.txt')).toEqual(['two']);
    await desktop.shows({ mode: 'send-receive', state: 'up-to-date' });
  });

  test('asks where it would take over what others changed; what is replaced stays in history', async () => {
    await setMode(laptop, 'send-only');
    await changeThree(desktop, theirs);
    await waitAll();
    await laptop.refuses(5, 'folder', 'set', 'docs', '--mode', 'receive-only');
    await setMode(laptop, 'receive-only', '--yes');
    await waitAll();
    expect(treeSnapshot(ours)).toEqual(treeSnapshot(theirs));
    expect(await contentsInHistory('edited.txt')).toEqual(['changed by hand', 'one']);
  });

  test('receive-only to send-only sends what was changed here and takes nothing more', async () => {
    await setMode(desktop, 'receive-only');
    await changeThree(desktop, theirs);
    await setMode(desktop, 'send-only', '--yes');
    writeFileSync(join(ours, 'd', 'deep.txt'), 'changed on the laptop');
    await waitAll();
    expect(read(ours, 'edited.txt')).toBe('changed by hand');
    expect(read(theirs, 'd/deep.txt')).toBe('three');
    await desktop.shows({ needFiles: 1, receiveOnlyChangedFiles: 0 });
  });
});
