import { describe, expect, test } from 'vitest';
import { ProgressMeter, type ProgressReading } from '../src/folder-progress.js';

const calm: ProgressReading = {
  atMs: 0,
  scan: undefined,
  need: undefined,
  receivedBytes: new Map(),
  servedBytes: new Map(),
  lacking: new Map(),
};

/** A meter that was fed a reading each second. */
function measured(...readings: readonly Partial<ProgressReading>[]) {
  const meter = new ProgressMeter();
  const figures = readings.map((one, at) => meter.update({ ...calm, ...one, atMs: at * 1000 }));
  return { meter, figures, last: figures.at(-1) };
}

function arriving(files: number, bytes: number, received: number): Partial<ProgressReading> {
  return { need: { files, bytes }, receivedBytes: new Map([['pi', received]]) };
}

describe('the progress of a folder', () => {
  test('is nothing while nothing moves', () => {
    expect(measured({}, {}).last).toBeNull();
  });

  test('of a scan says how many files were looked at, of how many, and how fast', () => {
    const { last } = measured(
      { scan: { files: 10, knownFiles: 100, hashedBytes: 0 } },
      { scan: { files: 60, knownFiles: 100, hashedBytes: 5_000_000 } },
    );
    expect(last?.scan).toEqual({
      files: 60,
      knownFiles: 100,
      hashedBytes: 5_000_000,
      bytesPerSecond: 5_000_000,
    });
  });

  test('of a transfer says what is left, since when, how fast, how long and from whom', () => {
    const { last } = measured(arriving(10, 10_000_000, 0), arriving(8, 8_000_000, 2_000_000));
    expect(last?.receiving).toEqual({
      files: 8,
      bytes: 8_000_000,
      totalFiles: 10,
      totalBytes: 10_000_000,
      bytesPerSecond: 2_000_000,
      secondsLeft: 4,
      from: [{ device: 'pi', bytesPerSecond: 2_000_000 }],
    });
  });

  test('of files without content counts the files', () => {
    const { last } = measured(arriving(30, 0, 0), arriving(20, 0, 0));
    expect(last?.receiving?.secondsLeft).toBe(2);
  });

  test('promises no end before anything arrived', () => {
    const { figures } = measured(arriving(3, 500, 0), arriving(3, 500, 0));
    expect(figures.map((one) => one?.receiving?.secondsLeft)).toEqual([null, null]);
  });

  test('follows a connection that began anew, whose counter is smaller than before', () => {
    const { last } = measured(arriving(3, 9_000, 5_000), arriving(2, 8_000, 1_000));
    expect(last?.receiving?.bytesPerSecond).toBe(1_000);
  });

  test('names members that still need something', () => {
    const { last } = measured(
      { lacking: new Map([['pi', { files: 2, bytes: 900 }]]), servedBytes: new Map([['pi', 0]]) },
      { lacking: new Map([['pi', { files: 1, bytes: 600 }]]), servedBytes: new Map([['pi', 300]]) },
    );
    expect(last?.sending).toEqual([
      {
        device: 'pi',
        files: 1,
        bytes: 600,
        totalFiles: 2,
        totalBytes: 900,
        bytesPerSecond: 300,
        secondsLeft: 2,
      },
    ]);
  });

  test('begins its total again with the next transfer', () => {
    const { last } = measured(arriving(10, 10, 0), {}, arriving(1, 1, 0));
    expect(last?.receiving?.totalFiles).toBe(1);
  });

  test('has no speed where it stands still for long', () => {
    const { meter } = measured(arriving(10, 10_000_000, 0), arriving(8, 8_000_000, 2_000_000));
    expect(meter.rest()?.receiving).toMatchObject({
      files: 8,
      bytesPerSecond: 0,
      secondsLeft: null,
      from: [],
    });
  });
});
