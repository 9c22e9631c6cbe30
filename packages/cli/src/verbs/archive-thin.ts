/** `holdfast archive thin`: lets versions go that the rules do not keep, after saying which. */
import type { ThinResult } from '@holdfast/node';
import { countText, localTimeText, printable, sizeText } from '../printable-text.js';
import type { AddVerb } from '../verb.js';

interface ThinOptions {
  readonly keep: string;
}

const shownVersions = 20;

export const addArchiveThin: AddVerb = (archive, bind) => {
  archive
    .command('thin')
    .description('say which versions of a folder the rules do not keep; nothing is changed')
    .argument('<folder>', 'label or id')
    .requiredOption('--keep <rules>', 'such as all=3d,hourly=24,daily=30,weekly=52,monthly=always')
    .action(
      bind(async ({ output, node }, folder: string, { keep }: ThinOptions) => {
        output.note('Reading the history.');
        const result = await node().thinArchive({ folder, keep });
        output.result(result, () => thinLines(result));
        return undefined;
      }),
    );
};

function thinLines(result: ThinResult): string[] {
  const { label, keep, versions, files, freedBytes, kept, more, changes } = result;
  const name = printable(label);
  if (versions === 0) return [`${name}: nothing would go with ${keep}.`];
  const left = versions - Math.min(versions, shownVersions);
  return [
    `${name}: ${countText(versions, 'version')} of ${countText(files, 'file')} would go with ${keep}; ${kept} stay.`,
    `That frees ${sizeText(freedBytes)}. The last version of each file stays.`,
    ...changes
      .slice(0, shownVersions)
      .map(
        ({ path, time, size }) =>
          `  ${localTimeText(time)}  ${printable(path)} (${sizeText(size)})`,
      ),
    ...(left > 0 ? [`  and ${left} more`] : []),
    ...(more ? ['There are more than fit into one run: run it again afterwards.'] : []),
  ];
}
