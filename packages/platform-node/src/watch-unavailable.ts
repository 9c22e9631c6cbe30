/** What a watcher says where it cannot watch a folder. */
import { AppError, errorMessage, type FilePath, textOf } from '@holdfast/platform';

const scannedAnyway = 'The folder is still scanned at intervals.';

/** The system, or a library, refused; `advice` says what may help. */
export function watchFailed(root: FilePath, cause: unknown, advice = ''): AppError {
  const message = `${textOf(root)} cannot be watched: ${errorMessage(cause)}.`;
  const hint = advice === '' ? scannedAnyway : `${scannedAnyway} ${advice}`;
  return new AppError('watch_unavailable', message, { hint, kind: 'retry', cause });
}

/** No text stands for the folder's own name. */
export function nameNotTellable(root: FilePath): AppError {
  const message = `${textOf(root)} cannot be watched: no UTF-8 name.`;
  return new AppError('watch_unavailable', message, { hint: scannedAnyway });
}
