/** The faults that a memory disk has been told to show. Owns the list; decides nothing else. */
import type { FileSystem } from '@holdfast/platform';
import { MemoryFileError } from './file-error.js';

export type FileCallName = keyof FileSystem;

export interface FileCall {
  readonly name: FileCallName;
  /** The path that the call names, or the one its handle was opened with. */
  readonly path: string;
  /** The second path of a rename or a link. */
  readonly to?: string;
  /** How many bytes a read or a write is for. */
  readonly lengthBytes?: number;
}

export type CallPredicate = (call: FileCall) => boolean;

interface Fault {
  readonly matches: CallPredicate;
  readonly code: string;
  readonly once: boolean;
}

export class DiskFaults {
  #faults: Fault[] = [];

  /** The next call of that name that matches fails with `code`, once. */
  failNext(name: FileCallName, code: string, predicate: CallPredicate = () => true): void {
    const matches = (call: FileCall) => call.name === name && predicate(call);
    this.#faults.push({ matches, code, once: true });
  }

  /** Every call that matches fails with `code`, until the function that this gives is called. */
  failWhile(code: string, matches: CallPredicate): () => void {
    const fault: Fault = { matches, code, once: false };
    this.#faults.push(fault);
    return () => {
      this.#faults = this.#faults.filter((other) => other !== fault);
    };
  }

  get isSet(): boolean {
    return this.#faults.length > 0;
  }

  clear(): void {
    this.#faults = [];
  }

  /** Throws what the first fault that matches says. */
  check(call: FileCall): void {
    const fault = this.#faults.find(({ matches }) => matches(call));
    if (fault === undefined) return;
    if (fault.once) this.#faults = this.#faults.filter((other) => other !== fault);
    throw new MemoryFileError(fault.code, call.name, call.path);
  }
}
