import type { VersionId } from '@holdfast/model';
import { beforeEach, describe, expect, test } from 'vitest';
import { SettlingPaths } from '../src/settling-paths.js';
import { pathOf } from './place-world.js';

const minuteMs = 60_000;
const many = 10_000;
const [one, other] = ['one', 'other'] as VersionId[];
const path = pathOf('note.md');

describe('paths whose versions beat each other in a circle', () => {
  let nowMs: number;
  let settling: SettlingPaths;
  beforeEach(() => {
    nowMs = 0;
    settling = new SettlingPaths({ monotonic: () => nowMs });
  });

  const isDueAfter = (waitedMs: number, id = one) => {
    nowMs += waitedMs;
    return settling.isDue(path, id);
  };
  /** Circles that somebody makes and of which nothing is heard again. */
  const makeMany = () => {
    for (let at = 0; at < many; at += 1) settling.isDue(pathOf(`of-others-${at}`), one);
  };

  test('are settled after a minute in which nothing new was heard', () => {
    expect(isDueAfter(0)).toBe(false);
    expect(isDueAfter(minuteMs - 1)).toBe(false);
    expect(isDueAfter(1)).toBe(true);
  });

  test('wait anew where another version would settle them', () => {
    isDueAfter(0);
    expect(isDueAfter(minuteMs, other)).toBe(false);
    expect(isDueAfter(minuteMs, other)).toBe(true);
  });

  test('are settled though there were too many of which nothing is heard any more', () => {
    makeMany();
    expect(isDueAfter(10 * minuteMs)).toBe(false);
    expect(isDueAfter(minuteMs)).toBe(true);
  });

  test('push out none that are waited for', () => {
    isDueAfter(0);
    makeMany();
    expect(isDueAfter(minuteMs)).toBe(true);
  });
});
