/**
 * Before unit tests: builds what a worker thread loads, since Node 20 runs no TypeScript. Only that,
 * so that a package's tests run while another package is being changed.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));

/** The second has jobs for the suite of bulk runners. */
const packages = ['packages/platform-node', 'packages/platform-compliance'];

export default function buildWorkers(): void {
  const { status } = spawnSync(process.execPath, [compiler, '-b', ...packages], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error(`${packages.join(' or ')} does not build; workers need both.`);
}
