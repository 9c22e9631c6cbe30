/** Names that a running node knows, for a command line that is being typed: quickly, or not at all. */
import type { Clock } from '@holdfast/platform';
import type { RestClient } from '@holdfast/rest-api';
import { printable } from '../printable-text.js';
import type { Candidate, ValueKind } from './complete-words.js';

/** Who types does not wait longer. */
const patienceMs = 1000;

type Ask = (node: RestClient, typed: string) => Promise<readonly Candidate[]>;

const asked: Readonly<Partial<Record<ValueKind, Ask>>> = {
  folders: async (node) => folderNames(node),
  offers: async (node) =>
    (await node.folderOffers()).map(({ label, devices }) => {
      return { value: label, description: devices.map(({ name }) => name).join(', ') };
    }),
  devices: async (node) =>
    (await node.devices()).map(({ name, connected }) => {
      return { value: name, description: connected ? 'connected' : '' };
    }),
  history: historyPaths,
};

async function folderNames(node: RestClient): Promise<readonly Candidate[]> {
  return (await node.folders()).map(({ label, path }) => {
    return { value: label, description: path ?? 'history only' };
  });
}

/** A folder, or what history shows in the directory that is typed so far. */
async function historyPaths(node: RestClient, typed: string): Promise<readonly Candidate[]> {
  const directory = typed.slice(0, typed.lastIndexOf('/') + 1);
  if (directory === '') {
    const folders = await folderNames(node);
    return folders.flatMap((folder) => [folder, { ...folder, value: `${folder.value}/` }]);
  }
  const { entries } = await node.list({ path: directory.slice(0, -1), deleted: true });
  return entries.map(({ path, kind, deleted }) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const value = `${directory}${name}${kind === 'directory' ? '/' : ''}`;
    return { value, description: deleted ? 'deleted' : '' };
  });
}

/**
 * Those that begin with what is typed. Names come from other devices: one with characters that steer
 * a terminal is left out.
 */
export async function knownNames(
  kind: ValueKind,
  typed: string,
  node: () => RestClient,
  clock: Clock,
): Promise<readonly Candidate[]> {
  const ask = asked[kind];
  if (ask === undefined) return [];
  const late = new Promise<readonly Candidate[]>((resolve) => {
    clock.setTimer(patienceMs, () => resolve([]));
  });
  try {
    const found = await Promise.race([ask(node(), typed), late]);
    return found.filter(({ value }) => value.startsWith(typed) && printable(value) === value);
  } catch {
    // No node, none that answers, no archive: whoever types gets no names, and no message between.
    return [];
  }
}
