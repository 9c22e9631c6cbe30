/**
 * Which blocks the versions of the history need, and which of those the store does not have: for each,
 * where it can be asked for. Owns what was collected; bounded, so that a lost disk fits into memory.
 */
import type { BlockStore } from '@holdfast/block-store';
import {
  type BlockReference,
  type ContentId,
  decodeVersion,
  type FolderId,
  type FolderPath,
  type Hash,
  MalformedBytes,
  type Version,
  type VersionId,
} from '@holdfast/model';
import { decodeLogEntry } from './log-entry.js';
import type { ThinStates } from './thin-marks.js';
import { blockLevels } from './version-blocks.js';

/** Where a version needs a block: so a device that has the version is asked for it. */
export interface BlockPlace {
  readonly folder: FolderId;
  readonly versionId: VersionId;
  /** 0: a block of the file; n: a list block of depth n. */
  readonly level: number;
  readonly index: number;
}

export interface LostBlock extends BlockReference {
  /** The newest versions that need it, the newest last. */
  readonly places: readonly BlockPlace[];
}

/** A version of which the store does not have everything. */
export interface LostVersion {
  readonly folder: FolderId;
  readonly versionId: VersionId;
  readonly path: FolderPath;
}

export interface LostContent {
  readonly blocks: readonly LostBlock[];
  readonly versions: readonly LostVersion[];
  /** Whether there is more than is listed. */
  readonly isMore: boolean;
}

export const nothingLost: LostContent = { blocks: [], versions: [], isMore: false };

const maxPlaces = 16;
const maxLostBlocks = 100_000;
const maxLostVersions = 10_000;
const referencesPerQuestion = 4_096;

interface Needed extends BlockReference {
  readonly of: LostVersion;
  readonly level: number;
  readonly index: number;
}

export interface NeededBlocksInit {
  readonly blocks: Pick<BlockStore, 'has' | 'readPlain'>;
  readonly hash: Hash;
  /** What was thinned needs nothing. */
  readonly thinStates: ThinStates;
}

export class NeededBlocks {
  readonly #store: NeededBlocksInit['blocks'];
  readonly #hash: Hash;
  readonly #thinStates: ThinStates;
  readonly #lost = new Map<ContentId, { reference: BlockReference; places: BlockPlace[] }>();
  readonly #versions = new Map<string, LostVersion>();
  #asked: Needed[] = [];
  #isMore = false;

  constructor({ blocks, hash, thinStates }: NeededBlocksInit) {
    this.#store = blocks;
    this.#hash = hash;
    this.#thinStates = thinStates;
  }

  /** Takes an entry of the log; false where its record is not the version that it names. */
  async add(entryBytes: Uint8Array): Promise<boolean> {
    const { entry } = decodeLogEntry(entryBytes);
    if (entry.kind !== 'version') return true;
    const version = versionIn(entry.recordBytes, this.#hash);
    if (version === undefined || version.id !== entry.versionId) return false;
    const [thinned] = await this.#thinStates(entry.folder, [version.id]);
    if (thinned !== undefined) return true;
    const { path } = version.record;
    await this.#addVersion(version, { folder: entry.folder, versionId: version.id, path });
    return true;
  }

  async finish(): Promise<LostContent> {
    await this.#ask();
    const blocks = [...this.#lost.values()].map(({ reference, places }) => ({
      ...reference,
      places,
    }));
    return { blocks, versions: [...this.#versions.values()], isMore: this.#isMore };
  }

  /** Of a list block that is lost the places below are not known: it is named by itself. */
  async #addVersion(version: Version, of: LostVersion): Promise<void> {
    for await (const { level, references } of blockLevels(this.#store, version)) {
      for (const [index, reference] of references.entries()) {
        this.#asked.push({ ...reference, of, level, index });
        if (this.#asked.length >= referencesPerQuestion) await this.#ask();
      }
    }
  }

  async #ask(): Promise<void> {
    const asked = this.#asked;
    this.#asked = [];
    const held = await this.#store.has(asked);
    for (const [at, needed] of asked.entries()) if (held[at] !== true) this.#lose(needed);
  }

  #lose({ of, level, index, contentId, lengthBytes }: Needed): void {
    const key = `${of.folder}${of.versionId}`;
    if (this.#versions.size < maxLostVersions || this.#versions.has(key)) {
      this.#versions.set(key, of);
    } else {
      this.#isMore = true;
    }
    const known = this.#lost.get(contentId);
    const places = known?.places ?? [];
    places.push({ folder: of.folder, versionId: of.versionId, level, index });
    if (places.length > maxPlaces) places.shift();
    if (known !== undefined) return;
    if (this.#lost.size >= maxLostBlocks) this.#isMore = true;
    else this.#lost.set(contentId, { reference: { contentId, lengthBytes }, places });
  }
}

function versionIn(recordBytes: Uint8Array, hash: Hash): Version | undefined {
  try {
    return decodeVersion(recordBytes, hash);
  } catch (error) {
    if (error instanceof MalformedBytes) return undefined;
    throw error;
  }
}
