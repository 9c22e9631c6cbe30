/** What lies in a tree now, by the digests of contents. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Every file below `root` that is not the node's own. */
export function livePaths(root) {
  return everyPath(root).filter((path) => !path.startsWith('.holdfast/'));
}

/** Every file below `root`, what is held among them, temporary ones apart. */
export function everyPath(root) {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.holdfast-'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** The digest of the file's content; undefined where there is no such file. */
export function digestAt(root, path) {
  try {
    return digestOf(readFileSync(join(root, path)));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(error.code)) return undefined;
    throw error;
  }
}

export function digestOf(content) {
  return createHash('sha256').update(content).digest('hex');
}

/** Digests by path. */
export function treeOf(root) {
  return new Map(livePaths(root).map((path) => [path, digestAt(root, path)]));
}

/** Paths whose content is not the same in both. */
export function differing(left, right) {
  const [one, other] = [treeOf(left), treeOf(right)];
  const paths = [...new Set([...one.keys(), ...other.keys()])];
  return paths.filter((path) => one.get(path) !== other.get(path));
}
