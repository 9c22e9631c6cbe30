/**
 * The writing of a segment stream, as jobs for worker threads: append, sync, seal. Stateless; every
 * offset is given. `SegmentStream` sees to it that one runs at a time.
 */
import {
  AppError,
  type BulkJob,
  type BulkTools,
  type FileHandle,
  type FilePath,
  fileErrorCode,
  joinPath,
  type OpenMode,
  readFully,
} from '@holdfast/platform';
import { readBlockPayload, verifyBlockPayload } from './block-payload.js';
import {
  encodeHeader,
  encodeTrailer,
  firstDigest,
  frameBytes,
  framePayloadBytes,
  headerBytes,
  nextDigest,
  nothingValid,
  type SegmentExtent,
  type SegmentHeader,
  segmentFileName,
  signFrame,
} from './segment-format.js';

export type PayloadKind = 'opaque' | 'blocks';

export interface SegmentPlace {
  readonly directory: FilePath;
  readonly streamName: string;
  readonly segment: number;
}

export function segmentPath(place: SegmentPlace): FilePath {
  return joinPath(place.directory, segmentFileName(place.streamName, place.segment));
}

/** Opens, uses and closes a file. */
export function withFile<Result>(
  tools: BulkTools,
  path: FilePath,
  mode: OpenMode,
  use: (handle: FileHandle) => Result,
): Result {
  const handle = tools.fileSystem.open(path, mode);
  try {
    return use(handle);
  } finally {
    tools.fileSystem.close(handle);
  }
}

export type AppendStart =
  | { readonly type: 'new'; readonly header: SegmentHeader }
  | { readonly type: 'existing'; readonly digest: Uint8Array };

export interface AppendInput {
  readonly place: SegmentPlace;
  readonly start: AppendStart;
  readonly offset: number;
  /** Frames with their payloads, back to back; checksums are written here. */
  readonly frames: ArrayBuffer;
  readonly payloads: PayloadKind;
}

export type AppendOutput =
  | { readonly type: 'written'; readonly digest: Uint8Array }
  /** Payloads are not what they say; nothing was written. */
  | ({ readonly type: 'refused' } & BlockRefusal);

export interface BlockRefusal {
  readonly reason: 'mismatch' | 'codec';
  /** Every lying block as it claims to be called; of an unknown codec, the first. */
  readonly contentIds: readonly string[];
}

/** Writes a batch with one call, after checking and signing it. */
export const appendEntries: BulkJob<AppendInput, AppendOutput> = {
  name: 'block-store.append-entries',
  perform(input, tools) {
    const { hasher, fileSystem } = tools;
    const frames = Buffer.from(input.frames);
    const refused = input.payloads === 'blocks' ? lyingBlocks(frames, tools) : undefined;
    if (refused !== undefined) return { type: 'refused', ...refused };
    const header =
      input.start.type === 'new' ? encodeHeader(input.start.header, hasher) : undefined;
    let digest =
      input.start.type === 'existing'
        ? input.start.digest
        : firstDigest(header ?? new Uint8Array(), hasher);
    for (const { at } of framesIn(frames)) {
      digest = nextDigest(digest, signFrame(frames, at, hasher), hasher);
    }
    const mode = header === undefined ? 'write' : 'create';
    withFile(tools, segmentPath(input.place), mode, (handle) => {
      if (header !== undefined) fileSystem.write(handle, header, 0);
      fileSystem.write(handle, frames, input.offset);
    });
    return { type: 'written', digest };
  },
};

function lyingBlocks(frames: Buffer, tools: BulkTools): BlockRefusal | undefined {
  const contentIds: string[] = [];
  for (const { payload } of framesIn(frames)) {
    const contentId = readBlockPayload(payload)?.contentId ?? '';
    try {
      if (!verifyBlockPayload(payload, tools)) contentIds.push(contentId);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { reason: 'codec', contentIds: [contentId] };
    }
  }
  return contentIds.length === 0 ? undefined : { reason: 'mismatch', contentIds };
}

function* framesIn(frames: Buffer) {
  let at = 0;
  while (at < frames.length) {
    const end = at + frameBytes + framePayloadBytes(frames, at);
    yield { at, payload: frames.subarray(at + frameBytes, end) };
    at = end;
  }
}

export interface SyncInput {
  readonly place: SegmentPlace;
  /** Whether the file's name is not durable yet. */
  readonly isNew: boolean;
}

export const syncSegment: BulkJob<SyncInput, void> = {
  name: 'block-store.sync-segment',
  perform({ place, isNew }, tools) {
    withFile(tools, segmentPath(place), 'write', (handle) => tools.fileSystem.syncFile(handle));
    if (isNew) tools.fileSystem.syncDirectory(place.directory);
  },
};

export interface SealInput {
  readonly place: SegmentPlace;
  /** Undefined: it is sealed with no entry, whatever its file holds. */
  readonly extent: SegmentExtent | undefined;
}

export interface SealOutput {
  readonly extent: SegmentExtent;
  /** Of the file, its trailer included; undefined where there is no such file. */
  readonly fileBytes: number | undefined;
}

/** Appends the trailer, behind whatever the file ends with, and syncs file and directory. */
export const sealSegment: BulkJob<SealInput, SealOutput> = {
  name: 'block-store.seal-segment',
  perform(input, tools) {
    const { place } = input;
    try {
      const sealed = withFile(tools, segmentPath(place), 'write', (handle) => {
        const extent = input.extent ?? noEntries(tools, handle);
        return { extent, fileBytes: writeTrailer(tools, handle, extent) };
      });
      tools.fileSystem.syncDirectory(place.directory);
      return sealed;
    } catch (error) {
      if (fileErrorCode(error) !== 'ENOENT') throw error;
      return { extent: input.extent ?? nothingValid, fileBytes: undefined };
    }
  },
};

/** Of the header that the file has, which an earlier try may have written; or of nothing. */
function noEntries({ fileSystem, hasher }: BulkTools, handle: FileHandle): SegmentExtent {
  const header = Buffer.alloc(headerBytes);
  if (readFully(fileSystem, handle, header, 0) < headerBytes) return nothingValid;
  // A sync that failed may have taken it off the list of what is to be written.
  fileSystem.write(handle, header, 0);
  return { validBytes: headerBytes, entryCount: 0, digest: firstDigest(header, hasher) };
}

/** Gives the size of the file afterwards. */
export function writeTrailer(tools: BulkTools, handle: FileHandle, extent: SegmentExtent): number {
  const at = tools.fileSystem.handleStat(handle).sizeBytes;
  const trailer = encodeTrailer(extent, tools.hasher);
  tools.fileSystem.write(handle, trailer, at);
  tools.fileSystem.syncFile(handle);
  return at + trailer.length;
}
