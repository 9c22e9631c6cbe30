/** What a scan asks before it says that this device's user took content away. */
import type { PathEntry } from '@holdfast/folder-index';

export interface ForeseenChange {
  readonly before: PathEntry;
  readonly after: PathEntry;
}

export interface ChangeGuard {
  /** Whether so many changes may be too many; where not, they need not be foreseen. */
  mayAsk(changes: number): boolean;
  /**
   * Told of changes before they are committed. False: they must not be believed before everything
   * was looked at, because what is gone here may only have moved.
   */
  foresee(changes: readonly ForeseenChange[], isComplete: boolean): Promise<boolean>;
  /** The entry as it is to be committed: pure, but for counting. */
  judge(before: PathEntry, after: PathEntry): PathEntry;
  /** What was judged is durable. */
  committed(): Promise<void>;
  /** The scan is over: of what was foreseen, nothing more will be committed. */
  scanned(): Promise<void>;
}
