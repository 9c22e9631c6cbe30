/**
 * Where answers go: one JSON document or calm lines on stdout, errors on stderr, notes on stderr and
 * only for a person who looks at a terminal.
 */
import { AppError, errorMessage } from '@holdfast/platform';
import { errorDocument } from '@holdfast/rest-api';
import type { Environment } from './environment.js';
import { printable } from './printable-text.js';

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

export class Output {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly #environment: Environment;

  constructor(environment: Environment, options: OutputOptions) {
    this.#environment = environment;
    this.json = options.json;
    this.quiet = options.quiet;
  }

  /** The answer of a verb. */
  result(document: object, lines: () => readonly string[]): void {
    if (this.json) this.document(document);
    else if (!this.quiet) this.lines(lines());
  }

  /** One JSON document on its own line. */
  document(document: object): void {
    this.#environment.stdout.write(`${JSON.stringify(document)}\n`);
  }

  /** Lines that are what was asked for: printed even when quiet. */
  lines(lines: readonly string[]): void {
    if (lines.length > 0) this.#environment.stdout.write(`${lines.join('\n')}\n`);
  }

  /** Progress: only for someone who watches. */
  note(line: string): void {
    if (this.showsProgress) this.#environment.stderr.write(`${line}\n`);
  }

  /** A line that the next one takes the place of; the last is taken away by an empty one. */
  progress(line: string): void {
    if (this.showsProgress) this.#environment.stderr.write(`\r\u001b[2K${printable(line)}`);
  }

  /** Whether somebody watches what `note` and `progress` write. */
  get showsProgress(): boolean {
    return !this.json && !this.quiet && this.#environment.stderrIsTerminal;
  }

  /** Something that a person should know though the verb succeeded. */
  warning(line: string): void {
    if (!this.json && !this.quiet) this.#environment.stderr.write(`Note: ${printable(line)}\n`);
  }

  error(error: unknown): void {
    const document = errorDocument(error);
    if (this.json) {
      this.#environment.stderr.write(`${JSON.stringify(document)}\n`);
      return;
    }
    const { message, hint } =
      error instanceof AppError ? document.error : { message: errorMessage(error), hint: '' };
    const lines = [message, ...(hint === '' ? [] : [hint])].flatMap((text) => text.split('\n'));
    this.#environment.stderr.write(`${lines.map(printable).join('\n')}\n`);
  }

  /** Emphasis on a terminal; the text itself elsewhere and under NO_COLOR. */
  strong(text: string): string {
    const { variables, stdoutIsTerminal } = this.#environment;
    return stdoutIsTerminal && !variables.NO_COLOR ? `\u001b[1m${text}\u001b[22m` : text;
  }
}
