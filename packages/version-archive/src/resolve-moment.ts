/** Which position of the log a moment stands for, in one folder. */
import type { FolderId, HistoryMoment } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import type { HistoryIndex } from './history-index.js';
import { lastNumberOf } from './index-keys.js';

export interface Present {
  readonly headPosition: number;
  readonly nowMs: number;
  readonly clockSynchronised: boolean;
}

/**
 * Throws `time_unknown` for a moment before the folder's first entry, `position_unknown` for a
 * position that the log has not reached. The head of a folder without entries is 0.
 */
export async function resolveMoment(
  index: HistoryIndex,
  folder: FolderId,
  at: HistoryMoment,
  present: Present,
): Promise<number> {
  const first = index.folder(folder)?.firstPosition;
  if (at.type === 'head') return first === undefined ? 0 : present.headPosition;
  const position = at.type === 'position' ? at.position : await positionAt(index, at.atMs, present);
  if (!Number.isSafeInteger(position) || position < 0 || position > present.headPosition) {
    throw positionUnknown(position, present.headPosition);
  }
  if (first === undefined || position < first) {
    throw new AppError('time_unknown', 'The history of this folder begins after that moment.', {
      hint: 'Ask for a later moment; the log of a path shows its first version.',
    });
  }
  return position;
}

export function positionUnknown(position: number, headPosition: number): AppError {
  return new AppError(
    'position_unknown',
    `The history of this store has no position ${position}; its last one is ${headPosition}.`,
    { hint: 'A position belongs to one store: check that you ask the right one.' },
  );
}

/**
 * Entries that no sure one follows have no time yet: while the clock is synchronised they are
 * later than any past moment, otherwise what they claim is all there is. 0: before everything.
 */
async function positionAt(index: HistoryIndex, atMs: number, present: Present): Promise<number> {
  if (Number.isNaN(atMs)) return 0;
  if (atMs >= present.nowMs && present.clockSynchronised) return present.headPosition;
  const sure = await lastStep(index, 'sure-time', atMs);
  if (present.clockSynchronised) return sure;
  return Math.max(sure, await lastStep(index, 'unsure-time', atMs));
}

async function lastStep(
  index: HistoryIndex,
  family: 'sure-time' | 'unsure-time',
  atMs: number,
): Promise<number> {
  const { keys } = index;
  const endMs = Math.min(Math.max(0, Math.floor(atMs) + 1), Number.MAX_SAFE_INTEGER);
  const range = { from: keys.range(family).from, to: keys.key(family, '', endMs) };
  const row = await index.lastRow(range);
  return row === undefined ? 0 : lastNumberOf(row[1]);
}
