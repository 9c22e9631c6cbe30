/** A store that reads itself again in the background: how fast, how far, and what it tells. */
import { joinPath, silentLogger } from '@holdfast/platform';
import {
  MemoryDatabase,
  MemoryKeyValueStore,
  NodeClock,
  SeededRandom,
  type StoreCall,
  VirtualWorldClock,
} from '@holdfast/simulation';
import { type ArchiveFindings, badCount, type VersionArchive } from '@holdfast/version-archive';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  ArchiveWorld,
  archiveAll,
  fileVersion,
  storeDirectory,
} from '../../version-archive/test/archive-world.js';
import { ArchiveScrubber } from '../src/archive-scrubber.js';
import { CareState } from '../src/care-state.js';

const dayMs = 24 * 60 * 60_000;
const segmentCount = 4;

let store: ArchiveWorld;
let clock: VirtualWorldClock;
let database: MemoryDatabase;
let marks: number;
let rotMet: number;
let rounds: ArchiveFindings[];

beforeEach(async () => {
  store = new ArchiveWorld();
  clock = new VirtualWorldClock();
  database = new MemoryDatabase();
  [marks, rotMet, rounds] = [0, 0, []];
  for (let at = 0; at < segmentCount; at += 1) {
    const archive = await store.open();
    await archiveAll(archive, [fileVersion(`f${at}`, `text ${at}`, at + 1)]);
    await archive.close();
  }
});

/** The archive, opened and scrubbed by a node that was just started. */
async function start(): Promise<{ archive: VersionArchive; scrubber: ArchiveScrubber }> {
  const onCall = (call: StoreCall) => {
    if (call.name === 'batch') marks += 1;
  };
  const state = new CareState(new MemoryKeyValueStore(database, { onCall }));
  const archive = await store.open();
  await state.load(archive.storeId);
  const nodeClock = new NodeClock(clock, {});
  const scrubber = new ArchiveScrubber({
    clock: nodeClock,
    random: new SeededRandom('scrub'),
    logger: silentLogger,
    state,
    onRot: () => {
      rotMet += 1;
    },
    onRound: async ({ storeId }, findings) => {
      rounds.push(findings);
      await state.note(storeId, { verifiedAtMs: nodeClock.now() });
    },
    isBusy: () => false,
  });
  scrubber.start(archive);
  return { archive, scrubber };
}

const afterDays = (days: number) => clock.runUntil(clock.nowMs + days * dayMs);

function rot(segment: number): void {
  const fileSystem = store.fileSystem();
  const directory = joinPath(storeDirectory, 'blocks');
  const names = fileSystem.list(directory).map(({ name }) => name);
  const name = names.sort()[segment - 1];
  if (name === undefined) throw new Error('no such segment');
  const handle = fileSystem.open(joinPath(directory, name), 'write');
  fileSystem.write(handle, Buffer.from('rot'), 150);
  fileSystem.close(handle);
}

describe('a store that is scrubbed', () => {
  test('is read once a month, and nothing is written but how far it is', async () => {
    const { scrubber } = await start();
    await afterDays(10);
    expect(rounds).toHaveLength(0);
    await afterDays(25);
    expect(rounds.map(badCount)).toEqual([0]);
    expect(rounds[0]?.blocks.blocks).toBe(segmentCount);
    await afterDays(90);
    expect(rounds.length).toBeGreaterThanOrEqual(2);
    expect(rounds.length).toBeLessThanOrEqual(4);
    expect(marks).toBeLessThanOrEqual((rounds.length + 1) * (segmentCount + 2));
    await scrubber.stop();
  });

  test('goes on where it was after a restart', async () => {
    const first = await start();
    await afterDays(17);
    await first.scrubber.stop();
    await first.archive.close();
    const { scrubber } = await start();
    await afterDays(17);
    expect(rounds).toHaveLength(1);
    expect(rounds[0]?.blocks.blocks).toBeLessThan(segmentCount);
    await scrubber.stop();
  });

  test('tells of rot when it is met, not at the end of the round', async () => {
    const { archive, scrubber } = await start();
    rot(1);
    await afterDays(1);
    expect([rotMet, rounds.length]).toEqual([1, 0]);
    expect((await archive.lostContent()).versions).toHaveLength(1);
    await scrubber.stop();
  });

  test('stops at once', async () => {
    const { scrubber } = await start();
    await scrubber.stop();
    expect(await clock.runUntil(() => false, { deadlineMs: clock.nowMs + dayMs })).toBeDefined();
    expect(rounds).toEqual([]);
  });
});
