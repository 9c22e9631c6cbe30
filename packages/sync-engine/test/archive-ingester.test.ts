/** What an archive takes of what a member offers, and what it does with what it cannot take. */
import { encodeEnvelope } from '@holdfast/block-store';
import { rowOf, withPeerRow } from '@holdfast/folder-index';
import { plainBytesOf, type Version, type VersionId } from '@holdfast/model';
import { silentLogger } from '@holdfast/platform';
import { NodeClock, VirtualWorldClock } from '@holdfast/simulation';
import type { BlockSupplier } from '@holdfast/sync-engine';
import { expect, test } from 'vitest';
import { ArchiveIngester } from '../src/archive-ingester.js';
import { FolderLosses } from '../src/folder-losses.js';
import { folder, openArchive, openArchiveIndex } from './archive-scene.js';
import { actor, fileVersion, hash, PlaceWorld, pathOf, phone } from './place-world.js';

/** Far more than there are versions here: who asks so often asks for the same ones for ever. */
const maxRequests = 50;

/** A member that gives these texts as the one block of these versions. */
function memberWith(
  texts: ReadonlyMap<VersionId, string>,
  onAskedForEver: (error: Error) => void,
): BlockSupplier {
  let requests = 0;
  return {
    async request(_folder, items, onBlock) {
      requests += 1;
      if (requests > maxRequests) {
        onAskedForEver(new Error('the archive asks for the same versions again and again'));
        return new Promise(() => undefined);
      }
      for (const [item, { versionId, first }] of items.entries()) {
        const plain = Buffer.from(texts.get(versionId) ?? '');
        onBlock({ item, index: first, envelope: encodeEnvelope(plain) });
      }
      return [];
    },
  };
}

/** An archive that has taken all that it can of what the phone offers. */
async function ingested(
  offers: readonly (readonly [Version, text: string, state?: 'current' | 'side'])[],
) {
  const clock = new NodeClock(new VirtualWorldClock(), {});
  const archive = await openArchive(new PlaceWorld(), clock);
  const index = await openArchiveIndex();
  for (const [at, [version, _, state = 'current']] of offers.entries()) {
    const peer = { device: phone, state, sequence: at + 1 } as const;
    const tell = { sync: true };
    await index.update([version.record.path], (entry) => withPeerRow(entry, version, peer), tell);
  }
  let onRound = () => {};
  let onAskedForEver: (error: Error) => void = () => {};
  const round = new Promise<void>((resolve, reject) => {
    [onRound, onAskedForEver] = [resolve, reject];
  });
  const texts = new Map(offers.map(([version, text]) => [version.id, text]));
  const client = memberWith(texts, (error) => onAskedForEver(error));
  const ingester = new ArchiveIngester({
    folder,
    index,
    archive,
    hash,
    clock,
    logger: silentLogger,
    connected: () => [phone],
    clientOf: () => client,
    mayIngest: () => true,
    losses: new FolderLosses(),
    onStaged: () => {},
    onIngested: () => {
      if (!ingester.isWorking) onRound();
    },
  });
  ingester.start();
  await round;
  await ingester.stop();
  return { archive, index, ingester };
}

test('a version whose list lies about the length of a block is named as an exception, others are taken', async () => {
  const vector = [{ actor: actor('1'), counter: 1 }];
  const honest = fileVersion('honest', 'content', vector);
  const lies = [1, 3].map((by) => {
    const entries = honest.record.blocks.entries.map((entry) => ({
      ...entry,
      lengthBytes: entry.lengthBytes + by,
    }));
    const blocks = { depth: 0, entries };
    return fileVersion(`lie ${by}`, '', vector, { blocks, sizeBytes: plainBytesOf(entries) });
  });
  const offers = [lies[0]!, honest, lies[1]!].map((version) => [version, 'content'] as const);
  const { archive, index, ingester } = await ingested(offers);
  const ids = offers.map(([version]) => version.id);
  expect(await archive.hasVersions(folder, ids)).toEqual([false, true, false]);
  expect([...ingester.exceptionsOf(phone)]).toEqual(lies.map(({ id }) => id));
  expect(ingester.problem).toBe('');
  for (const { id, record } of lies) {
    expect(rowOf(await index.entry(pathOf(record.path)), id)?.archived).toBe(false);
  }
});

test('a version that comes late is archived beside the one that replaced it, which stays the current one', async () => {
  const [old, next] = [1, 2].map((counter) =>
    fileVersion('a', `content ${counter}`, [{ actor: actor('1'), counter }]),
  ) as [Version, Version];
  const { archive } = await ingested([
    [next, 'content 2'],
    [old, 'content 1', 'side'],
  ]);
  expect(await archive.hasVersions(folder, [old.id, next.id])).toEqual([true, true]);
  expect(await archive.currentOf(folder, pathOf('a'))).toBe(next.id);
});
