/**
 * The rolling hash of an index: H(0) is 32 zero bytes, H(n) the BLAKE3 of H(n-1) and the version id
 * of the n-th row, in order of sequence. It lets two devices see that they mean the same rows.
 */
import { bytesFromHex, type Hash, hexFrom, type VersionId } from '@holdfast/model';

/** H(0), as hexadecimal digits. */
export const emptyRollingHash = '0'.repeat(64);

/** The hash after one more row. */
export function nextRollingHash(previous: string, versionId: VersionId, hash: Hash): string {
  return hexFrom(hash(Buffer.concat([bytesFromHex(previous), bytesFromHex(versionId)])));
}
