/** Questions and restores over connections that end in the middle. */
import type { FolderId, HistoryPage } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import { VirtualWorldClock } from '@holdfast/simulation';
import type { BlockSupplier } from '@holdfast/sync-engine';
import { expect, test } from 'vitest';
import { SteadyArchive } from '../src/steady-archive.js';

const folder = 'photosphotosphot' as FolderId;
const page = { position: 7, entries: [] } as unknown as HistoryPage;
type Request = BlockSupplier['request'];

const items = [
  { versionId: 'aa', level: 0, first: 0, count: 2 },
] as unknown as Parameters<Request>[1];
const lost = new AppError('connection_lost', 'The connection ended.', { kind: 'retry' });
const envelope = Uint8Array.of(1);

/** Sessions that take each other's place at every look; `undefined` is a moment without one. */
function archiveOver(
  sessions: readonly ({ history?: () => Promise<HistoryPage>; request?: Request } | undefined)[],
) {
  const world = new VirtualWorldClock();
  let looks = 0;
  const session = () => {
    const one = sessions[Math.min(looks, sessions.length - 1)];
    looks += 1;
    return one && ({ history: one.history, blocks: { request: one.request } } as never);
  };
  const archive = new SteadyArchive({ folder, session, clock: world.nodeClock() });
  const settled = async <Value>(promise: Promise<Value>) => {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    promise.then(end, end);
    await world.runUntil(() => isOver, { deadlineMs: world.nowMs + 60_000 });
    return promise;
  };
  return { archive, settled, looks: () => looks };
}

const failing = async () => Promise.reject(lost);
const answering = async () => page;

test('a question goes on over the connection that took the place of a lost one', async () => {
  const sessions = [{ history: failing }, undefined, { history: answering }];
  const { archive, settled } = archiveOver(sessions);
  expect(await settled(archive.query({ type: 'moment', at: { type: 'head' } }))).toBe(page);
});

test('blocks that came before the connection was lost are handed on once', async () => {
  const first: Request = async (_folder, _items, onBlock) => {
    onBlock({ item: 0, index: 0, envelope });
    throw lost;
  };
  const second: Request = async (_folder, _items, onBlock) => {
    for (const index of [0, 1]) onBlock({ item: 0, index, envelope });
    return [];
  };
  const { archive, settled } = archiveOver([{ request: first }, { request: second }]);
  const arrived: number[] = [];
  await settled(archive.request(folder, items, ({ index }) => arrived.push(index)));
  expect(arrived).toEqual([0, 1]);
});

test('an archive whose end of the folder is not linked yet is asked again', async () => {
  const early: Request = async () => [{ item: 0, reason: 'not-member' }];
  const later: Request = async () => [];
  const { archive, settled } = archiveOver([{ request: early }, { request: later }]);
  expect(await settled(archive.request(folder, items, () => undefined))).toEqual([]);
});

test('what the archive says of a path is said at once', async () => {
  const unknown = new AppError('time_unknown', 'Before the first entry.');
  const { archive, settled, looks } = archiveOver([
    { history: async () => Promise.reject(unknown) },
  ]);
  const asked = archive.query({ type: 'moment', at: { type: 'head' } });
  await expect(settled(asked)).rejects.toBe(unknown);
  expect(looks()).toBe(1);
});

test('an archive that does not come back is not waited for without end', async () => {
  const { archive, settled } = archiveOver([{ history: failing }, undefined]);
  const asked = archive.query({ type: 'moment', at: { type: 'head' } });
  await expect(settled(asked)).rejects.toMatchObject({ code: 'connection_lost' });
});
