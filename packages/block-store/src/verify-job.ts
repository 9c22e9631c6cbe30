/**
 * Reading a part of a segment to see whether every byte of it is what was written, as a job for
 * worker threads: header, entries with their blocks, trailer. Changes nothing.
 */
import { type ContentId, hexFrom, type StoredId } from '@holdfast/model';
import {
  AppError,
  type BulkJob,
  type BulkTools,
  type FileHandle,
  fileErrorCode,
  readFully,
} from '@holdfast/platform';
import { readBlockPayload, verifyBlockPayload } from './block-payload.js';
import { envelopeHeader } from './envelope.js';
import { freedSegmentBytes, readFreedMark } from './freed-segment.js';
import { readEnd, readStart, sameExtent } from './segment-ends.js';
import {
  frameBytes,
  headerBytes,
  nextDigest,
  nothingValid,
  type SegmentExtent,
  trailerBytes,
} from './segment-format.js';
import { type PayloadKind, type SegmentPlace, segmentPath, withFile } from './segment-jobs.js';
import { walkEntries } from './segment-walk.js';

export interface VerifyPartInput {
  readonly place: SegmentPlace;
  /** Where to go on, and the segment up to there; undefined at its beginning. */
  readonly after: VerifiedUpTo | undefined;
  /** Where the valid bytes of the segment end. */
  readonly limit: number;
  /** Whether a trailer stands behind them. */
  readonly isSealed: boolean;
  /** Whether its entries were freed: then a mark stands behind the header instead. */
  readonly isFreed: boolean;
  /** The part ends with the entry that reaches so many bytes. */
  readonly maxBytes: number;
  readonly payloads: PayloadKind;
  /** Of each 2^32 blocks, how many are unpacked and compared with their names, the rest by luck. */
  readonly sample: number;
  /** Chooses which. */
  readonly seed: number;
}

/** How far a segment was verified, and what its digest is there; undefined behind damage. */
export interface VerifiedUpTo extends Pick<SegmentExtent, 'validBytes' | 'entryCount'> {
  readonly digest: Uint8Array | undefined;
  /**
   * The header is not valid. It may have been so when the segment was recovered, torn by a power loss:
   * then the trailer names the digest of these very bytes.
   */
  readonly isHeaderInDoubt?: boolean;
}

export interface VerifiedBlock {
  readonly offset: number;
  readonly lengthBytes: number;
  readonly contentId: ContentId;
  readonly storedId: StoredId;
  readonly plainBytes: number;
  /** Whether it was unpacked, and has the content that its name says. */
  readonly isOpened: boolean;
}

export type MarkState = 'whole' | 'damaged' | 'none';

export interface VerifyPartOutput {
  readonly state: 'read' | 'missing' | 'unreadable';
  /** Of the file, header and trailer included. */
  readonly bytes: number;
  readonly entryCount: number;
  readonly blocks: readonly VerifiedBlock[];
  readonly damage: readonly DamagedExtent[];
  /** `none` where this part does not have it. */
  readonly header: MarkState;
  readonly trailer: MarkState;
  /** What the header says of the segment before this one. */
  readonly predecessorDigest: Uint8Array | undefined;
  readonly upTo: VerifiedUpTo;
  readonly isAtEnd: boolean;
}

export interface DamagedExtent {
  readonly offset: number;
  readonly lengthBytes: number;
  /** `content`: a whole entry, whose block is not the one that its name says. */
  readonly type: 'bytes' | 'content';
}

/** So many entries of a part are told one by one at most. */
const maxPartEntries = 16_384;

export const verifyPart: BulkJob<VerifyPartInput, VerifyPartOutput> = {
  name: 'block-store.verify-part',
  perform(input, tools) {
    try {
      return withFile(tools, segmentPath(input.place), 'read', (handle) =>
        verifyHandle(input, tools, handle),
      );
    } catch (error) {
      const code = fileErrorCode(error);
      if (code !== 'ENOENT' && code !== 'EIO') throw error;
      const upTo = { validBytes: input.limit, entryCount: 0, digest: undefined };
      const state = code === 'ENOENT' ? 'missing' : 'unreadable';
      const nothing = { bytes: 0, entryCount: 0, blocks: [], damage: [], isAtEnd: true } as const;
      const marks = { header: 'none', trailer: 'none', predecessorDigest: undefined } as const;
      return { state, ...nothing, ...marks, upTo };
    }
  },
};

function verifyHandle(
  input: VerifyPartInput,
  tools: BulkTools,
  handle: FileHandle,
): VerifyPartOutput {
  const head = input.after === undefined ? headOf(input, tools, handle) : undefined;
  const part = new VerifiedPart(input, tools, input.after ?? head?.upTo ?? behindHeader);
  const from = Math.max(headerBytes, part.upTo.validBytes);
  const options = { from, limit: input.limit, passDamage: true };
  for (const step of walkEntries(tools.fileSystem, handle, tools.hasher, options)) {
    if (step.type === 'damage') part.addDamage(step);
    else part.addEntry(step);
    if (part.isFull) break;
  }
  const isAtEnd = part.upTo.validBytes >= input.limit;
  const entryBytes = Math.max(0, part.upTo.validBytes - from);
  const bytes = entryBytes + (head === undefined ? 0 : headerBytes);
  const isTrailed = isAtEnd && input.isSealed;
  const end = isTrailed ? endState(input, part.upTo, tools, handle) : undefined;
  const { isHeaderInDoubt, ...upTo } = part.upTo;
  const isRotten = isAtEnd && isHeaderInDoubt === true && end?.confirmsHeader !== true;
  return {
    state: 'read',
    bytes: bytes + (isTrailed ? trailerBytes : 0),
    entryCount: part.entryCount,
    blocks: part.blocks,
    damage: part.damage,
    header: isRotten ? 'damaged' : (head?.state ?? 'none'),
    trailer: end?.state ?? 'none',
    predecessorDigest: head?.predecessorDigest,
    upTo: isRotten ? { ...upTo, digest: undefined } : part.upTo,
    isAtEnd,
  };
}

const behindHeader: VerifiedUpTo = { validBytes: headerBytes, entryCount: 0, digest: undefined };

interface Head {
  readonly state: MarkState;
  readonly upTo: VerifiedUpTo;
  readonly predecessorDigest?: Uint8Array;
}

function headOf({ place, limit }: VerifyPartInput, tools: BulkTools, handle: FileHandle): Head {
  // Sealed with no entry because not even its header was written.
  if (limit < headerBytes) return { state: 'none', upTo: nothingValid };
  const start = readStart(place, tools, handle);
  if (start === undefined) return { state: 'damaged', upTo: behindHeader };
  const { digest, predecessorDigest } = start;
  if (predecessorDigest === undefined) {
    return { state: 'none', upTo: { ...behindHeader, digest, isHeaderInDoubt: true } };
  }
  return { state: 'whole', upTo: { ...behindHeader, digest }, predecessorDigest };
}

interface End {
  readonly state: MarkState;
  /** Whether the segment was sealed with the header that it has. */
  readonly confirmsHeader: boolean;
}

function endState(
  { isFreed }: VerifyPartInput,
  upTo: VerifiedUpTo,
  tools: BulkTools,
  handle: FileHandle,
): End {
  if (!isFreed) return trailerState(upTo, tools, handle);
  const { sizeBytes } = tools.fileSystem.handleStat(handle);
  const damaged = { state: 'damaged', confirmsHeader: false } as const;
  if (sizeBytes !== freedSegmentBytes) return damaged;
  const bytes = Buffer.alloc(freedSegmentBytes - headerBytes);
  readFully(tools.fileSystem, handle, bytes, headerBytes);
  const mark = readFreedMark(bytes, sizeBytes, tools.hasher);
  return mark === undefined ? damaged : { state: 'whole', confirmsHeader: false };
}

/**
 * Damaged too where it says something else than a walk over whole entries; unless the header rotted,
 * from which such a walk begins: then that alone is told.
 */
function trailerState(
  { digest, isHeaderInDoubt = false, ...upTo }: VerifiedUpTo,
  tools: BulkTools,
  handle: FileHandle,
): End {
  const trailer = readEnd(tools, handle);
  if (trailer === undefined) return { state: 'damaged', confirmsHeader: false };
  if (digest === undefined) return { state: 'whole', confirmsHeader: false };
  const isSame = sameExtent(trailer, { ...upTo, digest });
  return { state: isSame || isHeaderInDoubt ? 'whole' : 'damaged', confirmsHeader: isSame };
}

/** What one job has found so far. */
class VerifiedPart {
  readonly blocks: VerifiedBlock[] = [];
  readonly damage: DamagedExtent[] = [];
  entryCount = 0;
  upTo: VerifiedUpTo;
  readonly #input: VerifyPartInput;
  readonly #tools: BulkTools;
  readonly #from: number;

  constructor(input: VerifyPartInput, tools: BulkTools, from: VerifiedUpTo) {
    this.#input = input;
    this.#tools = tools;
    this.#from = from.validBytes;
    this.upTo = from;
  }

  get isFull(): boolean {
    const isLong = this.upTo.validBytes - this.#from >= this.#input.maxBytes;
    return isLong || this.entryCount + this.damage.length >= maxPartEntries;
  }

  addDamage({ offset, lengthBytes }: { offset: number; lengthBytes: number }): void {
    this.damage.push({ offset, lengthBytes, type: 'bytes' });
    this.#goTo(offset + lengthBytes, undefined);
  }

  addEntry(step: { offset: number; payload: Uint8Array; digest: Uint8Array }): void {
    const { offset, payload } = step;
    const lengthBytes = frameBytes + payload.length;
    if (this.#input.payloads === 'blocks' && !this.#addBlock(offset, payload)) {
      this.damage.push({ offset, lengthBytes, type: 'content' });
    }
    this.entryCount += 1;
    const { digest } = this.upTo;
    const { hasher } = this.#tools;
    const next = digest === undefined ? undefined : nextDigest(digest, step.digest, hasher);
    this.#goTo(offset + lengthBytes, next, 1);
  }

  #goTo(validBytes: number, digest: Uint8Array | undefined, entries = 0): void {
    const { entryCount } = this.upTo;
    this.upTo = { ...this.upTo, validBytes, digest, entryCount: entryCount + entries };
  }

  /** False where the entry does not hold the block that it names. */
  #addBlock(offset: number, payload: Uint8Array): boolean {
    const block = readBlockPayload(payload);
    // Entries of other types may stand beside; their checksums are all that is known of them.
    if (block === undefined) return true;
    const { contentId, envelope } = block;
    const isOpened = this.#isInSample(offset);
    if (isOpened && !holdsItsBlock(payload, this.#tools)) return false;
    const storedId = hexFrom(this.#tools.hasher.blake3(envelope)) as StoredId;
    const { plainBytes } = envelopeHeader(envelope);
    const lengthBytes = payload.length;
    this.blocks.push({ offset, lengthBytes, contentId, storedId, plainBytes, isOpened });
    return true;
  }

  #isInSample(offset: number): boolean {
    const { sample, seed, place } = this.#input;
    return mixed(mixed(seed ^ place.segment) ^ offset) < sample;
  }
}

/** A codec that is not known here cannot be looked into: the entry's checksum has to do. */
function holdsItsBlock(payload: Uint8Array, tools: BulkTools): boolean {
  try {
    return verifyBlockPayload(payload, tools);
  } catch (error) {
    if (error instanceof AppError && error.code === 'envelope_codec_unknown') return true;
    throw error;
  }
}

/** A 32-bit finalizer (that of MurmurHash3): equal shares, and no pattern in what is left out. */
function mixed(value: number): number {
  let word = value >>> 0;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}
