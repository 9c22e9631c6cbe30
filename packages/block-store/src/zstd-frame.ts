/**
 * What a zstd frame claims, read without unpacking it (RFC 8878, section 3.1.1). An envelope holds
 * exactly one frame; libraries differ in what they make of several, or of bytes behind one.
 */

export interface ZstdFrame {
  /** Undefined where the frame does not say. */
  readonly contentBytes: number | undefined;
  readonly windowBytes: number;
  readonly frameBytes: number;
}

const magic = 0xfd2fb528;
const checksumBytes = 4;
const blockHeaderBytes = 3;
const rleBlock = 1;
const reservedBlock = 3;

/** The frame at the start; undefined where none is whole, or it needs a dictionary. */
export function readZstdFrame(bytes: Uint8Array): ZstdFrame | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 6 || view.getUint32(0, true) !== magic) return undefined;
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const hasReservedBit = (descriptor & 0x08) !== 0;
  const hasDictionary = (descriptor & 0x03) !== 0;
  if (hasReservedBit || hasDictionary) return undefined;
  const sizeAt = isSingleSegment ? 5 : 6;
  const sizeBytes = contentSizeBytes(descriptor >> 6, isSingleSegment);
  const blocksAt = sizeAt + sizeBytes;
  if (blocksAt > view.byteLength) return undefined;
  const contentBytes = readContentSize(view, sizeAt, sizeBytes);
  const windowBytes = isSingleSegment ? (contentBytes ?? 0) : readWindow(view.getUint8(5));
  const blocksEnd = endOfBlocks(view, blocksAt);
  if (blocksEnd === undefined) return undefined;
  const frameBytes = blocksEnd + ((descriptor & 0x04) === 0 ? 0 : checksumBytes);
  return frameBytes > view.byteLength ? undefined : { contentBytes, windowBytes, frameBytes };
}

function contentSizeBytes(flag: number, isSingleSegment: boolean): number {
  return flag === 0 ? (isSingleSegment ? 1 : 0) : 1 << flag;
}

function readContentSize(view: DataView, at: number, sizeBytes: number): number | undefined {
  switch (sizeBytes) {
    case 0:
      return undefined;
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true) + 256;
    case 4:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
}

function readWindow(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 0x07);
}

/** Where the last block ends; undefined where the bytes end before. */
function endOfBlocks(view: DataView, from: number): number | undefined {
  let at = from;
  while (at + blockHeaderBytes <= view.byteLength) {
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    const type = (header >> 1) & 0x03;
    if (type === reservedBlock) return undefined;
    at += blockHeaderBytes + (type === rleBlock ? 1 : header >> 3);
    if ((header & 1) === 1) return at;
  }
  return undefined;
}
