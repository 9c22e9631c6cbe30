/** A rejection whose former content nobody has is waited for, and then given up. */
import { localCurrent, withLocalCurrent } from '@holdfast/folder-index';
import type { FolderId } from '@holdfast/model';
import { silentLogger } from '@holdfast/platform';
import { beforeEach, expect, test } from 'vitest';
import { HopelessRejections } from '../src/hopeless-rejections.js';
import type { PlannedPath } from '../src/placer.js';
import { disk, GuardWorld, nameOf } from './guard-world.js';
import { fileVersion, pathOf } from './place-world.js';

const minuteMs = 60_000;
const path = pathOf(nameOf(0));

let world: GuardWorld;
let rejections: HopelessRejections;
let planned: PlannedPath;
let isEverybodyHere: boolean;
const isRejected = async () =>
  localCurrent(await world.index.entry(path))?.guard?.state === 'rejected';

/** As one pass after another asks for it. */
async function ask(minutes: number, isGone = true): Promise<void> {
  for (let minute = 0; minute <= minutes; minute += 1) {
    rejections.note(planned, isGone);
    await rejections.settle();
    if (minute < minutes) world.nowMs += minuteMs;
  }
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
  rejections = new HopelessRejections({
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
