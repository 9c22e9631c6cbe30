/** Which files a drill restores: a fair sample of those that an archive has said to hold. */
import { type LocalRow, localCurrent } from '@holdfast/folder-index';
import type { FileContentRecord, FolderPath, Version } from '@holdfast/model';
import type { RandomSource } from '@holdfast/platform';
import type { FolderEngine } from '@holdfast/sync-engine';

export interface DrillFile {
  readonly path: FolderPath;
  readonly version: Version & { readonly record: FileContentRecord };
  readonly disk: NonNullable<LocalRow['local']['disk']>;
}

/** However many files were asked for, a scratch disk has an end. */
const maxSampleBytes = 2 * 1024 ** 3;

/** Algorithm R (Vitter, 1985): each file has the same chance, and only the sample is in memory. */
export async function sampleFiles(
  folder: FolderEngine,
  count: number,
  random: RandomSource,
): Promise<DrillFile[]> {
  const sample: DrillFile[] = [];
  let seen = 0;
  for await (const entry of folder.treeIndex.below('')) {
    const row = entry.ignored === undefined ? localCurrent(entry) : undefined;
    const file = row === undefined ? undefined : drillable(folder, row);
    if (file === undefined) continue;
    seen += 1;
    if (sample.length < count) sample.push(file);
    else {
      const place = below(seen, random);
      if (place < count) sample[place] = file;
    }
  }
  return withinBytes(sample);
}

function drillable({ heldCoverage, coverage }: FolderEngine, row: LocalRow): DrillFile | undefined {
  const { version, local } = row;
  const { record } = version;
  if (record.kind !== 'file' || local.disk === undefined || local.disk.racy) return undefined;
  const copies = Math.max(
    heldCoverage.copiesOf(version.id, local.sequence),
    coverage.copiesOf(version.id, local.sequence),
  );
  if (copies === 0) return undefined;
  return { path: record.path, version: { ...version, record }, disk: local.disk };
}

/** At least one, however large it is. */
function withinBytes(sample: readonly DrillFile[]): DrillFile[] {
  let bytes = 0;
  return sample.filter(({ version }, at) => {
    const { sizeBytes } = version.record;
    if (at > 0 && bytes + sizeBytes > maxSampleBytes) return false;
    bytes += sizeBytes;
    return true;
  });
}

/** A whole number below another one; the bias of 48 bits is too small to matter. */
function below(limit: number, random: RandomSource): number {
  const word = random.bytes(6).reduce((sum, byte) => sum * 256 + byte, 0);
  return Math.floor((word / 2 ** 48) * limit);
}
