/** Errors as plain data, which can cross to another thread; classes do not survive the crossing. */
import { AppError, type ErrorKind, errorMessage } from './app-error.js';
import { fileErrorCode } from './file-system.js';

export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  /** Only an AppError has these two. */
  readonly hint?: string;
  readonly kind?: ErrorKind;
  readonly cause?: ErrorData;
}

/** Causes beyond this depth stay behind. */
const maxCauses = 4;

export function errorDataFrom(error: unknown, depth = 0): ErrorData {
  const code = fileErrorCode(error);
  const cause = error instanceof Error && depth < maxCauses ? error.cause : undefined;
  return {
    name: error instanceof Error ? error.name : 'Error',
    message: errorMessage(error),
    ...(code === undefined ? {} : { code }),
    ...(error instanceof AppError ? { hint: error.hint, kind: error.kind } : {}),
    ...(cause === undefined ? {} : { cause: errorDataFrom(cause, depth + 1) }),
  };
}

export function errorFromData(data: ErrorData): Error {
  const cause = data.cause === undefined ? {} : { cause: errorFromData(data.cause) };
  if (data.kind !== undefined && data.code !== undefined) {
    const { hint = '', kind } = data;
    return new AppError(data.code, data.message, { hint, kind, ...cause });
  }
  const error = new Error(data.message, cause);
  error.name = data.name;
  return data.code === undefined ? error : Object.assign(error, { code: data.code });
}
