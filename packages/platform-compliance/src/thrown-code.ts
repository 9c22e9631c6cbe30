/** What the suites compare: the `code` of what an action throws. */
import { fileErrorCode } from '@holdfast/platform';

/** The code of the error that `action` throws; 'nothing thrown' where it succeeds. */
export function thrownCode(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return fileErrorCode(error) ?? `no code: ${String(error)}`;
  }
  return 'nothing thrown';
}

/** The code with which `promise` rejects; 'nothing thrown' where it fulfils. */
export async function rejectionCode(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return fileErrorCode(error) ?? `no code: ${String(error)}`;
  }
  return 'nothing thrown';
}
