import type { FolderPath } from '@holdfast/model';
import { VirtualWorldClock } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';
import {
  type LookPace,
  maxAppearances,
  nativePace,
  pollingPace,
  SecondLooks,
} from '../src/second-looks.js';
import { pathOf } from './place-world.js';

const paths = (...names: string[]) => names.map(pathOf);
const soonMs = 2_500;
const longMs = 60_000;

/** What is looked at again, and what was never named. */
function scene(pace: LookPace | undefined = nativePace) {
  const world = new VirtualWorldClock();
  const looked: FolderPath[] = [];
  const unnoticed: FolderPath[] = [];
  const looks = new SecondLooks({
    clock: world.nodeClock(),
    pace: () => pace,
    look: (found) => looked.push(...found),
    onUnnoticed: (found) => unnoticed.push(...found),
  });
  const place = (...names: string[]) => {
    looks.begin(paths(...names));
    looks.end(paths(...names), new Set(paths(...names)));
  };
  return { world, looks, looked, unnoticed, place };
}

describe('what was placed', () => {
  test('and is named by the watcher is not looked at again', async () => {
    const { world, looks, looked, unnoticed, place } = scene();
    place('a', 'b');
    looks.named(paths('a', 'b'), []);
    await world.runUntil(longMs);
    expect([looked, unnoticed]).toEqual([[], []]);
  });

  test('and is not named is looked at once, and then told of', async () => {
    const { world, looked, unnoticed, place } = scene();
    place('a');
    await world.runUntil(nativePace.everyMs);
    expect([looked, unnoticed]).toEqual([['a'], []]);
    await world.runUntil(longMs);
    expect([looked, unnoticed]).toEqual([['a'], ['a']]);
  });

  test('may be named before the placing has ended', async () => {
    const { world, looks, looked } = scene();
    looks.begin(paths('a'));
    looks.named(paths('a'), []);
    looks.end(paths('a'), new Set(paths('a')));
    await world.runUntil(longMs);
    expect(looked).toEqual([]);
  });

  test('is waited for from the end of the placing on, however long it takes', async () => {
    const { world, looks, looked } = scene();
    looks.begin(paths('a'));
    await world.runUntil(longMs);
    expect(looked).toEqual([]);
    looks.end(paths('a'), new Set(paths('a')));
    await world.runUntil(longMs + soonMs);
    expect(looked).toEqual(['a']);
  });

  test('and could not be made is not waited for', async () => {
    const { world, looks, looked, unnoticed } = scene();
    looks.begin(paths('a', 'b'));
    looks.end(paths('a', 'b'), new Set(paths('b')));
    await world.runUntil(longMs);
    expect([looked, unnoticed]).toEqual([['b'], ['b']]);
  });

  test('twice is looked at even when it is named: that may be about the first time', async () => {
    const { world, looks, looked, unnoticed, place } = scene();
    place('a');
    place('a');
    looks.named(paths('a'), []);
    await world.runUntil(longMs);
    expect([looked, unnoticed]).toEqual([['a'], []]);
  });

  test('under a name that no text can tell is named by the directory above it', async () => {
    const { world, looks, looked, place } = scene();
    place('odd/\xff', 'other');
    looks.named([], paths('odd'));
    await world.runUntil(nativePace.everyMs);
    expect(looked).toEqual(['other']);
    place('\xff');
    looks.named([], ['']);
    await world.runUntil(longMs);
    expect(looked).toEqual(['other']);
  });

  test('before a watch was renewed is not told of as unnoticed', async () => {
    const { world, looks, looked, unnoticed, place } = scene();
    place('a');
    looks.begin(paths('b'));
    looks.renewed();
    looks.end(paths('b'), new Set(paths('b')));
    await world.runUntil(longMs);
    expect([looked, unnoticed]).toEqual([['b'], []]);
  });
});

test('what a scan found young is looked at once more, and says nothing about the watch', async () => {
  const { world, looks, looked, unnoticed } = scene();
  looks.found(paths('a'));
  looks.named(paths('a'), []);
  await world.runUntil(longMs);
  expect([looked, unnoticed]).toEqual([['a'], []]);
});

test('where a tree is polled, it is looked at again until the poller has met it', async () => {
  const { world, looks, looked, unnoticed, place } = scene(pollingPace);
  place('a', 'b');
  await world.runUntil(3 * pollingPace.everyMs);
  looks.named(paths('b'), []);
  await world.runUntil(longMs);
  expect(looked.filter((path) => path === 'b')).toHaveLength(3);
  expect(looked.filter((path) => path === 'a')).toHaveLength(pollingPace.looks);
  expect(unnoticed).toEqual(['a']);
});

test('where nothing watches, nothing waits', async () => {
  const { world, looks, looked, place } = scene({ ...nativePace, looks: 0 });
  place('a');
  looks.stop();
  await world.runUntil(longMs);
  expect(looked).toEqual([]);
  const idle = scene();
  const unwatched = new SecondLooks({
    clock: idle.world.nodeClock(),
    pace: () => undefined,
    look: (found) => idle.looked.push(...found),
    onUnnoticed: () => undefined,
  });
  unwatched.begin(paths('a'));
  unwatched.end(paths('a'), new Set(paths('a')));
  unwatched.found(paths('b'));
  await idle.world.runUntil(longMs);
  expect(idle.looked).toEqual([]);
});

test('no more paths are waited for than the bound says', async () => {
  const { world, looked, place } = scene();
  place(...Array.from({ length: maxAppearances + 10 }, (_, at) => `f${at}`));
  await world.runUntil(longMs);
  expect(looked).toHaveLength(maxAppearances);
});
