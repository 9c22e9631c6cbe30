/** Randomness as a seam. The real one is cryptographic. */
export interface RandomSource {
  bytes(length: number): Uint8Array;
}

/** A number in [0, 1), for jitter. */
export function randomFraction(random: RandomSource): number {
  const bytes = random.bytes(4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) / 2 ** 32;
}
