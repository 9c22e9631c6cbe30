import { InlineBulkRunner, nativeBlake3 } from '@holdfast/simulation';
import { beforeEach, describe, expect, test } from 'vitest';
import { FolderIgnore } from '../src/folder-ignore.js';
import { hash, PlaceWorld, pathOf, root } from './place-world.js';

const patienceMs = 2_000;
const looked = async () => true;
let world: PlaceWorld;
let ignore: FolderIgnore;
let nowMs: number;
/** When it asked to be looked at again. */
let askedAgain: number[];
/** Of the rules that the index took over. */
let takenOver: string[];

beforeEach(async () => {
  world = new PlaceWorld();
  [nowMs, askedAgain, takenOver] = [0, [], []];
  ignore = new FolderIgnore({
    root,
    index: { ignore: async ({ fingerprint }) => void takenOver.push(fingerprint) },
    runner: new InlineBulkRunner({
      fileSystem: world.user,
      hasher: nativeBlake3,
      clock: { now: () => world.nowMs },
    }),
    hash,
    clock: {
      now: () => nowMs,
      monotonic: () => nowMs,
      setTimer: () => ({ cancel: () => undefined }),
    },
    onLookAgain: (delayMs) => askedAgain.push(nowMs + delayMs),
  });
  world.write('.stignore', '*.tmp\n');
  await ignore.refresh(looked);
});

const ignoresTmp = () => ignore.rules.isIgnored(pathOf('a.tmp'));

describe('patterns whose file vanished', () => {
  test('hold for two more seconds, and are looked for again then', async () => {
    world.user.unlink(world.at('.stignore'));
    expect(await ignore.refresh(looked)).toBe(false);
    nowMs = patienceMs - 1;
    expect([await ignore.refresh(looked), await ignore.isCurrent(), ignoresTmp()]).toEqual([
      false,
      true,
      true,
    ]);
    expect(new Set(askedAgain)).toEqual(new Set([patienceMs]));
    nowMs = patienceMs;
    expect([await ignore.isCurrent(), await ignore.refresh(looked), ignoresTmp()]).toEqual([
      false,
      true,
      false,
    ]);
    expect(takenOver).toHaveLength(2);
  });

  test('hold on when it comes back, as editors let it, and the next time has two seconds of its own', async () => {
    world.user.unlink(world.at('.stignore'));
    await ignore.refresh(looked);
    nowMs = patienceMs / 2;
    world.write('.stignore', '*.tmp\n');
    expect(await ignore.refresh(looked)).toBe(false);
    nowMs = patienceMs;
    world.user.unlink(world.at('.stignore'));
    expect([await ignore.refresh(looked), ignoresTmp()]).toEqual([false, true]);
    expect(askedAgain.at(-1)).toBe(2 * patienceMs);
    expect(takenOver).toHaveLength(1);
  });

  test('give way at once to others in its place', async () => {
    world.user.unlink(world.at('.stignore'));
    await ignore.refresh(looked);
    world.write('.stignore', '*.log\n');
    expect([await ignore.refresh(looked), ignoresTmp()]).toEqual([true, false]);
  });
});
