/**
 * BLAKE3 in native code where that loads, in WebAssembly elsewhere: the same digests, at a sixth of
 * the speed. Neither is loaded before it is wanted.
 */
import { createRequire } from 'node:module';
import type { Hasher, IncrementalHash } from '@holdfast/platform';
import {
  blake3Variable,
  type Implementation,
  implementationFrom,
} from './implementation-choice.js';
import { createWasmBlake3 } from './wasm-blake3.js';

type NativeBlake3 = typeof import('@napi-rs/blake-hash');

export interface ChosenHasher extends Hasher {
  readonly implementation: Implementation;
}

/** Without `wanted`, what the environment names, or what loads here. */
export function createBlake3(
  wanted = implementationFrom(process.env, blake3Variable),
): ChosenHasher {
  const native = wanted === 'wasm' ? undefined : nativeHasher(wanted === 'native');
  return native === undefined
    ? { ...createWasmBlake3(), implementation: 'wasm' }
    : { ...native, implementation: 'native' };
}

const digestBytes = 32;
const require = createRequire(import.meta.url);

/** Undefined where there is no build for this system, or its C library refuses it. */
function nativeHasher(required: boolean): Hasher | undefined {
  let native: NativeBlake3;
  try {
    native = require('@napi-rs/blake-hash') as NativeBlake3;
  } catch (error) {
    if (required) throw error;
    return undefined;
  }
  return {
    blake3: (bytes) => digestOf(native, bytes),
    create: () => incrementalHash(native),
  };
}

/** One for a thread: nothing runs between its writing and its copying. */
const scratch = Buffer.allocUnsafeSlow(digestBytes);

/**
 * By way of a text: a digest that the library gives as bytes is memory of its own outside the heap,
 * some 340 bytes, and is given back only when the event loop turns. A job that hashes a million
 * pieces would hold 340 MB; so it holds nothing, at less than half the time.
 */
function digestOf(native: NativeBlake3, bytes: Uint8Array): Uint8Array {
  scratch.write(native.blake3UrlSafeBase64(bufferOver(bytes)), 'base64url');
  return new Uint8Array(scratch);
}

function incrementalHash(native: NativeBlake3): IncrementalHash {
  const hasher = new native.Blake3Hasher();
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
