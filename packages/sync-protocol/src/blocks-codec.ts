/**
 * Block requests and responses as frames. Layout: SPEC.md, "Blocks channel". A response is written
 * and read without copying envelopes: decoded ones are views on the frame.
 */
import type { VersionId } from '@holdfast/model';
import { assert, frameLength } from '@holdfast/platform';
import { blockResponseParts } from './block-response-writer.js';
import {
  type WireBlock,
  type WireBlockItem,
  WireBlockRequest,
  WireBlockResponse,
  type WireMissing,
  WireMissingReason,
} from './generated/wire.js';
import { limits } from './limits.js';
import { refuse } from './malformed.js';
import type {
  BlockDelivery,
  BlockRequest,
  BlockRequestItem,
  BlockResponse,
  MissingItem,
  MissingReason,
} from './messages.js';
import {
  readBetween,
  readFolderId,
  readFrame,
  readHex,
  readName,
  readSome,
} from './wire-reading.js';
import {
  writeBetween,
  writeCount,
  writeFolderId,
  writeFrame,
  writeHex,
  writeSome,
} from './wire-writing.js';

const largest32Bits = 0xffff_ffff;

const wireReasons: Readonly<Record<MissingReason, WireMissingReason>> = {
  gone: WireMissingReason.REASON_GONE,
  unknown: WireMissingReason.REASON_UNKNOWN,
  unreadable: WireMissingReason.REASON_UNREADABLE,
  'not-member': WireMissingReason.REASON_NOT_MEMBER,
};
const reasons: ReadonlyMap<string, MissingReason> = new Map([
  [WireMissingReason.REASON_GONE, 'gone'],
  [WireMissingReason.REASON_UNKNOWN, 'unknown'],
  [WireMissingReason.REASON_UNREADABLE, 'unreadable'],
  [WireMissingReason.REASON_NOT_MEMBER, 'not-member'],
]);

export function encodeBlockRequest(request: BlockRequest): Uint8Array {
  writeCount(request.items, limits.requestItems, 'items');
  assert(request.items.length > 0, 'a request for something');
  return writeFrame(
    WireBlockRequest.encode({
      requestId: writeBetween(request.requestId, 0, largest32Bits, 'request id'),
      folderId: writeFolderId(request.folderId),
      items: request.items.map(wireItemOf),
    }),
  );
}

function wireItemOf(item: BlockRequestItem): WireBlockItem {
  return {
    versionId: writeHex(item.versionId, 32),
    level: writeBetween(item.level, 0, limits.listDepth, 'level'),
    first: writeBetween(item.first, 0, largest32Bits, 'first block'),
    count: writeBetween(item.count, 1, limits.itemBlocks, 'count'),
  };
}

export function decodeBlockRequest(frame: Uint8Array): BlockRequest {
  const wire = readFrame(frame, (bytes) =>
    WireBlockRequest.decode(bytes, { limits: { items: limits.requestItems } }),
  );
  if (wire.items.length === 0) refuse('a request for nothing');
  return {
    requestId: wire.requestId,
    folderId: readFolderId(wire.folderId),
    items: wire.items.map(itemFrom),
  };
}

function itemFrom(wire: WireBlockItem): BlockRequestItem {
  return {
    versionId: readHex<VersionId>(wire.versionId, 32, 'version id'),
    level: readBetween(wire.level, 0, limits.listDepth, 'level'),
    first: wire.first,
    count: readBetween(wire.count, 1, limits.itemBlocks, 'count'),
  };
}

/** The parts of the frame, in order: the envelopes are not copied. */
export function encodeBlockResponse(response: BlockResponse): Uint8Array[] {
  writeCount(response.blocks, limits.responseBlocks, 'blocks');
  writeCount(response.missing, limits.requestItems, 'missing items');
  assert(saysSomething(response), 'a response that says something');
  assert(
    envelopeBytesOf(response.blocks) <= limits.responseEnvelopeBytes,
    'envelopes within the limit of a response',
  );
  const parts = blockResponseParts({
    requestId: writeBetween(response.requestId, 0, largest32Bits, 'request id'),
    blocks: response.blocks.map(wireBlockOf),
    missing: response.missing.map(wireMissingOf),
    done: response.done,
  });
  assert(frameLength(parts) <= limits.frameBytes, 'a frame within its limit');
  return parts;
}

function wireBlockOf(block: BlockDelivery): WireBlock {
  return {
    item: writeItem(block.item),
    index: writeBetween(block.index, 0, largest32Bits, 'index'),
    envelope: writeSome(block.envelope, limits.envelopeBytes, 'envelope'),
  };
}

function wireMissingOf(missing: MissingItem): WireMissing {
  return { item: writeItem(missing.item), reason: wireReasons[missing.reason] };
}

function writeItem(item: number): number {
  return writeBetween(item, 0, limits.requestItems - 1, 'item');
}

export function decodeBlockResponse(frame: Uint8Array): BlockResponse {
  const decodeLimits = { blocks: limits.responseBlocks, missing: limits.requestItems };
  const wire = readFrame(frame, (bytes) =>
    WireBlockResponse.decode(bytes, { limits: decodeLimits }),
  );
  if (!saysSomething(wire)) refuse('a response that says nothing');
  const blocks = wire.blocks.map(blockFrom);
  if (envelopeBytesOf(blocks) > limits.responseEnvelopeBytes) refuse('too many bytes of blocks');
  return {
    requestId: wire.requestId,
    blocks,
    missing: wire.missing.map(missingFrom),
    done: wire.done,
  };
}

function blockFrom(wire: WireBlock): BlockDelivery {
  return {
    item: readItem(wire.item),
    index: wire.index,
    envelope: readSome(wire.envelope, limits.envelopeBytes, 'envelope'),
  };
}

function missingFrom(wire: WireMissing): MissingItem {
  return { item: readItem(wire.item), reason: readName(reasons, wire.reason, 'reason') };
}

function readItem(item: number): number {
  return readBetween(item, 0, limits.requestItems - 1, 'item');
}

/** A peer must not keep a request open with empty answers. */
function saysSomething(response: BlockResponse | WireBlockResponse): boolean {
  return response.done || response.blocks.length > 0 || response.missing.length > 0;
}

function envelopeBytesOf(blocks: readonly BlockDelivery[]): number {
  return blocks.reduce((sum, block) => sum + block.envelope.length, 0);
}
