/**
 * Every content that a user ever gave to a device, and whether it may be gone. Owns the rule of no
 * data loss: content may vanish from its last place only by the hand of a user (before any copy
 * could leave), with the power, where its own user had not synced it, or in the very moment in which
 * it was written, between a node's last look and its rename; all three are counted.
 */
import { filePathFrom, joinPath } from '@holdfast/platform';
import type { SimulatedMachine } from './simulated-machine.js';
import type { ContentKey, ContentReader } from './world-content.js';

export type Excuse = 'overwritten' | 'power' | 'race' | 'old-copy' | 'rot' | 'let-go';

interface LedgerEntry {
  readonly content: ContentKey;
  readonly machine: SimulatedMachine;
  readonly path: string;
  readonly atMs: number;
  /** No power loss may take it any more; if not, its own machine may lose it so. */
  durable: boolean;
  excuse: Excuse | undefined;
}

export interface ContentLedgerInit {
  readonly readers: ReadonlyMap<SimulatedMachine, ContentReader>;
  /** Whether the archive's history is known to hold the content. */
  readonly isArchived: (content: ContentKey) => boolean;
  readonly nowMs: () => number;
  readonly onEvent: (what: string) => void;
}

export class ContentLedger {
  readonly #init: ContentLedgerInit;
  readonly #entries = new Map<ContentKey, LedgerEntry>();
  /** How each machine's disk stood when what it holds for certain was noted last. */
  readonly #notedAt = new Map<SimulatedMachine, string>();

  constructor(init: ContentLedgerInit) {
    this.#init = init;
  }

  get size(): number {
    return this.#entries.size;
  }

  countOf(excuse: Excuse): number {
    return [...this.#entries.values()].filter((entry) => entry.excuse === excuse).length;
  }

  /** Whether any user ever wrote it, or a power loss left it so. */
  knows(content: ContentKey): boolean {
    return this.#entries.has(content);
  }

  /** A user does something on a machine; what it takes away for good is that user's own doing. */
  aroundUser(machine: SimulatedMachine, synced: boolean, act: () => void): void {
    const reader = this.#readerOf(machine);
    const before = reader.contents();
    const placesBefore = placesIn(reader);
    let isDone = false;
    try {
      act();
      isDone = true;
    } finally {
      const after = reader.contents();
      this.#note(machine, synced && isDone);
      if (!synced || !isDone) this.#noteMoves(machine, placesBefore, placesIn(reader));
      this.noteDurable(machine);
      this.#excuseLost(before, after, 'overwritten', () => true);
    }
  }

  /** The power goes on a machine; what its own user had not synced may go with it. */
  aroundPowerLoss(machine: SimulatedMachine, lose: () => void): void {
    const reader = this.#init.readers.get(machine);
    if (reader === undefined) {
      lose();
      return;
    }
    const before = reader.contents();
    lose();
    const after = reader.contents();
    const mayGo = (entry: LedgerEntry) => entry.machine === machine && !entry.durable;
    this.#excuseLost(before, after, 'power', mayGo);
    this.#note(machine, false);
  }

  /** What its disk holds for certain by now was synced by whoever it was: nothing excuses its loss. */
  noteDurable(machine: SimulatedMachine): void {
    const { changeCount, syncCount } = machine.disk;
    const now = `${changeCount} ${syncCount}`;
    if (this.#notedAt.get(machine) === now) return;
    this.#notedAt.set(machine, now);
    for (const { content, path } of this.#readerOf(machine).live()) {
      const entry = content === undefined ? undefined : this.#entries.get(content);
      if (entry?.machine !== machine || entry.durable) continue;
      entry.durable = machine.disk.isDurable(joinPath(filePathFrom('/'), path));
    }
  }

  /** A node is about to remove a file that its user's patterns let go; the last copy may go so. */
  letsGo(machine: SimulatedMachine, path: string): void {
    const live = this.#readerOf(machine).live();
    const content = live.find((one) => one.path === path)?.content;
    const entry = content === undefined ? undefined : this.#entries.get(content);
    if (entry === undefined || this.#init.isArchived(entry.content)) return;
    const isBeside = live.some((one) => one.content === content && one.path !== path);
    const others = [...this.#init.readers].filter(([one]) => one !== machine);
    if (isBeside || others.some(([, reader]) => reader.contents().has(entry.content))) return;
    entry.excuse ??= 'let-go';
  }

  /** What was written at that moment and is nowhere at its end was never stable. */
  excuseRaces(atMs: number): void {
    const young = [...this.#entries.values()].filter((entry) => entry.atMs === atMs);
    if (young.length === 0) return;
    const here = this.#everywhere();
    for (const entry of young) if (!here.has(entry.content)) entry.excuse ??= 'race';
  }

  /**
   * An old copy of a disk is put back: what only that disk had goes, by the hand of its user. What an
   * archive had promised and has no more may be let go by a device that does not know of it yet.
   */
  aroundOldCopy(putBack: () => void): void {
    const promised = new Set(
      [...this.#entries.keys()].filter((content) => this.#init.isArchived(content)),
    );
    putBack();
    const here = this.#everywhere();
    for (const entry of this.#entries.values()) {
      const { content } = entry;
      if (this.#init.isArchived(content)) continue;
      if (promised.has(content) || !here.has(content)) entry.excuse ??= 'old-copy';
    }
  }

  /** What is set aside rots on a machine: the rotten content may come to light, and may be gone. */
  aroundRot(machine: SimulatedMachine, rot: () => void): void {
    const before = this.#readerOf(machine).contents();
    rot();
    this.#note(machine, false);
    for (const content of this.#readerOf(machine).contents()) {
      const entry = this.#entries.get(content);
      if (!before.has(content) && entry !== undefined) entry.excuse ??= 'rot';
    }
  }

  /** It rotted in an archive. Where no other has it, devices that count on it may let it go. */
  excuseRotten(content: ContentKey): void {
    const entry = this.#entries.get(content);
    if (entry !== undefined && !this.#init.isArchived(content)) entry.excuse ??= 'rot';
  }

  /** What should be somewhere and is nowhere. */
  missing(): string[] {
    const here = this.#everywhere();
    const missing: string[] = [];
    for (const entry of this.#entries.values()) {
      const { content, machine, path, atMs } = entry;
      if (here.has(content) || this.#init.isArchived(content)) continue;
      if (entry.excuse !== undefined) continue;
      missing.push(
        `${machine.name} ${path} of ${(atMs / 1000).toFixed(3)} s (${content.slice(0, 8)})`,
      );
    }
    return missing;
  }

  #readerOf(machine: SimulatedMachine): ContentReader {
    const reader = this.#init.readers.get(machine);
    if (reader === undefined) throw new Error(`${machine.name} has no tree`);
    return reader;
  }

  /** Enters what is new, also where an open handle wrote into what was set aside. */
  #note(machine: SimulatedMachine, synced: boolean): void {
    const reader = this.#readerOf(machine);
    for (const content of reader.contents()) {
      if (this.#entries.has(content)) continue;
      const path = reader.live().find((entry) => entry.content === content)?.path ?? 'held content';
      const atMs = this.#init.nowMs();
      const entry = { content, machine, path, atMs, durable: synced, excuse: undefined };
      this.#entries.set(content, entry);
    }
  }

  /** A new name is as durable as the act that gave it. */
  #noteMoves(machine: SimulatedMachine, before: Places, after: Places): void {
    for (const [content, paths] of before) {
      const entry = this.#entries.get(content);
      const now = after.get(content);
      if (entry?.machine !== machine || now === undefined) continue;
      if ([...paths].some((path) => !now.has(path))) entry.durable = false;
    }
  }

  #excuseLost(
    before: ReadonlySet<ContentKey>,
    after: ReadonlySet<ContentKey>,
    excuse: Excuse,
    mayGo: (entry: LedgerEntry) => boolean,
  ): void {
    const lost = [...before].filter((content) => !after.has(content));
    if (lost.length === 0) return;
    const elsewhere = this.#everywhere();
    for (const content of lost) {
      const entry = this.#entries.get(content);
      if (entry === undefined || elsewhere.has(content)) continue;
      if (this.#init.isArchived(content) || !mayGo(entry)) continue;
      entry.excuse ??= excuse;
      this.#init.onEvent(`${excuse}: the only copy of ${entry.path} (${content.slice(0, 8)})`);
    }
  }

  #everywhere(): Set<ContentKey> {
    const all = new Set<ContentKey>();
    for (const reader of this.#init.readers.values()) {
      for (const content of reader.contents()) all.add(content);
    }
    return all;
  }
}

/** At which paths a device shows a content. */
type Places = ReadonlyMap<ContentKey, ReadonlySet<string>>;

function placesIn(reader: ContentReader): Places {
  const places = new Map<ContentKey, Set<string>>();
  for (const { content, path } of reader.live()) {
    if (content === undefined) continue;
    places.set(content, (places.get(content) ?? new Set()).add(path));
  }
  return places;
}
