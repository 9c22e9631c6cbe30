/**
 * The store that is kept under `fixtures/store-format-1`: what went into it, and the writer that made
 * it. All of it comes from a seed and from what stands here, zstd frames included, so the same code
 * makes the same bytes. `node scripts/keep-store.mjs` writes it.
 */
import { buildBlockList, encodeEnvelope } from '@holdfast/block-store';
import {
  type BlockReference,
  type ContentId,
  type FileContentRecord,
  type FolderId,
  hexFrom,
  type VersionId,
  versionOf,
} from '@holdfast/model';
import { type FilePath, joinPath, parentPath } from '@holdfast/platform';
import { SeededRandom } from '@holdfast/simulation';
import type { VersionArchive } from '@holdfast/version-archive';
import {
  ArchiveWorld,
  archiveAll,
  desktop,
  directoryVersion,
  entryOf,
  fileVersion,
  hash,
  type MadeVersion,
  papers,
  photos,
  storeDirectory,
  tombstoneVersion,
} from './archive-world.js';

export interface KeptVersion {
  readonly folder: FolderId;
  readonly path: string;
  readonly made: MadeVersion;
  readonly content: Uint8Array;
}

const hourMs = 60 * 60_000;
/** The year 2096: what waits in the kept store is never due. */
export const neverMs = 4_000_000_000_000;
const repeatedLetter = 'The letter that is written again.\n'.repeat(60);
const repeatedNote = 'A note among the papers.\n'.repeat(200);
/** zstd frames of these two, as `node:zlib` or the module that stands in for it once made them. */
const frames: readonly (readonly [text: string, frame: string])[] = [
  [
    repeatedLetter,
    '28b52ffd60f8065d01002402546865206c65747465722074686174206973207772697474656e20616761696e2e0a01009abefcea09',
  ],
  [
    repeatedNote,
    '28b52ffd6088120d0100c841206e6f746520616d6f6e6720746865207061706572732e0a0100b10df7730c',
  ],
];

const noise = new SeededRandom('what the kept store holds');

function ofBlocks(path: string, blocks: readonly Uint8Array[], counter = 1): MadeVersion {
  const references: BlockReference[] = blocks.map((bytes) => ({
    contentId: hexFrom(hash(bytes)) as ContentId,
    lengthBytes: bytes.length,
  }));
  const { root, listBlocks } = buildBlockList(references, hash);
  const like = fileVersion(path, 'like', counter).version.record as FileContentRecord;
  const sizeBytes = references.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  const lists = listBlocks.map(({ bytes }) => bytes);
  const envelopes = [...blocks, ...lists].map((bytes) => ({
    contentId: hexFrom(hash(bytes)) as ContentId,
    envelope: envelopeOf(bytes),
  }));
  return { version: versionOf({ ...like, sizeBytes, blocks: root }, hash), envelopes };
}

function envelopeOf(plain: Uint8Array): Uint8Array {
  const frame = frames.find(([text]) => Buffer.from(text).equals(plain))?.[1];
  if (frame === undefined) return encodeEnvelope(plain);
  const header = Buffer.alloc(5);
  header.writeUInt8(1);
  header.writeUInt32BE(plain.length, 1);
  return Buffer.concat([header, Buffer.from(frame, 'hex')]);
}

function kept(
  folder: FolderId,
  path: string,
  blocks: readonly Uint8Array[],
  counter = 1,
): KeptVersion {
  const content = Buffer.concat(blocks);
  return { folder, path, made: ofBlocks(path, blocks, counter), content };
}

const few = Array.from({ length: 8 }, (_, at) => noise.bytes(100 + at * 31));

/** A directory, a path beyond ASCII, and every content by the name under which the tests know it. */
export const album = 'holiday/\u00c3\u00a9t\u00c3\u00a9';
export const stored = {
  /** Thinned and freed: the segment that held it is a mark of 178 bytes. */
  freed: kept(photos, 'letter', [noise.bytes(3000)], 1),
  /** zstd; thinned, and waiting to be freed for longer than anybody tests. */
  waiting: kept(photos, 'letter', [Buffer.from(repeatedLetter)], 2),
  shown: kept(photos, 'letter', [Buffer.from('the letter as it is')], 3),
  /** Of the desktop, beside what the folder shows. */
  beside: kept(photos, 'letter', [Buffer.from('the letter that lost')], 4),
  gone: kept(photos, `${album}/gone.jpg`, [noise.bytes(700)]),
  empty: kept(photos, `${album}/empty`, []),
  /** More blocks than a record names: list blocks. */
  long: kept(
    photos,
    `${album}/long`,
    Array.from({ length: 1100 }, (_, at) => few[at % few.length]!),
  ),
  /** zstd; current, replaced, and current again. */
  note: kept(papers, 'note', [Buffer.from(repeatedNote)], 1),
  otherNote: kept(papers, 'note', [noise.bytes(400)], 2),
} as const;

export const directories = ['holiday', album].map((path) => directoryVersion(path));
export const tombstone = tombstoneVersion(`${album}/gone.jpg`, 2);

const keepNothing = { allWithinMs: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0 };
const nobody = async () => new Set<VersionId>();
const thinLetters = { folder: photos, rules: keepNothing, needed: nobody };

/** Makes the store anew, in the memory of a world of its own. */
export async function makeStore(): Promise<ArchiveWorld> {
  const world = new ArchiveWorld('the kept store');
  const first = await world.open();
  await add(first, stored.freed);
  await first.close();
  const archive = await world.open();
  world.nowMs += hourMs;
  await archiveAll(archive, directories);
  for (const one of [stored.waiting, stored.gone, stored.empty, stored.long])
    await add(archive, one);
  await archiveAll(archive, [tombstone]);
  for (const one of [stored.note, stored.otherNote, stored.note]) await add(archive, one);
  await archive.thinning.mark(thinLetters, world.nowMs);
  world.nowMs += hourMs;
  const freeing = { nowMs: world.nowMs, folders: new Set([photos, papers]), needed: nobody };
  for await (const step of archive.thinning.compaction().run(freeing)) {
    if (step.damagedSegments > 0) throw new Error('a new store has no damage');
  }
  await add(archive, stored.shown);
  await archive.blocks.append(stored.beside.made.envelopes);
  const beside = entryOf(stored.beside.made, { becameCurrent: false, sender: desktop });
  await archive.append(photos, [beside]);
  await archive.thinning.mark(thinLetters, neverMs);
  await archive.close();
  return world;
}

async function add(archive: VersionArchive, { folder, made }: KeptVersion): Promise<void> {
  await archiveAll(archive, [made], folder);
}

/** Every file of the store in a world, by its path below the store. */
export function storeFiles(world: ArchiveWorld): Map<string, Uint8Array> {
  const fileSystem = world.fileSystem();
  const found = new Map<string, Uint8Array>();
  const walk = (directory: FilePath, below: string): void => {
    for (const { name, kind } of fileSystem.list(directory)) {
      const path = joinPath(directory, name);
      if (kind === 'directory') walk(path, `${below}${name}/`);
      else found.set(`${below}${name}`, readWhole(world, path));
    }
  };
  walk(storeDirectory, '');
  return new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function readWhole(world: ArchiveWorld, path: FilePath): Uint8Array {
  const fileSystem = world.fileSystem();
  const bytes = new Uint8Array(fileSystem.stat(path).sizeBytes);
  const handle = fileSystem.open(path, 'read');
  fileSystem.read(handle, bytes, 0);
  fileSystem.close(handle);
  return bytes;
}

/** A world with a copy of a store on its disk, and no index. */
export function worldWith(files: ReadonlyMap<string, Uint8Array>): ArchiveWorld {
  const world = new ArchiveWorld('a copy of the kept store');
  const fileSystem = world.fileSystem();
  const made = new Set<FilePath>(['/' as FilePath]);
  const make = (directory: FilePath): void => {
    if (made.has(directory)) return;
    make(parentPath(directory));
    fileSystem.makeDirectory(directory);
    made.add(directory);
  };
  for (const [path, bytes] of files) {
    const file = joinPath(storeDirectory, path);
    make(parentPath(file));
    const handle = fileSystem.open(file, 'create');
    fileSystem.write(handle, bytes, 0);
    fileSystem.syncFile(handle);
    fileSystem.close(handle);
  }
  return world;
}
