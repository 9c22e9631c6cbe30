/** Looking at files that others may change or forbid meanwhile. */
import { fileErrorCode } from '@holdfast/platform';

/** What is gone or may not be read gives `otherwise`: a scan lists it where it matters. */
export async function passOver<Value>(value: Promise<Value>, otherwise: Value): Promise<Value> {
  try {
    return await value;
  } catch (error) {
    if (fileErrorCode(error) === undefined) throw error;
    return otherwise;
  }
}
