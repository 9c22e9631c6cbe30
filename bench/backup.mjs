/**
 * What a backup of a tree costs, beside restic and borg in the same run and on the same disk: the
 * first one, one of the same tree again, reading every stored byte, restoring everything (compared by
 * content with the tree), and what is stored. Everything is durable before it counts. Holdfast's
 * archive is another node on this machine; restic encrypts always, borg and Holdfast do not here.
 */
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeTree, differences } from '../scripts/tree-digest.mjs';
import { cpuSeconds } from './cpu-seconds.mjs';
import { holdfastPair } from './holdfast-pair.mjs';
import { makeSourceFiles } from './workloads.mjs';

const linuxSource = '/usr/src/linux-source-6.1.tar.xz';
const command = fileURLToPath(new URL('../packages/cli/bin/holdfast.mjs', import.meta.url));
const contenders = [
  { name: 'Holdfast', start: holdfast },
  { name: 'restic', start: restic, asks: ['restic', 'version'] },
  { name: 'borg', start: borg, asks: ['borg', '--version'], from: 'borgbackup' },
];
const steps = ['first', 'again', 'check', 'restore'];

/** With `files`, so many seeded ones, like source text; without, Debian's kernel source where it is. */
export function backup(files) {
  return async (name) => {
    const place = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
    try {
      const tree = makeTree(place, files);
      const expected = describeTree(tree);
      const size = `${expected.files} files, ${megabytes(expected.bytes)}`;
      console.log(`\n${name}: ${treeName(files)}, ${size}; seconds, processor seconds in brackets`);
      for (const contender of contenders) {
        if (isThere(contender)) await runOne(contender, place, tree, expected);
      }
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  };
}

const takesKernel = (files) => files === undefined && existsSync(linuxSource);
const treeName = (files) => (takesKernel(files) ? "Debian's linux-source-6.1" : 'seeded text');

function makeTree(place, files) {
  const tree = join(place, 'tree');
  mkdirSync(tree);
  if (takesKernel(files)) execFileSync('tar', ['-xJf', linuxSource, '-C', tree]);
  else makeSourceFiles(tree, files ?? 20_000);
  execFileSync('sync', ['-f', tree]);
  return tree;
}

function isThere({ name, asks, from = name }) {
  if (asks === undefined) return true;
  try {
    const [program, ...words] = asks;
    console.log(`  with ${execFileSync(program, words, { encoding: 'utf8' }).trim()}`);
    return true;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    console.log(`  without ${name}: it is not installed (apt-get install ${from}).`);
    return false;
  }
}

async function runOne({ name, start }, place, tree, expected) {
  const own = join(place, name);
  mkdirSync(own);
  const backups = await start(own, tree);
  const figures = [];
  let stored = 0;
  try {
    for (const step of steps) {
      if (step === 'restore') await backups.end();
      figures.push(`${step} ${await timed(backups, () => backups[step]())}`);
      if (step === 'first') stored = sizeOf(backups.repository());
    }
    requireSame(expected, describeTree(backups.restored()));
  } finally {
    await backups.stop();
    rmSync(own, { recursive: true, force: true });
  }
  console.log(`  ${name.padEnd(9)} ${figures.join(', ')}, stored ${megabytes(stored)}`);
}

/** Wall time, and what all processors did for it: this program's children, and nodes that run on. */
async function timed({ cpu = () => 0 }, work) {
  const all = () => cpuSeconds(process.pid) + cpu();
  const [startedMs, spent] = [performance.now(), all()];
  await work();
  const seconds = (performance.now() - startedMs) / 1000;
  return `${seconds.toFixed(1)} (${(all() - spent).toFixed(1)})`;
}

/** The tree becomes a folder of a node, and goes back afterwards: others need it. */
async function holdfast(place, tree) {
  const pair = await holdfastPair(place, { archive: true });
  const inFolder = join(pair.from, 'tree');
  const archived = async () => {
    await pair.control().rescanFolder(pair.folder);
    await pair.settle();
  };
  const home = join(place, 'pi-home');
  let runs = true;
  const end = async () => {
    if (runs) await pair.stop();
    runs = false;
  };
  return {
    async first() {
      renameSync(tree, inFolder);
      await archived();
    },
    again: archived,
    check: () => program(process.execPath, [command, '--home', home, 'verify', '--all']),
    async restore() {
      const store = ['--store', join(home, 'store'), '--to', join(place, 'restored')];
      await program(process.execPath, [command, '--home', home, 'restore', pair.folder, ...store]);
    },
    repository: () => join(home, 'store'),
    restored: () => join(place, 'restored', 'tree'),
    cpu: () => (runs ? pair.cpuSeconds().reduce((sum, seconds) => sum + seconds, 0) : 0),
    end,
    async stop() {
      await end();
      if (existsSync(inFolder)) renameSync(inFolder, tree);
    },
  };
}

async function restic(place, tree) {
  const repository = join(place, 'repository');
  const env = { ...process.env, RESTIC_PASSWORD: 'bench', RESTIC_CACHE_DIR: join(place, 'cache') };
  const ask = (...words) => program('restic', ['--quiet', '--repo', repository, ...words], { env });
  await ask('init', '--repository-version', '2');
  const save = () => ask('backup', tree);
  return {
    first: save,
    again: save,
    check: () => ask('check', '--read-data'),
    restore: () => ask('restore', 'latest', '--target', join(place, 'restored')),
    repository: () => repository,
    restored: () => join(place, 'restored', tree),
    end: async () => {},
    stop: async () => {},
  };
}

async function borg(place, tree) {
  const repository = join(place, 'repository');
  const env = {
    ...process.env,
    BORG_BASE_DIR: join(place, 'base'),
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
  };
  const restored = join(place, 'restored');
  mkdirSync(restored);
  const ask = (words, options) => program('borg', words, { env, ...options });
  await ask(['init', '--encryption', 'none', repository]);
  let count = 0;
  const save = () => {
    count += 1;
    return ask(['create', '--compression', 'zstd,1', `${repository}::${count}`, tree]);
  };
  return {
    first: save,
    again: save,
    check: () => ask(['check', '--verify-data', repository]),
    restore: () => ask(['extract', `${repository}::${count}`], { cwd: restored }),
    repository: () => repository,
    restored: () => join(restored, tree),
    end: async () => {},
    stop: async () => {},
  };
}

function program(name, words, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(name, words, { stdio: ['ignore', 'ignore', 'inherit'], ...options });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${name} ${words.join(' ')} ended with ${code}`));
    });
  });
}

function requireSame(expected, found) {
  const wrong = differences(expected, found);
  if (wrong.length > 0)
    throw new Error(`what was restored differs: ${wrong.slice(0, 5).join(', ')}`);
}

function sizeOf(directory) {
  const names = readdirSync(directory, { recursive: true });
  return names.reduce((sum, name) => {
    const stat = lstatSync(join(directory, name));
    return sum + (stat.isFile() ? stat.size : 0);
  }, 0);
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
