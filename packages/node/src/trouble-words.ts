/** What keeps a folder from being in sync, in sentences for people. */
import { displayPath } from '@holdfast/model';
import { isDiskFull, wordsForCode } from '@holdfast/platform';
import type { FolderLosses } from '@holdfast/sync-engine';
import type { ArchiveProof, DeviceTrouble } from '@holdfast/sync-protocol';

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
  if (trouble === 'content-lost') {
    return `The archive on ${name} lost content to its disk. What devices have is safe. Connect those that may have it; see what is lost there with: holdfast verify`;
  }
  const disk = trouble === 'disk-full' ? 'its disk is full' : 'its disk does not work';
  const verb = archives ? 'archives' : 'takes';
  return `${name} ${verb} nothing new: ${disk}. What it has is safe, and it goes on by itself.`;
}

/** What the store of this device lost of a folder; empty where it has everything. */
export function lostContentSentence({ count, first }: FolderLosses): string {
  if (first === undefined) return '';
  const more = count > 1 ? ` and ${count - 1} more` : '';
  return `Lost from the archive here: ${displayPath(first.path)}${more}. Nobody who is connected has it; what devices have is safe. Connect those that may have it.`;
}

/** The history that these devices keep is not the one that was there before; empty where all are. */
export function rewrittenSentence(names: readonly string[]): string {
  const [first] = names;
  if (first === undefined) return '';
  return `The history on ${names.join(' and ')} does not lead through what this device saw there before: it was changed, or an older copy of its disk is back. What devices have is safe. If you brought the older copy back yourself, unshare the folder with ${first} and share it again.`;
}

/** A restore that was tried did not give what is there; empty where all was well. */
export function drillSentence(
  drill: Pick<ArchiveProof, 'device' | 'bad'> | undefined,
  nameOf: (device: string) => string,
): string {
  if (drill === undefined) return '';
  const files = drill.bad === 1 ? 'a file' : `${drill.bad} files`;
  return `The last drill, on ${nameOf(drill.device)}, found ${files} with other bytes than the archive has, or that did not come back. See which there with: holdfast drill`;
}
