/**
 * The two ways to refuse a message: it is not one (`message_malformed`), or it comes from a newer
 * or older protocol (`protocol_incompatible`).
 */
import { AppError } from '@holdfast/platform';

export function malformedError(reason: string, cause?: unknown): AppError {
  return new AppError(
    'message_malformed',
    `The other device sent a message that cannot be read (${reason}). It was dropped; nothing was changed.`,
    {
      kind: 'permanent',
      hint: 'Update Holdfast on both devices. If it happens again, the other device is faulty.',
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

/** Ends the reading of a message. */
export function refuse(reason: string): never {
  throw malformedError(reason);
}

export function incompatibleError(reason: string): AppError {
  return new AppError(
    'protocol_incompatible',
    `The two devices cannot talk to each other: ${reason}. Nothing was changed on either.`,
    { kind: 'tell-person', hint: 'Update Holdfast on the device with the older version.' },
  );
}
