/** What lies on a machine: the tree that its user sees, and the content that its node holds aside. */
import { nextCut } from '@holdfast/block-store';
import { heldDirectory } from '@holdfast/folder-scanner';
import { type BlockListRoot, hexFrom, ownDirectoryName, temporaryPrefix } from '@holdfast/model';
import {
  type EntryKind,
  type FilePath,
  fileErrorCode,
  filePathFrom,
  joinPath,
  parentPath,
} from '@holdfast/platform';
import type { DirectoryInode, Inode } from '../seams/disk-inode.js';
import type { MountTable } from '../seams/mount-table.js';
import { nativeBlake3 } from '../seams/native-blake3.js';
import type { SimulatedMachine } from './simulated-machine.js';

/** Where a folder lies on every machine with a tree. */
export function rootOf(label: string): FilePath {
  return joinPath(filePathFrom('/'), label);
}

/** Names a file's whole content, whatever its path and history. */
export type ContentKey = string;

export interface LiveEntry {
  /** The folder's label, and the path in it. */
  readonly path: string;
  readonly kind: EntryKind;
  readonly permissions: number;
  readonly mtimeNs: bigint;
  /** Undefined for what is not a file, and for empty files. */
  readonly content: ContentKey | undefined;
  /** A symlink's target. */
  readonly target: string | undefined;
}

export function contentKeyOf(blocks: BlockListRoot): ContentKey {
  return blocks.entries.map((entry) => entry.contentId).join('+');
}

interface Seen {
  /** Of the disk, when this was seen. */
  readonly changeCount: number;
  readonly live: readonly LiveEntry[];
  readonly contents: ReadonlySet<ContentKey>;
}

/** Reads a machine's content; remembers what it has seen by what only a change can move. */
export class ContentReader {
  readonly #machine: SimulatedMachine;
  readonly #labels: readonly string[];
  #known = new WeakMap<Inode, { readonly shape: string; readonly key: ContentKey }>();
  #seen: Seen | undefined;

  constructor(machine: SimulatedMachine, labels: readonly string[]) {
    this.#machine = machine;
    this.#labels = labels;
  }

  /** Moves with every change of the disk. */
  get changeCount(): number {
    return this.#machine.disk.changeCount;
  }

  /** Everything in the folders that their user can see, parents before what they hold. */
  live(): readonly LiveEntry[] {
    return this.#look().live;
  }

  /** Something changed that no stat shows: all is read again. */
  forget(): void {
    this.#known = new WeakMap();
    this.#seen = undefined;
  }

  /** All content on the machine's disk that a person could get back. */
  contents(): ReadonlySet<ContentKey> {
    return this.#look().contents;
  }

  #look(): Seen {
    const { changeCount } = this;
    if (this.#seen?.changeCount === changeCount) return this.#seen;
    const live = this.#labels.flatMap((label) => this.#liveIn(label));
    const held = this.#labels.flatMap((label) => this.#heldIn(label));
    const contents = new Set<ContentKey>(held);
    for (const { content } of live) if (content !== undefined) contents.add(content);
    this.#seen = { changeCount, live, contents };
    return this.#seen;
  }

  #liveIn(label: string): LiveEntry[] {
    const found: LiveEntry[] = [];
    const root = this.#directory(rootOf(label));
    if (root !== undefined) this.#collect(root, label, label, found);
    return found;
  }

  /** What is set aside there. */
  #heldIn(label: string): ContentKey[] {
    const directory = this.#directory(heldDirectory(rootOf(label)));
    if (directory === undefined) return [];
    return [...directory.entries.values()]
      .map(({ inode }) => this.#contentOf(inode))
      .filter((content) => content !== undefined);
  }

  /** What the file holds; undefined for an empty one, and where there is no file. */
  contentAt(path: FilePath): ContentKey | undefined {
    const inode = inodeIfPresent(this.#machine.mounts, path);
    return inode === undefined ? undefined : this.#contentOf(inode);
  }

  /** Hashed once for every change of the file. */
  #contentOf(inode: Inode): ContentKey | undefined {
    if (inode.kind !== 'file' || inode.content.sizeBytes === 0) return undefined;
    const { mtimeNs, ctimeNs } = inode.attributes;
    const shape = `${inode.content.sizeBytes} ${mtimeNs} ${ctimeNs}`;
    const known = this.#known.get(inode);
    if (known?.shape === shape) return known.key;
    const key = keyOfBytes(inode.content.bytes());
    this.#known.set(inode, { shape, key });
    return key;
  }

  /** Past every fault of the disk: a checker sees what is there. */
  #directory(path: FilePath): DirectoryInode | undefined {
    const inode = inodeIfPresent(this.#machine.mounts, path);
    return inode?.kind === 'directory' ? inode : undefined;
  }

  #collect(directory: DirectoryInode, label: string, above: string, found: LiveEntry[]): void {
    const entries = [...directory.entries.values()];
    for (const { name, inode } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (name.startsWith(temporaryPrefix)) continue;
      if (above === label && name === ownDirectoryName) continue;
      const path = `${above}/${name}`;
      const { permissions, mtimeNs } = inode.attributes;
      const target = inode.kind === 'symlink' ? inode.target : undefined;
      const content = this.#contentOf(inode);
      found.push({ path, kind: inode.kind, permissions, mtimeNs, content, target });
      if (inode.kind === 'directory') this.#collect(inode, label, path, found);
    }
  }
}

/** What the path leads to, symlinks above it included; undefined where there is nothing. */
export function inodeIfPresent(mounts: MountTable, path: FilePath): Inode | undefined {
  try {
    return mounts.resolve(path, 'stat').inode;
  } catch (error) {
    if (fileErrorCode(error) === undefined) throw error;
    return undefined;
  }
}

/** Where the directory really lies, free of symlinks; undefined where there is none. */
export function realDirectory(mounts: MountTable, path: FilePath): FilePath | undefined {
  try {
    // The last name of a path is not followed: so one name more.
    return parentPath(mounts.resolve(joinPath(path, 'inside'), 'stat').path);
  } catch (error) {
    if (fileErrorCode(error) === undefined) throw error;
    return undefined;
  }
}

/** As the scanner cuts and names it: the content of a world is far smaller than one list of blocks. */
function keyOfBytes(bytes: Uint8Array): ContentKey {
  const ids: string[] = [];
  for (let from = 0; from < bytes.length; ) {
    const cut = nextCut(bytes, from, bytes.length, true) ?? bytes.length;
    ids.push(hexFrom(nativeBlake3.blake3(bytes.subarray(from, cut))));
    from = cut;
  }
  return ids.join('+');
}
