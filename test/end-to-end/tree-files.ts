/** Files of text in a tree, by their names. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function write(tree: string, name: string, content: string): void {
  writeFileSync(join(tree, name), content);
}

export function text(tree: string, name: string): string {
  return readFileSync(join(tree, name), 'utf8');
}
