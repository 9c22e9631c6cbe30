/**
 * zstd (RFC 8878), one frame at a time, synchronous. Different implementations, and versions of one,
 * may make different frames of the same bytes; each opens what any other made.
 */
import { AppError } from './app-error.js';

export interface Compressor {
  /** One frame, which says how long its content is. At most `maxCompressorBytes` bytes are given. */
  compress(plain: Uint8Array): Uint8Array;
  /**
   * The content of one frame. Throws an `AppError` with code `compressed_malformed` where it is not
   * exactly `plainBytes` long, or where the frame is no frame or needs a window of more than
   * `maxCompressorBytes`: what it claims never decides how much memory is taken.
   */
  decompress(frame: Uint8Array, plainBytes: number): Uint8Array;
}

/** The most that is packed or unpacked at once. */
export const maxCompressorBytes = 1_048_576;

/** What `decompress` throws where the bytes are at fault, and never where the machine is. */
export function compressedMalformed(what: string, cause?: unknown): AppError {
  return new AppError('compressed_malformed', `A compressed block ${what}.`, {
    kind: 'permanent',
    cause,
  });
}
