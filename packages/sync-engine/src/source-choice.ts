/**
 * Which connected device is asked for which file: the one with the least to do that did not fail to
 * give this very version lately. Small files are asked for together, a large one by itself.
 */
import { type DeviceId, isFileVersion, type VersionId } from '@holdfast/model';
import type { Clock } from '@holdfast/platform';
import type { BlockSupplier } from './block-client.js';
import type { FileToFetch } from './content-fetcher.js';
import { isSmall } from './file-size.js';
import type { BlockSource } from './large-fetcher.js';
import type { PlannedPath } from './placer.js';
import { keptAside, sourcesOf } from './plan-sync.js';

export interface PlannedFile {
  readonly planned: PlannedPath;
  readonly file: FileToFetch;
}

export interface FileBatch {
  readonly client: BlockSupplier;
  readonly files: readonly PlannedFile[];
  /** Whom a large file can be asked of, the best first. */
  readonly sources: readonly NamedSource[];
}

export interface NamedSource extends BlockSource {
  readonly device: DeviceId;
}

interface Candidate {
  readonly client: BlockSupplier;
  readonly device: DeviceId;
  readonly file: FileToFetch;
  /** It could not give it lately. */
  readonly failed: boolean;
  /** It never said that it has it. */
  readonly isGuess: boolean;
}

export const filesPerBatch = 512;
const bytesPerBatch = 4 * 1024 * 1024;
const failureMemoryMs = 60_000;
const maxRememberedFailures = 10_000;

export class SourceChoice {
  readonly #clock: Clock;
  readonly #clientOf: (device: DeviceId) => BlockSupplier | undefined;
  readonly #here: DeviceId;
  readonly #keepers: () => readonly DeviceId[];
  readonly #failures = new WeakMap<BlockSupplier, Map<VersionId, number>>();
  /** What a device said that it does not have, in this session. */
  readonly #gone = new WeakMap<BlockSupplier, Set<VersionId>>();

  constructor(init: {
    clock: Clock;
    clientOf: (device: DeviceId) => BlockSupplier | undefined;
    context: { readonly device: DeviceId };
    keepers?: () => readonly DeviceId[];
  }) {
    this.#here = init.context.device;
    this.#clock = init.clock;
    this.#clientOf = init.clientOf;
    this.#keepers = init.keepers ?? (() => []);
  }

  /** Batches by the device that serves them; `onNoSource` hears of files that nobody can give. */
  *batches(
    planned: readonly PlannedPath[],
    onNoSource: (planned: PlannedPath) => void,
  ): Generator<FileBatch> {
    const open = new Map<BlockSupplier, { files: PlannedFile[]; bytes: number }>();
    const load = new Map<BlockSupplier, number>();
    for (const one of planned) {
      const source = this.#choose(one, load);
      if (source === undefined) {
        onNoSource(one);
        continue;
      }
      const { client, file } = source;
      const { sizeBytes } = file.target.record;
      load.set(client, (load.get(client) ?? 0) + sizeBytes);
      if (isLarge(file)) {
        yield { client, files: [{ planned: one, file }], sources: source.sources };
        continue;
      }
      const batch = open.get(client) ?? { files: [], bytes: 0 };
      open.set(client, batch);
      batch.files.push({ planned: one, file });
      batch.bytes += sizeBytes;
      if (batch.files.length < filesPerBatch && batch.bytes < bytesPerBatch) continue;
      yield { client, files: batch.files, sources: [] };
      open.delete(client);
    }
    for (const [client, { files }] of open) yield { client, files, sources: [] };
  }

  /**
   * The device could not give what it was asked for: others are asked first for a while. `isGone`: it
   * said that it does not have it.
   */
  failed(client: BlockSupplier, { askFor }: Pick<FileToFetch, 'askFor'>, isGone = false): void {
    const gone = this.#gone.get(client) ?? new Set<VersionId>();
    this.#gone.set(client, gone);
    if (gone.size >= maxRememberedFailures) gone.clear();
    if (isGone) gone.add(askFor);
    const known = this.#failures.get(client) ?? new Map<VersionId, number>();
    this.#failures.set(client, known);
    if (known.size >= maxRememberedFailures) known.clear();
    known.set(askFor, this.#clock.monotonic() + failureMemoryMs);
  }

  /** Whether somebody is left who did not fail to give it lately. */
  mayTryOther(planned: PlannedPath): boolean {
    return this.#candidates(planned).some(({ failed }) => !failed);
  }

  /** Whether everybody who may have it and is connected said that it is not there any more. */
  isGoneEverywhere(planned: PlannedPath): boolean {
    const candidates = this.#candidates(planned);
    const isGone = ({ client, file }: Candidate) => this.#gone.get(client)?.has(file.askFor);
    return candidates.length > 0 && candidates.every(isGone);
  }

  #choose(
    planned: PlannedPath,
    load: ReadonlyMap<BlockSupplier, number>,
  ): { client: BlockSupplier; file: FileToFetch; sources: readonly NamedSource[] } | undefined {
    const candidates = this.#candidates(planned);
    const loadOf = ({ client }: Candidate) => load.get(client) ?? 0;
    candidates.sort(
      (a, b) =>
        Number(a.failed) - Number(b.failed) ||
        Number(a.isGuess) - Number(b.isGuess) ||
        loadOf(a) - loadOf(b),
    );
    const [best] = candidates;
    if (best === undefined) return undefined;
    const good = candidates.filter((one) => one === best || !(one.failed || one.isGuess));
    const sources = new Map<BlockSupplier, NamedSource>();
    for (const { client, device, file } of good) {
      if (!sources.has(client)) sources.set(client, { client, device, askFor: file.askFor });
    }
    return { ...best, sources: [...sources.values()] };
  }

  #candidates({ entry, action }: PlannedPath): Candidate[] {
    const { target, local } = action;
    if (!isFileVersion(target)) return [];
    const nowMs = this.#clock.monotonic();
    const shown = sourcesOf(entry, target).map(({ row, device }) => ({
      id: row.version.id,
      device,
      isGuess: false,
    }));
    const sources = [...shown, ...keptAside(entry, this.#here, this.#keepers())];
    return sources.flatMap(({ id, device, isGuess }) => {
      const client = this.#clientOf(device);
      if (client === undefined) return [];
      const failed = (this.#failures.get(client)?.get(id) ?? 0) > nowMs;
      return [{ client, device, file: { target, askFor: id, local }, failed, isGuess }];
    });
  }
}

export function isLarge(file: FileToFetch): boolean {
  return !isSmall(file.target.record);
}
