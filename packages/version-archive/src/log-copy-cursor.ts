/**
 * Reading one copy of the history log in order. Entries whose position has passed (a batch written
 * again after a failure) are skipped; bytes that are no entry are passed over, so that the position
 * they held appears as a gap.
 */
import type { EntryLocation, SegmentEntry } from '@holdfast/block-store';
import { MalformedBytes } from '@holdfast/model';
import { type EntryLink, linkOfEntry } from './log-entry.js';

export interface LinkedEntry extends EntryLink {
  readonly bytes: Uint8Array;
  readonly location: EntryLocation;
}

export class LogCopyCursor {
  readonly #batches: AsyncGenerator<SegmentEntry[]>;
  #batch: SegmentEntry[] = [];
  #at = 0;
  #ahead: LinkedEntry | undefined;
  #ended = false;

  constructor(batches: AsyncGenerator<SegmentEntry[]>) {
    this.#batches = batches;
  }

  /** The next entry at or after `position`, without consuming it; undefined at the end of the copy. */
  async peek(position: number): Promise<LinkedEntry | undefined> {
    for (;;) {
      if (this.#ahead !== undefined && this.#ahead.position >= position) return this.#ahead;
      this.#ahead = undefined;
      if (this.#at === this.#batch.length) {
        if (this.#ended) return undefined;
        await this.#refill();
      } else {
        this.#ahead = linked(this.#batch[this.#at++]);
      }
    }
  }

  /** Drops the entry that `peek` showed. */
  skip(): void {
    this.#ahead = undefined;
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#batches.return(undefined);
  }

  async #refill(): Promise<void> {
    const next = await this.#batches.next();
    this.#ended = next.done === true;
    this.#batch = next.done === true ? [] : next.value;
    this.#at = 0;
  }
}

/** Undefined for bytes that are no entry of a log. */
export function linked(entry: SegmentEntry | undefined): LinkedEntry | undefined {
  if (entry === undefined) return undefined;
  try {
    return { ...linkOfEntry(entry.payload), bytes: entry.payload, location: entry.location };
  } catch (error) {
    if (error instanceof MalformedBytes) return undefined;
    throw error;
  }
}
