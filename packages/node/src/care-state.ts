/**
 * What the care for the store has to know after a restart: whether something is lost, when everything
 * was found in order last, and how far the running round is. Owns one key of the database. It may be
 * gone at any time: then everything is looked at anew.
 */
import { byteStringFromText, bytesOf, type KeyValueStore } from '@holdfast/platform';
import { z } from 'zod';
import { fromStoredJson, storedJson } from './stored-json.js';

const schema = z.strictObject({
  storeId: z.string(),
  /** Whether content was lost when it was looked for last, or rot was met since. */
  isLost: z.boolean(),
  /** When the last round over the whole store ended, and whether it left nothing bad. */
  verifiedAtMs: z.number().nullable(),
  isSound: z.boolean(),
  /** The segment of blocks that the running round goes on with. */
  nextSegment: z.number().int().min(1),
});

export type CareFacts = z.infer<typeof schema>;

const key = bytesOf(byteStringFromText('Care'));

export class CareState {
  readonly #store: KeyValueStore;
  #facts: CareFacts | undefined;
  /** Whether what is known here could not be written. */
  #isUnwritten = false;

  constructor(store: KeyValueStore) {
    this.#store = store;
  }

  /** Undefined where nothing is known of this store. */
  get facts(): CareFacts | undefined {
    return this.#facts;
  }

  async load(storeId: string): Promise<CareFacts | undefined> {
    const facts = await this.#read();
    this.#facts = facts?.storeId === storeId ? facts : undefined;
    return this.#facts;
  }

  /** Durable when it resolves; nothing is written where nothing changes. */
  async note(storeId: string, change: Partial<CareFacts>): Promise<void> {
    const before = this.#facts?.storeId === storeId ? this.#facts : nothingKnown(storeId);
    const after = { ...before, ...change };
    const isKnown = this.#facts !== undefined && !this.#isUnwritten;
    if (isKnown && JSON.stringify(after) === JSON.stringify(before)) return;
    // Whoever notes something else before this is written adds to it.
    this.#facts = after;
    await this.#write(after);
  }

  /**
   * Something may be lost. It is handed to the database before the call returns, once the store is
   * known: so it is durable before anything that the caller writes there afterwards.
   */
  async doubt(): Promise<void> {
    if (this.#facts !== undefined) return this.note(this.#facts.storeId, { isLost: true });
    const stored = await this.#read();
    if (stored !== undefined) await this.#write({ ...stored, isLost: true });
  }

  async #read(): Promise<CareFacts | undefined> {
    return fromStoredJson(schema, await this.#store.get(key));
  }

  async #write(facts: CareFacts): Promise<void> {
    const write = { type: 'put', key, value: storedJson(facts) } as const;
    try {
      await this.#store.batch([write], { sync: true });
      this.#isUnwritten = false;
    } catch (error) {
      this.#isUnwritten = true;
      throw error;
    }
  }
}

function nothingKnown(storeId: string): CareFacts {
  return { storeId, isLost: false, verifiedAtMs: null, isSound: false, nextSegment: 1 };
}
