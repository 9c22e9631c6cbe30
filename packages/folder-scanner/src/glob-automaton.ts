/**
 * Many globs matched at once, in one pass over a path: a nondeterministic automaton of all of them,
 * of which the deterministic states that are met are kept (Thompson's construction, as in Russ Cox,
 * "Regular Expression Matching Can Be Simple And Fast", 2007). There is no backtracking: a
 * character costs one look-up where its state is known, one pass over the globs where it is not.
 */
import type { CharacterRange, Glob, GlobPart } from './glob.js';

/** One glob, and what it is tied to. The number orders the globs: the lowest one decides. */
export interface NumberedGlob {
  readonly number: number;
  readonly glob: Glob;
  /** Matches from the root only, else below any directory as well. */
  readonly rooted: boolean;
  /** Matches what lies in a directory, not the directory itself. */
  readonly contentOnly: boolean;
  /** Whether it brings back what a later one would take. */
  readonly negated: boolean;
}

export interface GlobState {
  /** The lowest number that matches what was read, or something above it; infinite for none. */
  readonly accepted: number;
  /** The lowest number of a negated glob that may match further on; infinite for none. */
  readonly hoped: number;
}

interface CachedState extends GlobState {
  readonly nodes: readonly number[];
  readonly next: (CachedState | undefined)[];
}

interface Node {
  readonly owner: NumberedGlob;
  /** Reads one character of these classes and goes on at `to`; undefined: goes on without reading. */
  readonly reads: readonly boolean[] | undefined;
  to: readonly number[];
  readonly accepts: boolean;
  /** Everything below what was read matches. */
  readonly settled: boolean;
}

const slash = 0x2f;
const asciiCount = 0x80;
const maxStates = 2_000;
const maxKeptNodes = 500_000;
const none = Number.POSITIVE_INFINITY;

export class GlobAutomaton {
  readonly #nodes: Node[] = [];
  readonly #classes: CharacterClasses;
  readonly #roots: number[];
  readonly #states = new Map<string, CachedState>();
  #keptNodes = 0;
  #start: CachedState | undefined;

  constructor(globs: readonly NumberedGlob[]) {
    this.#classes = new CharacterClasses(globs.map(({ glob }) => glob));
    this.#roots = globs.map((glob) => this.#build(glob));
  }

  /** The state after all characters of the text. */
  read(text: string): GlobState {
    this.#start ??= this.#stateOf(this.#roots);
    let state = this.#start;
    for (let at = 0; at < text.length; at += 1) {
      let code = text.charCodeAt(at);
      if (code >= 0xd800 && code < 0xdc00) {
        code = text.codePointAt(at) ?? code;
        if (code > 0xffff) at += 1;
      }
      const place = this.#classes.classOf(code);
      state = state.next[place] ?? this.#follow(state, place);
    }
    return state;
  }

  #follow(state: CachedState, place: number): CachedState {
    const reached: number[] = [];
    for (const id of state.nodes) {
      const node = this.#node(id);
      if (node.reads?.[place] === true) reached.push(...node.to);
    }
    const next = this.#stateOf(reached);
    state.next[place] = next;
    return next;
  }

  #stateOf(from: readonly number[]): CachedState {
    const nodes = this.#withoutIdle(this.#closure(from));
    const key = nodes.join(' ');
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    if (this.#states.size >= maxStates || this.#keptNodes > maxKeptNodes) this.#forget();
    const owners = nodes.map((id) => this.#node(id));
    const accepting = owners.filter((node) => node.accepts).map(({ owner }) => owner.number);
    const hoping = owners.filter(({ owner }) => owner.negated).map(({ owner }) => owner.number);
    const state: CachedState = {
      nodes,
      next: [],
      accepted: lowestOf(accepting),
      hoped: lowestOf(hoping),
    };
    this.#states.set(key, state);
    this.#keptNodes += nodes.length + this.#classes.count;
    return state;
  }

  #forget(): void {
    this.#states.clear();
    this.#keptNodes = 0;
    this.#start = undefined;
  }

  /** Nodes that read or accept, reached without reading, in order. */
  #closure(from: readonly number[]): number[] {
    const seen = new Set<number>();
    const waiting = [...from];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      const node = this.#node(id);
      if (node.reads === undefined) waiting.push(...node.to);
    }
    return [...seen].sort((a, b) => a - b);
  }

  /** Where all that follows matches one glob, those after it never decide again. */
  #withoutIdle(nodes: readonly number[]): number[] {
    const settled = lowestOf(
      nodes.filter((id) => this.#node(id).settled).map((id) => this.#node(id).owner.number),
    );
    return nodes.filter((id) => {
      const node = this.#node(id);
      if (node.reads === undefined && !node.accepts) return false;
      return node.owner.number < settled || (node.settled && node.owner.number === settled);
    });
  }

  /** Built from the end to the beginning; returns where the glob begins. */
  #build(owner: NumberedGlob): number {
    const everything = this.#settledNode(owner);
    const below = this.#reading(owner, this.#classes.only(slash), everything);
    const isAll = owner.contentOnly && owner.glob.length === 0;
    const end = isAll ? everything : owner.contentOnly ? below : this.#ending(owner, below);
    const body = this.#sequence(owner, owner.glob, end);
    if (owner.rooted) return body;
    const anywhere = this.#branching(owner, []);
    const deeper = this.#reading(owner, this.#classes.only(slash), body);
    this.#node(anywhere).to = [this.#reading(owner, this.#classes.all(), anywhere), deeper];
    return this.#branching(owner, [body, anywhere]);
  }

  #sequence(owner: NumberedGlob, glob: Glob, end: number): number {
    return glob.reduceRight((next, part) => this.#part(owner, part, next), end);
  }

  #part(owner: NumberedGlob, part: GlobPart, next: number): number {
    if (part.type === 'choice') {
      const options = part.options.map((option) => this.#sequence(owner, option, next));
      return this.#branching(owner, options);
    }
    if (part.type !== 'many' && part.type !== 'deep') {
      return this.#reading(owner, this.#classes.of(part), next);
    }
    const loop = this.#branching(owner, []);
    this.#node(loop).to = [this.#reading(owner, this.#classes.of(part), loop), next];
    return loop;
  }

  #reading(owner: NumberedGlob, reads: readonly boolean[], to: number): number {
    return this.#add({ owner, reads, to: [to], accepts: false, settled: false });
  }

  #branching(owner: NumberedGlob, to: readonly number[]): number {
    return this.#add({ owner, reads: undefined, to, accepts: false, settled: false });
  }

  #ending(owner: NumberedGlob, below: number): number {
    return this.#add({ owner, reads: undefined, to: [below], accepts: true, settled: false });
  }

  #settledNode(owner: NumberedGlob): number {
    const id = this.#nodes.length;
    const reads = this.#classes.all();
    return this.#add({ owner, reads, to: [id], accepts: true, settled: true });
  }

  #add(node: Node): number {
    return this.#nodes.push(node) - 1;
  }

  #node(id: number): Node {
    return this.#nodes[id] as Node;
  }
}

/** Characters that no glob tells apart are one class. */
class CharacterClasses {
  /** The first character of each class after the first, in order. */
  readonly #bounds: readonly number[];
  readonly #ascii: Uint16Array;

  constructor(globs: readonly Glob[]) {
    const bounds = new Set<number>([slash, slash + 1]);
    for (const glob of globs) collectBounds(glob, bounds);
    bounds.delete(0);
    this.#bounds = [...bounds].sort((a, b) => a - b);
    this.#ascii = Uint16Array.from({ length: asciiCount }, (_, code) => this.#search(code));
  }

  get count(): number {
    return this.#bounds.length + 1;
  }

  classOf(code: number): number {
    return code < asciiCount ? (this.#ascii[code] ?? 0) : this.#search(code);
  }

  /** The classes that a part reads. */
  of(part: Exclude<GlobPart, { type: 'choice' }>): boolean[] {
    switch (part.type) {
      case 'character':
        return this.only(part.code);
      case 'deep':
        return this.all();
      case 'set':
        return this.#where((code) => code !== slash && isIn(part.ranges, code) !== part.negated);
      default:
        return this.#where((code) => code !== slash);
    }
  }

  only(wanted: number): boolean[] {
    return this.#where((code) => code === wanted);
  }

  all(): boolean[] {
    return this.#where(() => true);
  }

  #where(reads: (code: number) => boolean): boolean[] {
    return [0, ...this.#bounds].map(reads);
  }

  #search(code: number): number {
    let low = 0;
    let high = this.#bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#bounds[middle] ?? none) <= code) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function collectBounds(glob: Glob, bounds: Set<number>): void {
  for (const part of glob) {
    if (part.type === 'character') bounds.add(part.code).add(part.code + 1);
    if (part.type === 'choice') for (const option of part.options) collectBounds(option, bounds);
    if (part.type !== 'set') continue;
    for (const { first, last } of part.ranges) bounds.add(first).add(last + 1);
  }
}

function isIn(ranges: readonly CharacterRange[], code: number): boolean {
  return ranges.some(({ first, last }) => code >= first && code <= last);
}

function lowestOf(numbers: readonly number[]): number {
  let lowest = none;
  for (const number of numbers) if (number < lowest) lowest = number;
  return lowest;
}
