/** How an error of the node travels over HTTP: a status by the kind of its code, and a JSON body. */
import { AppError, errorMessage } from '@holdfast/platform';

export type ErrorStatus = 400 | 401 | 403 | 404 | 408 | 409 | 410 | 413 | 415 | 500 | 502;

/** The answer in place of a result; the same document that the command line prints. */
export interface ErrorDocument {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string };
}

const statusByCode: ReadonlyMap<string, ErrorStatus> = new Map<string, ErrorStatus>([
  ['unauthorised', 401],
  ['host_refused', 403],
  ['origin_refused', 403],
  ['wait_timeout', 408],
  ['body_too_large', 413],
  ['body_not_json', 415],
  ['usage', 400],
  ['ambiguous', 400],
  ['label_taken', 400],
  ['folder_exists', 400],
  ['invite_mangled', 400],
  ['invite_expired', 410],
  ['invite_refused', 403],
  ['invite_own', 409],
  ['invite_unreachable', 502],
  ['target_has_files', 409],
  ['target_full', 409],
  ['target_unwritable', 409],
  ['no_archive', 409],
  ['already_initialised', 409],
  ['needs_confirmation', 409],
  ['folder_not_ready', 409],
]);

export function statusOfCode(code: string): ErrorStatus {
  const known = statusByCode.get(code);
  if (known !== undefined) return known;
  if (code.endsWith('_unknown')) return 404;
  if (code.endsWith('_invalid')) return 400;
  return code.endsWith('_unreachable') || code.endsWith('_offline') ? 502 : 500;
}

/** Anything thrown, as what the client is told. Only authenticated clients get this far. */
export function errorDocument(error: unknown): ErrorDocument {
  if (error instanceof AppError) {
    return { error: { code: error.code, message: error.message, hint: error.hint } };
  }
  return {
    error: {
      code: 'internal',
      message: `The node met an error that it did not expect: ${errorMessage(error)}`,
      hint: 'Nothing was removed. The log in the home directory says more; please report it.',
    },
  };
}

/** The error that a JSON body stands for, or undefined where it is not one of ours. */
export function errorFromDocument(body: unknown): AppError | undefined {
  const { code, message, hint = '' } = fieldsOf(fieldsOf(body).error);
  if (typeof code !== 'string' || code === '') return undefined;
  if (typeof message !== 'string' || typeof hint !== 'string') return undefined;
  return new AppError(code, message, { hint });
}

/** None where it is no object. */
function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
