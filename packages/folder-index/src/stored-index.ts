/**
 * An index as its keys stand in the database: read when it is opened, checked against what its state
 * says that it should hold, and removed as a whole where that does not agree. It is never repaired.
 *
 * Invariant: an index whose removal a crash cut short has no state, so it is never taken for whole.
 */
import {
  AppError,
  addRows,
  emptyTally,
  type KeyValueStore,
  type KeyValueWrite,
  noteCounted,
  type RandomSource,
  type RowTally,
  sameTally,
  wereCounted,
} from '@holdfast/platform';
import type { IndexKeys } from './index-keys.js';
import {
  decodeIndexState,
  encodeIndexState,
  type IndexState,
  newIndexState,
} from './index-state.js';
import { newEpoch } from './own-numbers.js';
import { afterLoss } from './renumbering.js';

const keysPerBatch = 500;

type StoredIndex =
  | { readonly type: 'absent' }
  | { readonly type: 'sound'; readonly state: IndexState }
  | { readonly type: 'damaged'; readonly doubt: string };

export interface StoredIndexInit {
  readonly store: KeyValueStore;
  readonly random: RandomSource;
  /**
   * The store (id and generation) whose content an archive's rows stand for. An index that stands
   * for another one is worth nothing: it is dropped and begun anew.
   */
  readonly boundTo?: string;
  /** The folder had this index before: where nothing is there, it was lost. */
  readonly wasBegun?: boolean;
  /** After a loss nothing is published until one peer's index is here: for indices of own trees. */
  readonly waitsAfterLoss?: boolean;
}

/**
 * The state of an index that holds what it should, or of one that was begun, durably. `loss`: why it
 * was begun in place of one that was there before; undefined where nothing was lost.
 */
export async function openStoredIndex(
  init: StoredIndexInit,
  keys: IndexKeys,
): Promise<{ readonly state: IndexState; readonly loss: string | undefined }> {
  const { store, boundTo, wasBegun = false, waitsAfterLoss = false } = init;
  const stored = await readStoredIndex(store, keys);
  if (stored.type === 'sound' && stored.state.boundTo === boundTo) {
    return { state: stored.state, loss: undefined };
  }
  if (stored.type !== 'absent') await removeStoredIndex(store, keys);
  const loss = lossOf(stored, wasBegun);
  const begun = newIndexState(newEpoch(init.random), boundTo);
  const state = loss !== undefined && waitsAfterLoss ? afterLoss(begun) : begun;
  const put = { type: 'put', key: keys.meta(), value: encodeIndexState(state) } as const;
  await store.batch([put], { sync: true });
  await noteCounted(store, keys.countedSince());
  return { state, loss };
}

function lossOf(stored: StoredIndex, wasBegun: boolean): string | undefined {
  if (stored.type === 'damaged') return stored.doubt;
  return stored.type === 'absent' && wasBegun ? 'nothing is there' : undefined;
}

/** Reads the state and compares it with every key that it counts, unless that was done before. */
async function readStoredIndex(store: KeyValueStore, keys: IndexKeys): Promise<StoredIndex> {
  const stored = await store.get(keys.meta());
  const state = stored === undefined ? undefined : decodeIndexState(stored);
  if (state?.tally !== undefined && (await wereCounted(store, keys.countedSince()))) {
    return { type: 'sound', state };
  }
  const tally = await tallyKeys(store, keys);
  if (stored === undefined) {
    return tally.count === 0 ? { type: 'absent' } : damaged('what it stands for is gone');
  }
  if (state === undefined) return damaged('what it stands for cannot be read');
  // One from before keys were counted says nothing of them.
  if (state.tally !== undefined && !sameTally(tally, state.tally)) {
    return damaged(`keys are gone or altered: ${tally.count} of ${state.tally.count} are there`);
  }
  await noteCounted(store, keys.countedSince());
  return { type: 'sound', state: { ...state, tally } };
}

/** Removes every key, the state first; durable when it resolves. */
export async function removeStoredIndex(store: KeyValueStore, keys: IndexKeys): Promise<void> {
  await store.batch([{ type: 'delete', key: keys.meta() }], { sync: true });
  let writes: KeyValueWrite[] = [];
  for await (const [key] of store.iterate(keys.everything())) {
    writes.push({ type: 'delete', key });
    if (writes.length < keysPerBatch) continue;
    await store.batch(writes, { sync: false });
    writes = [];
  }
  await store.batch(writes, { sync: true });
}

async function tallyKeys(store: KeyValueStore, keys: IndexKeys): Promise<RowTally> {
  let tally = emptyTally;
  for (const span of keys.counted()) {
    for await (const page of store.iteratePages(span)) tally = addRows(tally, page);
  }
  return tally;
}

/** What is there now was written by this very process: only a disk that fails can make it so. */
export function indexDamaged(): never {
  throw new AppError('index_damaged', 'The index of this folder is damaged.', {
    hint: 'Nothing was changed. Start the node again: the index is made anew from the disk and from the other devices.',
  });
}

function damaged(doubt: string): StoredIndex {
  return { type: 'damaged', doubt };
}
