/** `holdfast paths`: where everything of this node is. Needs no running node. */
import { alignedLines } from '../printable-text.js';
import type { AddVerb } from '../verb.js';

export const addPaths: AddVerb = (program, bind) => {
  program
    .command('paths')
    .description('print where everything of this node is')
    .action(
      bind(async ({ output, paths }) => {
        if (output.json) output.document(paths);
        else output.lines(alignedLines(Object.entries(paths)));
        return undefined;
      }),
    );
};
