/**
 * What a folder passes over on this device: pure, from its patterns. The first pattern that matches a
 * path, or a directory above it, decides. Compiled once; a path costs one pass over its characters.
 */
import { type FolderPath, type Hash, hexFrom, ignoreFileName } from '@holdfast/model';
import { bytesOf } from '@holdfast/platform';
import { charactersOf, foldedCase } from './characters.js';
import { GlobAutomaton, type GlobState } from './glob-automaton.js';
import {
  type IgnoreFile,
  type IgnoreLine,
  type IgnorePattern,
  parseIgnoreFiles,
} from './ignore-patterns.js';

export interface IgnoreMatch {
  readonly ignored: boolean;
  /** It may go where it keeps a directory from being deleted. */
  readonly deletable: boolean;
  /** The line that decides; undefined where none matches. */
  readonly by: IgnoreLine | undefined;
}

/** What the rules mean: other software may give the same files another meaning. */
const meaning = 'ignore-1';

export class IgnoreRules {
  /** The files that they were read from; empty where there is none. */
  readonly files: readonly IgnoreFile[];
  readonly #patterns: readonly IgnorePattern[];
  readonly #exact: GlobAutomaton | undefined;
  readonly #folded: GlobAutomaton | undefined;

  private constructor(files: readonly IgnoreFile[], patterns: readonly IgnorePattern[]) {
    this.files = files;
    this.#patterns = patterns;
    this.#exact = automatonOf(patterns, false);
    this.#folded = automatonOf(patterns, true);
  }

  /** Throws `ignore_faulty`, with the line, where a file cannot be understood. */
  static from(files: readonly IgnoreFile[]): IgnoreRules {
    return new IgnoreRules(files, parseIgnoreFiles(files));
  }

  static readonly none = new IgnoreRules([], []);

  /** Whether nothing is ignored. */
  get isEmpty(): boolean {
    return this.#patterns.length === 0;
  }

  /** Whether the path is one of the files that the rules were read from. */
  isSource(path: string): boolean {
    return path === ignoreFileName || this.files.some((file) => file.path === path);
  }

  /** Equal for equal rules. */
  fingerprint(hash: Hash): string {
    const parts = this.files.flatMap(({ path, bytes }) => [path, String(bytes.length), bytes]);
    return hexFrom(hash(bytesOf([meaning, ...parts].join('\0')))).slice(0, 32);
  }

  isIgnored(path: FolderPath): boolean {
    if (this.isEmpty) return false;
    return this.#patterns[this.#deciding(path)]?.negated === false;
  }

  match(path: FolderPath): IgnoreMatch {
    const pattern = this.#patterns[this.#deciding(path)];
    const ignored = pattern?.negated === false;
    const deletable = ignored && pattern.deletable;
    return { ignored, deletable, by: pattern?.source };
  }

  /** Whether something below an ignored directory may not be ignored: then it is walked all the same. */
  mayHoldSynced(directory: FolderPath): boolean {
    if (this.isEmpty) return true;
    const below = this.#read(`${directory}/`);
    return Math.min(...below.map((state) => state.hoped)) < this.#deciding(directory);
  }

  /** The number of the pattern that decides; infinite where none does. */
  #deciding(path: FolderPath): number {
    const [exact, folded] = this.#read(path);
    return Math.min(exact.accepted, folded.accepted);
  }

  #read(path: string): readonly [GlobState, GlobState] {
    const text = charactersOf(path);
    return [this.#exact?.read(text) ?? nothing, this.#folded?.read(foldedCase(text)) ?? nothing];
  }
}

const nothing: GlobState = {
  accepted: Number.POSITIVE_INFINITY,
  hoped: Number.POSITIVE_INFINITY,
};

function automatonOf(
  patterns: readonly IgnorePattern[],
  foldsCase: boolean,
): GlobAutomaton | undefined {
  const globs = patterns.flatMap((pattern, number) =>
    pattern.foldsCase === foldsCase ? [{ ...pattern, number }] : [],
  );
  return globs.length === 0 ? undefined : new GlobAutomaton(globs);
}
