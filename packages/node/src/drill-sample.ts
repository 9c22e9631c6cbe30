/** Which files a drill restores: a fair sample of those that an archive has said to hold. */
import { type LocalRow, localCurrent } from '@holdfast/folder-index';
import type { FileVersion, FolderPath } from '@holdfast/model';
import type { RandomSource } from '@holdfast/platform';
import type { FolderEngine } from '@holdfast/sync-engine';

export interface DrillFile {
  readonly path: FolderPath;
  readonly version: FileVersion;
  readonly disk: NonNullable<LocalRow['local']['disk']>;
}

export interface DrillSample {
  /** Each file had the same chance: what a file costs. */
  readonly some: readonly DrillFile[];
  /** Each byte had the same chance, so these are mostly large: what a byte costs. */
  readonly large: readonly DrillFile[];
}

/** However many files were asked for, a scratch disk has an end. */
const maxSampleBytes = 2 * 1024 ** 3;
/** One of so many is chosen by its size. */
const someForEachLarge = 10;

/**
 * Algorithm R (Vitter, 1985) for the files, A-Res (Efraimidis and Spirakis, 2006) for those weighed by
 * their size: only the sample is in memory.
 */
export async function sampleFiles(
  folder: FolderEngine,
  count: number,
  random: RandomSource,
): Promise<DrillSample> {
  const largeCount = count < 2 ? 0 : Math.max(1, Math.floor(count / someForEachLarge));
  const some: DrillFile[] = [];
  let large: { readonly file: DrillFile; readonly key: number }[] = [];
  let seen = 0;
  for await (const entry of folder.treeIndex.below('')) {
    const row = entry.ignored === undefined ? localCurrent(entry) : undefined;
    const file = row === undefined ? undefined : drillable(folder, row);
    if (file === undefined) continue;
    const { sizeBytes } = file.version.record;
    if (sizeBytes > 0 && sizeBytes <= maxSampleBytes) {
      large.push({ file, key: Math.log(share(random)) / sizeBytes });
      large = large.sort((left, right) => right.key - left.key).slice(0, largeCount);
    }
    seen += 1;
    const place = some.length < count ? some.length : Math.floor(share(random) * seen);
    if (place < count) some[place] = file;
  }
  const chosen = new Set(large.map(({ file }) => file.path));
  const others = some.filter(({ path }) => !chosen.has(path)).slice(0, count - large.length);
  return { some: withinBytes(others), large: withinBytes(large.map(({ file }) => file)) };
}

/** From 0, exclusive, to 1; 48 bits of chance. */
function share(random: RandomSource): number {
  return (random.bytes(6).reduce((sum, byte) => sum * 256 + byte, 0) + 1) / (2 ** 48 + 1);
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
