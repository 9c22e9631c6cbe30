/**
 * Whether a member's history log still says what this device saw of it. A log is a chain of hashes
 * and only grows: where it does not lead through a head that it once had, it was rewritten, or an older
 * copy of its disk came back. What was seen is kept in the index, beside the member's receipt.
 */
import type { FolderIndex, LogWitness } from '@holdfast/folder-index';
import type { DeviceId, FolderId, HistoryPage, StoreId } from '@holdfast/model';
import { errorMessage, type Logger } from '@holdfast/platform';
import type { PeerSession } from './peer-session.js';

export interface LogWatchInit {
  readonly folder: FolderId;
  readonly index: FolderIndex;
  readonly session: Pick<PeerSession, 'device' | 'history'>;
  readonly logger: Logger;
  readonly onReceipt: () => Promise<void>;
}

/** `unknown`: the archive cannot say, as what it would say it by rotted in both copies. */
type LogVerdict = 'extends' | 'contradicts' | 'unknown';

/** `page` answers the question for the chain at the witness's position. */
function judgeLog(witness: LogWitness, page: HistoryPage): LogVerdict {
  if (page.storeId !== witness.storeId) return 'unknown';
  if (page.position < witness.position) return 'contradicts';
  if (page.head === undefined) return 'unknown';
  return page.head === witness.head ? 'extends' : 'contradicts';
}

export class LogWatch {
  readonly #init: LogWatchInit;
  /** Whether the log leads through what was seen before this link. */
  #isVouchedFor = false;
  /** Its end as the member said it while that was not known. */
  #latest: LogWitness | undefined;

  constructor(init: LogWatchInit) {
    this.#init = init;
  }

  /** The member says where its log ends: what of it is to be noted now. */
  seen(witness: LogWitness): { readonly witness?: LogWitness } {
    if (this.#isVouchedFor) return { witness };
    this.#latest = witness;
    return {};
  }

  /** Asks the member, and notes in the index where its log contradicts what was seen, or no longer does. */
  async judge(storeId: StoreId | undefined): Promise<void> {
    const { index, session, folder, logger } = this.#init;
    const { device } = session;
    const { witness } = index.peer(device);
    const isKnown = witness !== undefined && (storeId ?? witness.storeId) === witness.storeId;
    this.#isVouchedFor = !isKnown;
    // One that names no store yet is asked once it does.
    if (!isKnown || storeId === undefined) return;
    const { position } = witness;
    try {
      const page = await session.history(folder, { type: 'chain', position });
      const verdict = judgeLog(witness, page);
      this.#isVouchedFor = verdict === 'extends';
      if (verdict === 'extends') await this.#note(this.#latest ?? withoutDoubt(witness));
      if (verdict !== 'contradicts') return;
      logger.warn('a history does not lead through what it was', { folder, device, position });
      await this.#note({ ...witness, isContradicted: true });
    } catch (error) {
      // The next link asks again.
      const reason = errorMessage(error);
      logger.warn('a history does not say how it went on', { folder, device, reason });
    }
  }

  async #note(witness: LogWitness): Promise<void> {
    const { index, session, onReceipt } = this.#init;
    if (isSame(index.peer(session.device).witness, witness)) return;
    const peers = { [session.device]: { witness } };
    await index.update([], (entry) => entry, { sync: true, peers });
    await onReceipt();
  }
}

function withoutDoubt({ storeId, position, head }: LogWitness): LogWitness {
  return { storeId, position, head };
}

function isSame(left: LogWitness | undefined, right: LogWitness): boolean {
  return (
    left?.position === right.position &&
    left.head === right.head &&
    left.isContradicted === right.isContradicted
  );
}

/** The member is none any more: if it comes back, its history is taken as it is then. */
export async function forgetWitness(index: FolderIndex, device: DeviceId): Promise<void> {
  if (index.peer(device).witness === undefined) return;
  await index.update([], (entry) => entry, {
    sync: true,
    peers: { [device]: { witness: undefined } },
  });
}
