/** `holdfast ls`: a folder's entries as of a moment. */
import type { ListEntry } from '@holdfast/node';
import { withHistory } from '../history-access.js';
import { type HistoryOptions, historyQuery, withMoment, withStore } from '../history-options.js';
import { alignedLines, type Cell, localTimeText, right, sizeText } from '../printable-text.js';
import type { AddVerb } from '../verb.js';

interface ListOptions extends HistoryOptions {
  readonly deleted?: boolean;
}

export const addLs: AddVerb = (program, bind) => {
  const ls = program
    .command('ls')
    .description('list a folder as of a moment')
    .argument('<path>', 'FOLDER or FOLDER/dir')
    .option('--deleted', 'show what was deleted by then, too');
  withStore(withMoment(ls)).action(
    bind(async (context, path: string, options: ListOptions) => {
      const query = { ...historyQuery(path, options), deleted: options.deleted === true };
      const result = await withHistory(context, options, (history) => history.list(query));
      context.output.result(result, () =>
        result.entries.length === 0 ? ['It is empty.'] : alignedLines(result.entries.map(entryRow)),
      );
      return undefined;
    }),
  );
};

function entryRow(entry: ListEntry): Cell[] {
  return [
    entry.deleted ? 'deleted' : entry.thinned ? 'thinned' : '',
    right(entry.kind === 'file' ? sizeText(entry.size) : entry.kind),
    entry.mtime === null ? '' : localTimeText(entry.mtime),
    entry.kind === 'directory' ? `${entry.path}/` : entry.path,
  ];
}
