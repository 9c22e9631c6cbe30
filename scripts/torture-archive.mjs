/**
 * An archive that is killed, or loses its power, at the n-th fsync, rename or write of an ingest,
 * of a compaction and of making its index again; n walks through all calls of each. What a device was
 * told to be archived is written down outside. After each crash the archive has to open, `verify` has
 * to find nothing, and every acknowledged version has to be there, byte for byte.
 *
 *   npm run torture:archive -- [--kills N] [--power N] [--minutes M] [--nodes]
 *
 * Kills happen in a directory, power losses on ext4 and xfs on loop devices, all at the same time. The
 * process is that of a store alone, or with `--nodes` a whole node with a device beside it.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ArchiveLane } from './torture/archive-lane.mjs';
import { ArchiveWorld } from './torture/archive-world.mjs';
import { CallTracer } from './torture/call-tracer.mjs';
import { placeInside, runInside } from './torture/isolation.mjs';
import { whyNoDisks } from './torture/loop-disk.mjs';
import { StoreWorld } from './torture/store-world.mjs';

const { values: flags } = parseArgs({
  options: {
    kills: { type: 'string', default: '30' },
    power: { type: 'string', default: '10' },
    minutes: { type: 'string', default: '60' },
    nodes: { type: 'boolean', default: false },
  },
});
/** So many crashes of an ingest, then of a compaction, and so on. */
const maxTurn = 12;
/** After so many it ends. */
const maxProblems = 5;
const startedAt = performance.now();
const totals = { walks: 0, worlds: 0, receipts: 0, receiptBytes: 0, readBack: 0, problems: 0 };

async function outside() {
  const place = mkdtempSync(join(tmpdir(), 'holdfast-torture-'));
  const code = await runInside(place, [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
  if (code === 0 || readdirSync(place).length === 0) rmSync(place, { recursive: true });
  else say(`what is left is in ${place}`);
  process.exitCode = code;
}

async function inside(place) {
  const reason = await CallTracer.whyNone();
  if (reason !== '') {
    say(`nothing is crashed here: ${reason}`);
    return;
  }
  const tables = new Map();
  const lanes = [laneOf({ name: 'kill', place, tables, wanted: Number(flags.kills) })];
  const fileSystems = await fileSystemsHere(place);
  for (const fileSystem of fileSystems) {
    const wanted = Math.ceil(Number(flags.power) / fileSystems.length);
    lanes.push(laneOf({ name: fileSystem, place, tables, wanted, fileSystem }));
  }
  await Promise.all(lanes.map((lane) => lane.run()));
  for (const [name, table] of tables) {
    for (const [what, count] of table) say(`${`${name} ${what}`.padEnd(24)} ${count}`);
    say(`${`${name} in all`.padEnd(24)} ${sumOf(table)}`);
  }
  for (const [name, count] of Object.entries(totals)) say(`${name.padEnd(24)} ${count}`);
  say(`torture of the archive: ${seconds()} s`);
  say(
    `${lanes.length - Math.min(lanes.length, totals.problems)} passed, ${totals.problems} failed`,
  );
  process.exitCode = totals.problems === 0 ? 0 : 1;
}

function laneOf({ name, place, tables, wanted, fileSystem }) {
  const table = new Map();
  tables.set(name, table);
  return new ArchiveLane({
    name,
    place,
    fileSystem,
    turn: Math.min(maxTurn, Math.ceil(wanted / 3)),
    openWorld: flags.nodes ? ArchiveWorld.open : StoreWorld.open,
    wantsMore: () =>
      sumOf(table) < wanted &&
      totals.problems < maxProblems &&
      Number(seconds()) < Number(flags.minutes) * 60,
    count(phase, kind) {
      const what = `${phase} ${kind}`;
      table.set(what, (table.get(what) ?? 0) + 1);
      const count = sumOf(table);
      if (count % 25 === 0) say(`${name}: ${count} after ${seconds()} s`);
    },
    countWalk() {
      totals.walks += 1;
    },
    countReceipts({ acknowledged, acknowledgedBytes, readBack }) {
      totals.worlds += 1;
      totals.readBack += readBack;
      totals.receipts += acknowledged;
      totals.receiptBytes += acknowledgedBytes;
    },
    report(problem, folder) {
      totals.problems += 1;
      say(`FAILED ${problem}\n  see ${folder}`);
    },
  });
}

/** Those on which power can be lost here. */
async function fileSystemsHere(place) {
  const found = [];
  for (const type of ['ext4', 'xfs']) {
    const reason = await whyNoDisks(place, type);
    if (reason === '') found.push(type);
    else say(`no power is lost on ${type} here: ${reason}`);
  }
  return found;
}

function sumOf(table) {
  return [...table.values()].reduce((sum, count) => sum + count, 0);
}

function seconds() {
  return ((performance.now() - startedAt) / 1000).toFixed(0);
}

function say(line) {
  process.stdout.write(`${line}\n`);
}

const place = placeInside();
await (place === undefined ? outside() : inside(place));
