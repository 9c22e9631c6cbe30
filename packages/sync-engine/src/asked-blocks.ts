/**
 * What one request asks for, and what of it has come. Invariant: each block is taken once, and
 * nothing is taken that was not asked for: whoever counts what came knows whether it is all, and no
 * answer fills memory without end.
 */
import { AppError } from '@holdfast/platform';
import type { BlockDelivery, BlockRequestItem, MissingItem } from '@holdfast/sync-protocol';

export class AskedBlocks {
  readonly #items: readonly BlockRequestItem[];
  /** How many blocks the items before each one ask for. */
  readonly #before: readonly number[];
  readonly #came = new Set<number>();
  readonly #missing = new Map<number, MissingItem>();

  constructor(items: readonly BlockRequestItem[]) {
    this.#items = items;
    let count = 0;
    this.#before = items.map((item) => {
      const before = count;
      count += item.count;
      return before;
    });
  }

  /** Each item once, with the first reason that was given. */
  get missing(): readonly MissingItem[] {
    return [...this.#missing.values()];
  }

  /** Throws `message_unexpected` on a block that was not asked for, or came before. */
  take({ item, index }: Pick<BlockDelivery, 'item' | 'index'>): void {
    const { first, count } = this.#asked(item);
    const place = (this.#before[item] ?? 0) + index - first;
    if (index < first || index >= first + count || this.#came.has(place)) unexpected();
    this.#came.add(place);
  }

  /** Throws `message_unexpected` on an item that was not asked for. */
  miss(missing: MissingItem): void {
    this.#asked(missing.item);
    if (!this.#missing.has(missing.item)) this.#missing.set(missing.item, missing);
  }

  #asked(item: number): BlockRequestItem {
    return this.#items[item] ?? unexpected();
  }
}

function unexpected(): never {
  throw new AppError('message_unexpected', 'The other device sent what it was not asked for.', {
    kind: 'retry',
    hint: 'Nothing of that answer was stored. Another device may have the content.',
  });
}
