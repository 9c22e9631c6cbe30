/** Findings as lines for a terminal of 80 columns, what is wrong first. Pure. */
import { countText, printable, wrapped } from '../printable-text.js';
import type { Finding, FindingState } from './finding.js';

const columns = 80;
const words: Readonly<Record<FindingState, string>> = {
  ok: 'ok',
  warning: 'warning',
  problem: 'PROBLEM',
};
const indent = ' '.repeat(9);

/** `strong` stresses a word where the terminal can. */
export function findingLines(
  findings: readonly Finding[],
  strong: (text: string) => string,
): string[] {
  const inOrder = (['problem', 'warning', 'ok'] as const).flatMap((state) =>
    findings.filter((finding) => finding.state === state),
  );
  return [...inOrder.flatMap((finding) => linesOf(finding, strong)), '', summary(findings)];
}

function linesOf({ state, message, hint, command }: Finding, strong: (text: string) => string) {
  const [first = '', ...rest] = wrapped(printable(message), columns - indent.length);
  const word = words[state];
  const shown = state === 'ok' ? word : strong(word);
  const advice = wrapped(printable(hint), columns - indent.length);
  // A command is never broken: it is there to be copied.
  const typed = command === '' ? [] : [`  ${printable(command)}`];
  return [
    `${shown}${' '.repeat(indent.length - word.length)}${first}`,
    ...[...rest, ...advice, ...typed].map((line) => `${indent}${line}`),
  ];
}

function summary(findings: readonly Finding[]): string {
  const count = (wanted: FindingState) => findings.filter(({ state }) => state === wanted).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  if (problems + warnings === 0) return 'Nothing is wrong.';
  const parts = [
    ...(problems > 0 ? [countText(problems, 'problem')] : []),
    ...(warnings > 0 ? [countText(warnings, 'warning')] : []),
  ];
  return `${parts.join(' and ')}.`;
}
