/** `holdfast diff`: what differs between two versions of a file. */
import type { DiffResult, DiffSide } from '@holdfast/node';
import { withHistory } from '../history-access.js';
import { type HistoryOptions, withStore } from '../history-options.js';
import { countText, printable, sizeText } from '../printable-text.js';
import type { AddVerb } from '../verb.js';

const listedRanges = 20;

export const addDiff: AddVerb = (program, bind) => {
  const diff = program
    .command('diff')
    .description('what differs between two versions of a file')
    .argument('<path>', 'FOLDER/dir/file')
    .argument('<from>', 'a version, as log names it')
    .argument('<to>', 'another');
  withStore(diff).action(
    bind(async (context, path: string, from: string, to: string, options: HistoryOptions) => {
      const request = { path, from, to, storeId: options.storeId };
      const result = await withHistory(context, options, (history) => history.diff(request));
      const { stdoutIsTerminal } = context.environment;
      context.output.result(result, () => diffLines(result, stdoutIsTerminal));
      return undefined;
    }),
  );
};

function diffLines(result: DiffResult, isTerminal: boolean): string[] {
  if (result.type === 'same') return ['The content is the same.', ...attributeLines(result)];
  if (result.type === 'text') {
    const lines = result.text.replace(/\n$/, '').split('\n');
    // `patch` needs them as they are; a terminal is steered by what some files hold.
    return isTerminal ? lines.map(printableLine) : lines;
  }
  const { common, commonBytes, onlyFrom, onlyFromBytes, onlyTo, onlyToBytes } = result.blocks;
  return [
    `${sideText(result.from)} → ${sideText(result.to)}`,
    ...(result.reason === '' ? [] : [result.reason]),
    `In both:        ${countText(common, 'block')}, ${sizeText(commonBytes)}`,
    `Only in first:  ${countText(onlyFrom, 'block')}, ${sizeText(onlyFromBytes)}`,
    `Only in second: ${countText(onlyTo, 'block')}, ${sizeText(onlyToBytes)}`,
    ...rangeLines(result),
  ];
}

function rangeLines({ blocks: { ranges } }: DiffResult): string[] {
  if (ranges.length === 0) return [];
  const more = ranges.length > listedRanges ? [`  and more`] : [];
  return [
    'The second differs at:',
    ...ranges
      .slice(0, listedRanges)
      .map(({ offset, bytes }) => `  byte ${offset.toLocaleString('en')}, ${sizeText(bytes)}`),
    ...more,
  ];
}

function attributeLines({ from, to }: DiffResult): string[] {
  const lines: string[] = [];
  if (from.mtime !== to.mtime) lines.push(`Changed at: ${from.mtime} → ${to.mtime}`);
  if (from.permissions !== to.permissions) {
    lines.push(`Permissions: ${from.permissions} → ${to.permissions}`);
  }
  return lines;
}

function sideText({ version, kind, size }: DiffSide): string {
  const what = kind === 'tombstone' ? 'deleted' : kind === 'file' ? sizeText(size) : kind;
  return `${version.slice(0, 8)} (${what})`;
}

/** Tabs are common in texts and steer nothing. */
function printableLine(line: string): string {
  return line.split('\t').map(printable).join('\t');
}
