/**
 * What an archive with a long history costs: a store with a million versions, and one with a tenth of
 * them beside it, each kept by a real node. How long it takes to open, what lies in memory at rest and
 * at most, what its owner waits for when it is asked, and how long everything takes to be read again.
 * Made once for each run, through the archive's own code (archive-filler.mjs).
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNode } from '../scripts/node-process.mjs';
import { ownBytes, residentBytes } from '../scripts/process-memory.mjs';
import { fillArchive, filledFolder, filledPath, filledText } from './archive-filler.mjs';
import { cpuSeconds } from './cpu-seconds.mjs';

const rounds = 10;
const asked = 3;
/** What a start leaves behind is collected by then. */
const calmMs = 20_000;

/** `sizes`: of how many files, each with ten versions. */
export function millionVersions(sizes) {
  return async (name) => {
    for (const files of sizes) {
      const place = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
      try {
        console.log(
          `\n${name}: ${(files * rounds).toLocaleString('en')} versions of ${files.toLocaleString('en')} files`,
        );
        await makeStore(place, files);
        await measureStore(place, files);
      } finally {
        await Promise.all(started.splice(0).map((node) => node.stop()));
        rmSync(place, { recursive: true, force: true });
      }
    }
  };
}

/** What was started, also where something fails in between. */
const started = [];

async function start(place) {
  const node = await startNode(place, 'pi');
  started.push(node);
  return node;
}

async function makeStore(place, files) {
  const begun = await start(place);
  await begun.stop();
  await timed('made in', () => fillArchive(begun.home, { files, rounds }));
  say('on disk', `${megabytes(sizeOf(join(begun.home, 'store')))} MB`);
}

/** `place` has the home of a node called pi. */
async function measureStore(place, files) {
  const opening = () => start(place);
  const first = await timed('first start, makes the index', opening, (node) => node);
  sayMemory('afterwards', first);
  await first.stop();
  let node = await timed('start', opening, (opened) => opened);
  sayMemory('when ready', node);
  await pause(calmMs);
  sayMemory('at rest', node);
  await questions(node.control, files);
  sayMemory('after the questions', node);
  await node.stop();
  node = await opening();
  const verifying = () => node.control.verify({ samplePercent: 100 });
  const verified = await timed('verify --all', verifying, () => node);
  if (verified.bad > 0) throw new Error('a store that was just made is not in order');
  sayMemory('then', node);
  await node.stop();
  node = await opening();
  await timed(
    'rebuild-index',
    () => node.control.rebuildArchiveIndex(),
    () => node,
  );
  sayMemory('then', node);
  await node.stop();
}

async function questions(control, files) {
  const number = Math.floor(files / 2) + 1;
  const { label } = filledFolder;
  const path = `${label}/${filledPath(number)}`;
  const directory = path.slice(0, path.lastIndexOf('/'));
  const log = await answered('log FILE', () => control.log({ path }));
  requireSame(log.versions.length, rounds);
  const at = log.versions[rounds - 3].position;
  const lists = [
    ['ls FOLDER', { path: label }, Math.ceil(files / 1000)],
    ['ls FOLDER --at', { path: label, at }, Math.ceil(files / 1000)],
    ['ls DIRECTORY --at', { path: directory, at }, 1000],
    ['ls DIRECTORY --at TIME', { path: directory, at: log.versions[rounds - 3].time }, 1000],
  ];
  for (const [what, query, count] of lists) {
    const { entries } = await answered(what, () => control.list({ ...query, deleted: false }));
    requireSame(entries.length, count);
  }
  const ofDirectory = { path: directory, deleted: true };
  const gone = await answered('ls DIRECTORY --deleted', () => control.list(ofDirectory));
  requireSame(gone.entries.filter((one) => one.deleted).length, 20);
  const ofAll = { path: label, deleted: true };
  await answered('ls FOLDER --deleted', () => control.list(ofAll));
  const text = await answered('cat --at', async () => {
    const pieces = [];
    for await (const piece of (await control.cat({ path, at })).bytes) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  });
  requireSame(text, filledText(number, 3));
  await answered('status', () => control.status());
  await answered('archive status', () => control.archiveStatus());
}

/** The median of some times. */
async function answered(what, ask) {
  const seconds = [];
  let answer;
  for (let time = 0; time < asked; time += 1) {
    const began = performance.now();
    answer = await ask();
    seconds.push((performance.now() - began) / 1000);
  }
  const [least, median, most] = seconds.sort((a, b) => a - b).map((one) => one.toFixed(3));
  say(what, `${median} s (${least} to ${most})`);
  return answer;
}

/** With the processor time of the node that did it, where `nodeOf` says which. */
async function timed(what, work, nodeOf) {
  const began = performance.now();
  const before = spentBy(nodeOf?.());
  const result = await work();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const spent = spentBy(nodeOf?.(result)) - before;
  say(what, `${seconds} s${nodeOf === undefined ? '' : `, processor ${spent.toFixed(1)} s`}`);
  return result;
}

const spentBy = (node) => (node === undefined ? 0 : cpuSeconds(node.pid));

/** What lies in memory, how much of it is not a part of some file (the database's tables are), and the most. */
function sayMemory(when, { pid, peakMemoryBytes }) {
  const [now, own, most] = [residentBytes(pid), ownBytes(pid), peakMemoryBytes()].map(megabytes);
  say(`  memory ${when}`, `${now} MB, ${own} MB of it its own, at most ${most} MB`);
}

function say(what, figure) {
  console.log(`  ${what.padEnd(30)} ${figure}`);
}

function requireSame(found, expected) {
  if (found !== expected) throw new Error(`the answer is ${found}, not ${expected}`);
}

function sizeOf(directory) {
  return readdirSync(directory, { recursive: true })
    .map((name) => statSync(join(directory, name)).size)
    .reduce((sum, size) => sum + size, 0);
}

const megabytes = (bytes) => (bytes / 1e6).toFixed(0);

function pause(delayMs) {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
