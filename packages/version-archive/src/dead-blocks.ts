/**
 * Which stored blocks no version needs any more once some versions are gone: worked out from the whole
 * log, never from counts that are kept. Blocks are shared by versions, files, folders and devices, so
 * a block is dead only where every entry of the log that names it is gone. Changes nothing.
 */
import type { BlockStore } from '@holdfast/block-store';
import { type ContentId, decodeVersion, type Hash, type Version } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import type { ChainPoint } from './follow-chain.js';
import type { HistoryLog } from './history-log.js';
import { decodeLogEntry, type VersionEntry } from './log-entry.js';
import { type BlockLevel, blockLevels } from './version-blocks.js';

/** `kept`: needs its blocks. `gone`: its blocks may be dead. `neither`: it was gone before. */
export type BlockClaim = 'kept' | 'gone' | 'neither';

export interface ClaimingEntry {
  readonly position: number;
  readonly entry: VersionEntry;
}

export interface DeadBlocksInit {
  readonly blocks: Pick<BlockStore, 'storedBytes' | 'readPlain'>;
  readonly hash: Hash;
  readonly log: Pick<HistoryLog, 'verification'>;
  /** The last entry that was told to anyone. */
  readonly head: ChainPoint;
  /** Whether lists of blocks stay as long as they name dead ones: without them those are not found. */
  readonly sparesLists: boolean;
  /** What each entry means for the blocks that it names. */
  readonly claims: (entries: readonly ClaimingEntry[]) => Promise<readonly BlockClaim[]>;
}

export interface DeadBlocks {
  /** Each with what it takes in a segment. */
  readonly blocks: ReadonlyMap<ContentId, number>;
  readonly bytes: number;
  /** Whether there are more than were looked at. */
  readonly isMore: boolean;
}

const entriesPerStep = 1_000;
const maxDeadBlocks = 500_000;

/** Throws `history_incomplete` where an entry, or the list of a version that is kept, cannot be read. */
export async function deadBlocks(init: DeadBlocksInit): Promise<DeadBlocks> {
  const found = new Map<ContentId, number>();
  const isMore = await collect(init, found, ({ level }) => !init.sparesLists || level === 0);
  await withoutKept(init, found);
  if (init.sparesLists && !isMore) {
    const lists = await listsOfGone(init, found);
    await withoutKept(init, lists);
    for (const [contentId, stored] of lists) found.set(contentId, stored);
  }
  const bytes = [...found.values()].reduce((sum, stored) => sum + stored, 0);
  return { blocks: found, bytes, isMore };
}

/** Blocks of what is gone that are held; tells whether there are more of them. */
async function collect(
  init: DeadBlocksInit,
  found: Map<ContentId, number>,
  isWanted: (level: BlockLevel) => boolean,
): Promise<boolean> {
  for await (const version of versionsThatAre('gone', init)) {
    if (found.size >= maxDeadBlocks) return true;
    for await (const level of blockLevels(init.blocks, version)) {
      if (isWanted(level)) await addHeld(init, level, found);
    }
  }
  return false;
}

/** Lists that lead to nothing dead any more: as long as they do, they are how it is found. */
async function listsOfGone(
  init: DeadBlocksInit,
  dead: ReadonlyMap<ContentId, number>,
): Promise<Map<ContentId, number>> {
  const found = new Map<ContentId, number>();
  for await (const version of versionsThatAre('gone', init)) {
    if (version.record.kind !== 'file' || version.record.blocks.depth === 0) continue;
    const levels: BlockLevel[] = [];
    for await (const level of blockLevels(init.blocks, version)) levels.push(level);
    const isSpared = levels.some(
      ({ level, references }) => level === 0 && references.some((one) => dead.has(one.contentId)),
    );
    if (isSpared) continue;
    for (const level of levels) if (level.level > 0) await addHeld(init, level, found);
  }
  return found;
}

async function addHeld(
  { blocks }: DeadBlocksInit,
  { references }: BlockLevel,
  found: Map<ContentId, number>,
): Promise<void> {
  const ids = references.map(({ contentId }) => contentId);
  for (const [at, stored] of (await blocks.storedBytes(ids)).entries()) {
    const contentId = ids[at];
    if (stored !== undefined && contentId !== undefined) found.set(contentId, stored);
  }
}

async function withoutKept(init: DeadBlocksInit, found: Map<ContentId, number>): Promise<void> {
  if (found.size === 0) return;
  for await (const version of versionsThatAre('kept', init)) {
    let lowest = 0;
    for await (const { level, references } of blockLevels(init.blocks, version)) {
      for (const { contentId } of references) found.delete(contentId);
      lowest = level;
    }
    if (lowest > 0) throw incomplete('a list of blocks that is needed cannot be read');
  }
}

/** Versions of files, from the chain; an entry that no copy has whole would hide what it needs. */
async function* versionsThatAre(wanted: BlockClaim, init: DeadBlocksInit): AsyncGenerator<Version> {
  const log = init.log.verification();
  let step: ClaimingEntry[] = [];
  for await (const { position, bytes } of log.followChain(init.head)) {
    const { entry } = decodeLogEntry(bytes);
    if (entry.kind !== 'version') continue;
    step.push({ position, entry });
    if (step.length < entriesPerStep) continue;
    yield* claimed(wanted, step, init);
    step = [];
  }
  yield* claimed(wanted, step, init);
  const { lost, endsInHead } = log.findings;
  if (lost.length > 0 || !endsInHead) throw incomplete('entries of the log cannot be read');
}

async function* claimed(
  wanted: BlockClaim,
  step: readonly ClaimingEntry[],
  { claims, hash }: DeadBlocksInit,
): AsyncGenerator<Version> {
  const answers = await claims(step);
  for (const [at, { entry }] of step.entries()) {
    if (answers[at] !== wanted) continue;
    const version = decodeVersion(entry.recordBytes, hash);
    if (version.id !== entry.versionId) throw incomplete('an entry of the log is not what it says');
    yield version;
  }
}

function incomplete(what: string): AppError {
  return new AppError('history_incomplete', `What is still needed is not known: ${what}.`, {
    hint: 'Nothing was freed. See what is wrong, and have it mended, with: holdfast verify --all',
  });
}
