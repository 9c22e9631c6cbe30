/**
 * What this device's own user did to the tree: what of it takes content from others, and what a
 * person wished for here, about which nobody is asked.
 */
import {
  type Coverage,
  type Judged,
  judgedLocal,
  type LiveMarks,
  localCurrent,
  type PathEntry,
  withChecked,
} from '@holdfast/folder-index';
import type { ForeseenChange } from '@holdfast/folder-scanner';
import type { DeviceId, FolderPath, MassChangeLimits, Version } from '@holdfast/model';
import type { Clock } from '@holdfast/platform';
import type { Loss } from './mass-change-survey.js';
import { WantedPaths } from './wanted-paths.js';

export interface OwnChangesInit {
  readonly device: DeviceId;
  readonly clock: Clock;
  /** Undefined: nobody wants to be asked. */
  readonly limits: () => MassChangeLimits | undefined;
  readonly coverage: () => Coverage;
  /**
   * What becomes of what this device's user did: people are asked; it passes, since nobody else has
   * the folder; or it goes to nobody as current, and no one vouches for it.
   */
  readonly ownChanges: () => 'asked' | 'passed' | 'unjudged';
}

/** How things stand while a change is judged. */
export interface JudgingMoment extends LiveMarks {
  readonly atMs: number;
  readonly isHolding: () => boolean;
  readonly hasMoved: (former: Version) => boolean;
}

export class OwnChanges {
  readonly #init: OwnChangesInit;
  readonly #wanted: WantedPaths;

  constructor(init: OwnChangesInit) {
    this.#init = init;
    this.#wanted = new WantedPaths(init.clock);
  }

  /** The next changes of these paths are a person's wish. */
  expect(paths: readonly FolderPath[]): void {
    this.#wanted.add(paths);
  }

  /** The entry as it is to be committed, with its mark, and what there is to count. */
  judge(before: PathEntry, after: PathEntry, moment: JudgingMoment): Judged {
    const judged = this.#judged(before, after, moment);
    if (hasChanged(before, judged.entry)) this.#wanted.delete(after.path);
    return judged;
  }

  /** What `judge` would count if nothing had only moved: the same rule, so that nobody is asked in vain. */
  lossOf({ before, after }: ForeseenChange, atMs: number, live: LiveMarks): Loss[] {
    const isNot = () => false;
    const moment = { ...live, atMs, isHolding: isNot, hasMoved: isNot };
    const { entry, counts } = this.#judged(before, after, moment);
    const now = localCurrent(entry);
    if (counts === undefined || now?.guard === undefined) return [];
    return [{ path: entry.path, former: now.guard.former, change: counts, next: now.version }];
  }

  #judged(before: PathEntry, after: PathEntry, moment: JudgingMoment): Judged {
    const { device, limits, ownChanges, coverage } = this.#init;
    const own = ownChanges();
    if (own === 'unjudged') return { entry: after };
    // What another device made and this one shows already is not this user's doing.
    if (localCurrent(after)?.version.record.author !== device) return { entry: after };
    if (limits() === undefined) return { entry: this.#vouchedIfWanted(before, after) };
    const passes = () => own === 'passed' || this.#wanted.has(after.path);
    return judgedLocal(before, after, {
      ...moment,
      passes,
      isArchived: (id, sequence) => coverage().copiesOf(id, sequence) > 0,
    });
  }

  /** Nobody is asked here; others are not to ask either about what a person wanted. */
  #vouchedIfWanted(before: PathEntry, after: PathEntry): PathEntry {
    const now = localCurrent(after)?.version;
    if (now === undefined || !hasChanged(before, after)) return after;
    return this.#wanted.has(after.path) ? withChecked(after, now) : after;
  }
}

function hasChanged(before: PathEntry, after: PathEntry): boolean {
  return localCurrent(after)?.version.id !== localCurrent(before)?.version.id;
}
