/** The exit codes of the command line, which scripts rely on. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  doneInPart: 3,
  notRunning: 4,
  needsPerson: 5,
  notFound: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const byErrorCode: ReadonlyMap<string, ExitCode> = new Map<string, ExitCode>([
  ['usage', exitCodes.usage],
  ['ambiguous', exitCodes.usage],
  ['time_invalid', exitCodes.usage],
  ['label_taken', exitCodes.usage],
  ['path_invalid', exitCodes.usage],
  ['folder_exists', exitCodes.usage],
  ['done_in_part', exitCodes.doneInPart],
  ['node_not_running', exitCodes.notRunning],
  ['needs_confirmation', exitCodes.needsPerson],
  ['nothing_to_confirm', exitCodes.notFound],
  ['folder_unknown', exitCodes.notFound],
  ['device_unknown', exitCodes.notFound],
  ['path_unknown', exitCodes.notFound],
  ['version_unknown', exitCodes.notFound],
  ['time_unknown', exitCodes.notFound],
  ['position_unknown', exitCodes.notFound],
  ['store_unknown', exitCodes.notFound],
  ['store_missing', exitCodes.notFound],
  ['service_missing', exitCodes.notFound],
  ['interrupted', exitCodes.interrupted],
]);

/** Codes that are not listed have failed. */
export function exitCodeOf(errorCode: string): ExitCode {
  return byErrorCode.get(errorCode) ?? exitCodes.failed;
}
