/**
 * zstd from `node:zlib` where the runtime has it (Node 22.15 and newer), in WebAssembly elsewhere.
 * One format; the frames of one are opened by the other.
 */
import * as zlib from 'node:zlib';
import {
  AppError,
  assert,
  type Compressor,
  compressedMalformed,
  fileErrorCode,
  maxCompressorBytes,
} from '@holdfast/platform';
import { type Implementation, implementationFrom, zstdVariable } from './implementation-choice.js';
import { createWasmZstd } from './wasm-zstd.js';

/** Level 3 makes large blocks 7 % smaller and takes half as long again. */
export const zstdLevel = 1;

/** The part of `node:zlib` that Node 20 lacks. */
interface ZlibWithZstd {
  zstdCompressSync(bytes: Uint8Array, options: ZstdOptions): Buffer;
  zstdDecompressSync(bytes: Uint8Array, options: ZstdOptions): Buffer;
  readonly constants: {
    readonly ZSTD_c_compressionLevel: number;
    readonly ZSTD_d_windowLogMax: number;
  };
}

interface ZstdOptions {
  readonly chunkSize: number;
  readonly maxOutputLength?: number;
  readonly params: Readonly<Record<number, number>>;
}

export interface ChosenCompressor extends Compressor {
  readonly implementation: Implementation;
}

/** Without `wanted`, what the environment names, or what there is here. */
export function createZstd(
  wanted = implementationFrom(process.env, zstdVariable),
): ChosenCompressor {
  const native = zlib as unknown as ZlibWithZstd;
  const hasNative = typeof native.zstdCompressSync === 'function';
  if (wanted === 'native' && !hasNative) {
    throw new AppError('implementation_missing', `Node ${process.version} has no zstd.`, {
      hint: `It is there from Node 22.15 on. Leave ${zstdVariable} out: WebAssembly does the same.`,
    });
  }
  return wanted === 'wasm' || !hasNative
    ? { ...bounded(createWasmZstd(zstdLevel)), implementation: 'wasm' }
    : { ...bounded(nativeZstd(native)), implementation: 'native' };
}

const smallestChunkBytes = 64;
/** What zstd needs at most for content that does not compress (`ZSTD_COMPRESSBOUND`). */
const maxFrameBytes = maxCompressorBytes + (maxCompressorBytes >> 8);
const maxWindowLog = Math.log2(maxCompressorBytes);

function nativeZstd(native: ZlibWithZstd): Compressor {
  const { ZSTD_c_compressionLevel, ZSTD_d_windowLogMax } = native.constants;
  const compressing = { [ZSTD_c_compressionLevel]: zstdLevel };
  const decompressing = { [ZSTD_d_windowLogMax]: maxWindowLog };
  return {
    compress: (plain) =>
      native.zstdCompressSync(plain, {
        // A frame of bytes that do not compress is a little longer than they are.
        chunkSize: plain.length + smallestChunkBytes + (plain.length >> 8),
        params: compressing,
      }),
    decompress(frame, plainBytes) {
      try {
        return native.zstdDecompressSync(frame, {
          // One byte more than expected: a full buffer is taken for one with more to come.
          chunkSize: Math.max(smallestChunkBytes, plainBytes + 1),
          maxOutputLength: Math.max(1, plainBytes),
          params: decompressing,
        });
      } catch (error) {
        if (!blamesBytes(fileErrorCode(error))) throw error;
        throw compressedMalformed('is damaged', error);
      }
    },
  };
}

/** A machine without memory to spare says nothing about the bytes. */
function blamesBytes(code: string | undefined): boolean {
  if (code === 'ZSTD_error_memory_allocation') return false;
  return code === 'ERR_BUFFER_TOO_LARGE' || /^(ZSTD_error|Z_BUF|Z_DATA)_/.test(code ?? '');
}

/** Keeps every implementation within the bounds that it counts on. */
function bounded(inner: Compressor): Compressor {
  return {
    compress(plain) {
      assert(
        plain.length <= maxCompressorBytes,
        `no more than ${maxCompressorBytes} bytes at once`,
      );
      return inner.compress(plain);
    },
    decompress(frame, plainBytes) {
      assert(plainBytes <= maxCompressorBytes, `no more than ${maxCompressorBytes} bytes at once`);
      if (frame.length > maxFrameBytes) throw compressedMalformed('is too long');
      const plain = inner.decompress(frame, plainBytes);
      if (plain.length === plainBytes) return plain;
      throw compressedMalformed('has another length than was said');
    },
  };
}
