/** BLAKE3 (https://github.com/BLAKE3-team/BLAKE3-specs), 32-byte output. */
export interface IncrementalHash {
  update(bytes: Uint8Array): void;
  /** Call once, last. */
  digest(): Uint8Array;
}

export interface Hasher {
  blake3(bytes: Uint8Array): Uint8Array;
  create(): IncrementalHash;
}
