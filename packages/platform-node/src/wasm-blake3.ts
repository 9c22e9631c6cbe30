/**
 * BLAKE3 in WebAssembly, for systems that no native build serves. Its memory is its own and never
 * shrinks, so long input goes through it in pieces, and every state in it is freed: by its digest,
 * or once nobody can ask for that any more.
 */
import { createRequire } from 'node:module';
import type { Hasher, IncrementalHash } from '@holdfast/platform';

type WasmBlake3 = typeof import('blake3');
type WasmState = ReturnType<WasmBlake3['createHash']>;

/** What is copied into its memory at once; larger pieces are no faster. */
const pieceBytes = 64 * 1024;

const require = createRequire(import.meta.url);
const abandoned = new FinalizationRegistry<WasmState>((state) => state.dispose());

export function createWasmBlake3(): Hasher {
  // Loaded with the first hash, once in each thread.
  const wasm = () => require('blake3') as WasmBlake3;
  return {
    blake3(bytes) {
      const state = wasm().createHash();
      updateInPieces(state, bytes);
      return state.digest();
    },
    create: () => incrementalHash(wasm().createHash()),
  };
}

function incrementalHash(state: WasmState): IncrementalHash {
  const hash: IncrementalHash = {
    update: (bytes) => updateInPieces(state, bytes),
    digest() {
      abandoned.unregister(hash);
      return state.digest();
    },
  };
  abandoned.register(hash, state, hash);
  return hash;
}

function updateInPieces(state: WasmState, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    state.update(bytes.subarray(from, from + pieceBytes));
  }
}
