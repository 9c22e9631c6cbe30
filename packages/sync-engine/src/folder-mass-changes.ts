/**
 * The questions about mass changes of one folder on this device: its own and those of other members,
 * with the answers that travel between them. It owns the guard of the tree here, if there is one.
 */
import type { Coverage, FolderIndex, KnownMassChange } from '@holdfast/folder-index';
import {
  answeredBy,
  type DeviceId,
  type Hash,
  joinMassChanges,
  type MassChange,
} from '@holdfast/model';
import { AppError, type Clock, type Logger, type RandomSource } from '@holdfast/platform';
import { limits } from '@holdfast/sync-protocol';
import type { FolderConfig } from './folder-config.js';
import { MassChangeGuard } from './mass-change-guard.js';

export interface FolderMassChangesInit {
  readonly device: DeviceId;
  readonly config: () => FolderConfig;
  readonly index: FolderIndex;
  /** The index of the mirror, where an archive keeps one. */
  readonly mirrorIndex: FolderIndex | undefined;
  readonly coverage: () => Coverage;
  readonly hash: Hash;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  /** A question or an answer is new: members and people must hear of it. */
  readonly onNews: () => void;
  /** An answer was carried out: there may be something to place or to tell. */
  readonly onSettled: () => void;
}

export class FolderMassChanges {
  /** What guards the tree here; an archive without one takes everything. */
  readonly guard: MassChangeGuard | undefined;
  readonly #init: FolderMassChangesInit;
  readonly #treeIndex: FolderIndex;

  constructor(init: FolderMassChangesInit) {
    this.#init = init;
    this.#treeIndex = init.mirrorIndex ?? init.index;
    const { tree } = init.config();
    if (tree === undefined) return;
    this.guard = new MassChangeGuard({
      ...init,
      index: this.#treeIndex,
      limits: () => init.config().massChange,
      ownChanges: () => this.#ownChanges(),
      onQuestion: init.onNews,
    });
  }

  /** Every question that is known, the newest first. */
  all(): readonly KnownMassChange[] {
    const { index } = this.#init;
    const own = this.#treeIndex.questions.all().filter((one) => this.#isOwn(one));
    const others = index.questions.all().filter((one) => !this.#isOwn(one));
    return [...own, ...others].sort((a, b) => b.lastMs - a.lastMs);
  }

  /** Those that wait for an answer. */
  open(): readonly KnownMassChange[] {
    return this.all().filter((one) => one.answer === 'open');
  }

  /** What members are told: open questions first, then the latest answers. */
  announced(room: number): MassChange[] {
    const all = this.all();
    const answered = all.filter((one) => one.answer !== 'open');
    return [...this.open(), ...answered].slice(0, Math.min(room, limits.massChanges)).map(asTold);
  }

  /** Takes over what a member says; resolves when it is durable. */
  async hear(heard: readonly MassChange[]): Promise<void> {
    if (heard.length === 0) return;
    const { index, onNews } = this.#init;
    const aboutOwn = heard.filter((one) => this.#isOwn(one));
    const others = heard.filter((one) => !this.#isOwn(one));
    const answered = await this.#treeIndex.questions.change((known) =>
      withAnswers(known, aboutOwn),
    );
    const news = await index.questions.change((known) => this.#withOthers(known, others));
    if (!answered && !news) return;
    onNews();
    await this.settle();
  }

  /** Answers everything that waits. Throws `nothing_to_confirm` where nothing does. */
  async answer(answer: 'confirmed' | 'rejected'): Promise<readonly MassChange[]> {
    const open = this.open();
    if (open.length === 0) throw nothingToConfirm(this.#init.config().label);
    const answered = open.map((one) => ({ ...asTold(one), answer }));
    await this.hear(answered);
    return answered;
  }

  /** Carries out answers that came before a crash, or just now. */
  async settle(): Promise<void> {
    if ((await this.guard?.settle()) === true) this.#init.onSettled();
  }

  #withOthers(known: readonly KnownMassChange[], heard: readonly MassChange[]) {
    const others = known.filter((one) => !this.#isOwn(one));
    const joined = joinMassChanges(others, heard);
    if (joined === others) return known;
    return [...known.filter((one) => this.#isOwn(one)), ...joined];
  }

  #ownChanges(): 'asked' | 'passed' | 'unjudged' {
    const { archive, mode, members } = this.#init.config();
    // They go to nobody as current: there is nothing to ask.
    if (archive || mode === 'receive-only') return 'unjudged';
    return members.length > 0 ? 'asked' : 'passed';
  }

  #isOwn({ holder }: MassChange): boolean {
    return holder === this.#init.device;
  }
}

/** Without what concerns this device alone. */
function asTold(known: KnownMassChange): MassChange {
  const { settled: _, ...question } = known;
  return question;
}

function withAnswers(
  known: readonly KnownMassChange[],
  answers: readonly MassChange[],
): readonly KnownMassChange[] {
  const byId = new Map(answers.map((one) => [one.id, one]));
  const next = known.map((one) => {
    const answer = byId.get(one.id);
    return answer === undefined ? one : answeredBy(one, answer);
  });
  return next.every((one, at) => one === known[at]) ? known : next;
}

function nothingToConfirm(label: string): AppError {
  return new AppError('nothing_to_confirm', `Nothing waits for an answer in "${label}".`, {
    hint: 'Nothing was changed. A question may have been answered on another device.',
  });
}
