/**
 * Verifying a whole store: every byte of its blocks and of both copies of its log, the chain, and that
 * every block that a version needs is there. A run is taken step by step, so that whoever drives it
 * sets its pace. What is rotten counts no more; nothing that is stored is changed.
 */
import type {
  BlockFindings,
  BlockStore,
  BlockVerification,
  VerifyOptions,
} from '@holdfast/block-store';
import type { ContentId, Hash, StoredId } from '@holdfast/model';
import type { ChainPoint } from './follow-chain.js';
import type { LogFindings, LogVerification } from './log-verification.js';
import { type LostContent, NeededBlocks } from './needed-blocks.js';
import type { ThinStates } from './thin-marks.js';

export interface ArchiveVerificationInit {
  readonly blocks: BlockStore;
  readonly log: () => LogVerification;
  /** The last entry that was told to anyone. */
  readonly head: () => ChainPoint;
  readonly hash: Hash;
  readonly storedIds: (contentIds: readonly ContentId[]) => Promise<Map<ContentId, StoredId>>;
  readonly thinStates: ThinStates;
}

export interface ArchiveFindings {
  readonly blocks: BlockFindings;
  readonly log: LogFindings;
  /** Entries whose record is not the version that they name. */
  readonly falseRecords: number;
  readonly lost: LostContent;
}

/** How much a step has read, and the segment of blocks that a later run may go on with. */
export interface VerificationStep {
  readonly bytes: number;
  readonly nextSegment: number | undefined;
  /** Whether the log follows now, and no segment of blocks any more. */
  readonly isLogNext: boolean;
}

export type ArchiveVerifyOptions = Omit<VerifyOptions, 'partBytes'> & {
  readonly partBytes?: number;
};

const defaultPartBytes = 16 * 1024 * 1024;
/** The chain is a step of its own after so many entries. */
const entriesPerStep = 2_000;

export class ArchiveVerification {
  readonly #init: ArchiveVerificationInit;
  readonly #blocks: BlockVerification;
  #findings: ArchiveFindings | undefined;

  constructor(init: ArchiveVerificationInit) {
    this.#init = init;
    this.#blocks = init.blocks.verification(init.storedIds);
  }

  /** What was found; undefined before the last step. */
  get findings(): ArchiveFindings | undefined {
    return this.#findings;
  }

  /** Takes rotten blocks that were met so far out of the index; tells whether there were any. */
  async settle(): Promise<boolean> {
    if (!this.#blocks.hasMetDamage) return false;
    const { rotten } = await this.#blocks.finish();
    return rotten.size > 0;
  }

  async *run(options: ArchiveVerifyOptions): AsyncGenerator<VerificationStep> {
    const given = { partBytes: defaultPartBytes, ...options };
    const last = this.#blocks.lastSegment;
    for await (const { bytes, segment, isAtEnd } of this.#blocks.run(given)) {
      const isLogNext = isAtEnd && segment >= last;
      yield { bytes, nextSegment: isAtEnd ? segment + 1 : segment, isLogNext };
    }
    const blocks = await this.#blocks.finish();
    const log = this.#init.log();
    const ofLog = { nextSegment: undefined, isLogNext: true };
    for await (const bytes of log.readSegments()) yield { bytes, ...ofLog };
    const needed = new NeededBlocks(this.#init);
    let falseRecords = 0;
    let entries = 0;
    let bytes = 0;
    for await (const entry of log.followChain(this.#init.head())) {
      if (!(await needed.add(entry.bytes))) falseRecords += 1;
      entries += 1;
      bytes += entry.bytes.length;
      if (entries % entriesPerStep > 0) continue;
      yield { bytes, ...ofLog };
      bytes = 0;
    }
    const lost = await needed.finish();
    this.#findings = { blocks, log: log.findings, falseRecords, lost };
  }
}

/** How many things are not as they were; each place of a copy, mark of a segment and block counts. */
export function badCount({ blocks, log, falseRecords, lost }: ArchiveFindings): number {
  const gone = new Set(lost.blocks.map(({ contentId }) => contentId));
  for (const contentId of blocks.rotten) gone.add(contentId);
  const marks = blocks.faults.length + log.segmentFaults.length;
  const entries = log.faults.length + log.lost.length + falseRecords;
  return gone.size + marks + entries + (log.endsInHead || log.lost.length > 0 ? 0 : 1);
}
