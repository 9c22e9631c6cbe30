/** `holdfast restore`: brings a file or a folder back, beside what is there unless asked otherwise. */
import type {
  HistoryControl,
  OverwritePolicy,
  RestoreRequest,
  RestoreResult,
} from '@holdfast/node';
import { Option } from 'commander';
import { type ExitCode, exitCodes } from '../exit-code.js';
import { withHistory } from '../history-access.js';
import {
  type HistoryOptions,
  historyQuery,
  withMoment,
  withStore,
  withVersion,
} from '../history-options.js';
import { countText, printable, sizeText } from '../printable-text.js';
import { showRestoreProgress } from '../restore-progress.js';
import { type AddVerb, absolutePath, type VerbContext } from '../verb.js';

interface RestoreOptions extends HistoryOptions {
  readonly to?: string;
  readonly overwrite?: OverwritePolicy;
  readonly dryRun?: boolean;
}

export const addRestore: AddVerb = (program, bind) => {
  const restore = program
    .command('restore')
    .description('bring a file or a folder back; every file is verified')
    .argument('<path>', 'FOLDER or FOLDER/dir/file')
    .option('--to <dir>', 'into this directory (a new one beside the folder)')
    .addOption(
      new Option('--overwrite <policy>', 'what to do with files that exist').choices([
        'never',
        'if-changed',
        'always',
      ]),
    )
    .option('--dry-run', 'only say what would happen');
  withStore(withVersion(withMoment(restore))).action(
    bind(async (context, path: string, options: RestoreOptions) => {
      const request = {
        ...historyQuery(path, options),
        to: options.to === undefined ? undefined : absolutePath(context, options.to),
        overwrite: options.overwrite,
        dryRun: options.dryRun === true,
      };
      const result = await withHistory(context, options, (history) =>
        restoreInSight(context, history, request),
      );
      context.output.result(result, () => restoreLines(result));
      return restoreExitCode(result, options.overwrite);
    }),
  );
};

/** With its progress, where somebody watches. */
async function restoreInSight(
  { output, environment }: VerbContext,
  history: HistoryControl,
  request: RestoreRequest,
): Promise<RestoreResult> {
  if (!output.showsProgress || request.dryRun) return history.restore(request);
  const ended = new AbortController();
  const write = (line: string) => output.progress(line);
  const shown = { history, clock: environment.clock, path: request.path, write };
  const showing = showRestoreProgress(shown, ended.signal);
  try {
    return await history.restore(request);
  } finally {
    ended.abort();
    await showing;
  }
}

/** Skipping is what `if-changed` is for; under `never` it means that something did not come back. */
export function restoreExitCode(
  result: RestoreResult,
  overwrite: OverwritePolicy | undefined,
): ExitCode {
  if (result.dryRun) return exitCodes.done;
  if (result.failed.length > 0)
    return result.restored > 0 ? exitCodes.doneInPart : exitCodes.failed;
  return overwrite === 'never' && result.skipped > 0 ? exitCodes.doneInPart : exitCodes.done;
}

function restoreLines(result: RestoreResult): string[] {
  const what = `${countText(result.restored, 'file')} (${sizeText(result.bytes)})`;
  const place = printable(result.to);
  return [
    result.dryRun ? `Would bring back ${what} to ${place}.` : `Brought back ${what} to ${place}.`,
    ...(result.kept > 0 ? [`There already, and whole: ${countText(result.kept, 'file')}.`] : []),
    ...(result.skipped > 0 ? [`Left as they were: ${countText(result.skipped, 'file')}.`] : []),
    ...result.failed.map(({ path, reason }) => `Not ${printable(path)}: ${printable(reason)}`),
  ];
}
