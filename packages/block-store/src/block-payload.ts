/**
 * The payload of an entry in the block stream: `1 · content id · envelope`. The content id stands
 * there so that an index can be made again without unpacking.
 */
import { bytesFromHex, type ContentId, hexFrom } from '@holdfast/model';
import {
  type EnvelopeHeader,
  type EnvelopeTools,
  envelopeHeader,
  envelopeHeaderBytes,
  readEnvelope,
} from './envelope.js';

const blockPayloadType = 1;
export const blockPayloadHeaderBytes = 33;
/** Enough of a payload to index its block. */
export const blockPayloadIndexBytes = blockPayloadHeaderBytes + envelopeHeaderBytes;

export interface BlockPayload {
  readonly contentId: ContentId;
  /** A view. */
  readonly envelope: Uint8Array;
}

export function encodeBlockPayload(contentId: ContentId, envelope: Uint8Array): Uint8Array {
  const payload = new Uint8Array(blockPayloadHeaderBytes + envelope.length);
  payload[0] = blockPayloadType;
  payload.set(bytesFromHex(contentId), 1);
  payload.set(envelope, blockPayloadHeaderBytes);
  return payload;
}

/** Undefined where it is no block payload (a later version may store other types beside). */
export function readBlockPayload(payload: Uint8Array): BlockPayload | undefined {
  if (payload.length < blockPayloadIndexBytes || payload[0] !== blockPayloadType) return undefined;
  return {
    contentId: hexFrom(payload.subarray(1, blockPayloadHeaderBytes)) as ContentId,
    envelope: payload.subarray(blockPayloadHeaderBytes),
  };
}

export interface BlockPayloadHeader extends EnvelopeHeader {
  readonly contentId: ContentId;
}

/** What the first `blockPayloadIndexBytes` say. */
export function readBlockPayloadHeader(prefix: Uint8Array): BlockPayloadHeader | undefined {
  const payload = readBlockPayload(prefix);
  if (payload === undefined) return undefined;
  return { contentId: payload.contentId, ...envelopeHeader(payload.envelope) };
}

/** Whether the payload holds the block that it names. Throws on an unknown codec. */
export function verifyBlockPayload(payload: Uint8Array, tools: EnvelopeTools): boolean {
  const block = readBlockPayload(payload);
  return block !== undefined && readEnvelope(block.envelope, block.contentId, tools) !== undefined;
}
