/** The questions that this device asks about mass changes: opened, added to, closed, all durably. */
import type { AnsweredChanges, FolderIndex, KnownMassChange } from '@holdfast/folder-index';
import {
  addCounts,
  type ChangeCount,
  type DeviceId,
  type MassChangeAnswer,
  maxMassChanges,
} from '@holdfast/model';

export interface OwnMassChangesInit {
  readonly index: FolderIndex;
  readonly device: DeviceId;
  /** A question was opened, or what it says has changed. */
  readonly onQuestion: () => void;
}

type ChangeOf = (known: readonly KnownMassChange[]) => readonly KnownMassChange[];

export class OwnMassChanges {
  readonly #init: OwnMassChangesInit;

  constructor(init: OwnMassChangesInit) {
    this.#init = init;
  }

  all(): readonly KnownMassChange[] {
    return this.#init.index.questions.all().filter((one) => this.#isOwn(one));
  }

  /** The open question about an author whose last change is no older. */
  goingOn(author: DeviceId, sinceMs: number): KnownMassChange | undefined {
    return this.#open(author, this.#init.index.questions.all(), sinceMs);
  }

  /** One question about an author is open at a time: an older one goes on. Returns which it is. */
  async open(
    change: ChangeCount & AnsweredChanges & { readonly id: string; readonly files: number },
  ): Promise<string> {
    const holder = this.#init.device;
    let { id } = change;
    await this.#change((known) => {
      const open = this.#open(change.author, known, 0);
      id = open?.id ?? change.id;
      if (open !== undefined) {
        return replaced(known, reaching(reaching(open, change.sinceMs), change.lastMs));
      }
      return [...this.#withRoom(known), { holder, answer: 'open', ...change }];
    });
    return id;
  }

  add(id: string, counted: ChangeCount, atMs: number): Promise<void> {
    return this.#change((known) => {
      const now = known.find((one) => one.id === id);
      if (now === undefined) return known;
      return replaced(known, { ...reaching(now, atMs), ...addCounts(now, counted) });
    });
  }

  /** Whether what the author did was rejected, and that is not carried out yet. */
  isRejecting(author: DeviceId): boolean {
    return this.all().some(
      (one) => one.author === author && one.answer === 'rejected' && one.settled !== 'rejected',
    );
  }

  isConfirmed(id: string | undefined): boolean {
    return this.all().some((one) => one.id === id && one.answer === 'confirmed');
  }

  /** When what of the author was confirmed last ended. */
  lastConfirmedMs(author: DeviceId): number | undefined {
    const confirmed = this.all().filter(
      (one) => one.author === author && one.answer === 'confirmed',
    );
    return confirmed.length === 0 ? undefined : Math.max(...confirmed.map((one) => one.lastMs));
  }

  /** The answer was carried out: it is for all that there was until then. */
  settled(id: string, answer: MassChangeAnswer, atMs: number): Promise<void> {
    return this.#change((known) =>
      known.map((one) =>
        one.id === id ? { ...one, settled: answer, lastMs: Math.max(one.lastMs, atMs) } : one,
      ),
    );
  }

  /** Open questions need no answer any more. */
  close(isIdle: (author: DeviceId) => boolean): Promise<void> {
    const closes = (one: KnownMassChange) =>
      this.#isOwn(one) && one.answer === 'open' && isIdle(one.author);
    return this.#change((known) =>
      known.some(closes)
        ? known.map((one) => (closes(one) ? { ...one, answer: 'over' as const } : one))
        : known,
    );
  }

  /** Of this device's own questions the oldest that are done with go. */
  #withRoom(known: readonly KnownMassChange[]): readonly KnownMassChange[] {
    const own = known.filter((one) => this.#isOwn(one));
    const done = own.filter((one) => one.answer !== 'open').sort((a, b) => a.lastMs - b.lastMs);
    const gone = new Set(done.slice(0, Math.max(0, own.length + 1 - maxMassChanges)));
    return known.filter((one) => !gone.has(one));
  }

  #open(author: DeviceId, known: readonly KnownMassChange[], sinceMs: number) {
    return known.find(
      (one) =>
        this.#isOwn(one) && one.author === author && one.answer === 'open' && one.lastMs >= sinceMs,
    );
  }

  #isOwn({ holder }: KnownMassChange): boolean {
    return holder === this.#init.device;
  }

  async #change(change: ChangeOf): Promise<void> {
    if (await this.#init.index.questions.change(change)) this.#init.onQuestion();
  }
}

/** The question, also for what was done at that time: before its beginning, where a clock was set back. */
function reaching(question: KnownMassChange, atMs: number): KnownMassChange {
  const sinceMs = Math.min(question.sinceMs, atMs);
  return { ...question, sinceMs, lastMs: Math.max(question.lastMs, atMs) };
}

function replaced(known: readonly KnownMassChange[], next: KnownMassChange) {
  return known.map((one) => (one.id === next.id ? next : one));
}
