/** BLAKE3 from the native library: synchronous, and the same on every machine. */
import { blake3, Blake3Hasher } from '@napi-rs/blake-hash';
import type { Hasher } from '@holdfast/platform';

function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export const nativeBlake3: Hasher = {
  blake3: (bytes) => new Uint8Array(blake3(bufferOver(bytes))),
  create() {
    const hasher = new Blake3Hasher();
    return {
      update(bytes) {
        hasher.update(bufferOver(bytes));
      },
      digest: () => new Uint8Array(hasher.digestBuffer()),
    };
  },
};
