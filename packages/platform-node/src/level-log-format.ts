/**
 * Whether a log of LevelDB is whole: its write-ahead log, or the list of its tables. When it opens a
 * database, LevelDB passes over records that are not, without a word. Layout: doc/log_format.md of
 * LevelDB: blocks of 32 KiB, each record with checksum, length and type.
 */
import { crc32c } from './crc32c.js';

const blockBytes = 32_768;
const headerBytes = 7;
const full = 1;
const first = 2;
const middle = 3;
const last = 4;

/** Every record with its checksum, none cut off, and nothing else. */
export function isWholeLog(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let isWithin = false;
  while (at < bytes.length) {
    const left = blockBytes - (at % blockBytes);
    if (left < headerBytes) {
      at += left;
      continue;
    }
    if (at + headerBytes > bytes.length) return false;
    const end = at + headerBytes + view.getUint16(at + 4, true);
    const type = bytes[at + 6];
    if (end > bytes.length || end - at > left) return false;
    if (masked(crc32c(bytes.subarray(at + 6, end))) !== view.getUint32(at, true)) return false;
    const continues = type === middle || type === last;
    if (continues !== isWithin || !(continues || type === full || type === first)) return false;
    isWithin = type === first || type === middle;
    at = end;
  }
  return !isWithin;
}

/** LevelDB keeps sums so, as what it sums up may hold sums itself. */
function masked(sum: number): number {
  return (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
}
