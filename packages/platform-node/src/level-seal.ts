/**
 * What the files of a database were when it was closed in good order, so that the next opening can
 * tell that they are the same, byte for byte. Owns the file SEAL beside them. It is a promise about
 * bytes alone: where one differs, or the file is not there, whoever keeps rows counts them again.
 *
 * Invariant: files whose own checksums do not hold are never sealed, and a table keeps the digest
 * that it got first, whatever becomes of it on the disk.
 */
import { type FileHandle, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  bytesOf,
  type Clock,
  type FilePath,
  fileErrorCode,
  filePathFrom,
  joinPath,
  writeFileDurably,
} from '@holdfast/platform';
import { createBlake3 } from './blake3-hasher.js';
import { cryptoRandom } from './crypto-random.js';
import { isWholeLog } from './level-log-format.js';
import { NodeFileSystem } from './node-file-system.js';

const sealName = 'SEAL';
const sealFormat = 2;
const readBytes = 1024 * 1024;
/** More than this is not sealed: LevelDB's logs have a few megabytes. */
const maxLogBytes = 64 * 1024 * 1024;
const dayMs = 24 * 60 * 60 * 1000;
/**
 * Rows are counted at least once in this time, and in so many openings, as a machine may have no
 * clock: what rots while the database is open is sealed as it is when it is closed.
 */
const countAgainMs = 30 * dayMs;
const maxOpenings = 30;
/** Who had the database open for longer does not seal it: what rotted may have been compacted. */
const maxSealedRunMs = dayMs;

interface SealedFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly digest: string;
}

export interface LevelSeal {
  /** A random name for the openings since the last one that found no seal. */
  readonly lineage: string;
  /** When that one was, by this machine's clock. */
  readonly begunAtMs: number;
  /** How many openings of the lineage were closed in good order before. */
  readonly openings: number;
  readonly files: readonly SealedFile[];
}

export type RunClock = Pick<Clock, 'now' | 'monotonic'>;

/** The time since a database was opened. */
export class OpenRun {
  readonly #clock: RunClock;
  readonly #sinceMs: number;
  readonly #sinceMonotonicMs: number;

  constructor(clock: RunClock) {
    this.#clock = clock;
    this.#sinceMs = clock.now();
    this.#sinceMonotonicMs = clock.monotonic();
  }

  /** Whether it may be sealed. The one clock may be set; the other stands still in a machine asleep. */
  get isShort(): boolean {
    const lastedMs = this.#clock.now() - this.#sinceMs;
    const lastedMonotonicMs = this.#clock.monotonic() - this.#sinceMonotonicMs;
    return Math.max(lastedMs, lastedMonotonicMs) <= maxSealedRunMs;
  }
}

const contentFile = /^(CURRENT|MANIFEST-\d+|\d+\.(log|ldb|sst))$/;
const logFile = /^(MANIFEST-\d+|\d+\.log)$/;
const tableFile = /\.(ldb|sst)$/;

/** With what the first opening of a lineage begins. */
export function newSeal(nowMs: number): LevelSeal {
  return { lineage: hexOf(cryptoRandom.bytes(16)), begunAtMs: nowMs, openings: 0, files: [] };
}

/**
 * The seal that the files in the directory bear out. Of one that is too old, or was renewed too
 * often, nothing is believed, nor of files that cannot be read: opening the database says what is wrong with them.
 */
export async function heldSeal(path: string, nowMs: number): Promise<LevelSeal | undefined> {
  try {
    return await findHeldSeal(path, nowMs);
  } catch (error) {
    if (fileErrorCode(error) === undefined) throw error;
    return undefined;
  }
}

async function findHeldSeal(path: string, nowMs: number): Promise<LevelSeal | undefined> {
  const seal = await readSeal(path);
  if (seal === undefined) return undefined;
  const ageMs = nowMs - seal.begunAtMs;
  if (ageMs < 0 || ageMs > countAgainMs || seal.openings >= maxOpenings) return undefined;
  const names = await contentFiles(path);
  if (names.join() !== seal.files.map(({ name }) => name).join()) return undefined;
  for (const sealed of seal.files) {
    const found = await digestOf(join(path, sealed.name));
    if (found.digest !== sealed.digest || found.sizeBytes !== sealed.sizeBytes) return undefined;
  }
  return seal;
}

/**
 * Seals a database that was just closed; `before` is the seal with which it was opened. Does nothing
 * where its files are not whole. Rejects with what the file system says.
 */
export async function writeSeal(path: string, before: LevelSeal): Promise<void> {
  const known = new Map(before.files.map((file) => [file.name, file]));
  const files: SealedFile[] = [];
  for (const name of await contentFiles(path)) {
    if (logFile.test(name) && !(await isWholeFile(join(path, name)))) return;
    const table = tableFile.test(name) ? known.get(name) : undefined;
    files.push(table ?? { name, ...(await digestOf(join(path, name))) });
  }
  const { lineage, begunAtMs } = before;
  const openings = before.openings + 1;
  const body = JSON.stringify({ format: sealFormat, lineage, begunAtMs, openings, files });
  const text = `${body}\n${digestOfText(body)}\n`;
  writeFileDurably(new NodeFileSystem(), sealPath(path), bytesOf(text));
}

/** Undefined where there is none, or not a whole one. */
async function readSeal(path: string): Promise<LevelSeal | undefined> {
  const text = await readFile(join(path, sealName), 'utf8').catch((error: unknown) => {
    if (fileErrorCode(error) === 'ENOENT') return '';
    throw error;
  });
  const [body = '', digest] = text.split('\n');
  if (digest !== digestOfText(body)) return undefined;
  const seal = JSON.parse(body) as LevelSeal & { readonly format: number };
  return seal.format === sealFormat ? seal : undefined;
}

async function contentFiles(path: string): Promise<string[]> {
  const names = await readdir(path);
  return names.filter((name) => contentFile.test(name)).sort();
}

async function isWholeFile(path: string): Promise<boolean> {
  const bytes = await readFile(path);
  return bytes.length <= maxLogBytes && isWholeLog(bytes);
}

async function digestOf(path: string): Promise<Omit<SealedFile, 'name'>> {
  const handle = await open(path);
  try {
    return await digestOfHandle(handle);
  } finally {
    await handle.close();
  }
}

async function digestOfHandle(handle: FileHandle): Promise<Omit<SealedFile, 'name'>> {
  const hash = createBlake3().create();
  const buffer = Buffer.alloc(readBytes);
  let sizeBytes = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, sizeBytes);
    if (bytesRead === 0) return { sizeBytes, digest: hexOf(hash.digest()) };
    hash.update(buffer.subarray(0, bytesRead));
    sizeBytes += bytesRead;
  }
}

function digestOfText(text: string): string {
  return hexOf(createBlake3().blake3(bytesOf(text)));
}

function sealPath(path: string): FilePath {
  return joinPath(filePathFrom(path), sealName);
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
