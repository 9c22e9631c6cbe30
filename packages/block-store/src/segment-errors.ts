/** What a segment stream says when the world fails it. */
import { AppError, errorMessage, fileErrorCode, fileTrouble, isDiskFull } from '@holdfast/platform';
import type { AppendOutput } from './segment-jobs.js';

/** Some blocks of a batch are not what their ids say, so nothing of the batch was written. */
export class BlocksRefused extends AppError {
  /** As they were claimed to be called. */
  readonly contentIds: readonly string[];

  constructor(contentIds: readonly string[]) {
    super('block_mismatch', `Block ${contentIds.join(', ')} is not what its id says.`, {
      hint: 'Nothing of the batch was stored. Ask another device for the block.',
      kind: 'permanent',
    });
    this.contentIds = contentIds;
  }
}

export function refusal(output: AppendOutput & { type: 'refused' }): AppError {
  if (output.reason === 'mismatch') return new BlocksRefused(output.contentIds);
  return new AppError(
    'envelope_codec_unknown',
    `Block ${output.contentIds.join()} is packed with a codec unknown here.`,
    {
      hint: 'Nothing was stored. Update this device.',
      kind: 'permanent',
    },
  );
}

export function writeFailure(cause: unknown): AppError {
  const isFull = isDiskFull(fileErrorCode(cause));
  const message = isFull
    ? 'The disk of the archive is full.'
    : `The disk of the archive cannot be written: ${fileTrouble(cause)}.`;
  return new AppError('store_write_failed', message, {
    hint: `What was stored before is safe. ${isFull ? 'Make room' : 'Check the disk'}; it is tried again.`,
    kind: isFull ? 'tell-person' : 'retry',
    cause,
  });
}

export function openFailure(cause: unknown): AppError {
  if (cause instanceof AppError && cause.code.startsWith('store_')) return cause;
  return new AppError('store_open_failed', `The store cannot be opened: ${errorMessage(cause)}.`, {
    hint: 'Nothing was removed. Check the disk and its mount, then start again.',
    cause,
  });
}
