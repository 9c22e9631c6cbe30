/**
 * What one request asks for, and what of it has come. Invariant: each block is taken once, nothing
 * is taken that was not asked for, and no answer brings more bytes or frames than the blocks that it
 * owes can need: whoever counts what came knows whether it is all, and no liar fills memory.
 */
import { AppError } from '@holdfast/platform';
import type { BlockDelivery, BlockRequestItem, MissingItem } from '@holdfast/sync-protocol';

/** An item of a request, and what its blocks have together by the list that names them. */
export interface AskedItem extends BlockRequestItem {
  readonly lengthBytes: number;
}

/** Around a block that comes in a frame of its own: envelope header, fields, frame, at most 38. */
const overheadBytes = 64;

export class AskedBlocks {
  readonly #items: readonly AskedItem[];
  /** How many blocks the items before each one ask for. */
  readonly #before: readonly number[];
  /** Of how many blocks each item has not heard yet. */
  readonly #open: number[];
  readonly #came = new Set<number>();
  readonly #missing = new Map<number, MissingItem>();
  #leftBytes: number;

  constructor(items: readonly AskedItem[]) {
    this.#items = items;
    let count = 0;
    let bytes = 0;
    this.#before = items.map((item) => {
      const before = count;
      count += item.count;
      bytes += item.lengthBytes;
      return before;
    });
    this.#open = items.map((item) => item.count);
    // The end may come in a frame of its own.
    this.#leftBytes = bytes + (count + 1) * overheadBytes;
  }

  /** Each item once, with the first reason that was given. */
  get missing(): readonly MissingItem[] {
    return [...this.#missing.values()];
  }

  /** Throws `message_unexpected` where the answer has more bytes than what was asked for can have. */
  spend(frameBytes: number): void {
    this.#leftBytes -= frameBytes;
    if (this.#leftBytes < 0) unexpected();
  }

  /** Throws `message_unexpected` on a block that was not asked for, or came before. */
  take({ item, index }: Pick<BlockDelivery, 'item' | 'index'>): void {
    const { first, count } = this.#hear(item);
    const place = (this.#before[item] ?? 0) + index - first;
    if (index < first || index >= first + count || this.#came.has(place)) unexpected();
    this.#came.add(place);
  }

  /**
   * Throws `message_unexpected` on an item that was not asked for, or of which every block was heard
   * of: an item may be missing once for each of its blocks.
   */
  miss(missing: MissingItem): void {
    this.#hear(missing.item);
    if (!this.#missing.has(missing.item)) this.#missing.set(missing.item, missing);
  }

  #hear(item: number): AskedItem {
    const asked = this.#items[item];
    const open = this.#open[item] ?? 0;
    if (asked === undefined || open === 0) unexpected();
    this.#open[item] = open - 1;
    return asked;
  }
}

/** Says that an answer is not one to what was asked. */
export function unexpected(): never {
  throw new AppError('message_unexpected', 'The other device sent what it was not asked for.', {
    kind: 'retry',
    hint: 'Nothing of that answer was stored. Another device may have the content.',
  });
}
