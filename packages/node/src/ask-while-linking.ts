/**
 * A question to history while a link with an archive is being made: after a start, or while one
 * connection takes the place of another. It is asked again for a short while, and not refused at once.
 */
import { AppError, type Clock } from '@holdfast/platform';
import type { SyncEngine } from '@holdfast/sync-engine';
import type { ChangeSignal } from './change-signal.js';

interface Asking {
  readonly engine: Pick<SyncEngine, 'folders' | 'isLinking'>;
  readonly changes: Pick<ChangeSignal, 'nextWithin'>;
  readonly seams: { readonly clock: Clock };
}

/** As long as an offer is waited for. */
const patienceMs = 5_000;

/** `ask` must be safe to repeat. Where nobody is about to be linked, what it says counts at once. */
export async function askWhileLinking<Answer>(
  ask: () => Promise<Answer>,
  { engine, changes, seams: { clock } }: Asking,
): Promise<Answer> {
  const deadlineMs = clock.monotonic() + patienceMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const isLinking = [...engine.folders.values()].some((folder) => engine.isLinking(folder));
      const mayCome = error instanceof AppError && error.kind === 'retry' && isLinking;
      const leftMs = deadlineMs - clock.monotonic();
      if (!mayCome || leftMs <= 0) throw error;
      await changes.nextWithin(leftMs, clock);
    }
  }
}
