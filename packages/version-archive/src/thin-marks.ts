/**
 * What the index remembers of thinning: a mark for each entry that thinned, and for each version the
 * entry that thinned it last. A version that is archived again is kept again, whatever a mark says.
 */
import { ByteReader, ByteWriter, type FolderId, type VersionId } from '@holdfast/model';
import type { SettledEntry, ThinnedEntry, ThinningOutcome } from './thin-entry.js';

export interface ThinMark {
  readonly folder: FolderId;
  /** `waiting`: the content is there still. */
  readonly state: 'waiting' | ThinningOutcome;
  readonly atMs: number;
  readonly freeFromMs: number;
  /** How many it still stands for: those that were archived again, or thinned again, count no more. */
  readonly versions: number;
}

/** Marks by the positions of their entries. */
export type ThinMarks = ReadonlyMap<number, ThinMark>;

const states: readonly ThinMark['state'][] = ['waiting', 'withdrawn', 'freed'];

export function encodeMark(mark: ThinMark): Uint8Array {
  const writer = new ByteWriter(48).raw(Buffer.from(mark.folder, 'latin1'));
  writer.u8(states.indexOf(mark.state)).u64(mark.atMs).u64(mark.freeFromMs);
  return writer.u32(mark.versions).bytes();
}

export function decodeMark(value: Uint8Array): ThinMark {
  const reader = new ByteReader(value);
  const folder = Buffer.from(reader.raw(16)).toString('latin1') as FolderId;
  const state = states[reader.u8()] ?? 'waiting';
  return { folder, state, atMs: reader.u64(), freeFromMs: reader.u64(), versions: reader.u32() };
}

/** What became of versions that were thinned; undefined for those that are kept. */
export type ThinStates = (
  folder: FolderId,
  ids: readonly VersionId[],
) => Promise<('waiting' | 'freed' | undefined)[]>;

/** What became of a version that the mark at the position thinned; undefined: it is kept. */
export function thinStateOf(
  markedAt: number | undefined,
  marks: ThinMarks,
): 'waiting' | 'freed' | undefined {
  const state = markedAt === undefined ? undefined : marks.get(markedAt)?.state;
  return state === 'withdrawn' ? undefined : state;
}

/** The part of the index that knows marks. */
export interface MarkedVersions {
  readonly marks: ThinMarks;
  markedAt(versionKeys: readonly string[]): Promise<(number | undefined)[]>;
}

interface PlacedEntry {
  readonly position: number;
  readonly entry: { readonly folder: FolderId; readonly versionId: VersionId };
}

/** Of entries of any folders, the mark that stands; an entry behind it keeps the version. */
export async function markOfEntries(
  index: MarkedVersions,
  entries: readonly PlacedEntry[],
): Promise<(ThinMark | undefined)[]> {
  const keys = entries.map(({ entry }) => versionKeyOf(entry.folder, entry.versionId));
  const positions = await index.markedAt(keys);
  return positions.map((marked, at) => {
    if (marked === undefined || marked < (entries[at]?.position ?? 0)) return undefined;
    return thinStateOf(marked, index.marks) === undefined ? undefined : index.marks.get(marked);
  });
}

/** A version of a folder, as a key in memory. */
export function versionKeyOf(folder: FolderId, versionId: VersionId): string {
  return `${folder}${versionId}`;
}

/** How a batch of entries changes marks and marked versions. Writes nothing. */
export class MarkChanges {
  readonly marks = new Map<number, ThinMark>();
  readonly #known: ThinMarks;
  readonly #before: ReadonlyMap<string, number>;
  readonly #now = new Map<string, number | undefined>();

  /** `before`: of the versions that the batch names, where they were marked. */
  constructor(known: ThinMarks, before: ReadonlyMap<string, number>) {
    this.#known = known;
    this.#before = before;
  }

  thin(position: number, { folder, atMs, freeFromMs, versionIds }: ThinnedEntry): void {
    const versions = versionIds.length;
    this.marks.set(position, { folder, state: 'waiting', atMs, freeFromMs, versions });
    for (const id of versionIds) this.#move(versionKeyOf(folder, id), position);
  }

  settle({ outcome, positions }: SettledEntry): void {
    for (const position of positions) {
      const mark = this.marks.get(position) ?? this.#known.get(position);
      if (mark !== undefined) this.marks.set(position, { ...mark, state: outcome });
    }
  }

  /** The version was archived, so it is kept. */
  keep(folder: FolderId, versionId: VersionId): void {
    const key = versionKeyOf(folder, versionId);
    if (this.#now.has(key) || this.#before.has(key)) this.#move(key, undefined);
  }

  /** The mark that stood for the version until now stands for one less. */
  #move(key: string, position: number | undefined): void {
    const from = this.#now.has(key) ? this.#now.get(key) : this.#before.get(key);
    this.#now.set(key, position);
    const mark = from === undefined ? undefined : (this.marks.get(from) ?? this.#known.get(from));
    if (from === undefined || from === position || mark === undefined) return;
    this.marks.set(from, { ...mark, versions: Math.max(0, mark.versions - 1) });
  }

  /** Versions of which the mark is another one now, as what the index holds and is to hold. */
  *versions(): Generator<{ key: string; before: number | undefined; now: number | undefined }> {
    for (const [key, now] of this.#now) yield { key, before: this.#before.get(key), now };
  }

  /** As the index holds it. */
  markBefore(position: number): ThinMark | undefined {
    return this.#known.get(position);
  }
}
