/** `holdfast log`: every version of a file, newest first. */
import type { HistoryVersion } from '@holdfast/node';
import { withHistory } from '../history-access.js';
import { type HistoryOptions, historyQuery, withStore } from '../history-options.js';
import { alignedLines, type Cell, localTimeText, right, sizeText } from '../printable-text.js';
import type { AddVerb } from '../verb.js';

export const addLog: AddVerb = (program, bind) => {
  const log = program
    .command('log')
    .description('list the versions of a file, newest first')
    .argument('<path>', 'FOLDER/dir/file');
  withStore(log).action(
    bind(async (context, path: string, options: HistoryOptions) => {
      const query = historyQuery(path, options);
      const result = await withHistory(context, options, (history) => history.log(query));
      context.output.result(result, () => alignedLines(result.versions.map(versionRow)));
      return undefined;
    }),
  );
};

function versionRow(version: HistoryVersion): Cell[] {
  const size = version.kind === 'file' ? sizeText(version.size) : '';
  return [
    localTimeText(version.time),
    version.deleted ? 'deleted' : `${version.kind}${version.thinned ? ', thinned' : ''}`,
    right(version.deleted ? '' : size),
    version.device,
    version.position,
    version.version,
  ];
}
