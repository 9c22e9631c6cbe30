/** Whose question is kept where, who hears of it, and whose answer counts. */
import { Coverage, type FolderIndex } from '@holdfast/folder-index';
import type { DeviceId, FolderId, MassChange, MassChangeAnswer } from '@holdfast/model';
import { silentLogger } from '@holdfast/platform';
import { SeededRandom } from '@holdfast/simulation';
import { limits } from '@holdfast/sync-protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import type { FolderConfig } from '../src/folder-config.js';
import { FolderMassChanges } from '../src/folder-mass-changes.js';
import { openIndex } from './guard-world.js';
import { desktop, hash, here, phone, root } from './place-world.js';

const folder = 'photosphotosphot' as FolderId;
let index: FolderIndex;
let mirrorIndex: FolderIndex | undefined;
let news: number;

beforeEach(async () => {
  index = await openIndex();
  mirrorIndex = undefined;
  news = 0;
});

function massChanges(more: Partial<FolderConfig> = {}): FolderMassChanges {
  const config: FolderConfig = {
    id: folder,
    label: 'photos',
    tree: { root, marker: { folder, instance: 'x' }, watch: 'auto' },
    archive: false,
    mode: 'send-receive',
    members: [desktop, phone],
    copies: 1,
    paused: false,
    massChange: { files: 3, sharePercent: 10, windowMs: 600_000 },
    ...more,
  };
  return new FolderMassChanges({
    device: here,
    config: () => config,
    index,
    mirrorIndex,
    coverage: () => new Coverage([], 1),
    hash,
    clock: { now: () => 0, monotonic: () => 0, setTimer: () => ({ cancel: () => undefined }) },
    random: new SeededRandom('mass changes'),
    logger: silentLogger,
    onNews: () => {
      news += 1;
    },
    onSettled: () => undefined,
  });
}

function question(digit: string, holder: DeviceId, more: Partial<MassChange> = {}): MassChange {
  return {
    id: digit.repeat(16),
    holder,
    author: phone,
    sinceMs: 1,
    lastMs: 1,
    deleted: 300,
    rewritten: 0,
    files: 1_000,
    answer: 'open',
    ...more,
  };
}

const answersOf = (changes: FolderMassChanges) =>
  changes.all().map(({ id, answer }) => [id[0], answer]);
const keep = (to: FolderIndex, ...questions: MassChange[]) =>
  to.questions.change(() => questions.map((one) => ({ ...one, settled: 'open' as const })));

describe('what a member asks', () => {
  test('is kept and told on, and what is known already is no news', async () => {
    const changes = massChanges();
    await changes.hear([question('a', desktop)]);
    expect(changes.open()).toMatchObject([{ holder: desktop, deleted: 300 }]);
    expect(changes.announced(10)).toEqual([question('a', desktop)]);
    await changes.hear([question('a', desktop)]);
    await changes.hear([]);
    expect(news).toBe(1);
  });

  test('is remembered by a node that starts again', async () => {
    await massChanges().hear([question('a', desktop)]);
    expect(answersOf(massChanges())).toEqual([['a', 'open']]);
  });

  test('under this device’s own name is not believed', async () => {
    const changes = massChanges();
    await changes.hear([question('a', here)]);
    expect([changes.all(), news]).toEqual([[], 0]);
  });

  test('is answered by whoever answers, and a rejection stands', async () => {
    const changes = massChanges();
    await changes.hear([question('a', desktop)]);
    const hear = (answer: MassChangeAnswer) => changes.hear([question('a', desktop, { answer })]);
    await hear('confirmed');
    expect(answersOf(changes)).toEqual([['a', 'confirmed']]);
    await hear('rejected');
    await hear('confirmed');
    await hear('open');
    expect(answersOf(changes)).toEqual([['a', 'rejected']]);
    expect(news).toBe(3);
  });
});

describe('what this device asks', () => {
  test('is answered by a member, who can say nothing else of it', async () => {
    await keep(index, question('a', here));
    const changes = massChanges();
    await changes.hear([question('a', here, { answer: 'confirmed', deleted: 1, author: desktop })]);
    expect(changes.all()).toMatchObject([{ answer: 'confirmed', deleted: 300, author: phone }]);
    expect(news).toBeGreaterThan(0);
  });

  test('is kept by the mirror where an archive has one, and others’ by the archive', async () => {
    mirrorIndex = await openIndex();
    await keep(mirrorIndex, question('a', here, { lastMs: 2 }), question('b', phone));
    await keep(index, question('c', here), question('d', phone));
    const changes = massChanges({ archive: true });
    expect(answersOf(changes)).toEqual([
      ['a', 'open'],
      ['d', 'open'],
    ]);
    await changes.hear([question('a', here, { answer: 'rejected' })]);
    await changes.hear([question('d', phone, { answer: 'confirmed' })]);
    const inMirror = mirrorIndex.questions.all().find(({ id }) => id.startsWith('a'));
    const inArchive = index.questions.all().find(({ id }) => id.startsWith('d'));
    expect([inMirror?.answer, inArchive?.answer]).toEqual(['rejected', 'confirmed']);
  });
});

describe('an answer of this device’s user', () => {
  test('is for all that waits, its own and that of others, and is told', async () => {
    await keep(index, question('a', here, { lastMs: 2 }), question('b', desktop));
    const changes = massChanges();
    await changes.hear([question('c', phone, { answer: 'confirmed', lastMs: 0 })]);
    const answered = await changes.answer('rejected');
    expect(answered.map(({ id, answer }) => [id[0], answer])).toEqual([
      ['a', 'rejected'],
      ['b', 'rejected'],
    ]);
    expect(answersOf(changes)).toEqual([
      ['a', 'rejected'],
      ['b', 'rejected'],
      ['c', 'confirmed'],
    ]);
    expect(changes.announced(10).map(({ answer }) => answer)).toEqual([
      'rejected',
      'rejected',
      'confirmed',
    ]);
  });

  test('where nothing waits says so, and changes nothing', async () => {
    const changes = massChanges();
    await changes.hear([question('a', desktop, { answer: 'over' })]);
    await expect(changes.answer('confirmed')).rejects.toMatchObject({ code: 'nothing_to_confirm' });
    expect(answersOf(changes)).toEqual([['a', 'over']]);
  });
});

test('what waits is told before what was answered, and no more than there is room for', async () => {
  const heard = Array.from({ length: 20 }, (_, at) =>
    question('a', desktop, {
      id: at.toString(16).padStart(16, '0'),
      lastMs: at,
      answer: at % 2 === 0 ? 'confirmed' : 'open',
    }),
  );
  const changes = massChanges();
  await changes.hear(heard);
  const told = changes.announced(15).map(({ answer, lastMs }) => [answer, lastMs]);
  expect(told).toHaveLength(Math.min(15, limits.massChanges));
  const open = told.filter(([answer]) => answer === 'open');
  expect(open.map(([, lastMs]) => lastMs)).toEqual([19, 17, 15, 13, 11, 9, 7, 5, 3, 1]);
  expect(told.slice(0, open.length)).toEqual(open);
  expect(changes.announced(0)).toEqual([]);
});

test('a folder whose files are not kept here guards nothing, and passes questions on all the same', async () => {
  const changes = massChanges({ tree: undefined, archive: true });
  expect(changes.guard).toBeUndefined();
  await changes.hear([question('a', desktop)]);
  await changes.answer('confirmed');
  expect(changes.announced(10)).toEqual([question('a', desktop, { answer: 'confirmed' })]);
});
