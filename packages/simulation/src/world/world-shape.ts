/** Who takes part in a world and how they know each other, decided by its seed alone: pure. */
import type { SeededRandom } from '../seams/seeded-random.js';

export interface WorldShape {
  /** Devices with files; never empty. */
  readonly trees: readonly string[];
  /** Devices that keep history, and no files unless they keep a mirror. */
  readonly archives: readonly string[];
  /** Archives that keep the plain tree beside the history, which no user changes. */
  readonly mirrors: readonly string[];
  /** The labels of the folders that all of them share. */
  readonly folders: readonly string[];
  /** Pairs that know each other. Everybody is reached; the first tree shares first. */
  readonly edges: readonly (readonly [string, string])[];
  /** How many archives must hold a version. */
  readonly copies: number;
}

const treeNames = ['laptop', 'desktop', 'phone', 'tablet', 'office', 'attic'] as const;
const archiveNames = ['pi', 'vault'] as const;
const folderLabels = ['data', 'music'] as const;
const maxDevices = 6;

export function chooseShape(random: SeededRandom, leastArchives = 0): WorldShape {
  const archiveCount = Math.max(leastArchives, random.pick([0, 1, 1, 1, 1, 2, 2]));
  const archives = archiveNames.slice(0, archiveCount);
  const wanted = random.pick([1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, random.pick([4, 5, 6])]);
  const treeCount = Math.min(Math.max(wanted, archives.length === 0 ? 2 : 1), maxDevices);
  const trees = treeNames.slice(0, Math.min(treeCount, maxDevices - archives.length));
  const folders = folderLabels.slice(0, random.pick([1, 1, 2]));
  const edges = chooseEdges(trees, archives, random);
  const copies = archives.length === 2 ? random.pick([1, 2]) : 1;
  const mirrors = archives.filter(() => random.chance(0.4));
  return { trees, archives, mirrors, folders, edges, copies };
}

/** All know each other, or all know the archives only, or each knows the next and the archives. */
function chooseEdges(
  trees: readonly string[],
  archives: readonly string[],
  random: SeededRandom,
): [string, string][] {
  const form = random.pick(['mesh', 'mesh', 'star', 'chain'] as const);
  const withArchives = trees.flatMap((tree) =>
    archives.map((archive): [string, string] => [tree, archive]),
  );
  const among = form === 'mesh' ? pairsOf(trees) : form === 'chain' ? neighbours(trees) : [];
  const apart = form === 'star' && archives.length === 0;
  return [
    ...(apart ? pairsOf(trees) : among),
    ...withArchives,
    ...(random.chance(0.5) ? pairsOf(archives) : []),
  ];
}

function pairsOf(names: readonly string[]): [string, string][] {
  return names.flatMap((left, at) =>
    names.slice(at + 1).map((right): [string, string] => [left, right]),
  );
}

function neighbours(names: readonly string[]): [string, string][] {
  return names.slice(1).map((right, at): [string, string] => [names[at] ?? right, right]);
}
