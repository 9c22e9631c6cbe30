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
    blake3: (bytes) => native.blake3(bufferOver(bytes)),
    create: () => incrementalHash(native),
  };
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
