/** Builds what the tests run, once, before the first of them. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const builder = fileURLToPath(
  new URL('../../packages/cli/bin/build-if-needed.mjs', import.meta.url),
);

export function setup(): void {
  const built = spawnSync(process.execPath, [builder], { stdio: 'inherit' });
  if (built.status !== 0) throw new Error('The build failed, so there is nothing to test.');
}
