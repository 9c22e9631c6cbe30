/** How far a restore is, on one line that is written anew while it lasts. */
import type { HistoryControl, RestoreProgress } from '@holdfast/node';
import { AppError, type Clock } from '@holdfast/platform';
import { countText, durationText, sizeText } from './printable-text.js';
import { pause } from './wait-progress.js';

export interface ShownRestore {
  readonly history: Pick<HistoryControl, 'restores'>;
  readonly clock: Clock;
  /** As it was asked for. */
  readonly path: string;
  readonly write: (line: string) => void;
}

/** Resolves once the signal has aborted. */
export async function showRestoreProgress(
  { history, clock, path, write }: ShownRestore,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const running = await look(history);
    if (signal.aborted) break;
    const own = running.findLast((one) => one.path === path);
    if (own !== undefined) write(restoreLine(own));
    await pause(clock, signal);
  }
  write('');
}

/** Nothing where the node does not answer as it should: the restore itself tells why. */
async function look(history: ShownRestore['history']): Promise<readonly RestoreProgress[]> {
  try {
    return await history.restores();
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}

export function restoreLine(progress: RestoreProgress): string {
  const { files, bytes, totalFiles, totalBytes, bytesPerSecond, secondsLeft } = progress;
  const amount =
    totalFiles === null || totalBytes === null
      ? `${countText(files, 'file')}, ${sizeText(bytes)}`
      : `${files.toLocaleString('en')} of ${countText(totalFiles, 'file')}, ${sizeText(bytes)} of ${sizeText(totalBytes)}`;
  const left = secondsLeft === null ? '' : `, ${durationText(secondsLeft)} left`;
  return `Restoring: ${amount}, ${sizeText(bytesPerSecond)}/s${left}`;
}
