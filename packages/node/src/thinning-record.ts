/**
 * What the log does not hold of thinning: what it is to free and has freed, for people, whether
 * members were asked anew since, and how much time surely has passed. Owns one key of the database. It
 * may be gone at any time: then how much waits is not said, members are asked once more, and the whole
 * delay begins anew.
 */
import type { FolderId } from '@holdfast/model';
import { byteStringFromText, bytesOf, type Clock, type KeyValueStore } from '@holdfast/platform';
import type { VersionArchive, WaitingMark } from '@holdfast/version-archive';
import { z } from 'zod';
import { ObservedTime } from './observed-time.js';
import { fromStoredJson, storedJson } from './stored-json.js';
import type { ThinnedStatus } from './thin-control.js';

const count = z.number().int().min(0);
const maxRemembered = 1_000;
const marking = z.strictObject({
  position: count,
  marks: count,
  bytes: count.nullable(),
  observedMs: count,
});
const schema = z.strictObject({
  storeId: z.string(),
  /** Of each marking its entries, what its versions were found to free, and when it was observed. */
  marked: z.array(marking).max(maxRemembered),
  /** How the observed time stands to the clock. */
  moment: z.strictObject({ observedMs: count, wallMs: count }),
  /** By folder: up to which mark everybody was asked anew, once it was made, what they keep. */
  asked: z.array(z.strictObject({ folder: z.string(), position: count })),
  freedBytes: count,
  compactedAtMs: count.nullable(),
});

type Facts = z.infer<typeof schema>;
type Marking = z.infer<typeof marking>;
type Thinned = Pick<VersionArchive, 'storeId' | 'thinning'>;

const key = bytesOf(byteStringFromText('Thinning'));

/** Below this a delay is as the clock says: the two are never the same to the second. */
const toleranceMs = 60 * 60_000;

export class ThinningRecord {
  readonly #store: KeyValueStore;
  readonly #clock: Clock;
  readonly #observed: ObservedTime;
  #facts: Facts | undefined;

  constructor(store: KeyValueStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#observed = new ObservedTime(clock);
  }

  async load(storeId: string): Promise<void> {
    const facts = fromStoredJson(schema, await this.#store.get(key));
    this.#facts = facts?.storeId === storeId ? facts : undefined;
    if (this.#facts !== undefined) this.#observed.resume(this.#facts.moment);
  }

  /** Versions were marked, by so many entries from this position on. */
  noteMarked(storeId: string, position: number, marks: number, bytes: number): Promise<void> {
    return this.#addMarkings(storeId, [{ position, marks, bytes }]);
  }

  noteFreed(storeId: string, bytes: number): Promise<void> {
    const before = this.#of(storeId);
    const freedBytes = before.freedBytes + bytes;
    const compactedAtMs = Math.max(0, Math.floor(this.#clock.now()));
    return this.#write({ ...before, freedBytes, compactedAtMs });
  }

  /** What waits and is not remembered begins to wait now; and how much time has passed is noted. */
  async noteTime({ storeId, thinning }: Thinned, folders: Iterable<FolderId>): Promise<void> {
    const waiting = [...folders].flatMap((folder) => thinning.counts(folder).waitingMarks);
    if (waiting.length === 0) return;
    const unknown = waiting.filter((mark) => this.#markingOf(storeId, mark.position) === undefined);
    const markings = unknown.map(({ position }) => ({ position, marks: 1, bytes: null }));
    await this.#addMarkings(storeId, markings);
  }

  /** How long a mark has still to wait until its delay has surely passed. */
  leftMs(storeId: string, { position, atMs, freeFromMs }: WaitingMark): number {
    const delayMs = Math.max(0, freeFromMs - atMs);
    const marking = this.#markingOf(storeId, position);
    const passedMs = marking === undefined ? 0 : this.#observed.nowMs - marking.observedMs;
    return Math.max(0, delayMs - passedMs);
  }

  /** When the first of what waits may be freed, as far as that can be said now. */
  freeFromMs({ storeId, thinning }: Thinned, folder: FolderId): number | undefined {
    const times = thinning.counts(folder).waitingMarks.map((mark) => {
      const surelyMs = this.#clock.now() + this.leftMs(storeId, mark);
      return surelyMs - mark.freeFromMs > toleranceMs ? surelyMs : mark.freeFromMs;
    });
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Whether something waits since members were last asked what they keep. */
  mustAsk({ storeId, thinning }: Thinned, folder: FolderId): boolean {
    const newest = newestOf(thinning.counts(folder).waitingMarks);
    const asked = this.#of(storeId).asked.find((one) => one.folder === folder)?.position ?? -1;
    return newest > asked;
  }

  /** Members were asked, durably, after what waits now was marked. */
  noteAsked({ storeId, thinning }: Thinned, folder: FolderId): Promise<void> {
    const before = this.#of(storeId);
    const position = Math.max(0, newestOf(thinning.counts(folder).waitingMarks));
    const others = before.asked.filter((one) => one.folder !== folder);
    return this.#write({ ...before, asked: [...others, { folder, position }] });
  }

  /** What compacting has freed of the store, as far as it is remembered, and when it did last. */
  freed(storeId: string): { readonly freedBytes: number; readonly compacted: string | null } {
    const { freedBytes, compactedAtMs } = this.#of(storeId);
    return { freedBytes, compacted: isoOf(compactedAtMs ?? undefined) };
  }

  /** Null where no version of the folder is thinned. */
  shown(archive: Thinned, folder: FolderId): ThinnedStatus | null {
    const { storeId, thinning } = archive;
    const { waiting, freed, markedAtMs, waitingMarks } = thinning.counts(folder);
    if (waiting + freed === 0) return null;
    const of = waitingMarks.map(({ position }) => this.#markingOf(storeId, position));
    const known = [...new Set(of)].flatMap((one) => one?.bytes ?? []);
    return {
      waiting,
      waitingBytes: known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0),
      marked: isoOf(markedAtMs),
      freeFrom: isoOf(this.freeFromMs(archive, folder)),
      freed,
      ...this.freed(storeId),
    };
  }

  #markingOf(storeId: string, at: number): Marking | undefined {
    const { marked } = this.#of(storeId);
    return marked.find(({ position, marks }) => at >= position && at < position + marks);
  }

  #addMarkings(storeId: string, markings: readonly Omit<Marking, 'observedMs'>[]): Promise<void> {
    const before = this.#of(storeId);
    const { observedMs } = this.#observed.moment;
    const added = markings.map((marking) => ({ ...marking, observedMs }));
    const marked = [...before.marked, ...added].slice(-maxRemembered);
    return this.#write({ ...before, marked });
  }

  #of(storeId: string): Facts {
    if (this.#facts?.storeId === storeId) return this.#facts;
    const { moment } = this.#observed;
    return { storeId, marked: [], moment, asked: [], freedBytes: 0, compactedAtMs: null };
  }

  async #write(facts: Facts): Promise<void> {
    this.#facts = { ...facts, moment: this.#observed.moment };
    const write = { type: 'put', key, value: storedJson(this.#facts) } as const;
    await this.#store.batch([write], { sync: true });
  }
}

function newestOf(marks: readonly WaitingMark[]): number {
  return Math.max(-1, ...marks.map(({ position }) => position));
}

function isoOf(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}
