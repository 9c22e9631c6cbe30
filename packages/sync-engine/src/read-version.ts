/** Reading one version's bytes from wherever its blocks are, in order, each block verified. */
import { type ArrivedBlock, openBlocks } from '@holdfast/block-store';
import {
  type BlockReference,
  type FileVersion,
  type FolderId,
  plainBytesOf,
} from '@holdfast/model';
import { AppError, type BulkRunner } from '@holdfast/platform';
import type { BlockSupplier } from './block-client.js';
import { referencesAt } from './block-layout.js';

const windowBlocks = 16;

/** Rejects with `content_unavailable` where a block is not to be had whole. */
export async function* readVersion(
  supplier: BlockSupplier,
  folder: FolderId,
  version: FileVersion,
  runner: BulkRunner,
): AsyncGenerator<Uint8Array> {
  const fetch = blockFetch(supplier, folder, version, runner);
  const references = await contentBlocks(supplier, folder, version, runner);
  for (let first = 0; first < references.length; first += windowBlocks) {
    yield* await fetch(references.slice(first, first + windowBlocks), 0, first);
  }
}

/** The blocks that the version's bytes are made of, in order. Rejects as `readVersion` does. */
export function contentBlocks(
  supplier: BlockSupplier,
  folder: FolderId,
  version: FileVersion,
  runner: BulkRunner,
): Promise<readonly BlockReference[]> {
  const fetch = blockFetch(supplier, folder, version, runner);
  const { blocks, sizeBytes } = version.record;
  return referencesAt(blocks, sizeBytes, 0, (lists, level) => fetch(lists, level, 0));
}

function blockFetch(
  supplier: BlockSupplier,
  folder: FolderId,
  { id }: FileVersion,
  runner: BulkRunner,
) {
  return async (references: readonly BlockReference[], level: number, first: number) => {
    const arrived = new Map<number, ArrivedBlock>();
    const lengthBytes = plainBytesOf(references);
    const items = [{ versionId: id, level, first, count: references.length, lengthBytes }];
    await supplier.request(folder, items, ({ index, envelope }) => {
      const reference = references[index - first];
      if (reference !== undefined) arrived.set(index, { ...reference, envelope });
    });
    const inOrder = references.map((_, at) => arrived.get(first + at) ?? unavailable());
    const opened = await openBlocks(runner, inOrder);
    return opened.map((plain) => plain ?? unavailable());
  };
}

function unavailable(): never {
  throw new AppError('content_unavailable', 'The archive does not have all of this version.', {
    kind: 'retry',
    hint: 'Ask another archive with --store-id, or check this one with: holdfast verify',
  });
}
