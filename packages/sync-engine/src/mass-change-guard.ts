/**
 * Asks before a mass change goes on: what this device's user did is not told to the members as
 * current, what others did is not placed, until somebody answers. It counts, opens the question and
 * marks versions; the rules are pure, in `mass-change.ts` and `guard-mark.ts`. See decision 0024.
 *
 * Invariant: a question is durable before the first version waits for its answer.
 */
import {
  type FolderIndex,
  type GuardMark,
  type KnownMassChange,
  type LiveMarks,
  liveMark,
  type PathEntry,
  rejected,
  withOfferHeld,
} from '@holdfast/folder-index';
import type { ChangeGuard, ForeseenChange } from '@holdfast/folder-scanner';
import {
  addCounts,
  type ChangeCount,
  type ChangeWindow,
  countOf as totalIn,
  type DeviceId,
  dominates,
  type FolderPath,
  type Hash,
  hexFrom,
  isMassChange,
  lossOf,
  noChanges,
  removesDirectory,
  sameContent,
  totalOf,
  type Version,
  type VersionId,
  withChanges,
} from '@holdfast/model';
import { type Clock, type Logger, Mutex, type RandomSource } from '@holdfast/platform';
import { carryOutAnswer } from './carry-out-answer.js';
import { LatelyRejected } from './lately-rejected.js';
import { countOf, type Loss, surveyMassChange } from './mass-change-survey.js';
import { OwnChanges, type OwnChangesInit } from './own-changes.js';
import { OwnMassChanges } from './own-mass-changes.js';
import type { PlannedPath } from './placer.js';

export interface MassChangeGuardInit extends OwnChangesInit {
  /** The index that stands for the tree. */
  readonly index: FolderIndex;
  readonly hash: Hash;
  readonly random: RandomSource;
  readonly logger: Logger;
  /** A question was opened, or what it says has changed. */
  readonly onQuestion: () => void;
}

/** What the watcher tells of a deletion that goes on is a part of it: all of it is looked at sooner. */
const partsSeen = 8;
const pathsPerUpdate = 500;

export class MassChangeGuard implements ChangeGuard {
  readonly #init: MassChangeGuardInit;
  readonly #windows = new Map<DeviceId, ChangeWindow>();
  readonly #own: OwnChanges;
  readonly #questions: OwnMassChanges;
  readonly #settling = new Mutex();
  /**
   * The questions that were opened by a scan or a pass that goes on. They stay open though nothing
   * waits for them yet, and an answer is for all that the scan or the pass still comes across.
   */
  readonly #foreseen = new Map<DeviceId, string>();
  readonly #rejected: LatelyRejected;
  /** Versions whose content lies elsewhere, as the last look at everything showed. */
  #moved: ReadonlySet<VersionId> = new Set();
  #counted: ChangeCount = noChanges;
  #filesBefore = 0;

  constructor(init: MassChangeGuardInit) {
    this.#init = init;
    this.#own = new OwnChanges(init);
    this.#questions = new OwnMassChanges(init);
    this.#rejected = new LatelyRejected(init.clock);
  }

  /** The next changes of these paths are a person's wish: nobody is asked about them. */
  expect(paths: readonly FolderPath[]): void {
    this.#own.expect(paths);
  }

  mayAsk(changes: number): boolean {
    const { device, ownChanges } = this.#init;
    return changes > 0 && ownChanges() === 'asked' && this.#mayAsk(device, changes * partsSeen);
  }

  async foresee(changes: readonly ForeseenChange[], isComplete: boolean): Promise<boolean> {
    const { device, clock } = this.#init;
    const nowMs = timeOf(clock);
    const live = this.#liveMarks(device, nowMs);
    const losses = changes.flatMap((change) => this.#own.lossOf(change, nowMs, live));
    const gone = losses.filter((loss) => loss.change === 'deleted').length;
    if (!isComplete && this.#mayAsk(device, gone * partsSeen)) return false;
    if (this.#mayAsk(device, losses.length)) await this.#survey(device, losses);
    return true;
  }

  judge(before: PathEntry, after: PathEntry): PathEntry {
    const { device, clock, index } = this.#init;
    if (totalOf(this.#counted) === 0) this.#filesBefore = index.counts.files;
    const atMs = timeOf(clock);
    const { entry, counts } = this.#own.judge(before, after, {
      ...this.#liveMarks(device, atMs),
      atMs,
      isHolding: () => this.#isHolding(device),
      hasMoved: (former) => this.#hasMoved(former),
    });
    if (counts !== undefined) {
      this.#counted = addCounts(this.#counted, { ...noChanges, [counts]: 1 });
    }
    return entry;
  }

  async committed(): Promise<void> {
    const counted = this.#counted;
    this.#counted = noChanges;
    await this.#count(this.#init.device, counted, this.#filesBefore);
    await this.closeIdle();
  }

  async scanned(): Promise<void> {
    this.#foreseen.delete(this.#init.device);
    await this.closeIdle();
  }

  /** Whether so many changes of others may be too many. */
  mayAskAbout(changes: number): boolean {
    const limits = this.#init.limits();
    if (limits === undefined) return false;
    const lately = [...this.#windows.values()].reduce((sum, one) => sum + totalOf(totalIn(one)), 0);
    return changes + lately > limits.files;
  }

  /** Before any of them is placed: all that one pass would do. */
  async foreseePlaced(planned: readonly PlannedPath[]): Promise<void> {
    for (const [author, losses] of this.#lossesByAuthor(planned)) {
      if (this.#mayAsk(author, losses.length)) await this.#survey(author, losses);
    }
  }

  /** Those that may be placed, with the mark that they get; the others wait from now on. */
  async admit(planned: readonly PlannedPath[]): Promise<readonly PlannedPath[]> {
    const losing = planned.filter((one) => this.#isUnvouched(one));
    if (losing.length === 0) return planned;
    const held = new Set(losing.filter((one) => this.#isHeld(one)));
    await this.#hold([...held]);
    const asked = losing.filter((one) => !this.#isRefused(authorOf(one)));
    for (const [author, losses] of this.#lossesByAuthor(asked)) {
      const real = losses.filter(({ former }) => !this.#hasMoved(former));
      await this.#count(author, countOf(real), this.#init.index.counts.files);
    }
    await this.closeIdle();
    const passing = new Set(losing.filter((one) => !held.has(one)));
    return planned.flatMap((one) => {
      if (!passing.has(one)) return held.has(one) ? [] : [one];
      const mark = this.#markOf(one, 'noted');
      return [mark === undefined ? one : { ...one, mark }];
    });
  }

  /** Everything that one pass would do was admitted, or waits. */
  async passed(): Promise<void> {
    for (const author of [...this.#foreseen.keys()]) {
      if (author !== this.#init.device) this.#foreseen.delete(author);
    }
    await this.closeIdle();
  }

  /** Carries out the answers that have come; resolves when they are durable. */
  settle(): Promise<boolean> {
    return this.#settling.run(async () => {
      let any = false;
      for (const question of this.#questions.all()) {
        const { answer } = question;
        if (answer !== 'confirmed' && answer !== 'rejected') continue;
        if (question.settled === answer) continue;
        await this.#settleOne(question);
        any = true;
      }
      return any;
    });
  }

  /** A question for which nothing waits any more, or is about to, needs no answer. */
  async closeIdle(): Promise<void> {
    if (this.#init.index.counts.guarded > 0) return;
    await this.#questions.close((author) => !this.#foreseen.has(author));
  }

  #lossesByAuthor(planned: readonly PlannedPath[]): Map<DeviceId, Loss[]> {
    const byAuthor = new Map<DeviceId, Loss[]>();
    for (const { entry, action } of planned.filter((one) => this.#isUnvouched(one))) {
      const { local, target: next } = action;
      if (local === undefined) continue;
      const change = lossOf(local.version.record, next.record);
      if (change === undefined) continue;
      const loss = { path: entry.path, former: local.version, change, next };
      const { author } = next.record;
      byAuthor.set(author, [...(byAuthor.get(author) ?? []), loss]);
    }
    return byAuthor;
  }

  /** Whether it takes something from this disk, and nobody vouches for it. */
  #isUnvouched(planned: PlannedPath): boolean {
    const { entry, action } = planned;
    const { local, target } = action;
    if (this.#init.limits() === undefined || local === undefined) return false;
    // A deletion that passed, and is a part of what goes on, is not the end of its path.
    const live = this.#liveMark(planned);
    if (local.local.disk === undefined && live === undefined) return false;
    if (action.type !== 'apply' || action.conflict) return false;
    // A person said that what is here goes.
    if (local.guard?.state === 'rejected' || local.local.withheld === 'reverting') return false;
    const { record } = target;
    const before = local.version.record;
    const former = live?.former.record ?? before;
    if (lossOf(former, record) === undefined && !removesDirectory(former, record)) return false;
    if (!dominates(record.vector, before.vector)) return false;
    return !entry.rows.some((row) => row.checked && sameContent(row.version.record, record));
  }

  #isHeld(planned: PlannedPath): boolean {
    const former = this.#formerOf(planned);
    const author = authorOf(planned);
    const waits = this.#isHolding(author) || this.#isRefused(author);
    return former !== undefined && waits && !this.#hasMoved(former);
  }

  /** Whether what the author did was rejected so lately that this is the rest of it. */
  #isRefused(author: DeviceId): boolean {
    if (author === this.#init.device) return false;
    return this.#rejected.has(author) || this.#questions.isRejecting(author);
  }

  async #hold(planned: readonly PlannedPath[]): Promise<void> {
    const byPath = new Map(planned.map((one) => [one.entry.path, one]));
    const paths = [...byPath.keys()];
    for (let at = 0; at < paths.length; at += pathsPerUpdate) {
      await this.#init.index.update(
        paths.slice(at, at + pathsPerUpdate),
        (entry) => this.#withHeld(entry, byPath.get(entry.path)),
        { sync: true },
      );
    }
  }

  /** An answer, or a newer version, may have come meanwhile. */
  #withHeld(entry: PathEntry, planned: PlannedPath | undefined): PathEntry {
    if (planned === undefined || !this.#isHeld(planned)) return entry;
    const { record } = planned.action.target;
    const mark = this.#markOf(planned, 'held');
    if (mark === undefined) return entry;
    const held = withOfferHeld(entry, record, mark);
    const meant = { author: record.author, sinceMs: mark.atMs, lastMs: mark.atMs };
    return this.#isRefused(meant.author) ? rejected(held, meant, this.#init.hash) : held;
  }

  #markOf(planned: PlannedPath, wanted: 'noted' | 'held'): GuardMark | undefined {
    const former = this.#formerOf(planned);
    const state = wanted === 'noted' && former && this.#hasMoved(former) ? 'moved' : wanted;
    const atMs = this.#liveMark(planned)?.atMs ?? timeOf(this.#init.clock);
    return former && { state, atMs, former };
  }

  #formerOf(planned: PlannedPath): Version | undefined {
    return this.#liveMark(planned)?.former ?? planned.action.local?.version;
  }

  /** What the path showed before the same author began to change it, not long ago. */
  #liveMark({ action }: PlannedPath): GuardMark | undefined {
    const { local, target } = action;
    const limits = this.#init.limits();
    const { author } = target.record;
    if (local?.version.record.author !== author || limits === undefined) return undefined;
    const live = this.#liveMarks(author, timeOf(this.#init.clock));
    return liveMark(local, { ...live, isHolding: () => this.#isHolding(author) });
  }

  #hasMoved(former: Version): boolean {
    return this.#moved.has(former.id);
  }

  /** By the counts alone, before anybody looks whether content has only moved. */
  #mayAsk(author: DeviceId, changes: number): boolean {
    const limits = this.#init.limits();
    if (limits === undefined || changes === 0) return false;
    if (this.#isHolding(author) || this.#isRefused(author)) return false;
    if (this.#questions.isConfirmed(this.#foreseen.get(author))) return false;
    const more = { deleted: changes, rewritten: 0 };
    return isMassChange(this.#windowWith(author, more, this.#init.index.counts.files), limits);
  }

  #windowWith(author: DeviceId, more: ChangeCount, files: number): ChangeWindow {
    const limits = this.#init.limits();
    const window = this.#windows.get(author) ?? [];
    if (limits === undefined) return [];
    return withChanges(window, { atMs: timeOf(this.#init.clock), files, ...more }, limits);
  }

  /** Looks whether the losses are real, and opens the question where they are too many. */
  async #survey(author: DeviceId, losses: readonly Loss[]): Promise<void> {
    const { index, clock, random } = this.#init;
    const limits = this.#init.limits();
    if (limits === undefined) return;
    const nowMs = timeOf(clock);
    const live = this.#liveMarks(author, nowMs);
    const files = this.#windows.get(author)?.[0]?.files ?? index.counts.files;
    const survey = await surveyMassChange(index, author, losses, live);
    const { lost, earlier, earliestMs = nowMs } = survey;
    this.#moved = survey.moved;
    const before = withChanges([], { atMs: earliestMs, files, ...earlier }, limits);
    this.#windows.set(author, before);
    if (!isMassChange(withChanges(before, { atMs: nowMs, files, ...lost }, limits), limits)) return;
    const id = hexFrom(random.bytes(8));
    this.#foreseen.set(author, id);
    // What was before may be in the future, where the clock was set back since.
    const beganMs = Math.min(earliestMs, nowMs);
    const question = { id, author, sinceMs: beganMs, lastMs: nowMs, files, ...earlier };
    this.#foreseen.set(author, await this.#questions.open(question));
    this.#init.logger.warn('a mass change waits for an answer', { author, files, ...lost });
  }

  /** What was done is added to the question that is open, or to what was done lately. */
  async #count(author: DeviceId, counted: ChangeCount, files: number): Promise<void> {
    if (totalOf(counted) === 0) return;
    const foreseen = this.#foreseen.get(author);
    const id = this.#questions.isConfirmed(foreseen) ? foreseen : this.#holding(author)?.id;
    if (id === undefined) this.#windows.set(author, this.#windowWith(author, counted, files));
    else await this.#questions.add(id, counted, timeOf(this.#init.clock));
  }

  async #settleOne(question: KnownMassChange): Promise<void> {
    const { index, hash, logger } = this.#init;
    const { id, author, answer, deleted, rewritten } = question;
    if (answer === 'rejected') this.#rejected.note(author);
    await carryOutAnswer(index, question, hash);
    this.#windows.delete(author);
    logger.info('a mass change was answered', { author, answer, deleted, rewritten });
    await this.#questions.settled(id, answer, timeOf(this.#init.clock));
  }

  /** Other marks say nothing any more: they are too old, or were confirmed. */
  #liveMarks(author: DeviceId, nowMs: number): LiveMarks {
    const windowMs = this.#init.limits()?.windowMs ?? 0;
    const sinceMs = Math.max(0, nowMs - windowMs);
    const confirmedMs = this.#questions.lastConfirmedMs(author) ?? -1;
    if (confirmedMs <= nowMs) return { sinceMs: Math.max(sinceMs, confirmedMs + 1) };
    // A clock that was set back makes nobody ask less: what was done since is not confirmed.
    return { sinceMs, confirmed: { afterMs: nowMs, untilMs: confirmedMs } };
  }

  /** The question to which the author's changes belong: one that is open, and still going on. */
  #holding(author: DeviceId): KnownMassChange | undefined {
    const limits = this.#init.limits();
    if (limits === undefined) return undefined;
    const nowMs = timeOf(this.#init.clock);
    return this.#questions.goingOn(author, nowMs - limits.windowMs);
  }

  #isHolding(author: DeviceId): boolean {
    return this.#holding(author) !== undefined;
  }
}

const authorOf = ({ action }: PlannedPath): DeviceId => action.target.record.author;

/** A clock may stand before 1970. */
const timeOf = (clock: Clock) => Math.max(0, Math.floor(clock.now()));
