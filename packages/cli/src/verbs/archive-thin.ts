/** `holdfast archive thin`: lets versions go that the rules do not keep, after saying which. */
import type { ThinResult, UnthinResult } from '@holdfast/node';
import { AppError } from '@holdfast/platform';
import { Option } from 'commander';
import { countText, localTimeText, printable, sizeText } from '../printable-text.js';
import { type AddVerb, duration } from '../verb.js';

interface ThinOptions {
  readonly keep?: string;
  readonly apply?: boolean;
  readonly delay?: number;
  readonly undo?: boolean;
}

const shownVersions = 20;
const exampleRules = 'all=3d,hourly=24,daily=30,weekly=52,monthly=always';

export const addArchiveThin: AddVerb = (archive, bind) => {
  archive
    .command('thin')
    .description('say which versions of a folder rules do not keep; with --apply, mark them')
    .argument('<folder>', 'label or id')
    .option('--keep <rules>', `such as ${exampleRules}`)
    .option('--apply', 'mark them: they cannot be read any more, and are freed by archive compact')
    .addOption(
      new Option('--delay <duration>', 'keep their content at least so long (7d)').argParser(
        duration,
      ),
    )
    .addOption(
      new Option('--undo', 'keep what was marked and is not freed yet').conflicts([
        'keep',
        'apply',
        'delay',
      ]),
    )
    .action(
      bind(async ({ output, node }, folder: string, options: ThinOptions) => {
        const { keep, apply = false, delay: delayMs, undo = false } = options;
        if (undo) {
          const kept = await node().unthinArchive(folder);
          output.result(kept, () => [undoneLine(kept)]);
          return undefined;
        }
        if (keep === undefined) throw rulesMissing();
        output.note('Reading the history.');
        const delay = delayMs === undefined ? {} : { delayMs };
        const result = await node().thinArchive({ folder, keep, apply, ...delay });
        output.result(result, () => thinLines(result));
        return undefined;
      }),
    );
};

function rulesMissing(): AppError {
  return new AppError('usage', 'Say what is to be kept.', {
    hint: `For example: --keep ${exampleRules}. Nothing goes without rules.`,
  });
}

function undoneLine({ label, versions }: UnthinResult): string {
  return versions === 0
    ? `${printable(label)}: nothing was waiting to be freed.`
    : `${printable(label)}: ${countText(versions, 'version')} ${versions === 1 ? 'is' : 'are'} kept again.`;
}

function thinLines(result: ThinResult): string[] {
  const { label, keep, versions, files, kept, more, changes, applied } = result;
  const name = printable(label);
  if (versions === 0) return [`${name}: everything is kept by ${keep}.`];
  const what = `${countText(versions, 'version')} of ${countText(files, 'file')}`;
  const gone = `${versions === 1 ? 'is' : 'are'} not kept any more`;
  const left = versions - Math.min(versions, shownVersions);
  return [
    `${name}: ${what} ${applied ? gone : 'would go'} with ${keep}; ${kept} stay.`,
    freedLine(result),
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

function freedLine({ applied, freeFrom, freedBytes }: ThinResult): string {
  const space = sizeText(freedBytes);
  if (!applied) {
    return `That frees up to ${space}. The last version of each file stays. Nothing was changed; --apply marks them.`;
  }
  const from = freeFrom === null ? '' : ` from ${localTimeText(freeFrom)} on`;
  return `\`holdfast archive compact\` frees up to ${space}${from}; until it did, --undo keeps them.`;
}
