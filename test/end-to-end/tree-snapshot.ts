/** A directory tree as a value, so that two trees, or one before and after, can be compared. */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Every path below `root` with its content; the node's own area is passed over. */
export function treeSnapshot(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (directory: string): void => {
    for (const name of whileThere(() => readdirSync(join(root, directory)).sort()) ?? []) {
      if (name.startsWith('.holdfast')) continue;
      const path = directory === '' ? name : `${directory}/${name}`;
      const shown = whileThere(() => shownAt(join(root, path)));
      if (shown === undefined) continue;
      found[path] = shown;
      if (shown === 'directory') walk(path);
    }
  };
  // That there is something to compare is not left open.
  lstatSync(root);
  walk('');
  return found;
}

function shownAt(path: string): string {
  const stat = lstatSync(path);
  if (stat.isDirectory()) return 'directory';
  if (stat.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  return readFileSync(path, 'base64');
}

/** A node may take an entry away while the tree is read: then it is not there. */
function whileThere<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
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
