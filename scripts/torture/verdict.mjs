/** Where every content is at the end of a round, and what that means. */
import { digestAt, digestOf, everyPath } from './tree.mjs';
import { archiveName, controlOf, editorNames, label } from './world.mjs';

/**
 * How long after a copy appeared under its name a power loss may still take it: the node is then
 * about to sync its directory, and has told nobody that it has it.
 */
const unsettledMs = 3000;

/** What excuses that a content is nowhere. */
export const exceptions = ['unsynced', 'bothOverwrote', 'unsettled'];

/** Digests by where they were found, and what history lists but cannot give back. */
export async function findContents(world) {
  const found = { live: new Set(), conflict: new Set(), held: new Set(), history: new Set() };
  const problems = [];
  for (const name of editorNames) {
    const { root } = world.machines.get(name);
    for (const path of everyPath(root)) found[kindOf(path)].add(digestAt(root, path));
  }
  const control = controlOf(world, archiveName);
  for (const path of await pathsInHistory(control, label)) {
    for (const { version, deleted, kind } of (await control.log({ path })).versions) {
      if (deleted || kind !== 'file') continue;
      try {
        found.history.add(await digestInHistory(control, { path, version }));
      } catch (error) {
        problems.push(`history lists ${path} ${version}, but: ${error.message}`);
      }
    }
  }
  return { found, problems };
}

async function digestInHistory(control, query) {
  const chunks = [];
  for await (const chunk of (await control.cat(query)).bytes) chunks.push(chunk);
  return digestOf(Buffer.concat(chunks));
}

function kindOf(path) {
  if (path.startsWith('.holdfast/')) return 'held';
  return path.includes('.sync-conflict-') ? 'conflict' : 'live';
}

async function pathsInHistory(control, directory) {
  const { entries } = await control.list({ path: directory, deleted: true });
  const paths = [];
  for (const entry of entries) {
    const path = `${label}/${entry.path.replace(`${label}/`, '')}`;
    if (entry.kind === 'directory') paths.push(...(await pathsInHistory(control, path)));
    else paths.push(path);
  }
  return paths;
}

/** Counts by place or by what excuses it, and what was lost. Pure. */
export function judge({ ledger, promised, found, powerLossesMs }) {
  const counts = {};
  const problems = [];
  for (const [digest, entry] of ledger) {
    const fate = fateOf(digest, entry, { promised, found, powerLossesMs });
    counts[fate] = (counts[fate] ?? 0) + 1;
    if (fate !== 'lost') continue;
    const what = promised.has(digest) ? 'promised, but not in history' : 'lost';
    problems.push(`${what}: ${describe(entry)}`);
  }
  return { counts, problems };
}

/** The first place where it was found, `lost`, or the exception that it is. */
function fateOf(digest, entry, { promised, found, powerLossesMs }) {
  if (promised.has(digest) && !found.history.has(digest)) return 'lost';
  const place = Object.keys(found).find((name) => found[name].has(digest));
  return place ?? excuseOf(entry, powerLossesMs) ?? 'lost';
}

/**
 * Why nobody can have kept it; undefined where somebody should have. `unsynced`: its user had not
 * synced it, and the power went. `bothOverwrote`: both its users overwrote or removed it before the
 * archive had it. `unsettled`: one did, just before a power loss took the other's copy, which was
 * not synced yet.
 */
function excuseOf({ editor, synced, atMs, destroyed }, powerLossesMs) {
  if (!synced && powerLossesMs[editor].some((lossMs) => lossMs > atMs)) return 'unsynced';
  if (destroyed.size === editorNames.length) return 'bothOverwrote';
  for (const [by, destroyedMs] of destroyed) {
    const others = editorNames.filter((name) => name !== by);
    const unsettled = others.some((name) =>
      powerLossesMs[name].some(
        (lossMs) => lossMs >= destroyedMs && lossMs < destroyedMs + unsettledMs,
      ),
    );
    if (unsettled) return 'unsettled';
  }
  return undefined;
}

function describe({ nonce, path, synced, atMs, destroyed }) {
  const ends = [...destroyed].map(([name, ms]) => `by ${name} at ${Math.round(ms)}`).join(', ');
  return (
    `${nonce} at ${path}, ${synced ? 'synced' : 'not synced'} at ${Math.round(atMs)} ms` +
    (ends === '' ? '' : `, overwritten or removed ${ends}`)
  );
}
