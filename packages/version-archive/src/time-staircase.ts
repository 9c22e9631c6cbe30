/**
 * Which log position stands for a moment: the last one whose receive time is at or before it.
 * Receive times may jump back, positions never do, so only entries that no later entry undercuts
 * need to be remembered: their times rise with their positions, and a lookup is one seek.
 * An entry whose clock was not synchronised takes the time of the next that was; while there is
 * none, it waits in a staircase of its own with the time that it claims.
 */
export interface TimeStep {
  readonly atMs: number;
  readonly position: number;
}

export interface TimedEntry extends TimeStep {
  readonly clockSynchronised: boolean;
}

export interface StaircaseChange {
  /** Remembered sure steps at or after this time go; undefined: none does. */
  readonly sureFromMs: number | undefined;
  readonly addSure: readonly TimeStep[];
  /** Remembered unsure steps at or after this time go. */
  readonly unsureFromMs: number | undefined;
  readonly addUnsure: readonly TimeStep[];
}

/** What a batch of entries, in the order of their positions, changes. */
export function changeStaircases(entries: readonly TimedEntry[]): StaircaseChange {
  const sure: TimeStep[] = [];
  const unsure: TimeStep[] = [];
  let sureFromMs: number | undefined;
  let unsureFromMs: number | undefined;
  for (const { atMs, position, clockSynchronised } of entries) {
    if (clockSynchronised) {
      push(sure, { atMs, position });
      sureFromMs = Math.min(sureFromMs ?? atMs, atMs);
      unsure.length = 0;
      unsureFromMs = 0;
    } else {
      push(unsure, { atMs, position });
      unsureFromMs = Math.min(unsureFromMs ?? atMs, atMs);
    }
  }
  return { sureFromMs, addSure: sure, unsureFromMs, addUnsure: unsure };
}

function push(steps: TimeStep[], step: TimeStep): void {
  while ((steps.at(-1)?.atMs ?? -1) >= step.atMs) steps.pop();
  steps.push(step);
}
