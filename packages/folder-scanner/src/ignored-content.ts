/**
 * What is in the way of a directory's removal: whether all that it still holds is ignored. A directory
 * that was deleted elsewhere and stays for such content only is no part of the folder any more.
 */
import { type FolderIndex, localCurrent } from '@holdfast/folder-index';
import { childPath, type FolderPath, refusalOfPath } from '@holdfast/model';
import type { BulkRunner, FilePath } from '@holdfast/platform';
import type { IgnoreRules } from './ignore-rules.js';
import { type ListedEntry, listDirectoriesJob } from './scan-jobs.js';

export type IgnoredContent =
  /** Something that is not ignored, or that cannot be looked at. */
  | { readonly type: 'other' }
  | { readonly type: 'empty' }
  /** `deletable`: all of it, from the top, where the person's patterns let it go; else undefined. */
  | { readonly type: 'ignored'; readonly deletable: readonly FolderPath[] | undefined };

export interface IgnoredContentInit {
  readonly root: FilePath;
  readonly index: Pick<FolderIndex, 'entry'>;
  readonly runner: BulkRunner;
  readonly rules: IgnoreRules;
}

/** More than this is not removed for being in the way. */
const maxDeletable = 100_000;

export async function ignoredContentOf(
  init: IgnoredContentInit,
  directory: FolderPath,
): Promise<IgnoredContent> {
  const survey = new Survey(init);
  return (await survey.look(directory)) ? survey.content : { type: 'other' };
}

class Survey {
  readonly #init: IgnoredContentInit;
  readonly #found: FolderPath[] = [];
  #isDeletable = true;

  constructor(init: IgnoredContentInit) {
    this.#init = init;
  }

  get content(): IgnoredContent {
    if (this.#found.length === 0) return { type: 'empty' };
    return { type: 'ignored', deletable: this.#isDeletable ? this.#found : undefined };
  }

  /** Whether it holds nothing but what is ignored, or directories that hold nothing else. */
  async look(top: FolderPath): Promise<boolean> {
    const { root, runner } = this.#init;
    const waiting = [top];
    for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
      const [listing] = await runner.run(listDirectoriesJob, { root, directories: [directory] });
      if (listing?.type !== 'listed' || listing.failed.length > 0) return false;
      const mayBeEmpty = directory === top || this.#init.rules.isIgnored(directory);
      if (listing.entries.length === 0 && !mayBeEmpty) return false;
      for (const entry of listing.entries) {
        const path = childPath(directory, entry.name);
        const next = await this.#take(path, entry);
        if (next === 'other') return false;
        if (next === 'look') waiting.push(path);
      }
    }
    return true;
  }

  async #take(path: FolderPath, { stat }: ListedEntry): Promise<'other' | 'look' | 'passed'> {
    if (refusalOfPath(path) !== undefined) return 'other';
    const { rules, index } = this.#init;
    const { ignored, deletable } = rules.match(path);
    if (!ignored) {
      if (stat.kind !== 'directory') return 'other';
      const current = localCurrent(await index.entry(path));
      if (current?.version.record.kind !== 'tombstone') return 'other';
    } else if (!deletable) this.#isDeletable = false;
    if (this.#found.length >= maxDeletable) this.#isDeletable = false;
    else this.#found.push(path);
    if (stat.kind !== 'directory') return 'passed';
    const isLookedInto = !ignored || this.#isDeletable || rules.mayHoldSynced(path);
    return isLookedInto ? 'look' : 'passed';
  }
}
