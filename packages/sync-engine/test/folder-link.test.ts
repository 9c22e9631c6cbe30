/** What one member is told of a folder, and what of its words is durable before they count. */
import {
  type FolderIndex,
  type IndexPosition,
  withHeld,
  withLocalCurrent,
} from '@holdfast/folder-index';
import type { FolderId, StoreId } from '@holdfast/model';
import { silentLogger } from '@holdfast/platform';
import { MemoryDatabase, VirtualWorldClock } from '@holdfast/simulation';
import type { ControlMessage, FolderAnnouncement, IndexRow } from '@holdfast/sync-protocol';
import { describe, expect, test } from 'vitest';
import { desktop, fileVersion, hash, openIndex } from '../../folder-index/test/index-world.js';
import { FolderLink } from '../src/folder-link.js';
import type { PeerSession } from '../src/peer-session.js';

const folder = 'photosphotosphot' as FolderId;
const older = fileVersion('letter.txt', 1);
const newer = fileVersion('letter.txt', 2);

/** A link to the desktop, and what it is sent. */
async function linkTo(
  index: FolderIndex,
  said: Partial<FolderAnnouncement> = {},
  onOwnRows: () => void = () => undefined,
  onReceipt: () => Promise<void> = async () => undefined,
) {
  const sent: ControlMessage[] = [];
  const ends: unknown[] = [];
  const session = {
    device: desktop,
    send: async (message: ControlMessage) => void sent.push(message),
    end: (reason: unknown) => void ends.push(reason),
  };
  const other = await openIndex({ seed: 'desktop' });
  const announcement: FolderAnnouncement = {
    folderId: folder,
    label: 'letters',
    accepted: true,
    epoch: other.epoch,
    position: other.position(),
    mode: 'send-receive',
    massChanges: [],
    proofs: [],
    ...said,
  };
  const link = new FolderLink(
    {
      folder,
      index,
      session: session as unknown as PeerSession,
      hash,
      clock: new VirtualWorldClock().nodeClock(),
      need: () => ({ files: 0, bytes: 0 }),
      trouble: () => undefined,
      isLooking: () => false,
      onRows: () => undefined,
      onOwnRows,
      onProgress: () => undefined,
      onReceipt,
      logger: silentLogger,
    },
    announcement,
  );
  return { link, sent, ends, epoch: other.epoch };
}

describe('of a version that was replaced and is held', () => {
  /** What the desktop is told, once it was told how far that reaches. */
  async function told(said: Partial<FolderAnnouncement>): Promise<readonly IndexRow[]> {
    const index = await openIndex();
    await index.update([older.record.path], (entry) => withLocalCurrent(entry, older), {
      sync: true,
    });
    await index.update(
      [older.record.path],
      (entry) => withHeld(withLocalCurrent(entry, newer), older, { sinceMs: 1 }),
      { sync: true },
    );
    const { link, sent, ends } = await linkTo(index, said);
    await link.start();
    const deltas = () => sent.filter((message) => message.type === 'index-delta');
    await expect.poll(() => deltas().at(-1)?.position).toEqual(index.position());
    link.end();
    expect(ends).toEqual([]);
    return deltas().flatMap(({ rows }) => rows);
  }

  test('a member that only shows the folder hears nothing', async () => {
    expect(await told({})).toMatchObject([{ state: 'current', record: newer.bytes }]);
  });

  test('an archive hears that it is kept beside, and has to be archived', async () => {
    const archive = { storeId: '55'.repeat(8) as StoreId, generation: 1 };
    const rows = await told({ archive });
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual(expect.objectContaining({ state: 'side', record: older.bytes }));
    expect(rows).toContainEqual(expect.objectContaining({ state: 'current', record: newer.bytes }));
  });
});

test('how far a member was heard is durable before it counts', async () => {
  const database = new MemoryDatabase();
  const index = await openIndex({ database });
  const { link, epoch } = await linkTo(index);
  const position = { epoch, sequence: 1, hash: '00'.repeat(32) } as IndexPosition;
  await link.receiveDelta({
    type: 'index-delta',
    folderId: folder,
    epoch,
    after: 0,
    rows: [{ sequence: 1, state: 'current', checked: true, record: newer.bytes }],
    position,
  });
  expect(index.peer(desktop).seen).toEqual(position);
  expect(database.unsyncedBatches).toBe(0);
});

test('what a member vouches for gets another number here, and that is told at once', async () => {
  const index = await openIndex();
  await index.update([newer.record.path], (entry) => withLocalCurrent(entry, newer), {
    sync: true,
  });
  const { link, sent, epoch } = await linkTo(index, {}, () => link.wake());
  await link.start();
  const toldUpTo = () => sent.findLast((message) => message.type === 'index-delta')?.position;
  await expect.poll(toldUpTo).toEqual(index.position());
  await link.receiveDelta({
    type: 'index-delta',
    folderId: folder,
    epoch,
    after: 0,
    rows: [{ sequence: 1, state: 'current', checked: true, record: newer.bytes }],
  });
  expect(index.position().sequence).toBe(2);
  await expect.poll(toldUpTo).toEqual(index.position());
  link.end();
});

describe('a receipt of a store that the member keeps no more', () => {
  const storeId = '0123456789abcdef' as StoreId;
  const other = 'fedcba9876543210' as StoreId;

  /** Linked to a member that keeps this store; the receipt that is known is of `storeId`. */
  async function linkedToStore(kept: StoreId) {
    const index = await openIndex();
    const position = index.position();
    const said = {
      generation: 1,
      position,
      exceptions: [],
      logPosition: 3,
      logHead: 'ab'.repeat(32),
    };
    const receipt = { storeId, ...said, receivedAtMs: 1 };
    const peers = { [desktop]: { receipt } };
    await index.update([], (entry) => entry, { sync: true, peers });
    let isCounted = true;
    const onReceipt = async () => {
      await Promise.resolve();
      isCounted = index.peer(desktop).receipt !== undefined;
    };
    const archive = { storeId: kept, generation: 1 };
    const { link } = await linkTo(index, { archive, seen: position }, undefined, onReceipt);
    return { index, link, archive, isCounted: () => isCounted };
  }

  test('is gone, and counts no more, before the link begins', async () => {
    const { link, isCounted } = await linkedToStore(other);
    await link.dropVoidReceipt();
    expect(isCounted()).toBe(false);
  });

  test('counts no more once the member has said that it keeps another one', async () => {
    const { link, isCounted } = await linkedToStore(storeId);
    await link.dropVoidReceipt();
    expect(isCounted(), 'it still keeps this one').toBe(true);
    await link.update({ ...link.announcement, archive: { storeId: other, generation: 1 } });
    expect(isCounted()).toBe(false);
  });
});
