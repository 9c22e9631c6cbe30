/** Reading what may not be there, or may not be read: then there is no answer. */
import { AppError, fileErrorCode } from '@holdfast/platform';

export function unlessRefused<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError || fileErrorCode(error) !== undefined) return undefined;
    throw error;
  }
}
