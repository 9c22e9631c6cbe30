/**
 * Paths at which something appeared a moment ago. A watcher may merge what appears and goes at once
 * into nothing, and may not watch yet what lies in a new directory. So whatever it has not named by
 * then is looked at again, and what it never names though it is there says that a watch is lacking.
 * Owns the paths that it waits for; they are bounded.
 */
import type { FolderPath } from '@holdfast/model';
import type { Clock, Timer } from '@holdfast/platform';

/** When to look, and how often, at what the watcher does not name. */
export interface LookPace {
  readonly everyMs: number;
  readonly looks: number;
}

/** @parcel/watcher merges for half a second at most. */
export const nativePace: LookPace = { everyMs: 1_000, looks: 1 };
/** Rounds of polling are up to 30 s apart, and something may come and go between two. */
export const pollingPace: LookPace = { everyMs: 2_500, looks: 14 };

export interface SecondLooksInit {
  readonly clock: Clock;
  /** Undefined where nothing watches: then everything is looked at anyway. */
  readonly pace: () => LookPace | undefined;
  readonly look: (paths: readonly FolderPath[]) => void;
  /** The watcher has not named them, after all looks. */
  readonly onUnnoticed: (paths: readonly FolderPath[]) => void;
}

interface Appearance {
  /** Undefined while it is still being placed. */
  dueMs: number | undefined;
  looksLeft: number;
  isNamed: boolean;
  /** What the watcher says may be about something earlier at the same path. */
  isAmbiguous: boolean;
}

export const maxAppearances = 20_000;
/** Those that are due soon after each other are looked at together. */
const minWaitMs = 100;

export class SecondLooks {
  readonly #init: SecondLooksInit;
  readonly #appearances = new Map<FolderPath, Appearance>();
  #timer: Timer | undefined;
  #stopped = false;

  constructor(init: SecondLooksInit) {
    this.#init = init;
  }

  /** Something is about to be made at these paths: the watcher may name them from now on. */
  begin(paths: readonly FolderPath[]): void {
    const pace = this.#init.pace();
    if (this.#stopped || pace === undefined) return;
    for (const path of paths) {
      const isAmbiguous = this.#appearances.has(path);
      this.#note(path, { dueMs: undefined, looksLeft: pace.looks, isNamed: false, isAmbiguous });
    }
  }

  /** Of the paths that were begun with, something was made at those in `made`. */
  end(paths: readonly FolderPath[], made: ReadonlySet<FolderPath>): void {
    const pace = this.#init.pace();
    for (const path of paths) {
      const appearance = this.#appearances.get(path);
      if (appearance === undefined) continue;
      const isDone = appearance.isNamed && !appearance.isAmbiguous;
      if (isDone || pace === undefined || !made.has(path)) this.#appearances.delete(path);
      else appearance.dueMs = this.#init.clock.monotonic() + pace.everyMs;
    }
    this.#arm();
  }

  /** A scan came across what appeared a moment ago; what named it may have been about that. */
  found(paths: readonly FolderPath[]): void {
    const pace = this.#init.pace();
    if (this.#stopped || pace === undefined) return;
    const dueMs = this.#init.clock.monotonic() + pace.everyMs;
    for (const path of paths) {
      if (this.#appearances.has(path)) continue;
      this.#note(path, { dueMs, looksLeft: 1, isNamed: true, isAmbiguous: true });
    }
    this.#arm();
  }

  /** The watcher told of these paths, and of something in the directories `below`. */
  named(paths: readonly FolderPath[], below: readonly (FolderPath | '')[]): void {
    if (this.#appearances.size === 0) return;
    for (const path of paths) this.#named(path);
    if (below.length === 0) return;
    for (const path of [...this.#appearances.keys()]) {
      if (below.some((above) => above === '' || path.startsWith(`${above}/`))) this.#named(path);
    }
  }

  /** Another watch has begun, which knows nothing of what appeared before; everything is scanned. */
  renewed(): void {
    for (const [path, appearance] of this.#appearances) {
      if (appearance.dueMs !== undefined) this.#appearances.delete(path);
      else Object.assign(appearance, { isNamed: true, isAmbiguous: true });
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#appearances.clear();
  }

  #note(path: FolderPath, appearance: Appearance): void {
    // So many that are not named are a lack of watches, which those that are kept will show.
    if (this.#appearances.size >= maxAppearances) return;
    this.#appearances.set(path, appearance);
  }

  #named(path: FolderPath): void {
    const appearance = this.#appearances.get(path);
    if (appearance === undefined) return;
    appearance.isNamed = true;
    if (appearance.dueMs !== undefined && !appearance.isAmbiguous) this.#appearances.delete(path);
  }

  #arm(): void {
    const pace = this.#init.pace();
    if (this.#timer !== undefined || this.#appearances.size === 0 || pace === undefined) return;
    const nowMs = this.#init.clock.monotonic();
    let waitMs = pace.everyMs;
    for (const { dueMs } of this.#appearances.values()) {
      if (dueMs !== undefined) waitMs = Math.min(waitMs, dueMs - nowMs);
    }
    this.#timer = this.#init.clock.setTimer(Math.max(waitMs, minWaitMs), () => {
      this.#timer = undefined;
      if (!this.#stopped) this.#lookAtDue();
    });
  }

  #lookAtDue(): void {
    const nowMs = this.#init.clock.monotonic();
    const everyMs = this.#init.pace()?.everyMs ?? 0;
    const looked: FolderPath[] = [];
    const unnoticed: FolderPath[] = [];
    for (const [path, appearance] of this.#appearances) {
      if (appearance.dueMs === undefined || appearance.dueMs > nowMs) continue;
      if (appearance.looksLeft > 0) looked.push(path);
      else unnoticed.push(path);
      const goesOn = appearance.looksLeft > 0 && !appearance.isNamed;
      if (!goesOn) this.#appearances.delete(path);
      appearance.looksLeft -= 1;
      appearance.dueMs = nowMs + everyMs;
    }
    if (looked.length > 0) this.#init.look(looked);
    if (unnoticed.length > 0) this.#init.onUnnoticed(unnoticed);
    this.#arm();
  }
}
