/** Where every content is at the end of a round, and what that means. */
import { digestAt, digestOf, everyPath } from './tree.mjs';
import { archiveName, controlOf, editorNames, label } from './world.mjs';

/**
 * How long after a copy appeared under its name a power loss may still take it: the node is then
 * about to sync its directory, and has told nobody that it has it.
 */
const unsettledMs = 3000;

/** Digests by where they were found. */
export async function findContents(world) {
  const found = { live: new Set(), conflict: new Set(), held: new Set(), history: new Set() };
  for (const name of editorNames) {
    const { root } = world.machines.get(name);
    for (const path of everyPath(root)) found[kindOf(path)].add(digestAt(root, path));
  }
  const control = controlOf(world, archiveName);
  for (const path of await pathsInHistory(control, label)) {
    for (const { version, deleted, kind } of (await control.log({ path })).versions) {
      if (deleted || kind !== 'file') continue;
      const chunks = [];
      for await (const chunk of (await control.cat({ path, version })).bytes) chunks.push(chunk);
      found.history.add(digestOf(Buffer.concat(chunks)));
    }
  }
  return found;
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

/** Counts by place, and what was lost. Pure. */
export function judge({ ledger, promised, found, powerLossesMs }) {
  const counts = { written: 0, live: 0, conflict: 0, held: 0, history: 0, exception: 0, lost: 0 };
  const problems = [];
  for (const [digest, entry] of ledger) {
    counts.written += 1;
    const place = Object.keys(found).find((name) => found[name].has(digest));
    const broken = promised.has(digest) && !found.history.has(digest);
    const excuse = place === undefined && !broken ? excuseOf(entry, powerLossesMs) : undefined;
    if (broken) problems.push(`broken promise, not in history: ${describe(entry)}`);
    else if (place === undefined && excuse === undefined) problems.push(`lost: ${describe(entry)}`);
    if (problems.length > counts.lost) counts.lost += 1;
    else counts[place ?? 'exception'] += 1;
  }
  return { counts, problems };
}

/** Why nobody can have kept it; undefined where somebody should have. */
function excuseOf({ editor, synced, atMs, destroyed }, powerLossesMs) {
  if (!synced && powerLossesMs[editor].some((lossMs) => lossMs > atMs)) return 'unsynced';
  if (destroyed.size === editorNames.length) return 'overwritten by both';
  for (const [by, destroyedMs] of destroyed) {
    const others = editorNames.filter((name) => name !== by);
    const unsettled = others.some((name) =>
      powerLossesMs[name].some(
        (lossMs) => lossMs >= destroyedMs && lossMs < destroyedMs + unsettledMs,
      ),
    );
    if (unsettled) return 'overwritten before its other copy was synced';
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
