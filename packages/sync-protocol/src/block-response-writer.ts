/**
 * A block response as the parts of its frame: envelopes travel as they lie in memory, with what the
 * wire format puts around them between. They are nearly all of the bytes, so the generated writer,
 * which copies them, is not used here. Layout: SPEC.md, "Blocks channel" (Protocol Buffers).
 */
import type { WireBlock, WireBlockResponse } from './generated/wire.js';
import { WireMissing } from './generated/wire.js';

/** Field number and wire type, as Protocol Buffers write them in front of a value. */
const tags = { requestId: 0x08, block: 0x12, missing: 0x1a, done: 0x20 } as const;
const blockTags = { item: 0x08, index: 0x10, envelope: 0x1a } as const;

/** The parts, in order; each envelope is one of them, unchanged. */
export function blockResponseParts(response: WireBlockResponse): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let between: number[] = [];
  pushNumber(between, tags.requestId, response.requestId);
  for (const { item, index, envelope } of response.blocks) {
    const head = blockHead({ item, index, envelope });
    between.push(tags.block);
    pushVarint(between, head.length + envelope.length);
    parts.push(Uint8Array.from([...between, ...head]), envelope);
    between = [];
  }
  for (const missing of response.missing) {
    const bytes = WireMissing.encode(missing);
    between.push(tags.missing);
    pushVarint(between, bytes.length);
    between.push(...bytes);
  }
  if (response.done) between.push(tags.done, 1);
  if (between.length > 0) parts.push(Uint8Array.from(between));
  return parts;
}

function blockHead({ item, index, envelope }: WireBlock): number[] {
  const head: number[] = [];
  pushNumber(head, blockTags.item, item);
  pushNumber(head, blockTags.index, index);
  head.push(blockTags.envelope);
  pushVarint(head, envelope.length);
  return head;
}

/** A field of value 0 is left out. */
function pushNumber(bytes: number[], tag: number, value: number): void {
  if (value === 0) return;
  bytes.push(tag);
  pushVarint(bytes, value);
}

/** Seven bits a byte, the lowest first; at most 32 bits. */
function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}
