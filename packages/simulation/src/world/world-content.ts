/** What lies on a machine: the tree that its user sees, and the content that its node holds aside. */
import { nextCut } from '@holdfast/block-store';
import { heldDirectory } from '@holdfast/folder-scanner';
import { type BlockListRoot, hexFrom, ownDirectoryName, temporaryPrefix } from '@holdfast/model';
import { type EntryKind, type FilePath, filePathFrom, statIfPresent } from '@holdfast/platform';
import type { DirectoryInode, Inode } from '../seams/disk-inode.js';
import { nativeBlake3 } from '../seams/native-blake3.js';
import type { SimulatedMachine } from './simulated-machine.js';

/** Where the shared folder lies on every machine with a tree. */
export const folderRoot = filePathFrom('/data');

/** Names a file's whole content, whatever its path and history. */
export type ContentKey = string;

export interface LiveEntry {
  /** Relative to the folder's root. */
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

/** Reads a machine's content; remembers what it has hashed by what only a change can move. */
export class ContentReader {
  readonly #machine: SimulatedMachine;
  readonly #known = new WeakMap<Inode, { readonly shape: string; readonly key: ContentKey }>();

  constructor(machine: SimulatedMachine) {
    this.#machine = machine;
  }

  /** Everything in the folder that its user can see, parents before what they hold. */
  live(): LiveEntry[] {
    const found: LiveEntry[] = [];
    const root = this.#directory(folderRoot);
    if (root !== undefined) this.#collect(root, '', found);
    return found;
  }

  /** What is set aside, by the name that it has there. */
  held(): { readonly name: string; readonly content: ContentKey | undefined }[] {
    const directory = this.#directory(heldDirectory(folderRoot));
    if (directory === undefined) return [];
    return Array.from(directory.entries.values(), ({ name, inode }) => ({
      name,
      content: this.#contentOf(inode),
    }));
  }

  /** All content on the machine's disk that a person could get back. */
  contents(): Set<ContentKey> {
    const contents = [...this.live(), ...this.held()].map((one) => one.content);
    return new Set(contents.filter((content) => content !== undefined));
  }

  /** What the file holds; undefined for an empty one, and where there is no file. */
  contentAt(path: FilePath): ContentKey | undefined {
    const { inode } = this.#machine.mounts.resolve(path, 'stat');
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

  #directory(path: FilePath): DirectoryInode | undefined {
    if (statIfPresent(this.#machine.fileSystem, path)?.kind !== 'directory') return undefined;
    return this.#machine.mounts.resolve(path, 'list').inode as DirectoryInode;
  }

  #collect(directory: DirectoryInode, above: string, found: LiveEntry[]): void {
    const entries = [...directory.entries.values()];
    for (const { name, inode } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (name.startsWith(temporaryPrefix)) continue;
      if (above === '' && name === ownDirectoryName) continue;
      const path = above === '' ? name : `${above}/${name}`;
      const { permissions, mtimeNs } = inode.attributes;
      const target = inode.kind === 'symlink' ? inode.target : undefined;
      const content = this.#contentOf(inode);
      found.push({ path, kind: inode.kind, permissions, mtimeNs, content, target });
      if (inode.kind === 'directory') this.#collect(inode, path, found);
    }
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
