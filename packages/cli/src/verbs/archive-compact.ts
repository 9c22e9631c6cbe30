/** `holdfast archive compact`: frees the space of what was thinned, once its time has come. */
import type { CompactResult } from '@holdfast/node';
import { exitCodes } from '../exit-code.js';
import { countText, localTimeText, printable, sizeText } from '../printable-text.js';
import type { AddVerb } from '../verb.js';

export const addArchiveCompact: AddVerb = (archive, bind) => {
  archive
    .command('compact')
    .description('free the space of what was thinned, once its time has come')
    .action(
      bind(async ({ output, node }) => {
        output.note('Reading the history.');
        const result = await node().compactArchive({});
        output.result(result, () => compactLines(result));
        for (const note of result.notes) output.warning(printable(note));
        return result.ended ? exitCodes.doneInPart : undefined;
      }),
    );
};

function compactLines(result: CompactResult): string[] {
  const { segments, freedBytes, copiedBytes, leftBytes, damagedSegments, seconds } = result;
  const { waiting, freeFrom } = result;
  const from = freeFrom === null ? '' : `, the first from ${localTimeText(freeFrom)} on`;
  return [
    segments === 0
      ? 'There was nothing to free.'
      : `Freed ${sizeText(freedBytes)} of ${countText(segments, 'segment')} in ${seconds.toFixed(1)} seconds; ${sizeText(copiedBytes)} were written again.`,
    ...(leftBytes > 0 ? [`${sizeText(leftBytes)} lie where freeing is not worth it yet.`] : []),
    ...(damagedSegments > 0
      ? [
          `Left as they are: ${countText(damagedSegments, 'segment')}. See why with: holdfast verify`,
        ]
      : []),
    ...(waiting > 0 ? [`${countText(waiting, 'version')} wait${from}.`] : []),
  ];
}
