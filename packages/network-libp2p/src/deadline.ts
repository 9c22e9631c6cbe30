/** Bounds work by time, through the `Clock`: the work's signal aborts at the deadline. */
import type { Clock } from '@holdfast/platform';

/** Runs `work`; its signal aborts after `limitMs`, or when `signal` does. */
export async function withDeadline<Result>(
  clock: Clock,
  limitMs: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const deadline = new AbortController();
  const timer = clock.setTimer(limitMs, () =>
    deadline.abort(new Error(`no answer within ${limitMs} ms`)),
  );
  try {
    return await work(
      signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, signal]),
    );
  } finally {
    timer.cancel();
  }
}
