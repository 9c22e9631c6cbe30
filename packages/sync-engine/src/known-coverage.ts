/**
 * What a folder's archives cover, as of the newest receipts. Owns the order of looks: each takes a
 * while, receipts come and become void meanwhile, and an earlier look must never have the last word.
 */
import { Coverage, type FolderIndex } from '@holdfast/folder-index';
import { Mutex } from '@holdfast/platform';
import type { FolderConfig } from './folder-config.js';
import { receiptsOf } from './folder-sync-state.js';

export class KnownCoverage {
  readonly #looks = new Mutex();
  #current = new Coverage([], 0);

  get current(): Coverage {
    return this.#current;
  }

  /** Receipts count only where this device still remembers the position that they name. */
  refresh(index: FolderIndex, config: () => FolderConfig): Promise<void> {
    return this.#looks.run(async () => {
      const { members, copies } = config();
      this.#current = new Coverage(await receiptsOf(index, members), copies);
    });
  }
}
