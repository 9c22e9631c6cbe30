/**
 * Verifying a segment stream: its segments one after the other, each in parts, every byte read again.
 * Tells what was found; owns nothing and changes nothing.
 */
import type { BulkRunner, FilePath } from '@holdfast/platform';
import { frameBytes, noPredecessor, type SegmentExtent, sameBytes } from './segment-format.js';
import type { PayloadKind } from './segment-jobs.js';
import type { EntryLocation } from './segment-types.js';
import {
  type DamagedExtent,
  type VerifiedBlock,
  type VerifiedUpTo,
  type VerifyPartOutput,
  verifyPart,
} from './verify-job.js';

/** Segments, or their marks, that are not as they were. Entries in them are told by themselves. */
export interface SegmentFault {
  /** `digest`: it is whole, but not the segment that the next one was written behind. */
  readonly type: 'missing' | 'unreadable' | 'header' | 'trailer' | 'digest';
  readonly segment: number;
  /** With `trailer`, where a walk over whole entries came to: it can be sealed again. */
  readonly extent?: SegmentExtent;
}

export interface VerifiedPart {
  readonly segment: number;
  readonly bytes: number;
  readonly blocks: readonly (VerifiedBlock & { readonly location: EntryLocation })[];
  readonly damage: readonly (DamagedExtent & { readonly segment: number })[];
  readonly faults: readonly SegmentFault[];
  /** Whether nothing of this segment is left. */
  readonly isAtEnd: boolean;
}

export interface VerifyOptions {
  /** How many of 2^32 blocks are unpacked and compared with their names. */
  readonly sample: number;
  readonly seed: number;
  readonly partBytes: number;
  /** Goes on with this segment. */
  readonly fromSegment?: number;
}

export interface SegmentToVerify {
  readonly segment: number;
  readonly durable: number;
  readonly isSealed: boolean;
  /** Of one whose entries were freed: the digest that it had. */
  readonly freedDigest: Uint8Array | undefined;
}

interface StreamPlace {
  readonly runner: BulkRunner;
  readonly directory: FilePath;
  readonly streamName: string;
  readonly payloads?: PayloadKind;
  /** Whether the entries of a segment were freed by now. */
  readonly isFreed: (segment: number) => boolean;
}

/** Where the segment before ended; undefined where nothing can be said of it. */
interface Before {
  readonly segment: number;
  readonly digest: Uint8Array | undefined;
}

export async function* verifySegments(
  stream: StreamPlace,
  segments: readonly SegmentToVerify[],
  options: VerifyOptions,
): AsyncGenerator<VerifiedPart> {
  const { fromSegment = 1 } = options;
  let before: Before = { segment: 0, digest: noPredecessor };
  for (const one of segments) {
    if (one.segment < fromSegment) {
      before = { segment: one.segment, digest: undefined };
      continue;
    }
    let after: VerifiedUpTo | undefined;
    for (;;) {
      const output = await verifyOne(stream, one, after, options);
      // It was freed while it was read: what was needed of it stands behind, and is read there.
      const wasFreed = one.freedDigest === undefined && stream.isFreed(one.segment);
      if (wasFreed) break;
      const isFirst = after === undefined;
      yield partOf(one, output, isFirst ? faultsBefore(one, before, output) : []);
      after = output.upTo;
      if (output.isAtEnd) break;
    }
    const digest = one.freedDigest ?? after?.digest;
    before = { segment: one.segment, digest: one.isSealed ? digest : undefined };
  }
}

function verifyOne(
  { runner, directory, streamName, payloads = 'opaque' }: StreamPlace,
  { segment, durable, isSealed, freedDigest }: SegmentToVerify,
  after: VerifiedUpTo | undefined,
  { partBytes, sample, seed }: VerifyOptions,
): Promise<VerifyPartOutput> {
  const place = { directory, streamName, segment };
  const bounds = { after, limit: durable, maxBytes: partBytes };
  const isFreed = freedDigest !== undefined;
  return runner.run(verifyPart, { place, ...bounds, isSealed, isFreed, payloads, sample, seed });
}

/** What the beginning of a segment says of those before it. */
function faultsBefore(
  { segment }: SegmentToVerify,
  before: Before,
  { predecessorDigest }: VerifyPartOutput,
): SegmentFault[] {
  const faults: SegmentFault[] = [];
  for (let missing = before.segment + 1; missing < segment; missing += 1) {
    faults.push({ type: 'missing', segment: missing });
  }
  const isNext = before.segment === segment - 1;
  if (!isNext || before.digest === undefined || predecessorDigest === undefined) return faults;
  if (!sameBytes(before.digest, predecessorDigest)) {
    faults.push({ type: 'digest', segment: before.segment });
  }
  return faults;
}

function partOf(
  { segment, freedDigest }: SegmentToVerify,
  output: VerifyPartOutput,
  before: readonly SegmentFault[],
): VerifiedPart {
  const faults = [...before];
  if (output.state !== 'read') faults.push({ type: output.state, segment });
  if (output.header === 'damaged') faults.push({ type: 'header', segment });
  const { trailer, upTo } = output;
  if (trailer === 'damaged' && freedDigest !== undefined) faults.push({ type: 'trailer', segment });
  else if (trailer === 'damaged') faults.push(trailerFault(segment, upTo));
  return {
    segment,
    bytes: output.bytes,
    blocks: output.blocks.map((block) => {
      const { offset, lengthBytes } = block;
      return { ...block, location: { segment, offset, lengthBytes } };
    }),
    damage: output.damage.map((extent) => ({ ...extent, segment })),
    faults,
    isAtEnd: output.isAtEnd,
  };
}

function trailerFault(segment: number, { digest, ...extent }: VerifiedUpTo): SegmentFault {
  return digest === undefined
    ? { type: 'trailer', segment }
    : { type: 'trailer', segment, extent: { ...extent, digest } };
}

/** Whether an entry lies, with any of its bytes, where something is damaged. */
export function isWithin(
  { segment, offset, lengthBytes }: EntryLocation,
  extent: Pick<DamagedExtent, 'offset' | 'lengthBytes'> & { readonly segment: number },
): boolean {
  const end = offset + frameBytes + lengthBytes;
  return (
    segment === extent.segment && offset < extent.offset + extent.lengthBytes && end > extent.offset
  );
}

/** Whether the segment has a whole trailer again. */
export async function sealAgain(
  stream: { sealAgain(segment: number, extent: SegmentExtent): Promise<void> },
  { type, segment, extent }: SegmentFault,
): Promise<boolean> {
  if (type !== 'trailer' || extent === undefined) return false;
  await stream.sealAgain(segment, extent);
  return true;
}
