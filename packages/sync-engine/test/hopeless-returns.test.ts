/** A rejection or a revert to content that nobody has is waited for, and then given up. */
import {
  localCurrent,
  type PathEntry,
  withLocalCurrent,
  withPeerRow,
} from '@holdfast/folder-index';
import type { FolderId, FolderPath } from '@holdfast/model';
import { silentLogger } from '@holdfast/platform';
import { beforeEach, expect, test } from 'vitest';
import { HopelessReturns } from '../src/hopeless-returns.js';
import type { PlannedPath } from '../src/placer.js';
import { planPath } from '../src/plan-sync.js';
import { disk, former, GuardWorld, nameOf, theirs } from './guard-world.js';
import { desktop, fileVersion, hash, pathOf } from './place-world.js';

const minuteMs = 60_000;
const path = pathOf(nameOf(0));

let world: GuardWorld;
let returns: HopelessReturns;
let planned: PlannedPath;
let isEverybodyHere: boolean;
const isRejected = async () =>
  localCurrent(await world.index.entry(path))?.guard?.state === 'rejected';

/** As one pass after another asks for it. */
async function ask(minutes: number, isGone = true): Promise<void> {
  for (let minute = 0; minute <= minutes; minute += 1) {
    returns.note(planned, isGone);
    await returns.settle();
    if (minute < minutes) world.nowMs += minuteMs;
  }
}

async function changed(where: FolderPath, change: (before: PathEntry) => PathEntry) {
  await world.index.update([where], change, { sync: true });
  return world.index.entry(where);
}

beforeEach(async () => {
  isEverybodyHere = true;
  world = await GuardWorld.open(20);
  await world.hear(0, 3);
  await world.place(await world.pass());
  await world.hear(3, 8);
  await world.pass();
  await world.answer('rejected');
  const back = await world.planned();
  planned = back.find(({ entry }) => entry.path === path)!;
  returns = new HopelessReturns({
    folder: 'photosphotosphot' as FolderId,
    index: world.index,
    clock: world.clock,
    logger: silentLogger,
    isEverybodyHere: () => isEverybodyHere,
  });
});

test('what nobody has for ten minutes is given up: what is here goes on to the others', async () => {
  await ask(9);
  expect(await isRejected()).toBe(true);
  await ask(1);
  expect(await isRejected()).toBe(false);
  expect(localCurrent(await world.index.entry(path))?.checked).toBe(true);
});

test('while a member is away, it may have it', async () => {
  await ask(9);
  isEverybodyHere = false;
  await ask(20);
  isEverybodyHere = true;
  await ask(9);
  expect(await isRejected()).toBe(true);
});

test('while one did not say that it is gone, nothing is given up', async () => {
  await ask(9);
  await ask(20, false);
  expect(await isRejected()).toBe(true);
});

test('what its user changed meanwhile stays as it is', async () => {
  await ask(9);
  const edit = fileVersion(nameOf(0), 'edited', planned.action.target.record.vector);
  await world.index.update([path], (entry) => withLocalCurrent(entry, edit, { disk }), {
    sync: true,
  });
  const before = await world.index.entry(path);
  await ask(1);
  expect(await world.index.entry(path)).toEqual(before);
});

test('a revert to what nobody has is given up too: the change is kept on', async () => {
  const kept = fileVersion(nameOf(10), 'made here', theirs);
  const entry = await changed(pathOf(nameOf(10)), (before) => {
    const shown = withPeerRow(before, former(10), {
      device: desktop,
      state: 'current',
      sequence: 99,
    });
    return withLocalCurrent(shown, kept, { disk, withheld: 'reverting' });
  });
  const action = planPath(entry, hash);
  if (action.type === 'none') throw new Error('nothing is to come back');
  planned = { entry, action };
  await ask(9);
  expect(localCurrent(await world.index.entry(entry.path))?.local.withheld).toBe('reverting');
  await ask(1);
  const after = localCurrent(await world.index.entry(entry.path));
  expect(after).toMatchObject({ version: { id: kept.id }, local: { withheld: 'kept', disk } });
});
