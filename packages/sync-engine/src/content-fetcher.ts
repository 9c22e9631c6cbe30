/** Fetching the content of many small files with one request. */
import type { LocalRow } from '@holdfast/folder-index';
import type { FileVersion, FolderId, FolderPath, VersionId } from '@holdfast/model';
import type { BlockArrival, BlockSupplier } from './block-client.js';
import type { BlockPiece } from './block-piece.js';
import type { PackedEnvelopes } from './packed-envelopes.js';
import { packPieces, placed } from './placed-blocks.js';

/** A file whose content a connected device can serve under `askFor`. */
export interface FileToFetch {
  readonly target: FileVersion;
  readonly askFor: VersionId;
  readonly local: LocalRow | undefined;
}

/** Small files as they arrived; the pieces of each, by path. */
export interface FetchedFiles {
  readonly envelopes: PackedEnvelopes;
  readonly pieces: ReadonlyMap<FolderPath, readonly BlockPiece[]>;
}

export class ContentFetcher {
  readonly #folder: FolderId;

  constructor(init: { folder: FolderId }) {
    this.#folder = init.folder;
  }

  /** Fetches all blocks of some small files (depth 0) from one device. What it lacks is left out. */
  async fetchSmall(client: BlockSupplier, files: readonly FileToFetch[]): Promise<FetchedFiles> {
    const asked = files.filter((file) => file.target.record.blocks.entries.length > 0);
    const items = asked.map((file) => ({
      versionId: file.askFor,
      level: 0,
      first: 0,
      count: file.target.record.blocks.entries.length,
      lengthBytes: file.target.record.sizeBytes,
    }));
    const arrived = new Map<FolderPath, BlockArrival[]>();
    for (const file of files) arrived.set(file.target.record.path, []);
    if (items.length > 0) {
      await client.request(this.#folder, items, (block) => {
        const path = asked[block.item]?.target.record.path;
        if (path !== undefined) arrived.get(path)?.push(block);
      });
    }
    return pack(files, arrived);
  }
}

/** Only files of which every block arrived. */
function pack(
  files: readonly FileToFetch[],
  arrived: ReadonlyMap<FolderPath, readonly BlockArrival[]>,
): FetchedFiles {
  const whole = files.flatMap((file) => {
    const { path, blocks } = file.target.record;
    const references = placed(blocks.entries);
    const got = new Map(arrived.get(path)?.map((block) => [block.index, block]));
    const parts = references.flatMap((reference) => {
      const block = got.get(reference.index);
      return block === undefined ? [] : [{ reference, block }];
    });
    return parts.length === references.length ? [{ path, parts }] : [];
  });
  const { envelopes, pieces } = packPieces(whole.flatMap((file) => file.parts));
  const byPath = new Map<FolderPath, BlockPiece[]>();
  let at = 0;
  for (const { path, parts } of whole) {
    byPath.set(path, pieces.slice(at, at + parts.length));
    at += parts.length;
  }
  return { envelopes, pieces: byPath };
}
