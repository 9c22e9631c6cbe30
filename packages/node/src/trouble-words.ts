/** What keeps a folder from being in sync, in sentences for people. */
import { isDiskFull, wordsForCode } from '@holdfast/platform';
import type { DeviceTrouble } from '@holdfast/sync-protocol';

export interface PathProblem {
  readonly path: string;
  /** Words, or the operating system's code. */
  readonly reason: string;
}

/** The problem that says most; a full disk explains all others. Empty where there is none. */
export function problemSentence(problems: readonly PathProblem[]): string {
  const full = problems.find(({ reason }) => isDiskFull(reason));
  if (full !== undefined) {
    return `The disk is full: ${full.path} is waiting. What is here is safe. Make room, and it goes on by itself.`;
  }
  const [first] = problems;
  if (first === undefined) return '';
  return `${first.path}: ${wordsForCode(first.reason) ?? first.reason}`;
}

/** What another member says of itself. */
export function memberSentence(name: string, trouble: DeviceTrouble, archives: boolean): string {
  const disk = trouble === 'disk-full' ? 'its disk is full' : 'its disk does not work';
  const verb = archives ? 'archives' : 'takes';
  return `${name} ${verb} nothing new: ${disk}. What it has is safe, and it goes on by itself.`;
}
