/**
 * Asking again for a short while, whenever something changed: what is missing may come in a moment. So
 * with an offer that is on its way, and with a question to history while a link with an archive is
 * being made, after a start or while one connection takes the place of another.
 */
import { AppError, type Clock } from '@holdfast/platform';
import type { SyncEngine } from '@holdfast/sync-engine';
import type { ChangeSignal } from './change-signal.js';

interface Asking {
  readonly changes: Pick<ChangeSignal, 'nextWithin'>;
  readonly seams: { readonly clock: Clock };
}

const patienceMs = 5_000;

/** `ask` must be safe to repeat. `mayPass`: an error that is worth it; any other one counts at once. */
export async function askAgain<Answer>(
  ask: () => Promise<Answer>,
  mayPass: (error: AppError) => boolean,
  { changes, seams: { clock } }: Asking,
): Promise<Answer> {
  const deadlineMs = clock.monotonic() + patienceMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const isPassing = error instanceof AppError && mayPass(error);
      const leftMs = deadlineMs - clock.monotonic();
      if (!isPassing || leftMs <= 0) throw error;
      await changes.nextWithin(leftMs, clock);
    }
  }
}

/** Where nobody is about to be linked, what is said counts at once. */
export function askWhileLinking<Answer>(
  ask: () => Promise<Answer>,
  asking: Asking & { readonly engine: Pick<SyncEngine, 'folders' | 'isLinking'> },
): Promise<Answer> {
  const { engine } = asking;
  const isLinking = () => [...engine.folders.values()].some((folder) => engine.isLinking(folder));
  return askAgain(ask, ({ kind }) => kind === 'retry' && isLinking(), asking);
}
