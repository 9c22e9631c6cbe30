/** What an archive says to its own mirror. */
import type { DeviceId, VersionId } from '@holdfast/model';
import { describe, expect, test } from 'vitest';
import { FolderLosses } from '../src/folder-losses.js';
import { type MirrorReceiptSource, receiptsForMirror } from '../src/receipt-writer.js';

const pi = 'pi' as DeviceId;
const seen = { epoch: 'epoch', sequence: 7, rolling: new Uint8Array(32) };
const waiting = { id: 'waiting' as VersionId, sequence: 5 };
const lost = { versionId: 'lost' as VersionId, path: 'a' };

function receipts(losses: FolderLosses, queued: readonly object[] = []) {
  const source = {
    index: { numbers: { remembers: async () => true } },
    archiveIndex: { peer: () => ({ seen }), queuedOffers: async () => queued },
    archive: { head: () => ({ position: 3, hash: 'head' }), storeId: 'store', generation: 1 },
    clock: { now: () => 0 },
    exceptions: () => losses.ids,
    losses,
  };
  return receiptsForMirror(pi, source as unknown as MirrorReceiptSource);
}

function lossesOf(files: readonly object[], isMore: boolean): FolderLosses {
  const losses = new FolderLosses();
  losses.replace(files as Parameters<FolderLosses['replace']>[0], isMore);
  return losses;
}

describe("an archive's receipt to its own mirror", () => {
  test('reaches up to what it has heard, and excepts what it lost', async () => {
    const [receipt] = await receipts(lossesOf([lost], false));
    expect(receipt?.position.sequence).toBe(7);
    expect(receipt?.exceptions).toEqual(['lost']);
  });

  test('ends before an offer that waits', async () => {
    const [receipt] = await receipts(lossesOf([], false), [waiting]);
    expect(receipt?.position.sequence).toBe(4);
  });

  test('is not given while more is lost than it can name', async () => {
    expect(await receipts(lossesOf([lost], true))).toEqual([]);
  });

  test('is not given while something may be lost that nobody has looked for', async () => {
    const losses = lossesOf([], false);
    losses.doubt();
    expect(await receipts(losses)).toEqual([]);
  });
});
