/** The files of a node's store, and rot in them, as a disk makes it: in place, while the node runs. */
import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeProcess } from './node-process.js';

const headerBytes = 114;
const trailerBytes = 64;

export type StoreArea = 'blocks' | 'log-a' | 'log-b';

export function segmentFiles(node: NodeProcess, area: StoreArea): string[] {
  const directory = join(node.home, 'store', area);
  const names = readdirSync(directory).filter((name) => name.endsWith('.segment'));
  return names.sort().map((name) => join(directory, name));
}

/** Turns the bits of the first byte of a text, wherever it lies; throws where it is in no segment. */
/** Nothing is left of any entry in the segments of an area; their headers and ends are. */
export function rotAll(node: NodeProcess, area: StoreArea): void {
  for (const file of segmentFiles(node, area)) {
    const { length } = readFileSync(file);
    const handle = openSync(file, 'r+');
    const body = Buffer.alloc(Math.max(0, length - headerBytes - trailerBytes));
    writeSync(handle, body, 0, body.length, headerBytes);
    closeSync(handle);
  }
}

export function rot(node: NodeProcess, area: StoreArea, text: string): void {
  for (const file of segmentFiles(node, area)) {
    const bytes = readFileSync(file);
    const at = bytes.indexOf(text);
    if (at === -1) continue;
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.from([(bytes[at] ?? 0) ^ 0xff]), 0, 1, at);
    closeSync(handle);
    return;
  }
  throw new Error(`"${text}" lies in no segment of ${area}.`);
}
