/**
 * How large a tree is and how long it takes to look at all of it, within bounds: what decides
 * whether it can be polled entry by entry. It opens no file and follows no symlink.
 */
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import {
  byteStringFrom,
  byteStringFromText,
  bytesOf,
  type Clock,
  type FilePath,
  joinPath,
  textOf,
} from '@holdfast/platform';
import { passOver } from './pass-over.js';

export interface SurveyLimits {
  readonly maxEntries: number;
  readonly maxMs: number;
}

export type TreeSurvey =
  | { readonly type: 'whole'; readonly entries: number; readonly elapsedMs: number }
  | { readonly type: 'too-large' }
  | { readonly type: 'too-slow' }
  /** A name whose bytes no text stands for. */
  | { readonly type: 'untellable'; readonly path: FilePath };

/** Rejects where the root itself cannot be listed; what cannot be read below it is passed over. */
export async function surveyTree(
  root: FilePath,
  limits: SurveyLimits,
  isSkipped: (path: FilePath) => boolean,
  clock: Clock,
): Promise<TreeSurvey> {
  const beganMs = clock.monotonic();
  const waiting: FilePath[] = [];
  let entries = 0;
  let listing = await namesIn(root);
  let directory: FilePath | undefined = root;
  while (directory !== undefined) {
    for (const found of listing) {
      const path = joinPath(directory, byteStringFrom(found.name));
      if (isSkipped(path)) continue;
      if (!isTellable(path)) return { type: 'untellable', path };
      entries += 1;
      if (entries > limits.maxEntries) return { type: 'too-large' };
      await passOver<unknown>(lstat(Buffer.from(bytesOf(path))), undefined);
      if (clock.monotonic() - beganMs > limits.maxMs) return { type: 'too-slow' };
      if (found.isDirectory()) waiting.push(path);
    }
    directory = waiting.pop();
    listing = directory === undefined ? [] : await passOver(namesIn(directory), []);
  }
  return { type: 'whole', entries, elapsedMs: clock.monotonic() - beganMs };
}

/** Whether text stands for the bytes of this path, so that a library of text paths can have it. */
export function isTellable(path: FilePath): boolean {
  return byteStringFromText(textOf(path)) === path;
}

/** The names in a directory, byte by byte. */
export function namesIn(directory: FilePath): Promise<Dirent<Buffer>[]> {
  return readdir(Buffer.from(bytesOf(directory)), { encoding: 'buffer', withFileTypes: true });
}
