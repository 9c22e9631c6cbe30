/**
 * Versions of a folder whose content the store had and lost: no receipt may cover them until it is
 * back. Owns the list, as the last look at the store and what was taken since make it.
 */
import type { FolderPath, VersionId } from '@holdfast/model';
import { limits } from '@holdfast/sync-protocol';

export interface LostFile {
  readonly versionId: VersionId;
  readonly path: FolderPath;
}

/** Room is left for what devices offer and cannot give. */
const maxExceptedLosses = limits.receiptExceptions / 2;

export class FolderLosses {
  #files = new Map<VersionId, LostFile>();
  #isMore = false;
  #areVoid = false;
  #isUnknown = false;

  /** Named in every receipt. */
  get ids(): ReadonlySet<VersionId> {
    return new Set(this.#files.keys());
  }

  get count(): number {
    return this.#files.size;
  }

  /** One of them, to be named to a person. */
  get first(): LostFile | undefined {
    return this.#files.values().next().value;
  }

  /** Whether something may be lost and nobody has looked yet: no receipt is given until then. */
  get isUnknown(): boolean {
    return this.#isUnknown;
  }

  /** Something may be lost that is not listed; `replace` says what. */
  doubt(): void {
    this.#isUnknown = true;
  }

  /** Whether a receipt would promise what may be lost. */
  get preventReceipts(): boolean {
    return this.#isUnknown || this.isBeyondReceipts;
  }

  /** Whether they are more than receipts can name. */
  get isBeyondReceipts(): boolean {
    return this.#isMore || this.#files.size > maxExceptedLosses;
  }

  /** Takes the place of what was known; `isMore` where there are others that are not listed. */
  replace(files: readonly LostFile[], isMore: boolean): void {
    this.#files = new Map(files.map((file) => [file.versionId, file]));
    this.#isMore = isMore;
    this.#isUnknown = false;
    if (!this.isBeyondReceipts) this.#areVoid = false;
  }

  /** Whether receipts that were given are to be made void: once for each time they have to be. */
  get mustVoidReceipts(): boolean {
    return this.isBeyondReceipts && !this.#areVoid;
  }

  /** They are void, durably. */
  noteVoid(): void {
    this.#areVoid = true;
  }

  /** The content of versions is in the store again. */
  regain(ids: readonly VersionId[]): void {
    for (const id of ids) this.#files.delete(id);
  }
}
