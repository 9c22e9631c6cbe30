/**
 * Chance that replays: the same seed gives the same sequence. xoshiro128** over a state filled by
 * SplitMix64 (https://prng.di.unimi.it), the seed hashed by 64-bit FNV-1a (RFC 9923). Not for
 * secrets.
 */
import type { RandomSource } from '@holdfast/platform';
import { assert } from '@holdfast/platform';

const mask64 = (1n << 64n) - 1n;

function fnv1a64(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text, 'utf8')) {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & mask64;
  }
  return hash;
}

function splitMix64(state: bigint): bigint {
  let mixed = state;
  mixed = ((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n) & mask64;
  mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & mask64;
  return mixed ^ (mixed >> 31n);
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

export class SeededRandom implements RandomSource {
  /** Gives this source back when passed to the constructor. */
  readonly seed: string;
  readonly #state = new Uint32Array(4);

  constructor(seed: string | number | bigint) {
    this.seed = String(seed);
    let counter = fnv1a64(this.seed);
    for (let index = 0; index < 4; index += 2) {
      counter = (counter + 0x9e3779b97f4a7c15n) & mask64;
      const word = splitMix64(counter);
      this.#state[index] = Number(word >> 32n);
      this.#state[index + 1] = Number(word & 0xffffffffn);
    }
  }

  /** An unsigned 32-bit number. */
  uint32(): number {
    const state = this.#state;
    const result = Math.imul(rotateLeft(Math.imul(state[1]!, 5), 7), 9) >>> 0;
    const shifted = state[1]! << 9;
    state[2]! ^= state[0]!;
    state[3]! ^= state[1]!;
    state[1]! ^= state[2]!;
    state[0]! ^= state[3]!;
    state[2]! ^= shifted;
    state[3] = rotateLeft(state[3]!, 11);
    return result;
  }

  /** In [0, 1), with 53 random bits. */
  fraction(): number {
    return ((this.uint32() >>> 5) * 2 ** 26 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    assert(max >= min, `no whole number from ${min} to ${max}`);
    return min + Math.floor(this.fraction() * (max - min + 1));
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    assert(items.length > 0, 'nothing to pick from');
    return items[this.integer(0, items.length - 1)]!;
  }

  /** A new array with the same items in random order (Fisher and Yates). */
  shuffle<Item>(items: readonly Item[]): Item[] {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const other = this.integer(0, last);
      const item = shuffled[last]!;
      shuffled[last] = shuffled[other]!;
      shuffled[other] = item;
    }
    return shuffled;
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let index = 0; index < length; index += 4) {
      const word = this.uint32();
      for (let part = 0; part < 4 && index + part < length; part += 1) {
        bytes[index + part] = (word >>> (8 * part)) & 0xff;
      }
    }
    return bytes;
  }

  /**
   * An independent source. It depends on this source's seed and the label only, not on what was
   * drawn before, so that a new draw in one place does not change every other place.
   */
  fork(label: string): SeededRandom {
    return new SeededRandom(`${this.seed}/${label}`);
  }
}
