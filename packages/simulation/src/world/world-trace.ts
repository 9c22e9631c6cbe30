/**
 * What happened in one world, in order: a running hash by which two runs are compared, and, where
 * someone listens, lines for people. Invariant: nothing that depends on the machine goes into it.
 */
import { hexFrom } from '@holdfast/model';
import { nativeBlake3 } from '../seams/native-blake3.js';

export interface WorldTraceOptions {
  /** The present, in virtual milliseconds. */
  readonly nowMs: () => number;
  /** Given every line that people may want to read. */
  readonly print?: (line: string) => void;
}

/** So many characters are hashed at once. */
const hashPieceLength = 64 * 1024;

export class WorldTrace {
  readonly #options: WorldTraceOptions;
  readonly #hash = nativeBlake3.create();
  #waiting = '';
  #count = 0;

  constructor(options: WorldTraceOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#count;
  }

  /** A small step: only the hash remembers it. */
  step(who: string, what: string): void {
    this.#count += 1;
    this.#waiting += `${this.#options.nowMs()} ${who} ${what}\n`;
    if (this.#waiting.length > hashPieceLength) this.#flush();
  }

  /** Something that a reader of the trace wants to know. */
  event(who: string, what: string): void {
    this.step(who, what);
    this.note(who, what);
  }

  /** For people only: it may hold what differs from one machine to another. */
  note(who: string, what: string): void {
    const seconds = (this.#options.nowMs() / 1000).toFixed(3).padStart(9);
    this.#options.print?.(`${seconds} ${who.padEnd(8)} ${what}`);
  }

  /** Call once, last. */
  digest(): string {
    this.#flush();
    return hexFrom(this.#hash.digest()).slice(0, 16);
  }

  #flush(): void {
    this.#hash.update(Buffer.from(this.#waiting, 'utf8'));
    this.#waiting = '';
  }
}
