/**
 * Content that this disk has already: under another name, as after a rename elsewhere, or set aside.
 * It is copied, block by block and verified, and never linked: who writes into one of two names would
 * change the other. Only files of the same folder count.
 */
import { type FolderIndex, type PathEntry, rowOf, type VersionRow } from '@holdfast/folder-index';
import { heldDirectory } from '@holdfast/folder-scanner';
import {
  contentBytesOf,
  type FileVersion,
  type FolderPath,
  ownDirectoryName,
  sameContent,
} from '@holdfast/model';
import { type BulkRunner, type FilePath, inGroups, lastName } from '@holdfast/platform';
import { copyTwinsJob } from './copy-twins-job.js';
import { isSmall } from './file-size.js';
import type { PlannedPath } from './placer.js';

/** A planned file, and where its content lies, as a path below the root. */
export interface Twin {
  readonly planned: PlannedPath;
  readonly source: FolderPath;
}

/** What the index has of a file with some content. */
export interface TwinRow {
  readonly entry: PathEntry;
  readonly row: VersionRow;
}

const copiedAtOnce = {
  maxBytes: 64 * 1024 * 1024,
  maxItems: 512,
  bytesOf: ({ planned }: Twin) => contentBytesOf(planned.action.target.record),
};

export class LocalTwins {
  readonly #index: FolderIndex;
  readonly #root: FilePath;
  readonly #runner: BulkRunner;

  constructor(init: { index: FolderIndex; root: FilePath; runner: BulkRunner }) {
    this.#index = init.index;
    this.#root = init.root;
    this.#runner = init.runner;
  }

  /** Small files whose content lies here, as far as the index knows, as many as are copied together. */
  async findSmall(planned: readonly PlannedPath[]): Promise<Iterable<Twin[]>> {
    const small = planned.filter(({ action }) => {
      const { record } = action.target;
      return record.kind === 'file' && isSmall(record);
    });
    const sources = await this.sourcesOf(small.map(({ action }) => action.target as FileVersion));
    const twins = small.flatMap((one, at) => {
      const source = sources[at];
      return source === undefined ? [] : [{ planned: one, source }];
    });
    return inGroups(twins, copiedAtOnce);
  }

  /** Where the content of each version lies on this disk; undefined where nowhere. */
  async sourcesOf(targets: readonly FileVersion[]): Promise<(FolderPath | undefined)[]> {
    const found = await this.rowsOf(targets);
    return found.map((one) => one && this.#pathOf(one.row));
  }

  /** The row of a version with the same content that this disk has; undefined where there is none. */
  async rowsOf(targets: readonly FileVersion[]): Promise<(TwinRow | undefined)[]> {
    const places = await this.#index.hints.places(targets.map(({ record }) => record));
    const paths = [...new Set(places.flatMap((place) => place?.path ?? []))];
    if (paths.length === 0) return targets.map(() => undefined);
    const entries = await this.#index.entries(paths);
    const byPath = new Map(entries.map((entry) => [entry.path, entry]));
    return targets.map(({ record }, at) => {
      const place = places[at];
      const entry = place && byPath.get(place.path);
      const row = entry && rowOf(entry, place.id);
      if (entry === undefined || row === undefined) return undefined;
      return sameContent(row.version.record, record) ? { entry, row } : undefined;
    });
  }

  #pathOf({ version, local }: VersionRow): FolderPath | undefined {
    if (local?.disk === undefined) return undefined;
    if (local.state === 'current') return version.record.path;
    const held = lastName(heldDirectory(this.#root));
    return `${ownDirectoryName}/${held}/${version.id}` as FolderPath;
  }

  /** Fills the temporary files; returns which of them are whole. */
  async copy(twins: readonly Twin[]): Promise<PlannedPath[]> {
    const items = twins.map(({ planned, source }) => {
      const { id, record } = planned.action.target as FileVersion;
      return { path: record.path, versionId: id, source, blocks: record.blocks.entries };
    });
    const copied = await this.#runner.run(copyTwinsJob, { root: this.#root, items });
    return twins.flatMap(({ planned }, at) => (copied[at] === true ? [planned] : []));
  }
}
