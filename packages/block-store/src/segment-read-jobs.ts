/**
 * The reading of a segment stream, as jobs for worker threads: single entries, and scans in order.
 * Nothing is given that its checksum does not confirm; what is rotten or gone is said, not thrown.
 */
import {
  type BulkJob,
  type BulkTools,
  type FileHandle,
  type FilePath,
  fileErrorCode,
  readFully,
} from '@holdfast/platform';
import { verifyBlockPayload } from './block-payload.js';
import { frameBytes, framePayloadBytes, verifyFrame } from './segment-format.js';
import { type PayloadKind, type SegmentPlace, segmentPath, withFile } from './segment-jobs.js';
import { walkEntries } from './segment-walk.js';

export interface ReadInput {
  readonly directory: FilePath;
  readonly streamName: string;
  readonly entries: readonly {
    readonly segment: number;
    readonly offset: number;
    readonly lengthBytes: number;
  }[];
}

export type ReadState = 'whole' | 'damaged' | 'unreadable' | 'missing';

export interface ReadOutput {
  /** Frame and payload of each entry, back to back in the order asked for. */
  readonly bytes: ArrayBuffer;
  readonly states: ReadState[];
}

export const readEntries: BulkJob<ReadInput, ReadOutput> = {
  name: 'block-store.read-entries',
  perform(input, tools) {
    const { directory, streamName } = input;
    let total = 0;
    const wanted = input.entries.map((entry, index) => {
      const at = total;
      total += frameBytes + entry.lengthBytes;
      return { ...entry, index, at, end: total };
    });
    const bytes = Buffer.from(new ArrayBuffer(total));
    const states = wanted.map((): ReadState => 'missing');
    for (const segment of new Set(wanted.map((entry) => entry.segment))) {
      const group = wanted.filter((entry) => entry.segment === segment);
      const path = segmentPath({ directory, streamName, segment });
      try {
        withFile(tools, path, 'read', (handle) => {
          for (const { index, at, end, offset } of group) {
            const target = bytes.subarray(at, end);
            states[index] = readEntry(tools, handle, target, offset);
          }
        });
      } catch (error) {
        const state = stateAfter(error);
        for (const { index } of group) states[index] = state;
      }
    }
    return { bytes: bytes.buffer, states };
  },
  transfer: ({ bytes }) => [bytes],
};

function readEntry(
  tools: BulkTools,
  handle: FileHandle,
  target: Buffer,
  offset: number,
): ReadState {
  try {
    if (readFully(tools.fileSystem, handle, target, offset) < target.length) return 'damaged';
  } catch (error) {
    if (fileErrorCode(error) !== 'EIO') throw error;
    return 'unreadable';
  }
  if (framePayloadBytes(target, 0) !== target.length - frameBytes) return 'damaged';
  return verifyFrame(target, 0, offset, tools.hasher) === undefined ? 'damaged' : 'whole';
}

export interface ScanInput {
  readonly place: SegmentPlace;
  readonly from: number;
  /** Where the valid bytes of the segment end. */
  readonly limit: number;
  /** The scan stops once it holds this much. */
  readonly maxBytes: number;
  /** How much of each payload is wanted. */
  readonly prefixBytes: number;
  readonly payloads: PayloadKind;
}

export interface ScannedEntry {
  readonly offset: number;
  readonly lengthBytes: number;
  /** How much of the payload is in the output. */
  readonly givenBytes: number;
}

export interface ScanOutput {
  readonly state: 'read' | 'missing';
  readonly entries: ScannedEntry[];
  /** What is given of each payload, back to back. */
  readonly bytes: ArrayBuffer;
  readonly damage: { readonly offset: number; readonly lengthBytes: number }[];
  /** Where to go on; undefined at the limit. */
  readonly next: number | undefined;
}

/** The valid entries of a part of a segment. */
export const scanEntries: BulkJob<ScanInput, ScanOutput> = {
  name: 'block-store.scan-entries',
  perform(input, tools) {
    try {
      return withFile(tools, segmentPath(input.place), 'read', (handle) =>
        scanHandle(input, tools, handle),
      );
    } catch (error) {
      if (fileErrorCode(error) !== 'ENOENT') throw error;
      const bytes = new ArrayBuffer(0);
      return { state: 'missing', entries: [], bytes, damage: [], next: undefined };
    }
  },
  transfer: ({ bytes }) => [bytes],
};

function scanHandle(input: ScanInput, tools: BulkTools, handle: FileHandle): ScanOutput {
  const entries: ScannedEntry[] = [];
  const damage: { offset: number; lengthBytes: number }[] = [];
  const parts: Buffer[] = [];
  let heldBytes = 0;
  let next: number | undefined;
  const { from, limit } = input;
  const walk = walkEntries(tools.fileSystem, handle, tools.hasher, {
    from,
    limit,
    passDamage: true,
  });
  for (const step of walk) {
    if (step.type === 'damage') {
      damage.push({ offset: step.offset, lengthBytes: step.lengthBytes });
      continue;
    }
    const { offset, payload } = step;
    const end = offset + frameBytes + payload.length;
    if (isTrue(input.payloads, payload, tools)) {
      const part = Buffer.from(payload.subarray(0, input.prefixBytes));
      parts.push(part);
      entries.push({ offset, lengthBytes: payload.length, givenBytes: part.length });
      heldBytes += part.length + frameBytes;
    } else {
      damage.push({ offset, lengthBytes: end - offset });
    }
    if (heldBytes >= input.maxBytes && end < limit) {
      next = end;
      break;
    }
  }
  return { state: 'read', entries, bytes: joined(parts), damage, next };
}

function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.buffer;
}

/** What a file that cannot be opened says of its entries, unless this process has too much open. */
function stateAfter(error: unknown): ReadState {
  const code = fileErrorCode(error);
  if (code === undefined || ['EMFILE', 'ENFILE', 'ENOMEM'].includes(code)) throw error;
  return code === 'ENOENT' ? 'missing' : 'unreadable';
}

/** A frame inside a torn block could be of its sender's making: the block itself must be true. */
function isTrue(kind: PayloadKind, payload: Uint8Array, tools: BulkTools): boolean {
  if (kind === 'opaque') return true;
  return verifyBlockPayload(payload, tools);
}
