/**
 * What can come next on a command line that is being typed, read from the program itself: its verbs,
 * flags, arguments and choices. Pure; names that only a node knows are left to `known-names.ts`.
 */
import type { Argument, Command, Option } from 'commander';

export interface Candidate {
  readonly value: string;
  /** For shells that show one; may be empty. */
  readonly description: string;
}

/** What fits where no fixed words do. `history` is FOLDER/dir/file. */
export type ValueKind =
  | 'none'
  | 'files'
  | 'directories'
  | 'folders'
  | 'offers'
  | 'devices'
  | 'history';

export interface Completions {
  readonly candidates: readonly Candidate[];
  readonly values: ValueKind;
  /** The beginning of the value that is typed, without `--flag=` before it. */
  readonly typed: string;
  /** `--flag=`, where that is part of the word. */
  readonly before: string;
  /** What `--home` says further to the left. */
  readonly home: string | undefined;
}

/** `words` are those after the program's name; the last is the one that is typed, and may be empty. */
export function completeWords(program: Command, words: readonly string[]): Completions {
  const line = new TypedLine(program);
  for (const word of words.slice(0, -1)) line.take(word);
  return line.complete(words.at(-1) ?? '');
}

class TypedLine {
  #command: Command;
  /** Operands of the command so far. */
  #operands = 0;
  /** A flag whose value comes next. */
  #waiting: Option | undefined;
  #flagsEnded = false;
  #home: string | undefined;

  constructor(program: Command) {
    this.#command = program;
  }

  take(word: string): void {
    if (this.#waiting !== undefined) {
      // bash takes `=` for a word of its own.
      if (word !== '=') this.#takeValue(this.#waiting, word);
    } else if (this.#flagsEnded || !word.startsWith('-')) {
      this.#takeOperand(word);
    } else if (word === '--') {
      this.#flagsEnded = true;
    } else {
      const { flag, value } = splitFlag(word);
      const option = this.#optionOf(flag);
      if (option === undefined || option.isBoolean() || option.optional) return;
      if (value === undefined) this.#waiting = option;
      else this.#takeValue(option, value);
    }
  }

  complete(word: string): Completions {
    const typed = this.#waiting !== undefined && word === '=' ? '' : word;
    if (this.#waiting !== undefined) return this.#answer(typed, valuesOf(this.#waiting));
    if (!this.#flagsEnded && typed.startsWith('-')) return this.#completeFlag(typed);
    const { commands } = this.#command;
    if (this.#operands === 0 && commands.length > 0) {
      return this.#answer(typed, { candidates: verbsOf(this.#command) });
    }
    const declared = this.#command.registeredArguments;
    const last = declared.at(-1);
    const argument = declared[this.#operands] ?? (last?.variadic ? last : undefined);
    return this.#answer(typed, argument === undefined ? {} : fitting(argument, this.#command));
  }

  #completeFlag(typed: string): Completions {
    const { flag, value } = splitFlag(typed);
    if (value === undefined) return this.#answer(typed, { candidates: flagsOf(this.#command) });
    const option = this.#optionOf(flag);
    const values = option === undefined ? {} : valuesOf(option);
    return { ...this.#answer(value, values), before: `${flag}=` };
  }

  #answer(typed: string, { candidates = [], values = 'none' }: Fitting): Completions {
    const matching = candidates.filter(({ value }) => value.startsWith(typed));
    return { candidates: matching, values, typed, before: '', home: this.#home };
  }

  #takeOperand(word: string): void {
    const verb = this.#operands === 0 ? verbNamed(this.#command, word) : undefined;
    if (verb === undefined) this.#operands += 1;
    else this.#command = verb;
  }

  #takeValue(option: Option, value: string): void {
    if (option.long === '--home') this.#home = value;
    this.#waiting = undefined;
  }

  /** Of the command, or of one above it. */
  #optionOf(flag: string): Option | undefined {
    for (let command: Command | null = this.#command; command !== null; command = command.parent) {
      const found = command.options.find(({ long, short }) => flag === long || flag === short);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

interface Fitting {
  readonly candidates?: readonly Candidate[];
  readonly values?: ValueKind;
}

function splitFlag(word: string): { readonly flag: string; readonly value: string | undefined } {
  const at = word.indexOf('=');
  if (!word.startsWith('--') || at < 0) return { flag: word, value: undefined };
  return { flag: word.slice(0, at), value: word.slice(at + 1) };
}

function verbNamed(command: Command, word: string): Command | undefined {
  return command.commands.find((child) => child.name() === word || child.aliases().includes(word));
}

function verbsOf(command: Command): readonly Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((child) => ({ value: child.name(), description: child.description() }));
}

function flagsOf(command: Command): readonly Candidate[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)].flatMap(
    ({ long, description }) => (long == null ? [] : [{ value: long, description }]),
  );
}

function chosen(choices: readonly string[]): Fitting {
  return { candidates: choices.map((value) => ({ value, description: '' })) };
}

/** The word between `<` and `>` of a flag says what its value is. */
function valuesOf({ argChoices, flags }: Option): Fitting {
  if (argChoices !== undefined) return chosen(argChoices);
  const named = /<(\w+)>/.exec(flags)?.[1];
  if (named === 'dir') return { values: 'directories' };
  return named === 'file' ? { values: 'files' } : {};
}

/** An argument's name says what it is; a `path` is one of history where its description says so. */
function fitting(argument: Argument, command: Command): Fitting {
  if (argument.argChoices !== undefined) return chosen(argument.argChoices);
  switch (argument.name()) {
    case 'device':
      return { values: 'devices' };
    case 'folder':
      return { values: command.name() === 'accept' ? 'offers' : 'folders' };
    case 'path':
      return { values: argument.description.startsWith('FOLDER') ? 'history' : 'directories' };
    default:
      return {};
  }
}
