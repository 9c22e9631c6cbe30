/**
 * When is a version safe? The one predicate: distinct stores whose receipts reach the row, as many
 * as the folder wants. A receipt counts only while this device's own index remembers the position
 * that it names, and only from archives that this device's user named.
 */
import type { StoreId, VersionId } from '@holdfast/model';
import type { ArchiveReceipt } from './index-state.js';

export class Coverage {
  readonly #receipts: readonly ArchiveReceipt[];
  readonly #copies: number;

  /** `receipts` were checked against the index; of one store the newest generation counts. */
  constructor(receipts: readonly ArchiveReceipt[], copies: number) {
    const byStore = new Map<StoreId, ArchiveReceipt>();
    for (const receipt of receipts) {
      const known = byStore.get(receipt.storeId);
      if (known === undefined || isLater(receipt, known)) byStore.set(receipt.storeId, receipt);
    }
    this.#receipts = [...byStore.values()];
    this.#copies = copies;
  }

  /** Whether enough stores hold the row with this version and sequence. */
  covers(id: VersionId, sequence: number): boolean {
    return this.#copies > 0 && this.copiesOf(id, sequence) >= this.#copies;
  }

  /** How many stores hold it. */
  copiesOf(id: VersionId, sequence: number): number {
    return this.#receipts.filter(
      (receipt) => sequence <= receipt.position.sequence && !receipt.exceptions.includes(id),
    ).length;
  }

  /** Every row up to this sequence is held by enough stores, exceptions aside. */
  threshold(): number {
    if (this.#copies === 0) return 0;
    const reached = this.#receipts
      .map((receipt) => receipt.position.sequence)
      .sort((a, b) => b - a);
    return reached[this.#copies - 1] ?? 0;
  }

  /** Whether some archive reached it and could not be given its content. */
  excepts(id: VersionId): boolean {
    return this.#receipts.some((receipt) => receipt.exceptions.includes(id));
  }

  /** Versions that some receipt excepts although its position reaches them. */
  exceptions(): number {
    return this.exceptedVersions().size;
  }

  /** Versions that some store reached and does not hold. */
  exceptedVersions(): ReadonlySet<VersionId> {
    return new Set(this.#receipts.flatMap((receipt) => receipt.exceptions));
  }

  /** Stores that hold everything up to `sequence`. */
  completeStores(sequence: number): number {
    return this.#receipts.filter(
      (receipt) => receipt.position.sequence >= sequence && receipt.exceptions.length === 0,
    ).length;
  }
}

function isLater(left: ArchiveReceipt, right: ArchiveReceipt): boolean {
  if (left.generation !== right.generation) return left.generation > right.generation;
  return left.position.sequence > right.position.sequence;
}
