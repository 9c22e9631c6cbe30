/**
 * The ignore patterns of one tree: read anew before each scan, compared by content, and taken over
 * by the index before anything is looked at. While they cannot be understood, nothing is.
 */
import type { FolderIndex } from '@holdfast/folder-index';
import {
  type IgnoreFile,
  IgnoreRules,
  ignoreUnreadable,
  ownDirectory,
  readIgnoreFilesJob,
} from '@holdfast/folder-scanner';
import { type FolderPath, folderPathFrom, type Hash, ignoreFileName } from '@holdfast/model';
import type { BulkRunner, Clock, FilePath } from '@holdfast/platform';

export interface FolderIgnoreInit {
  readonly root: FilePath;
  readonly index: Pick<FolderIndex, 'ignore'>;
  readonly runner: BulkRunner;
  readonly hash: Hash;
  readonly clock: Clock;
  /** Look again then: the patterns may be on their way. */
  readonly onLookAgain: (delayMs: number) => void;
}

/** What a watcher named, as paths of the folder. */
export interface InsideHints {
  readonly paths: FolderPath[];
  /** The root itself, or a file with patterns: everything has to be looked at. */
  readonly all: boolean;
}

/** An editor may take the old file away before the new one is there. */
const vanishedPatienceMs = 2_000;

export class FolderIgnore {
  readonly #init: FolderIgnoreInit;
  #rules = IgnoreRules.none;
  #isTakenOver = false;
  #vanishedAtMs: number | undefined;

  constructor(init: FolderIgnoreInit) {
    this.#init = init;
  }

  /** The patterns in force. */
  get rules(): IgnoreRules {
    return this.#rules;
  }

  /** Whether the disk still has the patterns in force, or may have them again; throws like `refresh`. */
  async isCurrent(): Promise<boolean> {
    if (!this.#isTakenOver) return false;
    const files = await this.#read();
    return sameFiles(files, this.#rules.files) || this.#mayComeBack(files);
  }

  /**
   * Takes over what the disk has, and returns whether that is something else than before. Throws
   * `ignore_faulty`; then what was in force stays. `onJudged`: see `FolderIndex.ignore`.
   */
  async refresh(onJudged: () => Promise<boolean>): Promise<boolean> {
    const files = await this.#read();
    if (this.#isTakenOver && sameFiles(files, this.#rules.files)) {
      this.#vanishedAtMs = undefined;
      return false;
    }
    if (this.#mayComeBack(files)) return false;
    const { index, hash } = this.#init;
    const rules = IgnoreRules.from(files);
    this.#rules = rules;
    this.#isTakenOver = false;
    const fingerprint = rules.fingerprint(hash);
    await index.ignore({ fingerprint, isIgnored: (path) => rules.isIgnored(path) }, onJudged);
    this.#isTakenOver = true;
    return true;
  }

  /** What of a watcher's hints concerns the folder. */
  insideOf(hints: readonly FilePath[]): InsideHints {
    const { root } = this.#init;
    const own = `${ownDirectory(root)}/`;
    const named = hints
      .filter((path) => path.startsWith(`${root}/`) && !path.startsWith(own))
      .map((path) => path.slice(root.length + 1));
    const paths = named.flatMap((text): FolderPath[] => {
      const path = folderPathFrom(text);
      return path === undefined || this.#isPassedOver(path) ? [] : [path];
    });
    const all = hints.includes(root) || named.some((text) => this.#rules.isSource(text));
    return { paths, all };
  }

  #isPassedOver(path: FolderPath): boolean {
    return this.#rules.isIgnored(path) && !this.#rules.mayHoldSynced(path);
  }

  async #read(): Promise<readonly IgnoreFile[]> {
    const { root, runner } = this.#init;
    const reading = await runner.run(readIgnoreFilesJob, { root });
    if (reading.type === 'unreadable') throw ignoreUnreadable(reading);
    return reading.files;
  }

  /** What was ignored until now is not published because a file was away for a moment. */
  #mayComeBack(files: readonly IgnoreFile[]): boolean {
    const text = files.find((file) => file.path === ignoreFileName)?.bytes ?? '';
    if (this.#rules.isEmpty || text.trim() !== '') {
      this.#vanishedAtMs = undefined;
      return false;
    }
    const nowMs = this.#init.clock.monotonic();
    this.#vanishedAtMs ??= nowMs;
    const leftMs = this.#vanishedAtMs + vanishedPatienceMs - nowMs;
    if (leftMs > 0) this.#init.onLookAgain(leftMs);
    return leftMs > 0;
  }
}

function sameFiles(left: readonly IgnoreFile[], right: readonly IgnoreFile[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ path, bytes }, at) => path === right[at]?.path && bytes === right[at]?.bytes)
  );
}
