/** `holdfast page`: a link that opens the page in a browser, once. */
import type { AddVerb } from '../verb.js';

export const addPage: AddVerb = (program, bind) => {
  program
    .command('page')
    .description('print a link that opens the page, once')
    .action(
      bind(async ({ output, node }) => {
        const link = await node().createLoginLink();
        if (output.json) output.document(link);
        else output.lines([link.url]);
        output.note('It opens once, within ten minutes. Keep it to yourself.');
        return undefined;
      }),
    );
};
