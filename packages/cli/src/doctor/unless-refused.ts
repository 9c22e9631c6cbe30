/** What the system does not let one look at, or what is not there, is no fact. */
import { fileErrorCode } from '@holdfast/platform';

export function unlessRefused<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch (error) {
    if (fileErrorCode(error) !== undefined) return undefined;
    throw error;
  }
}
