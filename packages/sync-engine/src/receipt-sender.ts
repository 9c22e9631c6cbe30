/** Tells members what the archive holds of theirs, one statement after the other. */
import type { FolderIndex } from '@holdfast/folder-index';
import type { DeviceId, FolderId, VersionId } from '@holdfast/model';
import { Mutex } from '@holdfast/platform';
import type { VersionArchive } from '@holdfast/version-archive';
import type { FolderLink } from './folder-link.js';
import type { FolderLosses } from './folder-losses.js';
import { receiptFor } from './receipt-writer.js';

export interface ReceiptSenderInit {
  readonly folder: FolderId;
  readonly index: FolderIndex;
  readonly archive: VersionArchive;
  readonly links: ReadonlyMap<DeviceId, FolderLink>;
  /** Versions that a device offers and could not give. */
  readonly exceptionsOf: (device: DeviceId) => ReadonlySet<VersionId>;
  readonly losses: FolderLosses;
}

export class ReceiptSender {
  readonly #init: ReceiptSenderInit;
  readonly #mutex = new Mutex();
  #waits = false;

  constructor(init: ReceiptSenderInit) {
    this.#init = init;
  }

  /** Soon, and once for many changes: an older statement never follows a newer one. */
  async send(): Promise<void> {
    if (this.#waits) return;
    this.#waits = true;
    await this.#mutex.run(async () => {
      this.#waits = false;
      const { folder, index, archive, links, exceptionsOf, losses } = this.#init;
      for (const link of links.values()) {
        const exceptions = exceptionsOf(link.device);
        const receipt = await receiptFor(folder, index, archive, link, exceptions, losses);
        if (receipt !== undefined) await link.sendReceipt(receipt);
      }
    });
  }
}
