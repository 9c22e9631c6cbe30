/**
 * What is ignored on a device stays as it is, but for its user: no node changes or removes it, as far
 * as `(?d)` does not let it go. Looked at while the patterns have stood long enough to be known.
 */
import { IgnoreRules, maxIgnoreBytes } from '@holdfast/folder-scanner';
import { type FolderPath, ignoreFileName } from '@holdfast/model';
import { AppError, byteStringFrom, joinPath } from '@holdfast/platform';
import { SeedFailure } from './seed-failure.js';
import type { SimulatedMachine } from './simulated-machine.js';
import { type ContentReader, inodeIfPresent, rootOf } from './world-content.js';

/** A node may not have heard of new patterns; without any event it looks when it has to apply. */
const knownAfterMs = 60_000;

const mostRules = 32;

interface Watched {
  /** The patterns, as text. */
  readonly text: string;
  readonly sinceMs: number;
  /** What was ignored, with its content; empty until the patterns have stood for long enough. */
  readonly ignored: ReadonlyMap<string, string>;
}

export class IgnoreWatch {
  readonly #readers: ReadonlyMap<SimulatedMachine, ContentReader>;
  readonly #labels: readonly string[];
  readonly #nowMs: () => number;
  readonly #watched = new Map<string, Watched>();
  /** When patterns were last seen on a device. */
  readonly #seen = new Map<string, Map<string, number>>();
  /** By their text: each look asks for the same few. */
  readonly #rules = new Map<string, IgnoreRules>();

  constructor(init: {
    readonly readers: ReadonlyMap<SimulatedMachine, ContentReader>;
    readonly labels: readonly string[];
    readonly nowMs: () => number;
  }) {
    this.#readers = init.readers;
    this.#labels = init.labels;
    this.#nowMs = init.nowMs;
  }

  /** Its user acted, or the power went: what is there now is where the watch begins. */
  touched(machine: SimulatedMachine): void {
    for (const label of this.#labels) {
      const name = `${machine.name} ${label}`;
      const before = this.#watched.get(name);
      if (before !== undefined) this.#watched.set(name, { ...before, ignored: new Map() });
      this.#noteSeen(name, patternsOf(machine, label));
    }
  }

  /** Whether the device's patterns let the file go with its directory, or did a moment ago. */
  mayBeLetGo(machine: SimulatedMachine, path: string): boolean {
    const nowMs = this.#nowMs();
    return this.#labels.some((label) =>
      [...(this.#seen.get(`${machine.name} ${label}`) ?? [])].some(
        ([text, seenMs]) =>
          nowMs - seenMs < knownAfterMs && isDeletable(this.#rulesOf(text), label, path),
      ),
    );
  }

  /** Throws where something that was ignored is not what it was. */
  look(): void {
    for (const [machine, reader] of this.#readers) {
      for (const label of this.#labels) this.#lookAt(machine, reader, label);
    }
  }

  #rulesOf(text: string): IgnoreRules {
    const known = this.#rules.get(text);
    if (known !== undefined) return known;
    const rules = rulesFrom(text);
    if (this.#rules.size >= mostRules) this.#rules.clear();
    this.#rules.set(text, rules);
    return rules;
  }

  #noteSeen(name: string, text: string | undefined): void {
    if (text === undefined) return;
    const seen = this.#seen.get(name) ?? new Map<string, number>();
    this.#seen.set(name, seen.set(text, this.#nowMs()));
  }

  #lookAt(machine: SimulatedMachine, reader: ContentReader, label: string): void {
    const name = `${machine.name} ${label}`;
    const text = patternsOf(machine, label);
    const before = this.#watched.get(name);
    const nowMs = this.#nowMs();
    this.#noteSeen(name, text);
    if (text === undefined) {
      this.#watched.delete(name);
      return;
    }
    if (before?.text !== text) {
      this.#watched.set(name, { text, sinceMs: nowMs, ignored: new Map() });
      return;
    }
    if (nowMs - before.sinceMs < knownAfterMs) return;
    const now = ignoredIn(reader, label, this.#rulesOf(text));
    for (const [path, content] of before.ignored) {
      if (now.get(path) === content) continue;
      throw new SeedFailure('ignored-touched', `${machine.name} ${path} was ignored`);
    }
    this.#watched.set(name, { ...before, ignored: now });
  }
}

function patternsOf(machine: SimulatedMachine, label: string): string | undefined {
  const inode = inodeIfPresent(machine.mounts, joinPath(rootOf(label), ignoreFileName));
  return inode?.kind === 'file' ? byteStringFrom(inode.content.bytes()) : undefined;
}

function ignoredIn(reader: ContentReader, label: string, rules: IgnoreRules): Map<string, string> {
  const found = new Map<string, string>();
  for (const { path, content } of reader.live()) {
    if (content === undefined || !path.startsWith(`${label}/`)) continue;
    const { ignored, deletable } = rules.match(path.slice(label.length + 1) as FolderPath);
    if (ignored && !deletable) found.set(path, content);
  }
  return found;
}

function isDeletable(rules: IgnoreRules, label: string, path: string): boolean {
  if (!path.startsWith(`${label}/`)) return false;
  const { ignored, deletable } = rules.match(path.slice(label.length + 1) as FolderPath);
  return ignored && deletable;
}

/** Of patterns that cannot be understood, or that no node reads, nothing follows. */
function rulesFrom(text: string): IgnoreRules {
  if (text.length > maxIgnoreBytes) return IgnoreRules.none;
  try {
    return IgnoreRules.from([{ path: ignoreFileName, bytes: text }]);
  } catch (error) {
    if (error instanceof AppError) return IgnoreRules.none;
    throw error;
  }
}
