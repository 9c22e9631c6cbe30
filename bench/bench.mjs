/**
 * What the first path costs, with real node processes over loopback and durability on: a large file,
 * many small files, the way of a saved file to the other side, memory. Never a test: figures depend
 * on the machine. `npm run bench -- NAME` runs one.
 */
import { createCipheriv } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNode } from '../scripts/node-process.mjs';
import { describeTree, differences } from '../scripts/tree-digest.mjs';

const benchmarks = {
  'large-file': largeFile,
  'small-files': smallFiles,
  'saved-file': savedFile,
  archive: archiveTree,
};

/** Flags for the nodes' own runtime, such as --cpu-prof. */
const nodeFlags = process.argv.slice(2).filter((argument) => argument.startsWith('-'));

async function main() {
  const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
  const unknown = asked.filter((name) => !(name in benchmarks));
  if (unknown.length > 0) throw new Error(`no benchmark is called ${unknown.join(', ')}`);
  console.log(
    `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`,
  );
  for (const [name, run] of Object.entries(benchmarks)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    await withNodes(name, run);
  }
}

/** Three paired nodes with one folder between laptop and desktop, and pi as its archive if wanted. */
async function withNodes(name, run) {
  const place = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const nodes = [];
  try {
    const names = name === 'archive' ? ['laptop', 'pi'] : ['laptop', 'desktop'];
    for (const one of names) nodes.push(await startNode(place, one, { nodeFlags }));
    const [laptop, other] = nodes;
    const { invite } = await laptop.control.invite({});
    await other.control.join(invite);
    const from = join(place, 'from');
    const to = join(place, 'to');
    mkdirSync(from);
    const { id } = await laptop.control.addFolder({ path: from, label: 'bench' });
    await laptop.control.shareFolder(id, other.name);
    const archive = name === 'archive';
    await other.control.acceptFolder(
      archive ? { folder: id, archive } : { folder: id, archive, path: to },
    );
    await laptop.control.wait({ folder: id, archived: archive });
    await run({ place, from, to, id, laptop, other });
    for (const node of nodes) {
      console.log(`  ${node.name}: peak memory ${megabytes(node.peakMemoryBytes())} MB`);
    }
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
    rmSync(place, { recursive: true, force: true });
  }
}

async function largeFile({ place, from, to, id, laptop }) {
  const bytes = 2 ** 30;
  const staged = join(place, 'staged');
  writeSeeded(staged, bytes, 1);
  const started = performance.now();
  renameSync(staged, join(from, 'large'));
  await until(() => existsSync(join(to, 'large')));
  await laptop.control.wait({ folder: id, archived: false });
  const seconds = (performance.now() - started) / 1000;
  requireSame(from, to);
  console.log(
    `large-file: 1 GiB in ${seconds.toFixed(2)} s, ${(bytes / 1e6 / seconds).toFixed(0)} MB/s`,
  );
}

async function smallFiles({ place, from, to, id, laptop }) {
  const staged = join(place, 'staged');
  makeSmallFiles(staged, 10_000);
  const started = performance.now();
  renameSync(staged, join(from, 'small'));
  await until(() => existsSync(join(to, 'small', 'd99', 'f9999')));
  await laptop.control.wait({ folder: id, archived: false });
  const seconds = (performance.now() - started) / 1000;
  requireSame(from, to);
  console.log(`small-files: 10,000 files of 1–16 KB in ${seconds.toFixed(2)} s`);
}

async function savedFile({ from, to }) {
  const delays = [];
  for (let round = 0; round < 60; round += 1) {
    const name = `note-${round}`;
    const started = performance.now();
    writeFileSync(join(from, name), `saved ${round}\n`);
    await until(() => existsSync(join(to, name)));
    delays.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  delays.sort((a, b) => a - b);
  const at = (share) => delays[Math.min(delays.length - 1, Math.floor(delays.length * share))];
  console.log(
    `saved-file: median ${at(0.5).toFixed(0)} ms, 99th percentile ${at(0.99).toFixed(0)} ms`,
  );
}

async function archiveTree({ place, from, id, laptop }) {
  const staged = join(place, 'staged');
  makeSmallFiles(staged, 10_000);
  const started = performance.now();
  renameSync(staged, join(from, 'small'));
  await laptop.control.rescanFolder(id);
  await laptop.control.wait({ folder: id, archived: true });
  const seconds = (performance.now() - started) / 1000;
  console.log(`archive: 10,000 files of 1–16 KB covered in ${seconds.toFixed(2)} s`);
}

/** Incompressible and the same every time: a stream cipher over zeros. */
function writeSeeded(path, bytes, seed) {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16));
  const zeros = Buffer.alloc(4 * 1024 * 1024);
  const handle = openSync(path, 'w');
  for (let written = 0; written < bytes; written += zeros.length) {
    writeSync(handle, cipher.update(zeros));
  }
  closeSync(handle);
}

function makeSmallFiles(directory, count) {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16));
  const zeros = Buffer.alloc(16 * 1024);
  for (let number = 0; number < count; number += 1) {
    const inside = join(directory, `d${Math.floor(number / 100)}`);
    if (number % 100 === 0) mkdirSync(inside, { recursive: true });
    const size = 1024 + ((number * 7919) % (15 * 1024));
    writeFileSync(join(inside, `f${number}`), cipher.update(zeros.subarray(0, size)));
  }
}

function requireSame(from, to) {
  const wrong = differences(describeTree(from), describeTree(to));
  if (wrong.length > 0) throw new Error(`the sides differ: ${wrong.slice(0, 5).join(', ')}`);
}

async function until(condition) {
  const deadline = performance.now() + 180_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('nothing arrived in three minutes');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(0);
}

await main();
