/** How a disk compares and stores names: by bytes, without regard to case, or in Unicode's NFC. */
import { byteStringFromText, textOf } from '@holdfast/platform';

export interface NameRules {
  /** Names that differ only in case are the same name. */
  readonly foldCase?: boolean;
  /** Names that differ only in how Unicode composes them are the same name; listed as they were given. */
  readonly foldUnicode?: boolean;
  /** Names are stored, listed and compared in NFC. */
  readonly normaliseUnicode?: boolean;
}

/** In bytes, as on nearly every file system. */
export const maxNameBytes = 255;

export class NameTable {
  readonly #rules: NameRules;

  constructor(rules: NameRules) {
    this.#rules = rules;
  }

  /** The name as the disk stores it. */
  storedForm(name: string): string {
    if (!this.#rules.normaliseUnicode || !isUtf8(name)) return name;
    return byteStringFromText(textOf(name).normalize('NFC'));
  }

  /** Two names are the same exactly when their keys are. */
  keyOf(name: string): string {
    const stored = this.storedForm(name);
    const { foldCase = false, foldUnicode = false } = this.#rules;
    if (!(foldCase || foldUnicode) || !isUtf8(stored)) return stored;
    const text = foldUnicode ? textOf(stored).normalize('NFC') : textOf(stored);
    return byteStringFromText(foldCase ? text.toUpperCase().toLowerCase() : text);
  }
}

function isUtf8(name: string): boolean {
  return byteStringFromText(textOf(name)) === name;
}
