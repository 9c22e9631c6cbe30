/** A directory tree as a value, so that two trees, or one before and after, can be compared. */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Every path below `root` with its content; the node's own area is passed over. */
export function treeSnapshot(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (directory: string): void => {
    const names = readdirSync(join(root, directory)).sort();
    for (const name of names) {
      if (name.startsWith('.holdfast')) continue;
      const path = directory === '' ? name : `${directory}/${name}`;
      const full = join(root, path);
      const stat = lstatSync(full);
      if (stat.isDirectory()) {
        found[path] = 'directory';
        walk(path);
      } else if (stat.isSymbolicLink()) found[path] = `-> ${readlinkSync(full)}`;
      else found[path] = readFileSync(full, 'base64');
    }
  };
  walk('');
  return found;
}

/**
 * Permissions, and modification times of files, which a restore must bring back; in microseconds,
 * as exactly as Node sets times.
 */
export function treeAttributes(root: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const path of Object.keys(treeSnapshot(root))) {
    const stat = lstatSync(join(root, path), { bigint: true });
    const permissions = (Number(stat.mode) & 0o777).toString(8);
    attributes[path] = stat.isFile() ? `${permissions} ${stat.mtimeNs / 1000n}` : permissions;
  }
  return attributes;
}
