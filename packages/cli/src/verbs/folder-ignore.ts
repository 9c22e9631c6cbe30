/** `holdfast folder ignore`: what a folder passes over on this device. */
import type { IgnorePatterns, IgnoreTest } from '@holdfast/node';
import { AppError } from '@holdfast/platform';
import type { Command } from 'commander';
import { printable } from '../printable-text.js';
import { absolutePath, type Bind } from '../verb.js';

interface IgnoreOptions {
  readonly set?: string;
  readonly test?: string;
}

export function addFolderIgnore(folder: Command, bind: Bind): void {
  folder
    .command('ignore')
    .description("show or change what is passed over here, in Syncthing's patterns")
    .argument('<folder>', 'label or id')
    .option('--set <file>', 'take the patterns from a file, or from standard input with -')
    .option('--test <path>', 'say whether a path of the folder is ignored, and by which line')
    .action(
      bind(async (context, which: string, { set, test }: IgnoreOptions) => {
        const { output, node, environment } = context;
        if (set !== undefined && test !== undefined) throw oneAtATime();
        if (test !== undefined) {
          const answer = await node().testIgnored(which, test);
          output.result(answer, () => [testLine(answer)]);
        } else if (set !== undefined) {
          const path = set === '-' ? set : absolutePath(context, set);
          const patterns = await node().setIgnorePatterns(which, await environment.readText(path));
          output.result(patterns, () => [
            `${printable(which)}: the patterns are in ${printable(patterns.file)} now.`,
            'Nothing is deleted by them, here or elsewhere.',
          ]);
        } else {
          const patterns = await node().ignorePatterns(which);
          output.result(patterns, () => patternLines(patterns));
        }
        return undefined;
      }),
    );
}

function patternLines({ file, text, included, fault }: IgnorePatterns): string[] {
  if (text.trim() === '') return [`Nothing is ignored. Patterns go into ${printable(file)}`];
  return [
    ...text.replace(/\n$/, '').split('\n').map(printable),
    ...included.map((path) => `// included: ${printable(path)}`),
    ...(fault === '' ? [] : [`// ${printable(fault)}`]),
  ];
}

function testLine({ path, ignored, deletable, by }: IgnoreTest): string {
  const shown = printable(path);
  if (by === null) {
    return ignored ? `${shown} is never synced.` : `${shown} is synced: no line matches it.`;
  }
  const where = `${printable(by.file)}, line ${by.line}: ${printable(by.text)}`;
  if (!ignored) return `${shown} is synced, by ${where}`;
  const gone = deletable ? ' It goes with its directory where others delete that.' : '';
  return `${shown} is ignored, by ${where}${gone}`;
}

function oneAtATime(): AppError {
  return new AppError('usage', '--set and --test do not go together.', {
    hint: 'Nothing was changed. Test the patterns once they are set.',
  });
}
