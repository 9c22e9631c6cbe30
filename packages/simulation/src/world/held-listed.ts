/**
 * Whether everything that lies set aside is known to its node. Content that no row of the index
 * lists is offered to no archive, shown to nobody and never let go.
 */
import { heldDirectory } from '@holdfast/folder-scanner';
import type { VersionId } from '@holdfast/model';
import type { FolderEngine } from '@holdfast/sync-engine';
import type { SimulatedMachine } from './simulated-machine.js';
import { inodeIfPresent, rootOf } from './world-content.js';

/** The files in held directories that no held row lists, described. */
export async function unlistedHeld(machine: SimulatedMachine): Promise<string[]> {
  const unlisted: string[] = [];
  for (const folder of machine.folders) {
    const { label } = folder.config;
    for (const name of heldNames(machine, label)) {
      const state = await stateOf(folder, name as VersionId);
      if (state !== 'side') unlisted.push(`${machine.name} ${label} ${name}, ${state}`);
    }
  }
  return unlisted;
}

function heldNames(machine: SimulatedMachine, label: string): string[] {
  const directory = inodeIfPresent(machine.mounts, heldDirectory(rootOf(label)));
  if (directory?.kind !== 'directory') return [];
  return [...directory.entries.values()].map(({ name }) => name);
}

/** What the index says of a version. */
async function stateOf({ treeIndex }: FolderEngine, id: VersionId): Promise<string> {
  const path = await treeIndex.pathOfVersion(id);
  if (path === undefined) return 'unknown';
  const { rows } = await treeIndex.entry(path);
  const row = rows.find(({ version }) => version.id === id);
  return row?.local?.state ?? `only told of ${path}`;
}
