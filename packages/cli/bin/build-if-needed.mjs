/**
 * Builds a checkout whose sources are newer than its last build; does nothing in an installed
 * package, which has no sources. The stamp's time is the start of the build that it stands for, so
 * that an edit during a build is seen. One build at a time: others wait for it.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const checkout = fileURLToPath(new URL('../../..', import.meta.url));
const builtFiles = ['packages/cli/bundle/main.js', 'packages/web/dist/index.html'];
const lockPollMs = 100;

/**
 * Whether `root` must be built.
 * @param {string} root
 */
export function needsBuild(root) {
  if (!isCheckout(root)) return false;
  if (builtFiles.some((file) => !existsSync(join(root, file)))) return true;
  const stamp = stampPath(root);
  return !existsSync(stamp) || newestSourceMs(root) > statSync(stamp).mtimeMs;
}

/**
 * False where the build failed; its output is on stderr.
 * @param {string} root
 * @param {(root: string) => boolean} build
 */
export function buildIfNeeded(root = checkout, build = runBuild) {
  if (!needsBuild(root)) return true;
  const release = takeLock(root);
  try {
    // Another process may have built while this one waited.
    if (!needsBuild(root)) return true;
    const startedAt = new Date();
    process.stderr.write('Building Holdfast; this happens once after a change.\n');
    if (!build(root)) {
      process.stderr.write('The build failed, so nothing was started. Try: npm install\n');
      return false;
    }
    writeFileSync(stampPath(root), '');
    utimesSync(stampPath(root), startedAt, startedAt);
    return true;
  } finally {
    release();
  }
}

function isCheckout(root) {
  return existsSync(join(root, 'packages/cli/src/main.ts'));
}

function stampPath(root) {
  return join(root, 'node_modules/.cache/holdfast/built');
}

/** The newest change of any source, configuration, or directory of sources (a removed file). */
function newestSourceMs(root) {
  let newest = 0;
  const consider = (path) => {
    newest = Math.max(newest, statSync(path).mtimeMs);
  };
  for (const name of readdirSync(join(root, 'packages'))) {
    const directory = join(root, 'packages', name);
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.isFile()) consider(join(directory, entry.name));
    }
    for (const tree of ['src', 'public']) walk(join(directory, tree), consider);
  }
  for (const name of readdirSync(root)) if (name.endsWith('.json')) consider(join(root, name));
  return newest;
}

function walk(directory, consider) {
  if (!existsSync(directory)) return;
  consider(directory);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) walk(path, consider);
    else consider(path);
  }
}

/** stdout belongs to the command's answer, so the build's goes to stderr. */
function runBuild(root) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const built = spawnSync(npm, ['run', 'build'], { cwd: root, stdio: ['ignore', 2, 2] });
  return built.status === 0;
}

/** A file that names its owner from its first moment on; one whose owner is gone is taken over. */
function takeLock(root) {
  const lock = join(dirname(stampPath(root)), 'build.lock');
  const mine = `${lock}.${process.pid}`;
  mkdirSync(dirname(lock), { recursive: true });
  writeFileSync(mine, String(process.pid));
  try {
    while (!linked(mine, lock)) {
      if (!ownerLives(lock)) rmSync(lock, { force: true });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lockPollMs);
    }
    return () => rmSync(lock, { force: true });
  } finally {
    rmSync(mine, { force: true });
  }
}

/** False where the name is taken. */
function linked(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function ownerLives(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    if (!Number.isInteger(pid) || pid <= 0) return false;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

const invoked = process.argv[1];
if (invoked !== undefined && pathToFileURL(resolve(invoked)).href === import.meta.url) {
  process.exit(buildIfNeeded() ? 0 : 1);
}
