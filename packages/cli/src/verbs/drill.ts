/** `holdfast drill`: proves that a restore works, by doing one and comparing it with the live files. */
import type { DrillResult } from '@holdfast/node';
import { exitCodes } from '../exit-code.js';
import { countText, durationText, printable, sizeText } from '../printable-text.js';
import { type AddVerb, wholeNumber } from '../verb.js';

const defaultFiles = 100;
const shownProblems = 20;

export const addDrill: AddVerb = (program, bind) => {
  program
    .command('drill')
    .description(
      'restore some files from the archive to scratch, and compare them with the live ones',
    )
    .argument('[folder]', 'every folder with files here, if none is named')
    .option('--files <n>', 'how many files of each folder', wholeNumber, defaultFiles)
    .action(
      bind(async ({ output, node }, folder: string | undefined, options: { files: number }) => {
        output.note('Restoring some files.');
        const result = await node().drill({ folder, files: options.files });
        output.result(result, () => drillLines(result));
        return result.mismatched > 0 ? exitCodes.doneInPart : exitCodes.done;
      }),
    );
};

function drillLines(result: DrillResult): string[] {
  const { files, bytes, mismatched, seconds, fullRestoreSeconds, folders } = result;
  const problems = folders.flatMap(({ label, problems: found }) =>
    found.map(({ path, reason }) => `  ${printable(`${label}/${path}`)}: ${printable(reason)}`),
  );
  const whole = `Everything would take about ${exactDurationText(fullRestoreSeconds)}.`;
  return [
    `Restored ${countText(files, 'file')} (${sizeText(bytes)}) in ${exactDurationText(seconds)}. ${whole}`,
    mismatched === 0
      ? 'Each has the same bytes here and in the archive.'
      : `Not the same, or not restored: ${countText(mismatched, 'file')}.`,
    ...problems.slice(0, shownProblems),
    ...(problems.length > shownProblems ? ['  More: see them with --json'] : []),
  ];
}

/** A drill of a few files takes a fraction of a second. */
function exactDurationText(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)} seconds` : durationText(seconds);
}
