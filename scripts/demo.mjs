/**
 * The main job on real input, in about a minute: three real nodes (laptop, desktop, and an archive
 * called pi), a real tree, edits on both sides, a deletion that syncs, and its undoing from the
 * archive, compared byte for byte. `--keep` leaves the nodes running.
 */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startNode } from './node-process.mjs';
import { describeTree, differences } from './tree-digest.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const keep = process.argv.includes('--keep');
/** Installed packages that make up a real tree: thousands of files, nested, some large. */
const packages = ['typescript', 'libp2p', '@libp2p', 'vite', 'svelte', 'zod', 'hono', '@biomejs'];
const startedAt = performance.now();

async function main() {
  const place = mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
  const nodes = [];
  try {
    for (const name of ['laptop', 'desktop', 'pi']) nodes.push(await startNode(place, name));
    const [laptop, desktop, pi] = nodes;
    say(`three nodes run in ${place}`);
    await pairAll(laptop, desktop, pi);
    const folder = await shareTree(place, laptop, desktop, pi);
    await editBothSides(folder, laptop, desktop);
    const deleted = await deleteOnDesktop(folder, laptop, desktop);
    await restoreAndCompare(folder, laptop, deleted);
    await report(nodes);
    if (keep) await leaveRunning(nodes, place);
  } finally {
    if (!keep) {
      await Promise.all(nodes.map((node) => node.stop()));
      rmSync(place, { recursive: true, force: true });
    }
  }
}

async function pairAll(laptop, desktop, pi) {
  for (const [host, guest] of [
    [laptop, desktop],
    [laptop, pi],
    [desktop, pi],
  ]) {
    const { invite } = await host.control.invite({});
    await guest.control.join(invite);
  }
  say('each pair is paired by an invite');
}

async function shareTree(place, laptop, desktop, pi) {
  const paths = { laptop: join(place, 'laptop-files'), desktop: join(place, 'desktop-files') };
  const timer = stopwatch();
  copyTree(paths.laptop);
  const original = describeTree(paths.laptop);
  say(
    `the laptop's folder has ${original.files.toLocaleString('en')} files, ${size(original.bytes)}`,
  );
  timer.reset();
  const { id } = await laptop.control.addFolder({ path: paths.laptop, label: 'work' });
  await laptop.control.shareFolder(id, 'desktop');
  await laptop.control.shareFolder(id, 'pi');
  await pi.control.acceptFolder({ folder: id, archive: true });
  await desktop.control.acceptFolder({ folder: id, path: paths.desktop, archive: false });
  await desktop.control.shareFolder(id, 'pi');
  await pi.control.acceptFolder({ folder: id, archive: true });
  await laptop.control.wait({ folder: id, archived: true });
  await desktop.control.wait({ folder: id, archived: true });
  const seconds = timer.seconds();
  requireSame(original, describeTree(paths.desktop), 'the desktop has something else');
  say(
    `the desktop has it and the archive covers it: ${seconds.toFixed(1)} s, ${rate(original.bytes, seconds)}`,
  );
  return { id, paths };
}

function copyTree(target) {
  mkdirSync(target);
  for (const name of ['docs', 'packages', 'README.md', 'package.json']) {
    const from = join(root, name);
    if (!existsSync(from)) continue;
    cpSync(from, join(target, name), {
      recursive: true,
      filter: (path) => !/\/(node_modules|dist)(\/|$)/.test(relative(root, path)),
    });
  }
  for (const name of packages) {
    const from = join(root, 'node_modules', name);
    if (existsSync(from))
      cpSync(from, join(target, 'installed', name), { recursive: true, verbatimSymlinks: true });
  }
}

async function editBothSides(folder, laptop, desktop) {
  const timer = stopwatch();
  appendFileSync(join(folder.paths.laptop, 'package.json'), '\n');
  writeFileSync(join(folder.paths.laptop, 'from-laptop.txt'), 'written on the laptop\n');
  writeFileSync(join(folder.paths.desktop, 'from-desktop.txt'), 'written on the desktop\n');
  await until(
    () =>
      existsSync(join(folder.paths.desktop, 'from-laptop.txt')) &&
      existsSync(join(folder.paths.laptop, 'from-desktop.txt')),
  );
  const seconds = timer.seconds();
  await settled(folder, laptop, desktop);
  requireSame(
    describeTree(folder.paths.laptop),
    describeTree(folder.paths.desktop),
    'the two sides differ after edits',
  );
  say(`edits on both sides arrived on the other in ${(seconds * 1000).toFixed(0)} ms`);
}

async function deleteOnDesktop(folder, laptop, desktop) {
  const name = 'installed/typescript';
  const before = describeTree(join(folder.paths.laptop, name));
  await laptop.control.wait({ folder: folder.id, archived: true });
  const moment = new Date().toISOString();
  const timer = stopwatch();
  rmSync(join(folder.paths.desktop, name), { recursive: true });
  await until(() => !existsSync(join(folder.paths.laptop, name)));
  const seconds = timer.seconds();
  await settled(folder, laptop, desktop);
  say(
    `${name} (${before.files} files, ${size(before.bytes)}) was deleted on the desktop; ` +
      `it is gone from the laptop too, ${seconds.toFixed(1)} s later`,
  );
  return { name, before, moment };
}

async function restoreAndCompare(folder, laptop, deleted) {
  const { versions } = await laptop.control.log({ path: `work/${deleted.name}/package.json` });
  const history = versions.map((one) => (one.deleted ? 'deleted' : 'kept')).join(', then ');
  say(`the archive's log of ${deleted.name}/package.json, newest first: ${history}`);
  const to = join(folder.paths.laptop, '..', 'restored');
  const timer = stopwatch();
  const path = `work/${deleted.name}`;
  const result = await laptop.control.restore({ path, at: deleted.moment, to, dryRun: false });
  const seconds = timer.seconds();
  requireSame(deleted.before, describeTree(join(to, deleted.name)), 'the restored files differ');
  say(
    `restored as of just before: ${result.restored} files, ${size(result.bytes)} in ` +
      `${seconds.toFixed(1)} s (${rate(result.bytes, seconds)}); every byte compared, all the same`,
  );
}

async function report(nodes) {
  for (const node of nodes) say(`${node.name} used ${size(node.peakMemoryBytes())} at most`);
  const seconds = (performance.now() - startedAt) / 1000;
  say(`done in ${seconds.toFixed(0)} s: the deletion synced, and destroyed nothing`);
}

async function leaveRunning(nodes, place) {
  say('the nodes go on running; their pages:');
  for (const node of nodes) {
    const { url } = await node.control.createLoginLink();
    console.log(`  ${node.name.padEnd(8)} ${url}`);
  }
  console.log(`Stop them with: kill ${nodes.map((node) => node.pid).join(' ')}`);
  console.log(`Everything lies in ${place}`);
  for (const node of nodes) node.detach();
}

async function settled(folder, ...nodes) {
  for (const node of nodes) await node.control.wait({ folder: folder.id, archived: true });
}

function requireSame(expected, found, what) {
  const wrong = differences(expected, found);
  if (wrong.length > 0) throw new Error(`${what}: ${wrong.slice(0, 5).join(', ')}`);
}

async function until(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function stopwatch() {
  let from = performance.now();
  return {
    reset: () => {
      from = performance.now();
    },
    seconds: () => (performance.now() - from) / 1000,
  };
}

function say(what) {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
  console.log(`${seconds} s  ${what}`);
}

function size(bytes) {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(0)} MB`;
}

function rate(bytes, seconds) {
  return `${(bytes / 1e6 / seconds).toFixed(0)} MB/s`;
}

main().catch((error) => {
  process.stderr.write(`\nThe demo failed: ${error.stack ?? error}\n`);
  process.exitCode = 1;
});
