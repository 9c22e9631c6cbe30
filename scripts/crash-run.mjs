/**
 * Three real nodes (laptop, desktop, and an archive called pi) under a workload of files that each
 * carry a nonce, while nodes are killed at random moments and started again. At the end every nonce
 * must be found: live, in a conflict copy, held, or in history; and both trees must be the same.
 *
 *   node scripts/crash-run.mjs [--seed N] [--rounds N] [--keep]
 *
 * The seed decides what is written and who is killed; when a process dies is up to the machine, so
 * the same seed is the same workload, not the same run.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startNode } from './node-process.mjs';

const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '10' },
    keep: { type: 'boolean', default: false },
  },
});
const seed = Number(flags.seed);
const rounds = Number(flags.rounds);
const settleTimeoutMs = 60_000;
const lateTimeoutMs = 20_000;
const editors = ['laptop', 'desktop'];
const label = 'crash';

async function main() {
  const place = mkdtempSync(join(tmpdir(), 'holdfast-crash-'));
  const world = {
    place,
    nodes: new Map(),
    roots: {},
    written: new Map(),
    overwrittenByBoth: new Set(),
    random: mulberry32(seed),
  };
  for (const name of editors) world.roots[name] = join(place, `${name}-files`);
  try {
    for (const name of [...editors, 'pi']) world.nodes.set(name, await startNode(place, name));
    await share(world);
    const kills = await runRounds(world);
    await settle(world);
    const early = await convergedLate(world);
    const verdict = judge(world, await whereNoncesAre(world));
    say(`seed ${seed}: ${kills} kills, ${verdict.summary}`);
    return [...early, ...verdict.problems];
  } finally {
    await Promise.all([...world.nodes.values()].map((node) => node.stop()));
    if (flags.keep) say(`everything is left in ${place}`);
    else rmSync(place, { recursive: true, force: true });
  }
}

async function share({ nodes, roots }) {
  const [laptop, desktop, pi] = ['laptop', 'desktop', 'pi'].map((name) => nodes.get(name));
  for (const [host, guest] of [
    [laptop, desktop],
    [laptop, pi],
    [desktop, pi],
  ]) {
    const { invite } = await host.control.invite({});
    await guest.control.join(invite);
  }
  for (const root of Object.values(roots)) mkdirSync(root);
  const { id } = await laptop.control.addFolder({ path: roots.laptop, label });
  await laptop.control.shareFolder(id, 'desktop');
  await laptop.control.shareFolder(id, 'pi');
  await offered(desktop, id);
  await desktop.control.acceptFolder({ folder: id, path: roots.desktop, archive: false });
  await desktop.control.shareFolder(id, 'pi');
  await offered(pi, id);
  await pi.control.acceptFolder({ folder: id, archive: true });
  await until(async () => {
    const [folder] = await pi.control.folders();
    if (folder.members.length === 2) return true;
    await pi.control.acceptFolder({ folder: id, archive: true });
    return false;
  }, 'the archive knows both devices');
  await laptop.control.wait({ folder: id, archived: true, timeoutMs: settleTimeoutMs });
}

function offered(node, id) {
  return until(
    async () => (await node.control.folderOffers()).some((offer) => offer.id === id),
    `${node.name} was offered the folder`,
  );
}

/** Kills one node a round, every third time two, while people go on editing. */
async function runRounds(world) {
  let kills = 0;
  for (let round = 0; round < rounds; round += 1) {
    await edit(world, 50 + world.random() * 500);
    const victims = shuffled([...world.nodes.keys()], world.random).slice(
      0,
      round % 3 === 2 ? 2 : 1,
    );
    const downs = await Promise.all(
      victims.map(async (name) => {
        const node = world.nodes.get(name);
        await node.kill();
        return { name, listen: node.addresses[0] };
      }),
    );
    kills += victims.length;
    await edit(world, world.random() * 300);
    for (const { name, listen } of downs) {
      world.nodes.set(name, await startNode(world.place, name, { listen }));
    }
  }
  return kills;
}

/** Changes files on both sides for so long. */
async function edit(world, durationMs) {
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs) {
    for (const editor of editors) change(world, editor);
    await pause(world.random() * 25);
  }
}

/**
 * One change by one editor, or by both to the same file at once. What is overwritten or deleted is
 * the same on both sides at that moment: then some node has seen it, and it may not be lost.
 */
function change(world, editor) {
  const { random, roots } = world;
  const dice = random();
  const known = files(roots[editor]).filter((path) => !path.startsWith('.holdfast/'));
  const path = known[Math.floor(random() * known.length)];
  if (path === undefined || dice < 0.55) {
    write(world, editor, `d${Math.floor(random() * 4)}/${editor}-${world.written.size}.txt`);
  } else if (contentAt(roots.laptop, path) === contentAt(roots.desktop, path)) {
    if (dice < 0.7) write(world, editor, path);
    else if (dice < 0.85) collide(world, path);
    else rmSync(join(roots[editor], path), { force: true });
  }
}

/**
 * Both write over the same content at once. Where no archive has it yet, both its users destroyed
 * it before a third copy could be made: that one loss is not the nodes'.
 */
function collide(world, path) {
  const nonce = nonceIn(contentAt(world.roots.laptop, path));
  if (nonce !== undefined) world.overwrittenByBoth.add(nonce);
  for (const editor of editors) write(world, editor, path);
}

function write(world, editor, path) {
  const nonce = `nonce-${seed}-${world.written.size}-${editor}`;
  const filler = 'x'.repeat(Math.floor(world.random() ** 4 * 300_000));
  const target = join(world.roots[editor], path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, `${nonce}\n${filler}`);
  world.written.set(nonce, `${editor}: ${path}`);
}

async function settle({ nodes }) {
  for (const editor of editors) {
    const { control } = nodes.get(editor);
    await control.rescanFolder(label);
  }
  for (const editor of [...editors, ...editors]) {
    const { control } = nodes.get(editor);
    await control.wait({ folder: label, archived: true, timeoutMs: settleTimeoutMs });
  }
}

/** Empty where both trees are the same now, as `wait` promised; else how long it took, or not at all. */
async function convergedLate({ roots }) {
  const first = differing(roots);
  if (first.length === 0) return [];
  const from = performance.now();
  while (performance.now() < from + lateTimeoutMs) {
    await pause(100);
    if (differing(roots).length > 0) continue;
    const seconds = ((performance.now() - from) / 1000).toFixed(1);
    return [`wait ended ${seconds} s before both trees were the same: ${first.join(', ')}`];
  }
  return [];
}

/** Nonces by where they were found. */
async function whereNoncesAre({ nodes, roots }) {
  const found = { live: new Set(), held: new Set(), history: new Set() };
  for (const root of Object.values(roots)) {
    for (const path of files(root)) {
      const place = path.startsWith('.holdfast/') ? found.held : found.live;
      addNonce(place, readFileSync(join(root, path), 'latin1'));
    }
  }
  const { control } = nodes.get('pi');
  for (const path of await pathsInHistory(control, label)) {
    for (const { version, deleted, kind } of (await control.log({ path })).versions) {
      if (deleted || kind !== 'file') continue;
      addNonce(found.history, await text((await control.cat({ path, version })).bytes));
    }
  }
  return found;
}

async function pathsInHistory(control, directory) {
  const { entries } = await control.list({ path: directory, deleted: true });
  const paths = await Promise.all(
    entries.map((entry) => {
      const path = `${label}/${entry.path.replace(`${label}/`, '')}`;
      return entry.kind === 'directory' ? pathsInHistory(control, path) : [path];
    }),
  );
  return paths.flat();
}

function judge({ written, overwrittenByBoth, roots }, { live, held, history }) {
  const gone = [...written].filter(
    ([nonce]) => !live.has(nonce) && !held.has(nonce) && !history.has(nonce),
  );
  const lost = gone.filter(([nonce]) => !overwrittenByBoth.has(nonce));
  const problems = lost.map(([nonce, where]) => `lost: ${nonce} (${where})`);
  problems.push(...differing(roots).map((path) => `differs after settling: ${path}`));
  const laptop = contents(roots.laptop);
  const copies = [...laptop.keys()].filter((path) => path.includes('.sync-conflict-')).length;
  const summary =
    `${written.size} nonces: ${live.size} live, ${history.size} in history, ${lost.length} lost, ` +
    `${gone.length - lost.length} overwritten by both users before they were archived; ` +
    `${laptop.size} files, ${copies} of them conflict copies`;
  return { problems, summary };
}

function differing(roots) {
  const [laptop, desktop] = [roots.laptop, roots.desktop].map(contents);
  const paths = [...new Set([...laptop.keys(), ...desktop.keys()])];
  return paths.filter((path) => laptop.get(path) !== desktop.get(path));
}

function contents(root) {
  const paths = files(root).filter((path) => !path.startsWith('.holdfast/'));
  return new Map(paths.map((path) => [path, contentAt(root, path)]));
}

function contentAt(root, path) {
  const target = join(root, path);
  return existsSync(target) ? readFileSync(target, 'latin1') : undefined;
}

/** Every file below `root`, the node's own among them; what goes while it looks is passed over. */
function files(root) {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.holdfast-'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function nonceIn(content) {
  return /^nonce-\d+-\d+-\w+/.exec(content ?? '')?.[0];
}

function addNonce(into, content) {
  const nonce = nonceIn(content);
  if (nonce !== undefined) into.add(nonce);
}

async function text(bytes) {
  const chunks = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

async function until(condition, what) {
  const endMs = performance.now() + settleTimeoutMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`it never came true: ${what}`);
    await pause(50);
  }
}

function shuffled(items, random) {
  return items
    .map((item) => ({ item, order: random() }))
    .toSorted((left, right) => left.order - right.order)
    .map(({ item }) => item);
}

/** A small generator of numbers in [0, 1): Tommy Ettinger's Mulberry32. */
function mulberry32(start) {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function say(line) {
  process.stdout.write(`${line}\n`);
}

const startedAt = performance.now();
try {
  const problems = await main();
  for (const problem of problems) say(problem);
  if (problems.length > 0) process.exitCode = 1;
} catch (error) {
  say(`the crash run could not be finished: ${error.stack ?? error}`);
  process.exitCode = 1;
}
say(`crash run: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
say(process.exitCode === 1 ? '0 passed, 1 failed' : '1 passed, 0 failed');
