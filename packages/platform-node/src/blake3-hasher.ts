/** BLAKE3 in native code. */
import type { Hasher, IncrementalHash } from '@holdfast/platform';
import { Blake3Hasher, blake3 } from '@napi-rs/blake-hash';

export function createBlake3(): Hasher {
  return {
    blake3: (bytes) => blake3(bufferOver(bytes)),
    create: () => incrementalHash(),
  };
}

function incrementalHash(): IncrementalHash {
  const hasher = new Blake3Hasher();
  return {
    update(bytes) {
      hasher.update(bufferOver(bytes));
    },
    digest: () => hasher.digestBuffer(),
  };
}

/** The same memory, not a copy. */
function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
