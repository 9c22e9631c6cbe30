import { type IndexPosition, withPeerRow } from '@holdfast/folder-index';
import type { FolderId, VersionId } from '@holdfast/model';
import type { KeyValueStore } from '@holdfast/platform';
import { describe, expect, test } from 'vitest';
import { openIndex, queuesEverything } from '../../folder-index/test/index-world.js';
import { FolderLosses } from '../src/folder-losses.js';
import { receiptFor } from '../src/receipt-writer.js';
import { actor, desktop, fileVersion } from './place-world.js';

const folder = 'photosphotosphot' as FolderId;
const versionAt = (sequence: number) =>
  fileVersion(`f${sequence}`, 'text', [{ actor: actor('1'), counter: sequence }]);
const positionAt = (sequence: number) =>
  ({ epoch: 'ee'.repeat(8), sequence, hash: 'aa'.repeat(32) }) as IndexPosition;

async function scene(wrap = (store: KeyValueStore) => store) {
  const index = await openIndex({ wrap, policy: queuesEverything });
  const positions: IndexPosition[] = [];
  const offer = async (...sequences: number[]) => {
    for (const sequence of sequences) {
      const version = versionAt(sequence);
      await index.update(
        [version.record.path],
        (entry) => withPeerRow(entry, version, { device: desktop, state: 'current', sequence }),
        { sync: true },
      );
    }
    positions.push(positionAt(sequences.at(-1) ?? 0));
  };
  const archive = (sequence: number) =>
    index.update(
      [versionAt(sequence).record.path],
      (entry) => ({ ...entry, rows: entry.rows.map((row) => ({ ...row, archived: true })) }),
      { sync: true },
    );
  const link = { device: desktop, arrivedPositions: positions };
  const store = {
    storeId: '55'.repeat(8),
    generation: 3,
    head: () => ({ position: 7, hash: 'bb'.repeat(32) }),
  };
  const losses = new FolderLosses();
  const receipt = (...exceptions: VersionId[]) =>
    receiptFor(folder, index, store as never, link as never, new Set(exceptions), losses);
  return { offer, archive, receipt, losses };
}

describe('a receipt', () => {
  test('is not given before anything has arrived, or while the first offer waits', async () => {
    const { offer, receipt } = await scene();
    expect(await receipt()).toBeUndefined();
    await offer(1);
    expect(await receipt()).toBeUndefined();
  });

  test('names the store, its head and the last position below the oldest offer that waits', async () => {
    const { offer, archive, receipt } = await scene();
    await offer(1, 2);
    await offer(3, 4);
    await offer(5);
    for (const sequence of [1, 2, 3, 5]) await archive(sequence);
    expect(await receipt()).toMatchObject({
      storeId: '55'.repeat(8),
      generation: 3,
      position: positionAt(2),
      exceptions: [],
      logPosition: 7,
    });
    await archive(4);
    expect(await receipt()).toMatchObject({ position: positionAt(5) });
  });

  test('passes over what cannot be had, and says so', async () => {
    const { offer, archive, receipt } = await scene();
    await offer(1, 2);
    await offer(3, 4);
    await archive(1);
    await archive(4);
    const [second, third] = [versionAt(2).id, versionAt(3).id];
    expect(await receipt(second)).toMatchObject({ position: positionAt(2), exceptions: [second] });
    expect(await receipt(second, third)).toMatchObject({
      position: positionAt(4),
      exceptions: [second, third],
    });
    expect(await receipt(third)).toBeUndefined();
  });

  test('names what the store lost, also where no row of it is left, and is not given where that is too much', async () => {
    const { offer, archive, receipt, losses } = await scene();
    await offer(1);
    await archive(1);
    const lost = (sequence: number) => {
      const { id: versionId, record } = versionAt(sequence);
      return { versionId, path: record.path };
    };
    losses.replace([lost(1), lost(9)], false);
    expect(await receipt()).toMatchObject({
      position: positionAt(1),
      exceptions: [versionAt(1).id, versionAt(9).id],
    });
    losses.regain([versionAt(1).id]);
    expect(await receipt()).toMatchObject({ exceptions: [versionAt(9).id] });
    losses.replace([lost(1)], true);
    losses.regain([versionAt(1).id]);
    expect(await receipt()).toBeUndefined();
  });

  test('is not given before somebody has looked what the store lost, if something may be', async () => {
    const { offer, archive, receipt, losses } = await scene();
    await offer(1);
    await archive(1);
    losses.doubt();
    expect(await receipt()).toBeUndefined();
    losses.replace([], false);
    expect(await receipt()).toMatchObject({ position: positionAt(1), exceptions: [] });
  });

  test('never covers what arrives while it is written', async () => {
    let meanwhile: (() => Promise<void>) | undefined;
    const { offer, archive, receipt } = await scene((store) => ({
      get: (key) => store.get(key),
      getMany: (keys) => store.getMany(keys),
      batch: (writes, options) => store.batch(writes, options),
      close: () => store.close(),
      iteratePages: (range) => store.iteratePages(range),
      async *iterate(range) {
        yield* store.iterate(range);
        const arriving = meanwhile;
        meanwhile = undefined;
        await arriving?.();
      },
    }));
    await offer(1);
    await archive(1);
    meanwhile = () => offer(2);
    expect(await receipt()).toMatchObject({ position: positionAt(1) });
  });
});
