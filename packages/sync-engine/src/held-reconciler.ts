/**
 * When what lies aside is compared with the index: before the first scan, after each scan of
 * everything, and when a held row has gone. Owns what nobody knows yet: it is asked for, and comes
 * back into the folder when nobody can know it.
 */
import type { FolderPath, Version, VersionId } from '@holdfast/model';
import { errorMessage, type Timer } from '@holdfast/platform';
import type { PathClaims } from './path-claims.js';
import { type HeldQuestion, type ReconcileHeldInit, reconcileHeld } from './reconcile-held.js';

/** Versions of these ids that somebody knows; undefined while not everybody can be asked. */
export type VersionSearch = (
  ids: ReadonlySet<VersionId>,
) => Promise<readonly Version[] | undefined>;

export interface HeldReconcilerInit extends ReconcileHeldInit {
  readonly claims: PathClaims;
  readonly findVersions: VersionSearch;
  /** Something is due: nothing may be placed while `settle` runs. */
  readonly onDue: () => void;
  /** Paths where content came back into the folder. */
  readonly onCopied: (paths: readonly FolderPath[]) => void;
}

const askAgainMs = 5_000;
/** An archive that does not come for so long is not waited for. */
const patienceMs = 60 * 60_000;

export class HeldReconciler {
  readonly #init: HeldReconcilerInit;
  #isAllDue = false;
  #known: readonly Version[] = [];
  #strays: ReadonlySet<VersionId> = new Set();
  #isAsking = false;
  #unknownSinceMs: number | undefined;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(init: HeldReconcilerInit) {
    this.#init = init;
  }

  get isDue(): boolean {
    return this.#isAllDue || !this.#init.index.unheld.isEmpty;
  }

  /** All that lies aside is to be looked at. */
  setDue(): void {
    this.#isAllDue = true;
  }

  /** After a crash the index may not know what was set aside. It learns it before the first scan. */
  async begin(): Promise<void> {
    await this.#reconcile({});
  }

  /** After a loss of the index. What nobody knows any more comes back into the folder. */
  async reclaim(search: VersionSearch): Promise<void> {
    const { unknown } = await reconcileHeld(this.#init);
    if (unknown.length === 0) return;
    const known = (await search(new Set(unknown))) ?? [];
    await this.#reconcile({ known, strays: 'all' });
  }

  /** While nothing is placed. What fails is due again. */
  async settle(): Promise<void> {
    if (!this.isDue) return;
    const isAll = this.#isAllDue;
    this.#isAllDue = false;
    const { claims, index, logger, folder } = this.#init;
    const unheld = index.unheld.take();
    try {
      if (isAll || unheld === 'many') {
        const gone = unheld === 'many' ? [] : unheld;
        const known = [...this.#known, ...gone];
        await this.#reconcile({ claims, known, strays: this.#strays });
      } else {
        const ids = unheld.map((version) => version.id);
        await this.#reconcile({ claims, known: unheld, ids });
      }
    } catch (error) {
      this.#isAllDue = true;
      const reason = errorMessage(error);
      logger.warn('what lies aside could not be compared with the index', { folder, reason });
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #reconcile(question: HeldQuestion): Promise<void> {
    const answer = await reconcileHeld(this.#init, question);
    if (answer.isUnfinished) this.#lookAgain();
    if (answer.copied.length > 0) this.#init.onCopied(answer.copied);
    if (answer.unknown.length > 0) this.#ask(new Set(answer.unknown));
    else if (question.ids === undefined) this.#unknownSinceMs = undefined;
  }

  /** Beside everything else: it may take long. */
  #ask(ids: ReadonlySet<VersionId>): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#askNow(ids)
      .catch((error: unknown) => {
        const { logger, folder } = this.#init;
        const reason = errorMessage(error);
        logger.warn('asking what lies aside failed', { folder, reason });
        this.#lookAgain();
      })
      .finally(() => {
        this.#isAsking = false;
      });
  }

  async #askNow(ids: ReadonlySet<VersionId>): Promise<void> {
    const nowMs = this.#init.clock.monotonic();
    this.#unknownSinceMs ??= nowMs;
    const isPatient = nowMs - this.#unknownSinceMs < patienceMs;
    const found = await this.#init.findVersions(ids);
    if (found === undefined && isPatient) {
      this.#lookAgain();
      return;
    }
    this.#known = found ?? [];
    const known = new Set(this.#known.map((version) => version.id));
    this.#strays = new Set([...ids].filter((id) => !known.has(id)));
    this.#isAllDue = true;
    if (!this.#isStopped) this.#init.onDue();
  }

  #lookAgain(): void {
    this.#timer?.cancel();
    if (this.#isStopped) return;
    this.#timer = this.#init.clock.setTimer(askAgainMs, () => {
      this.#isAllDue = true;
      this.#init.onDue();
    });
  }
}
