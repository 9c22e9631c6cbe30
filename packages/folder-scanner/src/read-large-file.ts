/**
 * Reading a large file in all worker threads at once. Each begins somewhere in the middle; its
 * chunks count from the first cut on that the part before makes too, since from there on both would
 * go on alike. So the blocks are those of one read from the beginning (content-defined chunks,
 * FastCDC: Xia et al., USENIX ATC 2016).
 */
import type { BlockReference, FolderPath } from '@holdfast/model';
import type { BulkJob, BulkRunner, FilePath, FileStat } from '@holdfast/platform';
import { readConfined, type UnreadAnswer } from './confined-read.js';
import { ParentChecker } from './confinement.js';
import { type ChunksAnswer, isYoung, type ReadChunks, readChunks } from './read-chunks.js';
import { fileAnswer, type ReadAnswer } from './scan-jobs.js';

/** From this size on, the threads share a file. */
export const largeFileBytes = 64 * 1024 * 1024;

/** How far each part is read into the next one: some sixteen chunks, of which one cut must agree. */
const overlapBytes = 4 * 1024 * 1024;

export interface FileInput {
  readonly root: FilePath;
  readonly path: FolderPath;
}

export type Beginning =
  | { readonly type: 'begun'; readonly stat: FileStat }
  | { readonly type: 'young' }
  | UnreadAnswer;

/**
 * What all parts are to find. Whether the file is too young is said once for all of them: a thread
 * that has to start first would find it old enough by then, and read its part for nothing.
 */
export const beginLargeJob: BulkJob<FileInput, Beginning> = {
  name: 'scan-begin-large',
  perform({ root, path }, { fileSystem, now }) {
    const parents = new ParentChecker(fileSystem, root);
    return readConfined(parents, root, path, (file): Beginning => {
      const stat = fileSystem.stat(file);
      if (stat.kind !== 'file') return { type: 'absent' };
      return isYoung(stat, now()) ? { type: 'young' } : { type: 'begun', stat };
    });
  },
};

export interface ReadPartInput extends FileInput {
  readonly from: number;
  readonly until: number;
  /** The file as it was found. */
  readonly stat: FileStat;
}

type PartAnswer = ChunksAnswer | UnreadAnswer;

export const readPartJob: BulkJob<ReadPartInput, PartAnswer> = {
  name: 'scan-read-part',
  perform({ root, path, from, until, stat }, tools) {
    const parents = new ParentChecker(tools.fileSystem, root);
    const range = { from, until, sizeBytes: stat.sizeBytes };
    return readConfined(
      parents,
      root,
      path,
      (file): PartAnswer => readChunks(file, stat, range, tools),
    );
  },
};

export const listChunksJob: BulkJob<ReadChunks, ReadAnswer> = {
  name: 'scan-list-chunks',
  perform: (chunks, tools) => fileAnswer(chunks, tools),
};

/** Reads one file in as many parts as there are threads. */
export async function readLargeFile(
  runner: BulkRunner,
  { root, path }: FileInput,
  overlap = overlapBytes,
): Promise<ReadAnswer> {
  const beginning = await runner.run(beginLargeJob, { root, path });
  if (beginning.type !== 'begun') return beginning;
  const { stat } = beginning;
  const { sizeBytes } = stat;
  const partBytes = Math.ceil(sizeBytes / runner.parallelism);
  const starts = Array.from({ length: runner.parallelism }, (_, part) => part * partBytes);
  const read = (from: number, part: number) => {
    const next = starts[part + 1];
    const until = next === undefined ? sizeBytes : Math.min(next + overlap, sizeBytes);
    return runner.run(readPartJob, { root, path, from, until, stat });
  };
  const answers = await Promise.all(starts.map(read));
  const whole = new ChunkSequence();
  for (const [part, answer] of answers.entries()) {
    if (whole.continuesWith(answer, starts[part] ?? 0)) continue;
    if (whole.refusal !== undefined) return whole.refusal;
    // No cut agrees, as in long runs of equal bytes: from where the part before ends, once more.
    const again = await read(whole.endBytes, part);
    if (!whole.continuesWith(again, whole.endBytes)) return whole.refusal ?? { type: 'unstable' };
  }
  const { endBytes, blocks, racy } = whole;
  if (endBytes !== sizeBytes) return { type: 'unstable' };
  return runner.run(listChunksJob, { type: 'chunks', stat, blocks, racy });
}

/** The chunks from the beginning of a file on, as its parts come in. */
class ChunkSequence {
  readonly blocks: BlockReference[] = [];
  racy = false;
  endBytes = 0;
  refusal: Exclude<PartAnswer, ReadChunks> | undefined;

  /** Whether a part that begins at `from` was fit to go on from a cut that is known. */
  continuesWith(answer: PartAnswer, from: number): boolean {
    if (answer.type !== 'chunks') {
      this.refusal = answer;
      return false;
    }
    const joint = this.#jointWith(answer.blocks, from);
    if (joint === undefined) return false;
    this.#dropBehind(joint);
    this.racy ||= answer.racy;
    let at = from;
    for (const block of answer.blocks) {
      if (at >= joint) this.#append(block);
      at += block.lengthBytes;
    }
    return true;
  }

  /** The first place where a chunk begins in both. */
  #jointWith(blocks: readonly BlockReference[], from: number): number | undefined {
    const begins = new Set<number>();
    let at = from;
    for (const block of blocks) {
      begins.add(at);
      at += block.lengthBytes;
    }
    let mine = this.endBytes;
    let joint = begins.has(mine) ? mine : undefined;
    for (let index = this.blocks.length - 1; index >= 0 && mine > from; index -= 1) {
      mine -= this.blocks[index]?.lengthBytes ?? 0;
      if (mine >= from && begins.has(mine)) joint = mine;
    }
    return joint;
  }

  #dropBehind(joint: number): void {
    while (this.endBytes > joint) this.endBytes -= this.blocks.pop()?.lengthBytes ?? 0;
  }

  #append(block: BlockReference): void {
    this.blocks.push(block);
    this.endBytes += block.lengthBytes;
  }
}
