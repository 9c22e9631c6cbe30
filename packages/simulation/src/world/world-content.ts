/** What lies on a machine: the tree that its user sees, and the content that its node holds aside. */
import { buildBlockList, chunkBufferBytes, chunkHandle } from '@holdfast/block-store';
import { heldDirectory } from '@holdfast/folder-scanner';
import { type BlockListRoot, ownDirectoryName, temporaryPrefix } from '@holdfast/model';
import {
  type FilePath,
  type FileStat,
  filePathFrom,
  joinPath,
  statIfPresent,
} from '@holdfast/platform';
import { nativeBlake3 } from '../seams/native-blake3.js';
import type { SimulatedMachine } from './simulated-machine.js';

/** Where the shared folder lies on every machine with a tree. */
export const folderRoot = filePathFrom('/data');

/** Names a file's whole content, whatever its path and history. */
export type ContentKey = string;

export interface LiveEntry {
  /** Relative to the folder's root. */
  readonly path: string;
  readonly stat: FileStat;
  /** Undefined for what is not a file, and for empty files. */
  readonly content: ContentKey | undefined;
  /** A symlink's target. */
  readonly target: string | undefined;
}

const buffer = new Uint8Array(chunkBufferBytes);

export function contentKeyOf(blocks: BlockListRoot): ContentKey {
  return blocks.entries.map((entry) => entry.contentId).join('+');
}

/** Reads a machine's content; remembers what it has hashed by what only a change can move. */
export class ContentReader {
  readonly #machine: SimulatedMachine;
  #known = new Map<string, ContentKey | undefined>();

  constructor(machine: SimulatedMachine) {
    this.#machine = machine;
  }

  /** Everything in the folder that its user can see, parents before what they hold. */
  live(): LiveEntry[] {
    const found: LiveEntry[] = [];
    if (statIfPresent(this.#machine.fileSystem, folderRoot) === undefined) return found;
    this.#collect('', found);
    return found;
  }

  /** What is set aside, by the name that it has there. */
  held(): { readonly name: string; readonly content: ContentKey | undefined }[] {
    const { fileSystem } = this.#machine;
    const directory = heldDirectory(folderRoot);
    if (statIfPresent(fileSystem, directory) === undefined) return [];
    return fileSystem.list(directory).map(({ name }) => {
      const path = joinPath(directory, name);
      return { name, content: this.content(path, fileSystem.stat(path)) };
    });
  }

  /** All content on the machine's disk that a person could get back. */
  contents(): Set<ContentKey> {
    const contents = [...this.live(), ...this.held()].map((one) => one.content);
    return new Set(contents.filter((content) => content !== undefined));
  }

  /** Undefined for an empty file. */
  content(path: FilePath, stat: FileStat): ContentKey | undefined {
    if (stat.kind !== 'file' || stat.sizeBytes === 0) return undefined;
    const shape = `${stat.inode} ${stat.sizeBytes} ${stat.mtimeNs} ${stat.ctimeNs}`;
    if (this.#known.has(shape)) return this.#known.get(shape);
    const key = this.#hash(path, stat.sizeBytes);
    this.#known.set(shape, key);
    return key;
  }

  #hash(path: FilePath, sizeBytes: number): ContentKey {
    const { fileSystem } = this.#machine;
    const handle = fileSystem.open(path, 'read');
    try {
      const { blocks } = chunkHandle(fileSystem, handle, sizeBytes, nativeBlake3, buffer);
      const { root } = buildBlockList(blocks, (bytes) => nativeBlake3.blake3(bytes));
      return contentKeyOf(root);
    } finally {
      fileSystem.close(handle);
    }
  }

  #collect(directory: string, found: LiveEntry[]): void {
    const { fileSystem } = this.#machine;
    const names = fileSystem.list(joinPath(folderRoot, directory)).map((entry) => entry.name);
    for (const name of names.sort()) {
      if (name.startsWith(temporaryPrefix)) continue;
      if (directory === '' && name === ownDirectoryName) continue;
      const path = directory === '' ? name : `${directory}/${name}`;
      const full = joinPath(folderRoot, path);
      const stat = fileSystem.stat(full);
      const target = stat.kind === 'symlink' ? fileSystem.readSymlink(full) : undefined;
      found.push({ path, stat, content: this.content(full, stat), target });
      if (stat.kind === 'directory') this.#collect(path, found);
    }
  }
}
