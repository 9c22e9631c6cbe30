/** The row that says what the index stands for: which store, up to which entry, with which rows. */
import { ByteReader, ByteWriter, type Hash, MalformedBytes } from '@holdfast/model';
import type { RowTally } from '@holdfast/platform';
import type { LogCheckpoint } from './history-log.js';
import { readLocations, writeLocations } from './index-keys.js';

/** Another number makes an index of an older layout one in doubt. */
const indexFormat = 1;
const digestBytes = 32;

export interface IndexMeta {
  readonly storeId: string;
  readonly generation: number;
  readonly checkpoint: LogCheckpoint;
  /** Over every row but this one. */
  readonly tally: RowTally;
}

export function encodeMeta(meta: IndexMeta, hash: Hash): Uint8Array {
  const { checkpoint, tally } = meta;
  const writer = new ByteWriter().u8(indexFormat).hex(meta.storeId).u32(meta.generation);
  writer.u64(checkpoint.position).hex(checkpoint.head);
  writeLocations(writer, checkpoint.locations);
  writer.u64(tally.count).u32(tally.sum);
  return writer.raw(hash(writer.bytes())).bytes();
}

/** Undefined where the bytes are not a meta row of this layout. */
export function decodeMeta(bytes: Uint8Array, hash: Hash): IndexMeta | undefined {
  const body = bytes.subarray(0, Math.max(0, bytes.length - digestBytes));
  if (Buffer.compare(hash(body), bytes.subarray(body.length)) !== 0) return undefined;
  try {
    const reader = new ByteReader(body);
    if (reader.u8() !== indexFormat) return undefined;
    const storeId = reader.hex(8);
    const generation = reader.u32();
    const position = reader.u64();
    const head = reader.hex(32);
    const checkpoint = { position, head, locations: readLocations(reader) };
    const tally = { count: reader.u64(), sum: reader.u32() };
    reader.end();
    return { storeId, generation, checkpoint, tally };
  } catch (error) {
    if (error instanceof MalformedBytes) return undefined;
    throw error;
  }
}
