/** Reading one version's bytes from wherever its blocks are, in order, each block verified. */
import { openEnvelope } from '@holdfast/block-store';
import {
  type BlockReference,
  type ContentId,
  type FileContentRecord,
  type FolderId,
  type Hash,
  hexFrom,
  type Version,
} from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import type { BlockSupplier } from './block-client.js';
import { referencesAt } from './block-layout.js';

const windowBlocks = 16;

/** Rejects with `content_unavailable` where a block is not to be had whole. */
export async function* readVersion(
  supplier: BlockSupplier,
  folder: FolderId,
  version: Version & { readonly record: FileContentRecord },
  hash: Hash,
): AsyncGenerator<Uint8Array> {
  const { record, id } = version;
  const fetch = async (references: readonly BlockReference[], level: number, first: number) => {
    const plain = new Map<number, Uint8Array>();
    const items = [{ versionId: id, level, first, count: references.length }];
    await supplier.request(folder, items, ({ index, envelope }) => {
      const expected: ContentId | undefined = references[index - first]?.contentId;
      const bytes = openEnvelope(envelope);
      if (hexFrom(hash(bytes)) === expected) plain.set(index, bytes);
    });
    return references.map((_, at) => plain.get(first + at) ?? unavailable());
  };
  const references = await referencesAt(record.blocks, record.sizeBytes, 0, (lists, level) =>
    fetch(lists, level, 0),
  );
  for (let first = 0; first < references.length; first += windowBlocks) {
    yield* await fetch(references.slice(first, first + windowBlocks), 0, first);
  }
}

function unavailable(): never {
  throw new AppError('content_unavailable', 'The archive does not have all of this version.', {
    kind: 'retry',
    hint: 'Ask another archive with --store-id, or check this one with: holdfast verify',
  });
}
