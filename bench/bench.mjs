/**
 * What syncing costs, with real processes over loopback and durability on, beside Syncthing in the
 * same run: a large file, many small files, the way of a saved file to the other side, memory; and
 * the way into an archive, which Syncthing does not have. Never a test: figures depend on the
 * machine, so look at the ratios.
 *
 * `npm run bench -- NAME...` runs some (`million-files`, `million-versions` and `backup-small` only
 * where they are asked for), `--runs N` takes the median of N runs, `--alone` leaves Syncthing out, other flags go to the
 * nodes' own runtime (such as --cpu-prof). `TMPDIR` says on which disk. `backup` is beside restic and
 * borg (bench/backup.mjs), once.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeTree, differences } from '../scripts/tree-digest.mjs';
import { backup } from './backup.mjs';
import { holdfastPair } from './holdfast-pair.mjs';
import { linkBytes } from './link-bytes.mjs';
import { millionVersions } from './million-versions.mjs';
import { syncthingPair, syncthingVersion } from './syncthing-pair.mjs';
import { unchangedFolder } from './unchanged-folder.mjs';
import { makeSmallFiles, prependByte, untilAllExist, writeSeeded } from './workloads.mjs';

const benchmarks = {
  'large-file': { what: '1 GiB, incompressible', run: largeFile, beside: true },
  'small-files': { what: '10,000 files of 1–16 KB', run: smallFiles, beside: true },
  'saved-file': { what: 'a saved file appears, median', run: savedFile, beside: true },
  'prepended-byte': {
    what: 'a byte in front of 1 GiB that both sides have',
    run: prependedByte,
    beside: true,
  },
  'renamed-directory': {
    what: 'a directory of 10,000 files of 1–16 KB gets another name',
    run: renamedDirectory,
    beside: true,
  },
  'deleted-directory': {
    what: 'a directory of 10,000 files of 1–16 KB goes',
    run: deletedDirectory,
    beside: true,
  },
  'unchanged-folder': {
    what: '100,000 files of 1–16 KB that both have: a restart of both until up to date, then nothing',
    run: unchangedFolder(100_000),
    beside: true,
  },
  archive: { what: '10,000 files of 1–16 KB, covered by an archive', run: archiveTree },
  backup: {
    what: 'a tree into an archive, again, checked and restored, beside restic and borg',
    alone: backup(),
  },
  'backup-small': { what: 'the same of 2,000 files', alone: backup(2000), onlyAsked: true },
  'million-files': {
    what: '1,000,000 files of some bytes that both have: a restart of both, then nothing',
    run: unchangedFolder(1_000_000, (number) => 8 + (number % 8)),
    onlyAsked: true,
  },
  'million-versions': {
    what: 'an archive with a million versions, and one with a tenth of them',
    alone: millionVersions([10_000, 100_000]),
    onlyAsked: true,
  },
};

async function main() {
  const { names, runs, alone, nodeFlags } = readArguments(process.argv.slice(2));
  const version = alone ? undefined : syncthingVersion();
  console.log(
    `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`,
  );
  console.log(
    version === undefined
      ? 'Without Syncthing: --alone, or it is not installed (apt-get install syncthing).'
      : `Syncthing ${version}, its watcher's delay at 1 s`,
  );
  for (const name of names) {
    const { what, run, beside, alone: byItself } = benchmarks[name];
    if (byItself !== undefined) {
      await byItself(name);
      continue;
    }
    const contenders = [(place) => holdfastPair(place, { nodeFlags, archive: name === 'archive' })];
    if (beside && version !== undefined) contenders.push(syncthingPair);
    const results = contenders.map(() => []);
    // In turns, so that a busy moment of the machine meets both.
    for (let round = 0; round < runs; round += 1) {
      for (const [at, start] of contenders.entries()) results[at].push(await measure(start, run));
    }
    report(name, what, results);
  }
}

function readArguments(given) {
  const flags = given.filter((argument) => argument.startsWith('-'));
  const runsAt = given.indexOf('--runs');
  const runs = runsAt < 0 ? 1 : Number(given[runsAt + 1]);
  const asked = given.filter(
    (one, at) => !one.startsWith('-') && (runsAt < 0 || at !== runsAt + 1),
  );
  const unknown = asked.filter((name) => !(name in benchmarks));
  if (unknown.length > 0) throw new Error(`no benchmark is called ${unknown.join(', ')}`);
  const usual = Object.keys(benchmarks).filter((name) => !benchmarks[name].onlyAsked);
  return {
    names: asked.length > 0 ? asked : usual,
    runs,
    alone: flags.includes('--alone'),
    nodeFlags: flags.filter((flag) => flag !== '--runs' && flag !== '--alone'),
  };
}

async function measure(start, run) {
  const place = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  let pair;
  try {
    pair = await start(place);
    const measured = await run(pair, place);
    const cpuSeconds = measured.cpuSeconds ?? pair.cpuSeconds();
    return { ...measured, cpuSeconds, memoryBytes: Math.max(...pair.peakMemoryBytes()) };
  } finally {
    await pair?.stop();
    rmSync(place, { recursive: true, force: true });
  }
}

function report(name, what, [ours, theirs]) {
  const mine = median(ours.map((one) => one.seconds));
  console.log(`\n${name}: ${what}`);
  line('Holdfast', ours);
  if (theirs === undefined) return;
  line('Syncthing', theirs);
  const their = median(theirs.map((one) => one.seconds));
  console.log(`  ratio of the times: ${(mine / their).toFixed(2)}`);
}

function line(name, results) {
  const seconds = results.map((one) => one.seconds);
  const peak = Math.max(...results.map((one) => one.memoryBytes));
  const all = results.length > 1 ? ` (${seconds.map((one) => one.toFixed(2)).join(', ')})` : '';
  const note =
    results[0]?.note === undefined ? '' : `, ${results.map((one) => one.note).join(', ')}`;
  const cpu = [0, 1].map((side) => median(results.map((one) => one.cpuSeconds[side])).toFixed(1));
  console.log(
    `  ${name.padEnd(9)} ${median(seconds).toFixed(3)} s${all}${note}, processor ${cpu.join(' + ')} s, peak memory ${(peak / 1e6).toFixed(0)} MB`,
  );
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

async function largeFile({ from, to, settle }, place) {
  const bytes = 2 ** 30;
  const staged = join(place, 'staged');
  writeSeeded(staged, bytes, 1);
  const started = performance.now();
  renameSync(staged, join(from, 'large'));
  await untilAllExist(to, ['large']);
  const seconds = (performance.now() - started) / 1000;
  await settle();
  requireSame(from, to);
  return { seconds, note: `${(bytes / 1e6 / seconds).toFixed(0)} MB/s` };
}

async function prependedByte(pair, place) {
  const { from, to, settle } = pair;
  const bytes = 2 ** 30;
  const [staged, longer] = [join(place, 'staged'), join(place, 'longer')];
  writeSeeded(staged, bytes, 1);
  prependByte(staged, longer);
  renameSync(staged, join(from, 'large'));
  await untilAllExist(to, ['large']);
  await settle();
  return sent(pair, async () => {
    renameSync(longer, join(from, 'large'));
    await until(() => statSync(join(to, 'large'), { throwIfNoEntry: false })?.size === bytes + 1);
  });
}

async function renamedDirectory(pair, place) {
  const { from, to, settle } = pair;
  const staged = join(place, 'staged');
  const paths = makeSmallFiles(staged, 10_000);
  renameSync(staged, join(from, 'small'));
  await untilAllExist(join(to, 'small'), paths);
  await settle();
  return sent(pair, async () => {
    renameSync(join(from, 'small'), join(from, 'renamed'));
    await untilAllExist(join(to, 'renamed'), paths);
    await until(() => !existsSync(join(to, 'small')));
  });
}

async function deletedDirectory(pair, place) {
  const { from, to, settle, neverAsks } = pair;
  const staged = join(place, 'staged');
  const paths = makeSmallFiles(staged, 10_000);
  await neverAsks();
  renameSync(staged, join(from, 'small'));
  await untilAllExist(join(to, 'small'), paths);
  await settle();
  return sent(pair, async () => {
    rmSync(join(from, 'small'), { recursive: true });
    await until(() => !existsSync(join(to, 'small')));
  });
}

/** How long something takes, and what went over the link and through the processors for it. */
async function sent({ ports, from, to, settle, cpuSeconds }, work) {
  const before = linkBytes(ports);
  const cpuBefore = cpuSeconds();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  await settle();
  requireSame(from, to);
  const spent = cpuSeconds().map((now, side) => now - cpuBefore[side]);
  const note = `${((linkBytes(ports) - before) / 1e6).toFixed(2)} MB sent`;
  return { seconds, note, cpuSeconds: spent };
}

async function until(condition, timeoutMs = 300_000) {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it did not arrive in time');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function smallFiles({ from, to, settle }, place) {
  const staged = join(place, 'staged');
  const paths = makeSmallFiles(staged, 10_000);
  const started = performance.now();
  renameSync(staged, join(from, 'small'));
  await untilAllExist(join(to, 'small'), paths);
  const seconds = (performance.now() - started) / 1000;
  await settle();
  requireSame(from, to);
  return { seconds };
}

const savedRounds = 40;

async function savedFile({ from, to }) {
  const delays = [];
  for (let round = 0; round < savedRounds; round += 1) {
    const started = performance.now();
    writeFileSync(join(from, `note-${round}`), `saved ${round}\n`);
    await untilAllExist(to, [`note-${round}`]);
    delays.push((performance.now() - started) / 1000);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  delays.sort((a, b) => a - b);
  const last = delays[Math.floor(delays.length * 0.99)];
  return { seconds: median(delays), note: `99th percentile ${last.toFixed(3)} s` };
}

async function archiveTree({ from, folder, control, settle }, place) {
  const staged = join(place, 'staged');
  mkdirSync(staged);
  makeSmallFiles(staged, 10_000);
  const started = performance.now();
  renameSync(staged, join(from, 'small'));
  await control().rescanFolder(folder);
  await settle();
  return { seconds: (performance.now() - started) / 1000 };
}

function requireSame(from, to) {
  const wrong = differences(describeTree(from), describeTree(to)).filter(
    (one) => !/\.stfolder|\.holdfast/.test(one),
  );
  if (wrong.length > 0) throw new Error(`the sides differ: ${wrong.slice(0, 5).join(', ')}`);
}

await main();
