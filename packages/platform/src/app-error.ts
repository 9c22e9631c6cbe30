/**
 * Errors that the world causes: a disk, a peer, a person's input. Bugs of our own are assertions.
 * `code` is stable and part of the public interface; the message says what happened, what is safe,
 * and the hint what to do next.
 */
export type ErrorKind =
  /** Trying again later may succeed. */
  | 'retry'
  /** Trying again cannot succeed. */
  | 'permanent'
  /** A person has to decide or to correct something. */
  | 'tell-person';

export interface AppErrorOptions {
  readonly hint?: string;
  readonly kind?: ErrorKind;
  readonly cause?: unknown;
}

export class AppError extends Error {
  readonly code: string;
  readonly hint: string;
  readonly kind: ErrorKind;

  constructor(code: string, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.hint = options.hint ?? '';
    this.kind = options.kind ?? 'tell-person';
  }
}

/** The message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The message and the hint of anything that was thrown: what happened, and what to do next. */
export function errorSentences(error: unknown): string {
  const message = errorMessage(error);
  return error instanceof AppError && error.hint !== '' ? `${message} ${error.hint}` : message;
}

/** Stops on a bug of our own; never for what a peer, a disk or a person said. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}
