/**
 * Confinement: whatever a node opens, makes, changes or removes lies in one of its folders or in its
 * home, after every symlink on the way was followed. Looks at each call before it happens.
 */
import { type FilePath, lastName, parentPath } from '@holdfast/platform';
import type { FileCall, FileCallName } from '../seams/disk-faults.js';
import { SeedFailure } from './seed-failure.js';
import type { SimulatedMachine } from './simulated-machine.js';
import { realDirectory } from './world-content.js';

const watched: ReadonlySet<FileCallName> = new Set<FileCallName>([
  ...(['open', 'write', 'makeDirectory', 'removeDirectory', 'rename', 'link', 'unlink'] as const),
  ...(['makeSymlink', 'setPermissions', 'setModificationTime'] as const),
]);

/** Throws where the call leads outside. */
export function watchConfinement(
  machine: SimulatedMachine,
  labels: readonly string[],
  { name, path, to }: FileCall,
): void {
  if (!watched.has(name)) return;
  const areas = ['home', ...labels];
  for (const given of to === undefined ? [path] : [path, to]) {
    const parent = realDirectory(machine.mounts, parentPath(given as FilePath));
    if (parent === undefined) continue;
    const real = parent === '/' ? `/${lastName(given as FilePath)}` : parent;
    if (areas.some((area) => real === `/${area}` || real.startsWith(`/${area}/`))) continue;
    throw new SeedFailure('not-confined', `${machine.name}: ${name} ${given} leads to ${real}`);
  }
}
