/** Several folders on one device, several archives and roles, four devices around one folder. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { waitSeconds } from './patience.js';
import {
  type Acceptance,
  introduce,
  pair,
  pairAll,
  shareFolder,
  useTestWorld,
} from './test-world.js';
import { treeSnapshot } from './tree-snapshot.js';

const world = useTestWorld();

const text = (content: string) => Buffer.from(content).toString('base64');

/** A folder of the owner's that the others accept as told. */
async function share(
  label: string,
  owner: NodeProcess,
  others: readonly Acceptance[],
): Promise<{ readonly id: string; readonly tree: string }> {
  const tree = world.directory(`${owner.name}-${label}`);
  return { id: await shareFolder(owner, tree, others, label), tree };
}

async function settled(label: string, ...nodes: readonly NodeProcess[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.ask('folder', 'rescan', label)));
  for (const node of nodes) await node.inSync(label);
}

test('four devices keep one folder, whoever changes it', async () => {
  const nodes = await world.startNodes('laptop', 'desktop', 'nas', 'pi');
  const [laptop, desktop, nas, pi] = nodes;
  await pairAll(...nodes);
  const places = { desktop: world.path('desktop-docs'), nas: world.path('nas-docs') };
  const { id, tree } = await share('docs', laptop, [
    [desktop, places.desktop],
    [nas, places.nas],
    [pi, '--archive'],
  ]);
  await introduce(id, desktop, nas);
  await introduce(id, desktop, pi);
  await introduce(id, nas, pi);
  const trees = [tree, places.desktop, places.nas];
  for (const [at, place] of trees.entries()) writeFileSync(join(place, `by-${at}.txt`), `${at}`);
  await settled('docs', laptop, desktop, nas);
  for (const place of trees) {
    expect(Object.keys(treeSnapshot(place))).toEqual(['by-0.txt', 'by-1.txt', 'by-2.txt']);
  }
  // Three edits of one file at once: one wins, two become copies, the same everywhere.
  writeFileSync(join(tree, 'same.txt'), 'ancestor');
  await settled('docs', laptop, desktop, nas);
  await Promise.all([laptop, desktop, nas].map((node) => node.ask('folder', 'pause', 'docs')));
  for (const [at, place] of trees.entries()) writeFileSync(join(place, 'same.txt'), `edit ${at}`);
  await Promise.all([laptop, desktop, nas].map((node) => node.ask('folder', 'resume', 'docs')));
  await settled('docs', laptop, desktop, nas);
  await laptop.archived();
  const [first, ...others] = trees.map((place) => treeSnapshot(place));
  for (const other of others) expect(other).toEqual(first);
  const kept = Object.entries(first ?? {}).filter(([path]) => path.startsWith('same'));
  expect(kept.map(([, content]) => content).sort()).toEqual(
    ['edit 0', 'edit 1', 'edit 2'].map(text).sort(),
  );
  rmSync(join(places.nas, 'by-0.txt'));
  await settled('docs', laptop, desktop, nas);
  expect(Object.keys(treeSnapshot(tree))).not.toContain('by-0.txt');
});

test('with two archives and two copies wanted, one that is offline keeps content held', async () => {
  const [laptop, desktop, pi, nas] = await world.startNodes('laptop', 'desktop', 'pi', 'nas');
  for (const other of [desktop, pi, nas]) await pair(laptop, other);
  for (const other of [pi, nas]) await pair(desktop, other);
  const desktopTree = world.path('desktop-docs');
  const { id, tree } = await share('docs', laptop, [
    [desktop, desktopTree],
    [pi, '--archive'],
    [nas, world.path('nas-mirror'), '--archive'],
  ]);
  await introduce(id, desktop, pi);
  await introduce(id, desktop, nas);
  for (const node of [laptop, desktop]) await node.ask('folder', 'set', 'docs', '--copies', '2');
  writeFileSync(join(tree, 'a.txt'), 'first');
  await settled('docs', laptop, desktop);
  await desktop.archived();
  await desktop.shows({ copies: 2, unarchivedFiles: 0, heldFiles: 0 });

  await nas.stop();
  writeFileSync(join(tree, 'a.txt'), 'second');
  await settled('docs', laptop, desktop);
  await eventually('one archive covers it', async () => {
    const { copies, heldFiles } = await desktop.folder();
    return copies === 1 && heldFiles === 1;
  });
  await desktop.refuses(1, 'wait', 'docs', '--archived', '--timeout', '0.5');
  const { unarchivedFiles } = await desktop.folder();
  expect(unarchivedFiles).toBeGreaterThan(0);

  await nas.start();
  await desktop.archived();
  await desktop.shows({ copies: 2, unarchivedFiles: 0 });
  await nas.inSync();
  expect(treeSnapshot(world.path('nas-mirror'))).toEqual({ 'a.txt': text('second') });
  await eventually('it is let go', async () => (await desktop.folder()).heldFiles === 0);
  for (const archive of [pi, nas]) {
    const { versions } = await archive.ask<{ versions: { size: number }[] }>('log', 'docs/a.txt');
    expect(versions.map((one) => one.size)).toEqual([6, 5]);
  }
});

test('one device is an archive of one folder, a mirror of another, and a member of a third', async () => {
  const [laptop, pi] = await world.startNodes('laptop', 'pi');
  await pair(laptop, pi);
  const history = await share('history', laptop, [[pi, '--archive']]);
  const both = await share('both', laptop, [[pi, world.path('pi-both'), '--archive']]);
  const plain = await share('plain', laptop, [[pi, world.path('pi-plain')]]);
  const same = 'the same content in every folder '.repeat(10_000);
  for (const { tree } of [history, both, plain]) {
    mkdirSync(join(tree, 'd'));
    writeFileSync(join(tree, 'd', 'same.txt'), same);
  }
  writeFileSync(join(world.path('pi-plain'), 'from-pi.txt'), 'from the pi');
  for (const label of ['history', 'both']) await settled(label, laptop);
  await settled('plain', laptop, pi);
  await pi.ask('wait', '--timeout', waitSeconds);
  expect(treeSnapshot(world.path('pi-both'))).toEqual(treeSnapshot(both.tree));
  expect(treeSnapshot(world.path('pi-plain'))).toEqual(treeSnapshot(plain.tree));
  expect(readFileSync(join(plain.tree, 'from-pi.txt'), 'utf8')).toBe('from the pi');
  const shown = Object.fromEntries(
    (await pi.status()).folders.map(({ label, path, archive, mode, files }) => [
      label,
      { path, archive, mode, files },
    ]),
  );
  expect(shown).toEqual({
    history: { path: null, archive: true, mode: 'send-receive', files: 1 },
    both: { path: world.path('pi-both'), archive: true, mode: 'receive-only', files: 1 },
    plain: { path: world.path('pi-plain'), archive: false, mode: 'send-receive', files: 2 },
  });

  // The store has the content once, and each folder its own history of it.
  const { blocks, folders } = await pi.ask<{ blocks: number; folders: { id: string }[] }>(
    'archive',
    'status',
  );
  expect(folders.map((folder) => folder.id).sort()).toEqual([history.id, both.id].sort());
  rmSync(join(both.tree, 'd'), { recursive: true });
  await settled('both', laptop);
  await pi.ask('wait', '--timeout', waitSeconds);
  expect(treeSnapshot(world.path('pi-both'))).toEqual({});
  for (const label of ['history', 'both']) {
    const { versions } = await laptop.ask<{ versions: { version: string; deleted: boolean }[] }>(
      'log',
      `${label}/d/same.txt`,
    );
    const kept = versions.find((one) => !one.deleted)?.version ?? '';
    const bytes = await laptop.cat(`${label}/d/same.txt`, '--version', kept);
    expect(bytes.toString()).toBe(same);
  }
  expect((await pi.ask<{ blocks: number }>('archive', 'status')).blocks).toBe(blocks);
  expect(treeSnapshot(plain.tree)).toHaveProperty(['d/same.txt'], text(same));
});

test('folders that lie one inside the other are refused on every way', async () => {
  const [laptop, pi] = await world.startNodes('laptop', 'pi');
  await pair(laptop, pi);
  const outer = world.directory('pi', 'outer');
  await pi.ask('folder', 'add', outer, '--label', 'outer');
  const { id } = await share('docs', laptop, []);
  await laptop.ask('folder', 'share', id, 'pi');
  await pi.isOffered(id);
  const refused = [join(outer, 'inside'), world.path('pi'), outer, join(pi.home, 'store', 'x')];
  for (const path of refused) {
    for (const how of [[], ['--archive']]) {
      const given = ['folder', 'accept', id, path, ...how];
      const { code } = await pi.refuses(2, ...given);
      expect(code).toMatch(/^(path_invalid|folder_exists)$/);
    }
  }
  expect((await pi.status()).folders.map((folder) => folder.label)).toEqual(['outer']);
  await pi.ask('folder', 'accept', id, world.path('pi', 'beside'), '--archive');
  await pi.refuses(2, 'folder', 'add', world.directory('pi', 'beside', 'in'), '--label', 'x');
});
