/**
 * What the log does not hold of thinning: what it is to free and has freed, for people, and whether
 * members were asked anew since. Owns one key of the database. It may be gone at any time: then how
 * much waits is not said, and members are asked once more.
 */
import type { FolderId } from '@holdfast/model';
import { byteStringFromText, bytesOf, type KeyValueStore } from '@holdfast/platform';
import type { VersionArchive } from '@holdfast/version-archive';
import { z } from 'zod';
import { fromStoredJson, storedJson } from './stored-json.js';
import type { ThinnedStatus } from './thin-control.js';

const count = z.number().int().min(0);
const maxRemembered = 1_000;
const schema = z.strictObject({
  storeId: z.string(),
  /** By the position of the first entry of a marking: what its versions were found to free. */
  marked: z.array(z.strictObject({ position: count, bytes: count })).max(maxRemembered),
  /** By folder: up to which mark everybody was asked anew, once it was made, what they keep. */
  asked: z.array(z.strictObject({ folder: z.string(), position: count })),
  freedBytes: count,
  compactedAtMs: count.nullable(),
});

type Facts = z.infer<typeof schema>;
type Thinned = Pick<VersionArchive, 'storeId' | 'thinning'>;

const key = bytesOf(byteStringFromText('Thinning'));

export class ThinningRecord {
  readonly #store: KeyValueStore;
  #facts: Facts | undefined;

  constructor(store: KeyValueStore) {
    this.#store = store;
  }

  async load(storeId: string): Promise<void> {
    const facts = fromStoredJson(schema, await this.#store.get(key));
    this.#facts = facts?.storeId === storeId ? facts : undefined;
  }

  /** Versions were marked, by entries from this position on. */
  noteMarked(storeId: string, position: number, bytes: number): Promise<void> {
    const before = this.#of(storeId);
    const marked = [...before.marked, { position, bytes }].slice(-maxRemembered);
    return this.#write({ ...before, marked });
  }

  /** Whether something waits since members were last asked what they keep. */
  mustAsk({ storeId, thinning }: Thinned, folder: FolderId): boolean {
    const newest = Math.max(-1, ...thinning.counts(folder).waitingAt);
    const asked = this.#of(storeId).asked.find((one) => one.folder === folder)?.position ?? -1;
    return newest > asked;
  }

  /** Members were asked, durably, after what waits now was marked. */
  noteAsked({ storeId, thinning }: Thinned, folder: FolderId): Promise<void> {
    const before = this.#of(storeId);
    const position = Math.max(0, ...thinning.counts(folder).waitingAt);
    const others = before.asked.filter((one) => one.folder !== folder);
    return this.#write({ ...before, asked: [...others, { folder, position }] });
  }

  noteFreed(storeId: string, bytes: number, atMs: number): Promise<void> {
    const before = this.#of(storeId);
    const freedBytes = before.freedBytes + bytes;
    return this.#write({ ...before, freedBytes, compactedAtMs: Math.max(0, Math.floor(atMs)) });
  }

  /** What compacting has freed of the store, as far as it is remembered, and when it did last. */
  freed(storeId: string): { readonly freedBytes: number; readonly compacted: string | null } {
    const { freedBytes, compactedAtMs } = this.#of(storeId);
    return { freedBytes, compacted: isoOf(compactedAtMs ?? undefined) };
  }

  /** Null where no version of the folder is thinned. */
  shown({ storeId, thinning }: Thinned, folder: FolderId): ThinnedStatus | null {
    const { waiting, freed, markedAtMs, freeFromMs, waitingAt } = thinning.counts(folder);
    if (waiting + freed === 0) return null;
    const at = new Set(waitingAt);
    const known = this.#of(storeId).marked.filter(({ position }) => at.has(position));
    return {
      waiting,
      waitingBytes: known.length === 0 ? null : known.reduce((sum, { bytes }) => sum + bytes, 0),
      marked: isoOf(markedAtMs),
      freeFrom: isoOf(freeFromMs),
      freed,
      ...this.freed(storeId),
    };
  }

  #of(storeId: string): Facts {
    if (this.#facts?.storeId === storeId) return this.#facts;
    return { storeId, marked: [], asked: [], freedBytes: 0, compactedAtMs: null };
  }

  async #write(facts: Facts): Promise<void> {
    this.#facts = facts;
    await this.#store.batch([{ type: 'put', key, value: storedJson(facts) }], { sync: true });
  }
}

function isoOf(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}
