/**
 * zstd in WebAssembly (`@bokuweb/zstd-wasm`), for runtimes without their own. One instance for each
 * thread, made with the first block, with one context for each direction and buffers that are
 * reused: its memory never grows. Not to be called from two places at once, which one thread cannot.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Compressor, compressedMalformed, maxCompressorBytes } from '@holdfast/platform';

/** What is used of the global; TypeScript knows it only together with a browser's other globals. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => WasmInstance;
};

interface WasmInstance {
  readonly exports: object;
}

/** What the package exports of the C library; addresses and lengths are numbers. */
interface ZstdModule {
  instantiateWasm: (imports: object, receive: (instance: WasmInstance) => void) => object;
  init(): void;
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _ZSTD_isError(result: number): number;
  _ZSTD_compressBound(bytes: number): number;
  _ZSTD_createCCtx(): number;
  _ZSTD_createDCtx(): number;
  _ZSTD_compress_usingDict(...given: [...Operands, level: number]): number;
  _ZSTD_decompress_usingDict(...given: Operands): number;
}

/** What both directions are given. */
type Operands = [
  context: number,
  target: number,
  targetBytes: number,
  source: number,
  sourceBytes: number,
  dictionary: number,
  dictionaryBytes: number,
];

interface Zstd {
  readonly module: ZstdModule;
  readonly compressing: number;
  readonly decompressing: number;
  readonly source: number;
  readonly target: number;
  readonly bufferBytes: number;
}

let started: Zstd | undefined;

/** Callers see to it that content and frame are no longer than the buffers. */
export function createWasmZstd(level: number): Compressor {
  return {
    compress(plain) {
      const zstd = start();
      const { module, compressing, target, bufferBytes } = zstd;
      const given = operands(zstd, compressing, plain, bufferBytes);
      const length = module._ZSTD_compress_usingDict(...given, level);
      if (module._ZSTD_isError(length)) throw new Error(`zstd failed with error ${-length}`);
      return module.HEAPU8.slice(target, target + length);
    },
    decompress(frame, plainBytes) {
      const zstd = start();
      const { module, decompressing, target } = zstd;
      const given = operands(zstd, decompressing, frame, plainBytes);
      const length = module._ZSTD_decompress_usingDict(...given);
      if (module._ZSTD_isError(length)) throw failure(-length);
      return module.HEAPU8.slice(target, target + length);
    },
  };
}

const noDictionary = 0;

/** Copies the input to where the library reads it. */
function operands(
  { module, source, target }: Zstd,
  context: number,
  input: Uint8Array,
  targetBytes: number,
): Operands {
  module.HEAPU8.set(input, source);
  return [context, target, targetBytes, source, input.length, noDictionary, 0];
}

/** `ZSTD_error_memory_allocation` of zstd_errors.h: the machine is at fault, not the bytes. */
const noMemory = 64;

function failure(code: number): Error {
  const message = `zstd failed with error ${code}`;
  return code === noMemory
    ? new Error(message)
    : compressedMalformed('is damaged', new Error(message));
}

function start(): Zstd {
  if (started !== undefined) return started;
  const module = loadModule();
  const bufferBytes = module._ZSTD_compressBound(maxCompressorBytes);
  started = {
    module,
    compressing: module._ZSTD_createCCtx(),
    decompressing: module._ZSTD_createDCtx(),
    source: module._malloc(bufferBytes),
    target: module._malloc(bufferBytes),
    bufferBytes,
  };
  return started;
}

/**
 * The package exports an `init` that is asynchronous only because it reads a file; a job cannot wait.
 * So its module is given an instance that was made synchronously, by the hook that it has for that.
 */
function loadModule(): ZstdModule {
  const require = createRequire(import.meta.url);
  const directory = dirname(require.resolve('@bokuweb/zstd-wasm'));
  const { Module: module } = require(join(directory, 'module.js')) as { Module: ZstdModule };
  module.instantiateWasm = (imports, receive) => {
    const compiled = new WebAssembly.Module(readFileSync(join(directory, 'zstd.wasm')));
    const instance = new WebAssembly.Instance(compiled, imports);
    receive(instance);
    return instance.exports;
  };
  module.init();
  return module;
}
