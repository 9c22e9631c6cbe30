/**
 * Remembering that rows were counted and agreed with what they should be, for as long as the database
 * vouches for its bytes. Whoever uses it keeps the key apart from the rows that it counts.
 */
import { byteStringFrom, bytesOf } from './file-path.js';
import type { KeyValueStore } from './key-value-store.js';

/** Whether they were counted since the database began to vouch for every byte. */
export async function wereCounted(store: KeyValueStore, key: Uint8Array): Promise<boolean> {
  const { lineage } = store;
  if (lineage === undefined) return false;
  const value = await store.get(key);
  return value !== undefined && byteStringFrom(value) === lineage;
}

/** That they were counted just now, or that there are none. A crash may forget it. */
export async function noteCounted(store: KeyValueStore, key: Uint8Array): Promise<void> {
  const { lineage } = store;
  if (lineage === undefined) return;
  await store.batch([{ type: 'put', key, value: bytesOf(lineage) }], { sync: false });
}
