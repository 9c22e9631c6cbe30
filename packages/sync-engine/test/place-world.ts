/** One folder on a memory disk, and versions and place items for it. */
import { encodeEnvelope } from '@holdfast/block-store';
import type { DiskState } from '@holdfast/folder-index';
import { diskStateOf, heldDirectory, ownDirectory } from '@holdfast/folder-scanner';
import {
  type ActorId,
  type ContentId,
  type DeviceId,
  type FileContentRecord,
  type FileRecord,
  type FolderPath,
  type Hash,
  hexFrom,
  type Version,
  type VersionId,
  versionOf,
} from '@holdfast/model';
import {
  type BulkJob,
  filePathFrom,
  joinPath,
  readWholeFileIfPresent,
  statIfPresent,
} from '@holdfast/platform';
import {
  type FileCall,
  KillSwitch,
  MemoryDisk,
  type MemoryDiskOptions,
  MemoryFileSystem,
  MountTable,
  nativeBlake3,
  realZstd,
  SeededRandom,
} from '@holdfast/simulation';
import { type PlaceItem, placeJob } from '@holdfast/sync-engine';

export const hash: Hash = (bytes) => nativeBlake3.blake3(bytes);
export const here = '12D3KooWHere' as DeviceId;
export const desktop = '12D3KooWDesktop' as DeviceId;
export const phone = '12D3KooWPhone' as DeviceId;
export const actor = (digit: string) => digit.repeat(16) as ActorId;
export const pathOf = (text: string) => text as FolderPath;
export const root = filePathFrom('/photos');
export const mtimeNs = 1_700_000_000_000_000_000n;
export const newId = 'ab'.repeat(32) as VersionId;
export const oldId = 'cd'.repeat(32) as VersionId;

export function contentOf(text: string) {
  const plain = Buffer.from(text);
  const contentId = hexFrom(hash(plain)) as ContentId;
  const entries = plain.length === 0 ? [] : [{ contentId, lengthBytes: plain.length }];
  return {
    contentId,
    blocks: { depth: 0, entries },
    envelope: plain.length === 0 ? new Uint8Array(0) : encodeEnvelope(plain),
  };
}

export function fileVersion(
  path: string,
  text: string,
  vector: FileRecord['vector'],
  more: Partial<FileContentRecord> = {},
): Version & { readonly record: FileContentRecord } {
  const record: FileContentRecord = {
    kind: 'file',
    path: pathOf(path),
    vector,
    author: here,
    sizeBytes: text.length,
    mtimeNs,
    permissions: 0o644,
    chunker: 'fastcdc-256k',
    blocks: contentOf(text).blocks,
    ...more,
  };
  return versionOf(record, hash) as Version & { readonly record: FileContentRecord };
}

export class PlaceWorld {
  nowMs = 1_790_000_000_000;
  readonly disk: MemoryDisk;
  readonly mounts: MountTable;
  readonly user: MemoryFileSystem;
  onCall: ((call: FileCall) => void) | undefined;
  /** It goes on when something is written; no timer ever fires. */
  readonly clock = {
    now: () => this.nowMs,
    monotonic: () => this.nowMs,
    setTimer: () => ({ cancel: () => undefined }),
  };

  constructor(options: Partial<MemoryDiskOptions> = {}) {
    this.disk = new MemoryDisk({ now: () => this.nowMs, ...options });
    this.mounts = new MountTable(this.disk);
    this.user = new MemoryFileSystem({ mounts: this.mounts });
    for (const path of [root, ownDirectory(root), heldDirectory(root)]) {
      this.user.makeDirectory(path);
    }
    this.user.syncFileSystem(root);
  }

  at(path: string) {
    return joinPath(root, path);
  }

  /** Creates a file whose content is durable, or only its name where `sync` is false. */
  write(path: string, text: string, sync = true): DiskState {
    const handle = this.user.open(this.at(path), 'create', 0o644);
    if (!sync) this.user.syncDirectory(root);
    this.user.write(handle, Buffer.from(text), 0);
    this.user.close(handle);
    this.user.setModificationTime(this.at(path), mtimeNs);
    if (sync) this.user.syncFileSystem(root);
    this.nowMs += 1000;
    return this.diskState(path);
  }

  overwrite(path: string, text: string): void {
    const handle = this.user.open(this.at(path), 'write');
    this.user.write(handle, Buffer.from(text), 0);
    this.user.close(handle);
  }

  diskState(path: string): DiskState {
    return diskStateOf(this.user.stat(this.at(path)), false);
  }

  /** The text of a file; undefined where there is nothing. */
  text(path: string): string | undefined {
    if (statIfPresent(this.user, this.at(path)) === undefined) return undefined;
    const bytes = readWholeFileIfPresent(this.user, this.at(path));
    return bytes === undefined ? undefined : Buffer.from(bytes).toString();
  }

  held(id: VersionId): string | undefined {
    return this.text(`.holdfast/held/${id}`);
  }

  names(directory = ''): string[] {
    return this.user
      .list(this.at(directory))
      .map((entry) => entry.name)
      .filter((name) => name !== '.holdfast')
      .sort();
  }

  /** A node of its own performs the job, so that a simulated crash ends it alone. */
  perform<Input, Output>(job: BulkJob<Input, Output>, input: Input): Output {
    const fileSystem = new MemoryFileSystem({
      mounts: this.mounts,
      killSwitch: new KillSwitch(),
      onCall: (call) => this.onCall?.(call),
    });
    return job.perform(input, {
      fileSystem,
      hasher: nativeBlake3,
      compressor: realZstd,
      now: () => this.nowMs,
    });
  }

  place(...items: readonly MadeItem[]) {
    const buffer = Buffer.concat(items.map((item) => item.envelope));
    let at = 0;
    const placed = items.map(({ envelope, item }): PlaceItem => {
      const { content } = item;
      const from = at;
      at += envelope.length;
      if (content.type !== 'file' || content.pieces === undefined) return item;
      const pieces = content.pieces.map((piece) => ({ ...piece, buffer: 0, from, to: at }));
      return { ...item, content: { ...content, pieces } };
    });
    return this.perform(placeJob, { root, buffers: [new Uint8Array(buffer)], items: placed });
  }

  crash(seed: string): void {
    this.disk.crash(new SeededRandom(seed));
  }
}

export interface MadeItem {
  readonly item: PlaceItem;
  readonly envelope: Uint8Array;
}

const nothingAside = { holdAs: undefined, copyTo: undefined, syncAside: false };

/** Puts a file with the text in place. */
export function fileItem(path: string, text: string, more: Partial<PlaceItem> = {}): MadeItem {
  const { contentId, envelope } = contentOf(text);
  const lengthBytes = Buffer.byteLength(text);
  const piece = { contentId, lengthBytes, buffer: 0, from: 0, to: 0, fileOffset: 0 };
  const pieces = text === '' ? [] : [piece];
  const content = {
    type: 'file',
    sizeBytes: text.length,
    mtimeNs,
    permissions: 0o640,
    pieces,
  } as const;
  const item: PlaceItem = {
    path: pathOf(path),
    versionId: newId,
    content,
    expected: { type: 'absent' },
    ...nothingAside,
    ...more,
  };
  return { item, envelope };
}

export function itemOf(
  path: string,
  content: PlaceItem['content'],
  more: Partial<PlaceItem> = {},
): MadeItem {
  const item: PlaceItem = {
    path: pathOf(path),
    versionId: newId,
    content,
    expected: { type: 'absent' },
    ...nothingAside,
    ...more,
  };
  return { item, envelope: new Uint8Array(0) };
}

export const present = (disk: DiskState, kind: 'file' | 'directory' | 'symlink' = 'file') =>
  ({ expected: { type: 'present', kind, disk } }) as const;
