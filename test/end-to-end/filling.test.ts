/** A new archive takes over what an older one has, and stands in for it. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveStatus, ListResult, LogResult, UndoResult, WhereResult } from '@holdfast/node';
import { expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { archiveDocs, introduce, pair, useTestWorld } from './test-world.js';

const world = useTestWorld();

/** A laptop whose letter the pi has in three versions, and a note that was deleted. */
async function withHistory() {
  const { laptop, pi, tree } = await archiveDocs(world, (docs) => {
    writeFileSync(join(docs, 'letter.txt'), 'The first letter.');
    writeFileSync(join(docs, 'note.txt'), 'A note.');
  });
  const change = async (made: () => void) => {
    made();
    await laptop.ask('folder', 'rescan', 'docs');
    await laptop.archived();
  };
  await change(() => writeFileSync(join(tree, 'letter.txt'), 'The second letter.'));
  await change(() => rmSync(join(tree, 'note.txt')));
  await change(() => writeFileSync(join(tree, 'letter.txt'), 'The third letter.'));
  return { laptop, pi, change, tree };
}

/** A second archive of the folder, linked with the first one and the laptop. */
async function addArchive(laptop: NodeProcess, pi: NodeProcess): Promise<NodeProcess> {
  const nas = world.node('nas');
  await nas.start();
  await pair(laptop, nas);
  await pair(pi, nas);
  await laptop.ask('folder', 'share', 'docs', 'nas');
  await nas.accept('docs', '--archive');
  await introduce('docs', pi, nas);
  return nas;
}

const versionsOn = async (node: NodeProcess) =>
  (await node.ask<ArchiveStatus>('archive', 'status')).folders[0]?.versions;

test('its history is there when the older one is gone, deleted files included', async () => {
  const { laptop, pi } = await withHistory();
  const before = await laptop.ask<LogResult>('log', 'docs/letter.txt');
  const nas = await addArchive(laptop, pi);
  await eventually('the new archive has what the older one has', async () => {
    return (await versionsOn(nas)) === (await versionsOn(pi));
  });
  await pi.stop();
  await laptop.misses(pi);

  const after = await laptop.ask<LogResult>('log', 'docs/letter.txt');
  expect(after.store).not.toBe(before.store);
  const versions = before.versions.map(({ version }) => version);
  expect(after.versions.map(({ version }) => version)).toEqual(versions);
  for (const [at, text] of ['third', 'second', 'first'].entries()) {
    const content = await laptop.cat('docs/letter.txt', '--version', versions[at]!);
    expect(content.toString()).toBe(`The ${text} letter.`);
  }
  const listed = await laptop.ask<ListResult>('ls', 'docs', '--deleted');
  expect(listed.entries.map(({ path }) => path)).toEqual(['letter.txt', 'note.txt']);
  const note = await laptop.ask<LogResult>('log', 'docs/note.txt');
  expect(note.versions.map(({ deleted }) => deleted)).toEqual([true, false]);
  const content = await laptop.cat('docs/note.txt', '--version', note.versions[1]!.version);
  expect(content.toString()).toBe('A note.');
  expect(await nas.ask('verify', '--all')).toMatchObject({ bad: 0 });
});

test('what it slept through comes when it is back, from the archive that was awake', async () => {
  const { laptop, pi, change, tree } = await withHistory();
  const nas = await addArchive(laptop, pi);
  await eventually('the new archive has what the older one has', async () => {
    return (await versionsOn(nas)) === (await versionsOn(pi));
  });
  await nas.stop();
  await laptop.misses(nas);
  for (const text of ['A fourth.', 'A fifth.']) {
    await change(() => writeFileSync(join(tree, 'letter.txt'), text));
  }
  await nas.start();
  await eventually('both archives have all five versions', async () => {
    const { archives } = await laptop.ask<WhereResult>('where', 'docs/letter.txt');
    return archives.length === 2 && archives.every(({ versions }) => versions?.length === 5);
  });
});

test('moments from before it began are answered by the older one, and nobody guesses without', async () => {
  const { laptop, pi, change, tree } = await withHistory();
  const early = (await laptop.ask<ListResult>('ls', 'docs', '--at', '#2')).at;
  const [first] = (await laptop.ask<LogResult>('log', 'docs/letter.txt')).versions.slice(-1);
  const since = first!.time;
  await addArchive(laptop, pi);
  // The newest receipt is that of the new archive: the older one sleeps through this.
  await pi.stop();
  await laptop.misses(pi);
  await change(() => writeFileSync(join(tree, 'other.txt'), 'Another file.'));
  const question = ['ls', 'docs', '--at', since] as const;
  await laptop.refuses(6, ...question);
  const undo = ['undo', 'laptop', '--since', since, 'docs'] as const;
  expect(await laptop.refuses(6, ...undo, '--dry-run')).toMatchObject({ code: 'time_unknown' });
  expect(await laptop.refuses(6, ...undo, '--yes')).toMatchObject({ code: 'time_unknown' });

  await pi.start();
  await pi.isLinked();
  await laptop.isLinked();
  expect(await laptop.ask<ListResult>(...question)).toMatchObject({ store: early.split('#')[0] });
  const to = world.path('early');
  await laptop.ask('restore', 'docs', '--at', since, '--to', to);
  expect(readFileSync(join(to, 'letter.txt'), 'utf8')).toBe('The first letter.');
  await eventually('the older archive knows of the last change, and tells it apart', async () => {
    const { folders } = await laptop.ask<UndoResult>(...undo, '--dry-run');
    expect(folders).toMatchObject([{ store: early.split('#')[0], replaced: 1 }]);
    return folders[0]?.removed === 1;
  });
});
