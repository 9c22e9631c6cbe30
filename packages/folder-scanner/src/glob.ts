/**
 * The syntax of one ignore pattern, without its prefixes: `*`, `**`, `?`, `[a-z]`, `[!a-z]`, `{a,b}`
 * and escapes, over characters. What it means is Syncthing's: https://docs.syncthing.net/users/ignoring
 */

export interface CharacterRange {
  readonly first: number;
  readonly last: number;
}

export type GlobPart =
  | { readonly type: 'character'; readonly code: number }
  | { readonly type: 'set'; readonly negated: boolean; readonly ranges: readonly CharacterRange[] }
  /** `?`: any one character but a slash. */
  | { readonly type: 'one' }
  /** `*`: any characters but slashes. */
  | { readonly type: 'many' }
  /** `**`: any characters. */
  | { readonly type: 'deep' }
  | { readonly type: 'choice'; readonly options: readonly Glob[] };

export type Glob = readonly GlobPart[];

/** Why a pattern cannot be understood, for people. */
export class GlobFault extends Error {}

const maxNestedChoices = 16;
const endOfOption: ReadonlySet<string> = new Set([',', '}']);
const endOfGlob: ReadonlySet<string> = new Set();

/** Throws a `GlobFault` for what cannot be understood. */
export function parseGlob(text: string, escapeMark: string): Glob {
  return new GlobParser(Array.from(text), escapeMark).parse(endOfGlob, 0);
}

class GlobParser {
  readonly #characters: readonly string[];
  readonly #escape: string;
  #at = 0;

  constructor(characters: readonly string[], escapeMark: string) {
    this.#characters = characters;
    this.#escape = escapeMark;
  }

  parse(end: ReadonlySet<string>, depth: number): Glob {
    const parts: GlobPart[] = [];
    for (;;) {
      const character = this.#characters[this.#at];
      if (character === undefined || end.has(character)) return parts;
      parts.push(this.#part(character, depth));
    }
  }

  #part(character: string, depth: number): GlobPart {
    if (character === this.#escape) return { type: 'character', code: this.#literal() };
    switch (character) {
      case '*':
        return this.#stars();
      case '?':
        this.#at += 1;
        return { type: 'one' };
      case '[':
        return this.#set();
      case '{':
        return this.#choice(depth + 1);
      default:
        return { type: 'character', code: this.#literal() };
    }
  }

  #stars(): GlobPart {
    const from = this.#at;
    while (this.#characters[this.#at] === '*') this.#at += 1;
    return { type: this.#at - from === 1 ? 'many' : 'deep' };
  }

  /** One character that stands for itself, escaped or not. */
  #literal(): number {
    if (this.#characters[this.#at] === this.#escape) this.#at += 1;
    const character = this.#characters[this.#at];
    if (character === undefined) throw new GlobFault('nothing follows the escape at its end');
    this.#at += 1;
    return codeOf(character);
  }

  #set(): GlobPart {
    this.#at += 1;
    const negated = this.#characters[this.#at] === '!';
    if (negated) this.#at += 1;
    const ranges: CharacterRange[] = [];
    while (this.#characters[this.#at] !== ']') {
      this.#expectMore('[', ']');
      ranges.push(this.#range());
    }
    this.#at += 1;
    if (ranges.length === 0) throw new GlobFault('there is nothing between [ and ]');
    return { type: 'set', negated, ranges };
  }

  #range(): CharacterRange {
    const first = this.#literal();
    const isRange = this.#characters[this.#at] === '-' && this.#characters[this.#at + 1] !== ']';
    if (!isRange) return { first, last: first };
    this.#at += 1;
    this.#expectMore('[', ']');
    const last = this.#literal();
    if (last < first) throw new GlobFault('a range in [ ] runs backward');
    return { first, last };
  }

  #choice(depth: number): GlobPart {
    if (depth > maxNestedChoices) throw new GlobFault('{ } are nested too deeply');
    const options: Glob[] = [];
    do {
      this.#at += 1;
      options.push(this.parse(endOfOption, depth));
      this.#expectMore('{', '}');
    } while (this.#characters[this.#at] === ',');
    this.#at += 1;
    return { type: 'choice', options };
  }

  #expectMore(opened: string, closes: string): void {
    if (this.#at < this.#characters.length) return;
    throw new GlobFault(`the ${opened} has no ${closes}`);
  }
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
