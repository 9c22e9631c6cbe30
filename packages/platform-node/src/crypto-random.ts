/** The real randomness: the operating system's, through OpenSSL. */
import { randomBytes } from 'node:crypto';
import type { RandomSource } from '@holdfast/platform';

export const cryptoRandom: RandomSource = {
  bytes: (length: number): Uint8Array => new Uint8Array(randomBytes(length)),
};
