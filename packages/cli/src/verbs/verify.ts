/** `holdfast verify`: whether everything that this device keeps for good is what it was. */
import type { VerifyResult } from '@holdfast/node';
import { InvalidArgumentError, Option } from 'commander';
import { type ExitCode, exitCodes } from '../exit-code.js';
import { countText, printable, sizeText } from '../printable-text.js';
import type { AddVerb } from '../verb.js';

const defaultSamplePercent = 5;
const shownProblems = 20;

interface VerifyOptions {
  readonly sample?: number;
  readonly all?: boolean;
}

export const addVerify: AddVerb = (program, bind) => {
  program
    .command('verify')
    .description('read everything in the store, and make whole what rotted')
    .addOption(
      new Option(
        '--sample <percent>',
        'unpack so many of the blocks; all bytes are read in any case',
      )
        .argParser(percent)
        .conflicts('all'),
    )
    .option('--all', 'unpack every block')
    .action(
      bind(async ({ output, node }, options: VerifyOptions) => {
        output.note('Reading the store.');
        const samplePercent = options.all ? 100 : (options.sample ?? defaultSamplePercent);
        const result = await node().verify({ samplePercent });
        output.result(result, () => verifyLines(result));
        return verifyExitCode(result);
      }),
    );
};

function verifyExitCode({ bad, repaired }: VerifyResult): ExitCode {
  return bad > repaired ? exitCodes.doneInPart : exitCodes.done;
}

/** `5%` or `5`. */
function percent(text: string): number {
  const match = /^(\d{1,3}(?:\.\d{1,6})?)%?$/.exec(text);
  const value = Number(match?.[1]);
  if (match === null || value > 100) {
    throw new InvalidArgumentError('It must be a share such as 5%.');
  }
  return value;
}

function verifyLines(result: VerifyResult): string[] {
  const { records, blocks, bytes, bad, repaired, seconds, problems, badDevices } = result;
  const read = `${countText(records, 'entry', 'entries')} and ${countText(blocks, 'block')}`;
  const lines = [`Read ${read}, ${sizeText(bytes)} in ${seconds.toFixed(1)} seconds.`];
  if (bad === 0) return [...lines, 'Everything is what it was.'];
  const left = bad - repaired;
  lines.push(`Not what it was: ${bad}. In order again: ${repaired}. Left: ${left}.`);
  for (const { what, version } of problems.slice(0, shownProblems)) {
    lines.push(`  ${printable(what)}${version === undefined ? '' : ` Version ${version}.`}`);
  }
  for (const name of badDevices)
    lines.push(`  ${printable(name)} gave something else than it has.`);
  if (problems.length > shownProblems) {
    lines.push(`  ${problems.length - shownProblems} more: see them with --json`);
  }
  return lines;
}
