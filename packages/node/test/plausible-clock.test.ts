import type { VersionArchive } from '@holdfast/version-archive';
import { beforeEach, expect, test } from 'vitest';
import { PlausibleClock } from '../src/plausible-clock.js';

const dayMs = 24 * 60 * 60_000;
const newestMs = Date.parse('2026-03-02T12:00:00Z');
const archive = {
  thinning: { newestReceivedMs: async () => newestMs },
} as unknown as VersionArchive;

let wallMs: number;
let monotonicMs: number;
let isSynchronised: boolean;
let clock: PlausibleClock;

beforeEach(() => {
  wallMs = newestMs + 60_000;
  monotonicMs = 5_000;
  isSynchronised = true;
  clock = new PlausibleClock({
    clock: {
      now: () => wallMs,
      monotonic: () => monotonicMs,
      setTimer: () => ({ cancel: () => undefined }),
    },
    clockSynchronised: () => isSynchronised,
  });
});

const refused = { code: 'clock_implausible' };

test('a clock that goes on as time does is trusted, also after weeks', async () => {
  await clock.check(archive);
  wallMs += 30 * dayMs;
  monotonicMs += 30 * dayMs - 20 * 60_000;
  await clock.check(archive);
});

test('one that is not synchronised is not', async () => {
  isSynchronised = false;
  await expect(clock.check(archive)).rejects.toMatchObject(refused);
});

test('one that is behind what was received is not', async () => {
  wallMs = newestMs - 1;
  await expect(clock.check(archive)).rejects.toMatchObject(refused);
});

test('one that somebody set while the node ran is not, in either direction', async () => {
  wallMs += dayMs;
  await expect(clock.check(archive)).rejects.toMatchObject(refused);
  wallMs -= dayMs;
  await clock.check(archive);
  monotonicMs += dayMs;
  await expect(clock.check(archive)).rejects.toMatchObject(refused);
});
