/** Hashing and compression, by each implementation that this runtime has. */
import * as zlib from 'node:zlib';
import { describeCompressor, describeHasher } from '@holdfast/platform-compliance';
import { createBlake3, createZstd } from '@holdfast/platform-node';
import { afterEach, describe, expect, test, vi } from 'vitest';

const hasNativeZstd = 'zstdCompressSync' in zlib;

describeHasher('native BLAKE3', createBlake3('native'));
describeHasher('BLAKE3 in WebAssembly', createBlake3('wasm'));
describeCompressor('zstd in WebAssembly', createZstd('wasm'), createZstd());
if (hasNativeZstd) {
  describeCompressor('native zstd', createZstd('native'), createZstd('wasm'));
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the implementation', () => {
  test('is native where there is one', () => {
    vi.stubEnv('HOLDFAST_BLAKE3', '');
    vi.stubEnv('HOLDFAST_ZSTD', '');
    expect(createBlake3().implementation).toBe('native');
    expect(createZstd().implementation).toBe(hasNativeZstd ? 'native' : 'wasm');
  });

  test('is the one that the environment names', () => {
    vi.stubEnv('HOLDFAST_BLAKE3', 'wasm');
    vi.stubEnv('HOLDFAST_ZSTD', 'wasm');
    expect(createBlake3().implementation).toBe('wasm');
    expect(createZstd().implementation).toBe('wasm');
  });

  test('is not guessed from a slip', () => {
    vi.stubEnv('HOLDFAST_BLAKE3', 'wsam');
    const unknown = expect.objectContaining({ code: 'implementation_unknown' });
    expect(() => createBlake3()).toThrow(unknown);
  });

  test('is refused by name where native zstd was asked for and the runtime has none', () => {
    const ask = () => createZstd('native').implementation;
    if (hasNativeZstd) expect(ask()).toBe('native');
    else expect(ask).toThrow(expect.objectContaining({ code: 'implementation_missing' }));
  });
});

test('many hashes leave WebAssembly no larger than one of them did', async () => {
  const hasher = createBlake3('wasm');
  const input = new Uint8Array(5_000_000);
  hasher.blake3(input);
  const module: object = await import('blake3/dist/wasm/nodejs/blake3_js.js');
  const { __wasm } = module as { readonly __wasm: { memory: { buffer: ArrayBuffer } } };
  const before = __wasm.memory.buffer.byteLength;
  for (let count = 0; count < 20_000; count += 1) {
    const hash = hasher.create();
    hash.update(input.subarray(0, 100));
    hash.digest();
  }
  for (let count = 0; count < 5; count += 1) hasher.blake3(input);
  expect(__wasm.memory.buffer.byteLength).toBe(before);
});

test('many native hashes in one go keep no memory outside the heap', () => {
  const hasher = createBlake3('native');
  const input = new Uint8Array(100);
  hasher.blake3(input);
  const before = process.memoryUsage.rss();
  for (let count = 0; count < 500_000; count += 1) hasher.blake3(input);
  expect(process.memoryUsage.rss() - before).toBeLessThan(80_000_000);
});
