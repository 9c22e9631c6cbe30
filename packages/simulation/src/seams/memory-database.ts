/**
 * The data behind a key-value store, which outlives the node that has it open. Owns an undo record
 * for every batch that is not durable. A log underneath is assumed: a synced batch makes all
 * earlier ones durable, and a power loss takes the newest first.
 */
import { byteStringFrom, type KeyValueWrite } from '@holdfast/platform';
import { OrderedByteMap, entriesInRange } from './ordered-byte-map.js';
import type { SeededRandom } from './seeded-random.js';

interface UndoRecord {
  readonly key: string;
  readonly before: Uint8Array | undefined;
}

/** Beyond it the oldest batch is written out, as a real store does with a full write buffer. */
const maxUnsyncedBatches = 10_000;

/** Above every key, because no byte string has such a character. */
const aboveEveryKey = '\uffff';

/** Takes over the values that it is given; gives its own, which must not be changed. */
export class MemoryDatabase {
  #map = new OrderedByteMap<Uint8Array>();
  #unsynced: UndoRecord[][] = [];
  #unsyncedStart = 0;

  get size(): number {
    return this.#map.size;
  }

  get unsyncedBatches(): number {
    return this.#unsynced.length - this.#unsyncedStart;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#map.get(byteStringFrom(key));
  }

  apply(writes: readonly KeyValueWrite[], sync: boolean): void {
    const undo = writes.map((write) => {
      const key = byteStringFrom(write.key);
      const value = write.type === 'put' ? write.value : undefined;
      return { key, before: this.#map.set(key, value) };
    });
    if (sync) this.sync();
    else this.#unsynced.push(undo);
    if (this.unsyncedBatches > maxUnsyncedBatches) this.#writeOutOldest();
  }

  sync(): void {
    this.#unsynced = [];
    this.#unsyncedStart = 0;
  }

  snapshot() {
    return this.#map.snapshot();
  }

  /** Power loss: a random number of the newest unsynced batches is gone. */
  crash(random: SeededRandom): void {
    const lost = random.integer(0, this.unsyncedBatches);
    for (let count = 0; count < lost; count += 1) {
      const undo = this.#unsynced.pop() ?? [];
      for (const { key, before } of undo.toReversed()) this.#map.set(key, before);
    }
    this.sync();
  }

  /** Puts back what `snapshot` gave once; all of it is durable. */
  restore(image: ReturnType<MemoryDatabase['snapshot']>): void {
    this.#map = new OrderedByteMap();
    for (const { key, value } of entriesInRange(image, '', aboveEveryKey, false)) {
      this.#map.set(key, value);
    }
    this.sync();
  }

  /** A fault: up to `count` random keys vanish, synced or not. Gives how many did. */
  dropKeys(random: SeededRandom, count: number): number {
    const entries = entriesInRange(this.#map.snapshot(), '', aboveEveryKey, false);
    const keys = [...entries].map(({ key }) => key);
    const dropped = random.shuffle(keys).slice(0, count);
    for (const key of dropped) this.#map.set(key, undefined);
    return dropped.length;
  }

  #writeOutOldest(): void {
    this.#unsyncedStart += 1;
    if (this.#unsyncedStart < maxUnsyncedBatches) return;
    this.#unsynced = this.#unsynced.slice(this.#unsyncedStart);
    this.#unsyncedStart = 0;
  }
}
