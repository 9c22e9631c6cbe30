/**
 * Writes src/generated/wire.ts from schema/wire.proto. The generator's output names two packages
 * that only its runtime depends on; both mentions are taken out, so that none is needed here.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const packageRoot = fileURLToPath(new URL('..', import.meta.url));
const target = `${packageRoot}src/generated/wire.ts`;

mkdirSync(`${packageRoot}src/generated`, { recursive: true });
execFileSync('protons', ['--strict', 'schema/wire.proto', '-o', 'src/generated'], {
  cwd: packageRoot,
  stdio: 'inherit',
});
const generated = readFileSync(target, 'utf8')
  .replace("import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'\n", '')
  .replace(
    "import type { Uint8ArrayList } from 'uint8arraylist'\n",
    '\nconst noBytes = new Uint8Array(0)\n',
  )
  .replaceAll('uint8ArrayAlloc(0)', 'noBytes')
  .replaceAll('Uint8Array | Uint8ArrayList', 'Uint8Array');
if (/uint8array(s|list)['/]|uint8ArrayAlloc/i.test(generated)) {
  throw new Error('the generator writes something new: look at src/generated/wire.ts');
}
writeFileSync(
  target,
  `/* Generated from schema/wire.proto by scripts/generate.mjs; never edited by hand. */\n/* oxlint-disable */\n${generated}`,
);
