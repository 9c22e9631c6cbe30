/** What a person asked for on one device asks nobody again, here or on the others. */
import { localCurrent, offerOf, withLocalCurrent, withPeerRow } from '@holdfast/folder-index';
import { beforeEach, describe, expect, test } from 'vitest';
import { FolderModes } from '../src/folder-modes.js';
import { planPath } from '../src/plan-sync.js';
import { shared } from '../src/plan-withheld.js';
import { disk, former, GuardWorld, nameOf, numbers } from './guard-world.js';
import { actor, desktop, fileVersion, hash, here, pathOf } from './place-world.js';

const files = 20;
const paths = numbers(0, files).map((number) => pathOf(nameOf(number)));

describe('a guard that asks beyond three files does not ask', () => {
  let world: GuardWorld;
  beforeEach(async () => {
    world = await GuardWorld.open(files);
  });
  const asksNobody = async () => {
    expect((await world.pass()).map(({ mark }) => mark)).toEqual(paths.map(() => undefined));
    expect(world.answers).toEqual([]);
  };

  test('about an override on another device', async () => {
    const sender = await GuardWorld.open(files);
    await sender.hear(0, files);
    await modesOf(sender).override({ dryRun: false });
    const offers = (await sender.index.entries(paths)).map((entry) => {
      const row = localCurrent(entry)!;
      return { ...offerOf(row, row.local), path: entry.path };
    });
    await world.hear(0, files, true);
    await world.place(await world.pass());
    await world.index.update(
      paths,
      (entry) => {
        const { version, state, checked } = offers.find(({ path }) => path === entry.path)!;
        return withPeerRow(entry, version, { device: desktop, state, sequence: 99 }, checked);
      },
      { sync: true },
    );
    await asksNobody();
  });

  test('about what a revert brings back, though nobody vouches for that', async () => {
    await world.index.update(
      paths,
      (entry) =>
        withLocalCurrent(entry, former(Number.parseInt(entry.path, 10)), {
          disk,
          withheld: 'reverting',
        }),
      { sync: true },
    );
    await world.hear(0, files);
    await asksNobody();
  });

  test('about what a receive-only folder kept, once its mode lets it share that', () => {
    const local = former(0);
    const kept = withLocalCurrent({ path: local.record.path, rows: [] }, local, {
      withheld: 'kept',
    });
    expect(localCurrent(kept)?.checked).toBeUndefined();
    expect(localCurrent(shared(kept))?.checked).toBe(true);
  });

  test.each([true, false])(
    'about what is restored in place, whether the guard there is on: %s',
    async (isOn) => {
      if (!isOn) world.limits = undefined;
      const [before] = await world.index.entries([pathOf(nameOf(0))]);
      const restored = fileVersion(nameOf(0), 'as of last year', [
        { actor: actor('a'), counter: 2 },
      ]);
      const after = withLocalCurrent(before!, restored, { disk });
      expect(isVouchedFor(after)).toBe(false);
      world.guard.expect([pathOf(nameOf(0))]);
      expect(isVouchedFor(world.guard.judge(before!, after))).toBe(true);
      expect(world.guard.judge(before!, before!)).toBe(before);
    },
  );
});

const isVouchedFor = (entry: Parameters<typeof localCurrent>[0]) =>
  localCurrent(entry)?.checked === true;

function modesOf({ index }: GuardWorld): FolderModes {
  return new FolderModes({
    folder: {
      config: { label: 'photos', mode: 'send-only', paused: false },
      treeIndex: index,
      renumbering: { isPending: false },
    },
    tree: { rescan: async () => undefined, wake: () => undefined, unreadable: 0 },
    plan: (entry) => planPath(entry, hash),
    context: { actor: actor('a'), device: here, hash },
    onChange: () => undefined,
  });
}
