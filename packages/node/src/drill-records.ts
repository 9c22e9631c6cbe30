/**
 * What the last drill of each folder on this device came to. Owns its keys of the database, of which
 * nothing depends: where they are gone, the next drill makes them anew.
 */
import type { FolderId } from '@holdfast/model';
import {
  byteStringFrom,
  byteStringFromText,
  bytesOf,
  type KeyValueStore,
  textOf,
} from '@holdfast/platform';
import { z } from 'zod';
import type { FolderDrill } from './archive-care.js';

const schema = z.strictObject({
  folder: z.string(),
  store: z.string(),
  time: z.iso.datetime(),
  files: z.number(),
  bytes: z.number(),
  mismatched: z.number(),
  changed: z.number(),
  seconds: z.number(),
  fullRestoreSeconds: z.number(),
});

export type DrillRecord = z.infer<typeof schema>;

export class DrillRecords {
  readonly #store: KeyValueStore;

  constructor(store: KeyValueStore) {
    this.#store = store;
  }

  /** Durable when it resolves. */
  async note({ label: _label, problems: _problems, ...record }: FolderDrill): Promise<void> {
    const value = bytesOf(byteStringFromText(JSON.stringify(record)));
    const key = keyOf(record.folder as FolderId);
    await this.#store.batch([{ type: 'put', key, value }], { sync: true });
  }

  /** Undefined where there was none, or nothing is known of it. */
  async last(folder: FolderId): Promise<DrillRecord | undefined> {
    const bytes = await this.#store.get(keyOf(folder));
    return bytes === undefined ? undefined : recordIn(bytes);
  }
}

function keyOf(folder: FolderId): Uint8Array {
  return bytesOf(byteStringFromText(`Drill${folder}`));
}

function recordIn(bytes: Uint8Array): DrillRecord | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(textOf(byteStringFrom(bytes))));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
