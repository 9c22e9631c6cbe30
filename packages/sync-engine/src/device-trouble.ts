/** Why this device takes nothing new for the moment, as other devices are told. */

import { MalformedBytes } from '@holdfast/model';
import {
  AppError,
  errorMessage,
  errorSentences,
  fileErrorCode,
  isDiskFull,
} from '@holdfast/platform';
import type { DeviceTrouble } from '@holdfast/sync-protocol';

const diskErrors: ReadonlySet<string> = new Set(['store_write_failed', 'store_unwritable']);

/** Undefined where the error says nothing of this device's disk. */
export function troubleOf(error: unknown): DeviceTrouble | undefined {
  if (!(error instanceof AppError)) return troubleOfCode(fileErrorCode(error));
  if (!diskErrors.has(error.code)) return undefined;
  return troubleOfCode(fileErrorCode(error.cause)) ?? 'disk-failed';
}

export function troubleOfCode(code: string | undefined): DeviceTrouble | undefined {
  if (isDiskFull(code)) return 'disk-full';
  return code === 'EIO' || code === 'EROFS' ? 'disk-failed' : undefined;
}

/** What to do about a disk stands with it; about files that are away, the person knows best. */
export function stopSentences(error: unknown): string {
  if (isAboutPatterns(error)) {
    return `${errorMessage(error)} Nothing is scanned or changed until they can.`;
  }
  return troubleOf(error) === undefined ? errorMessage(error) : errorSentences(error);
}

/** How a folder that stopped goes on. */
export function stopHint(error: unknown): string {
  if (isAboutPatterns(error)) return 'Mend the patterns; then the folder goes on by itself.';
  return troubleOf(error) === undefined
    ? 'The folder goes on by itself once its files are back where they were.'
    : 'Nothing is lost. The folder goes on by itself once the disk is in order.';
}

function isAboutPatterns(error: unknown): boolean {
  return error instanceof AppError && error.code === 'ignore_faulty';
}

/** Whether it says of content, of a device or of this disk that something is wrong, and not of this program. */
export function isOfContent(error: unknown): boolean {
  const isMalformed = error instanceof AppError || error instanceof MalformedBytes;
  return isMalformed || fileErrorCode(error) !== undefined;
}
