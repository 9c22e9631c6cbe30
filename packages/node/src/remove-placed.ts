/** Taking away what was made since, deepest first: content is held, directories go when empty. */
import { displayPath, type FolderPath, type Version } from '@holdfast/model';
import type { BulkRunner, FilePath } from '@holdfast/platform';
import { type PlaceItem, placeJob } from '@holdfast/sync-engine';
import { inspectTargetsJob } from './restore-jobs.js';
import type { UndoInPlace } from './undo-in-place.js';

const pathsPerBatch = 256;

export interface RemovePlacedInit {
  readonly runner: BulkRunner;
  readonly root: FilePath;
  readonly inPlace: UndoInPlace;
}

/** Gives what stays, with the reason. */
export async function removePlaced(
  init: RemovePlacedInit,
  versions: readonly Version[],
): Promise<{ path: string; reason: string }[]> {
  const left: { path: string; reason: string }[] = [];
  for (let from = 0; from < versions.length; from += pathsPerBatch) {
    const batch = versions.slice(from, from + pathsPerBatch);
    const paths = batch.map(({ record }) => record.path);
    await init.inPlace.during(paths, () => removeBatch(init, batch, left));
  }
  return left;
}

async function removeBatch(
  { runner, root, inPlace }: RemovePlacedInit,
  batch: readonly Version[],
  left: { path: string; reason: string }[],
): Promise<void> {
  const targets = batch.map(({ record }) => record.path);
  const inspected = await runner.run(inspectTargetsJob, { root, targets });
  const items: PlaceItem[] = [];
  const leave = (path: FolderPath, reason: string) =>
    void left.push({ path: displayPath(path), reason });
  for (const [at, { id, record }] of batch.entries()) {
    const target = inspected[at];
    const existing = target?.type === 'inspected' ? target.existing : undefined;
    if (existing === undefined) leave(record.path, 'it is not there as it was read');
    else if ((await inPlace.replaced(record.path, existing)) === 'unknown') {
      leave(record.path, 'it changed and is not synced yet');
    } else {
      items.push({
        path: record.path,
        versionId: id,
        content: { type: 'nothing' },
        expected: { type: 'present', kind: existing.kind, disk: existing.disk },
        holdAs: record.kind === 'file' ? id : undefined,
        copyTo: undefined,
        syncAside: true,
      });
    }
  }
  const results = await runner.run(placeJob, { root, buffers: [], items });
  const removed = new Map<FolderPath, (PlaceItem['expected'] & { type: 'present' })['disk']>();
  for (const [at, { path, expected }] of items.entries()) {
    const result = results[at];
    if (result?.type !== 'placed') {
      leave(path, result?.type === 'postponed' ? result.reason : 'it could not be removed');
    } else if (expected.type === 'present') removed.set(path, expected.disk);
  }
  await inPlace.noteRemoved(removed);
}
