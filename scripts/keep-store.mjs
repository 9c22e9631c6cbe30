/**
 * Writes a store of the present format, from the code that the tests compare it with
 * (`packages/version-archive/test/kept-store.ts`), and never over one that is there: a store that was
 * kept once is kept for ever.
 *
 *   node scripts/keep-store.mjs DIRECTORY
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { loadSource } from './load-source.mjs';

const [given] = process.argv.slice(2);
if (given === undefined) throw new Error('Say into which directory: it must not exist yet.');
const directory = resolve(given);
if (existsSync(directory)) throw new Error(`${directory} is there already: nothing was written.`);

const module = await loadSource('packages/version-archive/test/kept-store.ts');
let total = 0;
for (const [path, bytes] of module.storeFiles(await module.makeStore())) {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  total += bytes.length;
}
console.log(`${directory}: ${total} bytes`);
