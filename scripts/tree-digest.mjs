/** What a directory tree holds, so that two can be compared byte for byte. */
import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { join } from 'node:path';

const buffer = Buffer.alloc(1024 * 1024);

/**
 * Every entry below `root` by its relative path, with a digest of its content; the node's own area
 * is left out.
 * @param {string} root
 */
export function describeTree(root) {
  const entries = new Map();
  let files = 0;
  let bytes = 0;
  const walk = (directory, inside) => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      const name = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (inside === '' && entry.name === '.holdfast') continue;
      if (entry.isDirectory()) {
        entries.set(name, 'directory');
        walk(path, name);
      } else if (entry.isSymbolicLink()) {
        entries.set(name, `symlink ${readlinkSync(path)}`);
      } else if (entry.isFile()) {
        const stat = lstatSync(path);
        files += 1;
        bytes += stat.size;
        entries.set(name, `file ${stat.size} ${digestOf(path)}`);
      }
    }
  };
  walk(root, '');
  return { entries, files, bytes };
}

/** Paths that differ between two described trees. */
export function differences(expected, found) {
  const wrong = [];
  for (const [path, what] of expected.entries) {
    if (found.entries.get(path) !== what) wrong.push(path);
  }
  for (const path of found.entries.keys()) if (!expected.entries.has(path)) wrong.push(path);
  return wrong;
}

function digestOf(path) {
  const hash = createHash('sha256');
  const handle = openSync(path, 'r');
  try {
    for (let count = readSync(handle, buffer); count > 0; count = readSync(handle, buffer)) {
      hash.update(buffer.subarray(0, count));
    }
  } finally {
    closeSync(handle);
  }
  return hash.digest('hex');
}
