/**
 * What a folder costs that nothing happens to: a restart of both sides until each is up to date, and
 * then being there. The processor's share is that of one processor.
 */
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { residentBytes } from '../scripts/process-memory.mjs';
import { makeSmallFiles } from './workloads.mjs';

/** Whatever follows a start has ended by then: the database's own tidying, a collection of garbage. */
const calmMs = 30_000;
const idleMs = 60_000;
const writtenAt = 1_700_000_000;

/** `sizeOf` gives the size of each of `count` files by its number. */
export function unchangedFolder(count, sizeOf) {
  return async (pair, place) => {
    const trees = [pair.from, pair.to].map((side, at) => {
      const staged = join(place, `staged-${at}`);
      mkdirSync(staged);
      makeSmallFiles(staged, count, { sizeOf, writtenAt });
      return { staged, shown: join(side, 'files') };
    });
    // Both at once: what only one side has is sent to the other.
    for (const { staged, shown } of trees) renameSync(staged, shown);
    await pair.countsFiles(count);
    await pair.settle();
    await pair.stopBoth();
    const started = performance.now();
    await pair.startBoth();
    const seconds = (performance.now() - started) / 1000;
    const cpuSeconds = pair.cpuSeconds();
    await pause(calmMs);
    const before = pair.cpuSeconds();
    await pause(idleMs);
    const share = pair.cpuSeconds().map((now, side) => ((now - before[side]) / idleMs) * 100_000);
    const residents = pair.processes().map((pid) => residentBytes(pid) / 1e6);
    const idle = `idle ${share.map((one) => one.toFixed(2)).join(' + ')} %`;
    const note = `${idle}, ${residents.map((one) => one.toFixed(0)).join(' + ')} MB`;
    return { seconds, cpuSeconds, note };
  };
}

function pause(delayMs) {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
