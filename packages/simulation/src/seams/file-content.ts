/**
 * The bytes of one file, in the page cache and on the platter. Owns an undo record for every write
 * since the last sync, so that a power loss can take any part of them back. Invariant: undoing all
 * records and cutting the file to its durable size gives what the platter holds for certain.
 */
import type { SeededRandom } from './seeded-random.js';

/** What became of unsynced bytes in a power loss. */
export type CrashOutcome = 'kept' | 'lost' | 'torn';

const pageBytes = 4096;

interface UnsyncedWrite {
  readonly position: number;
  readonly lengthBytes: number;
  /** What stood there before; shorter than `lengthBytes` where the file grew. */
  readonly overwritten: Uint8Array;
  /** A sync failed after it: a later sync that succeeds does not make it durable. */
  readonly poisoned: boolean;
  /** It cut the file to `position`; `overwritten` is what stood behind. */
  readonly cuts?: boolean;
}

interface Piece {
  readonly position: number;
  readonly bytes: Uint8Array;
  readonly cuts?: boolean;
}

export interface ByteSpan {
  readonly from: number;
  readonly to: number;
}

const wholeFile: ByteSpan = { from: 0, to: Number.POSITIVE_INFINITY };

/** The parts of `span` that none of `holes` covers. */
function subtractSpans(span: ByteSpan, holes: readonly ByteSpan[]): ByteSpan[] {
  let parts = [span];
  for (const hole of holes) {
    parts = parts.flatMap((part) =>
      [
        { from: part.from, to: Math.min(part.to, hole.from) },
        { from: Math.max(part.from, hole.to), to: part.to },
      ].filter(({ from, to }) => from < to),
    );
  }
  return parts;
}

/** The pages of a write of which each may reach the platter without the others. */
function pagesOf(piece: Piece): Piece[] {
  const pages: Piece[] = piece.cuts === true ? [piece] : [];
  let offset = 0;
  while (offset < piece.bytes.length) {
    const position = piece.position + offset;
    const length = Math.min(pageBytes - (position % pageBytes), piece.bytes.length - offset);
    pages.push({ position, bytes: piece.bytes.subarray(offset, offset + length) });
    offset += length;
  }
  return pages;
}

export class FileContent {
  #buffer = new Uint8Array(0);
  #sizeBytes = 0;
  #durableSizeBytes = 0;
  #unsynced: UnsyncedWrite[] = [];

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get isSynced(): boolean {
    return this.#unsynced.length === 0 && this.#sizeBytes === this.#durableSizeBytes;
  }

  /** The page cache's bytes; a view, not a copy. */
  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#sizeBytes);
  }

  read(target: Uint8Array, position: number): number {
    const count = Math.max(0, Math.min(target.length, this.#sizeBytes - position));
    target.set(this.#buffer.subarray(position, position + count));
    return count;
  }

  write(bytes: Uint8Array, position: number): void {
    if (bytes.length === 0) return;
    const end = Math.min(this.#sizeBytes, position + bytes.length);
    this.#unsynced.push({
      position,
      lengthBytes: bytes.length,
      overwritten: this.#buffer.slice(position, Math.max(position, end)),
      poisoned: false,
    });
    this.#put({ position, bytes });
  }

  /** Cuts the file; a later write behind its end leaves zeros between. */
  truncate(sizeBytes: number): void {
    if (sizeBytes >= this.#sizeBytes) return;
    const overwritten = this.#buffer.slice(sizeBytes, this.#sizeBytes);
    const cut = { position: sizeBytes, lengthBytes: 0, poisoned: false, cuts: true };
    this.#unsynced.push({ ...cut, overwritten });
    this.#cut(sizeBytes);
  }

  sync(): void {
    const synced: ByteSpan[] = [];
    const remaining: UnsyncedWrite[] = [];
    for (const write of this.#unsynced.toReversed()) {
      const span = { from: write.position, to: write.position + write.lengthBytes };
      if (!write.poisoned) synced.push(span);
      else {
        for (const { from, to } of subtractSpans(span, synced)) {
          const overwritten = write.overwritten.slice(from - span.from, to - span.from);
          remaining.unshift({
            position: from,
            lengthBytes: to - from,
            overwritten,
            poisoned: true,
          });
        }
      }
    }
    this.#unsynced = remaining;
    this.#durableSizeBytes = this.#sizeBytes;
  }

  /** A sync failed: the page cache drops its claim on what was not durable, as Linux does. */
  poison(): void {
    this.#unsynced = this.#unsynced.map((write) => ({ ...write, poisoned: true }));
  }

  /**
   * Flips one bit on the platter and in the cache, as rot does, somewhere in the file or from `from` up to
   * `to`; undefined where there is no byte.
   */
  flipBit(random: SeededRandom, within: ByteSpan = wholeFile): number | undefined {
    const end = Math.min(within.to, this.#sizeBytes);
    if (within.from >= end) return undefined;
    const position = random.integer(within.from, end - 1);
    this.#buffer[position]! ^= 1 << random.integer(0, 7);
    return position;
  }

  /** Power loss: keeps, loses or tears what was not synced; the rest is durable afterwards. */
  crash(random: SeededRandom): CrashOutcome {
    if (this.isSynced) return 'kept';
    const grownBytes = this.#sizeBytes;
    const writes = this.#unsynced;
    const survivors = this.#undoAll().filter(
      (_, index) => !writes[index]!.poisoned || random.chance(0.5),
    );
    const outcome = this.#redoSome(survivors, grownBytes, random);
    this.#durableSizeBytes = this.#sizeBytes;
    return outcome === 'kept' && survivors.length < writes.length ? 'torn' : outcome;
  }

  clone(): FileContent {
    const copy = new FileContent();
    copy.#buffer = this.#buffer.slice(0, this.#sizeBytes);
    copy.#sizeBytes = this.#sizeBytes;
    copy.#durableSizeBytes = this.#sizeBytes;
    return copy;
  }

  #redoSome(pieces: readonly Piece[], grownBytes: number, random: SeededRandom): CrashOutcome {
    const fate = random.pick(['keep', 'lose', 'prefix', 'pages', 'zeros'] as const);
    if (fate === 'lose') return 'lost';
    if (fate === 'keep') {
      for (const piece of pieces) this.#put(piece);
      this.#extend(grownBytes);
      return 'kept';
    }
    if (fate === 'prefix') this.#redoPrefix(pieces, random);
    if (fate === 'pages') {
      for (const page of pieces.flatMap(pagesOf)) if (random.chance(0.5)) this.#put(page);
    }
    if (fate === 'zeros' || random.chance(0.25)) this.#extend(grownBytes);
    return 'torn';
  }

  #redoPrefix(pieces: readonly Piece[], random: SeededRandom): void {
    if (pieces.length === 0) return;
    const whole = random.integer(0, pieces.length - 1);
    for (const piece of pieces.slice(0, whole)) this.#put(piece);
    const { position, bytes } = pieces[whole]!;
    this.#put({ position, bytes: bytes.subarray(0, random.integer(0, bytes.length)) });
  }

  /** Takes every unsynced write back; gives what each had written, oldest first. */
  #undoAll(): Piece[] {
    const undone: Piece[] = [];
    for (const { position, lengthBytes, overwritten, cuts } of this.#unsynced.toReversed()) {
      const bytes = this.#buffer.slice(position, position + lengthBytes);
      undone.push({ position, bytes, cuts: cuts === true });
      this.#buffer.fill(0, position, position + lengthBytes);
      this.#buffer.set(overwritten, position);
    }
    this.#unsynced = [];
    this.#extend(this.#durableSizeBytes);
    this.#buffer.fill(0, this.#durableSizeBytes);
    this.#sizeBytes = this.#durableSizeBytes;
    return undone.toReversed();
  }

  #put({ position, bytes, cuts }: Piece): void {
    if (cuts === true) this.#cut(position);
    if (bytes.length === 0) return;
    this.#extend(position + bytes.length);
    this.#buffer.set(bytes, position);
  }

  #cut(sizeBytes: number): void {
    this.#buffer.fill(0, sizeBytes, this.#sizeBytes);
    this.#sizeBytes = Math.min(this.#sizeBytes, sizeBytes);
  }

  #extend(sizeBytes: number): void {
    if (sizeBytes > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(sizeBytes, Math.min(this.#buffer.length * 2, 2 ** 30)));
      grown.set(this.#buffer.subarray(0, this.#sizeBytes));
      this.#buffer = grown;
    }
    this.#sizeBytes = Math.max(this.#sizeBytes, sizeBytes);
  }
}
