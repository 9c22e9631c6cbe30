/** From planned paths to the disk and back to the index: builds the work, runs it, commits what came of it. */
import {
  type DiskState,
  type FolderIndex,
  type GuardMark,
  localCurrent,
  type PathEntry,
  withHeld,
  withLocalCurrent,
  withoutLocalCurrent,
} from '@holdfast/folder-index';
import { diskStateOf, leadsOutside, type ObserveContext } from '@holdfast/folder-scanner';
import { conflictCopyOf, type FolderPath, type Hash, type Version } from '@holdfast/model';
import type { BulkRunner, Clock, FilePath, FileStat } from '@holdfast/platform';
import type { BlockPiece } from './block-piece.js';
import type { FetchedFiles } from './content-fetcher.js';
import { noEnvelopes } from './packed-envelopes.js';
import { PathClaims } from './path-claims.js';
import {
  changedMeanwhile,
  contentMissing,
  type Expected,
  namesMadeBy,
  type PlacedContent,
  type PlaceInput,
  type PlaceItem,
  type PlaceResult,
} from './place-item.js';
import { placeJob } from './place-jobs.js';
import { asPlaced, isNewer, withPlaced } from './placed-entry.js';
import type { SyncAction } from './plan-sync.js';

export interface PlannedPath {
  readonly entry: PathEntry;
  readonly action: Exclude<SyncAction, { type: 'none' }>;
  /** Nobody vouches for the change: what was here before is remembered. */
  readonly mark?: GuardMark;
}

export interface PlaceOutcome {
  readonly placed: number;
  /** To be looked at again: the disk shows something else than expected, or less than the index. */
  readonly changed: readonly FolderPath[];
  readonly notEmpty: readonly FolderPath[];
  readonly failed: readonly { readonly path: FolderPath; readonly reason: string }[];
}

interface PlaceWork extends PlannedPath {
  readonly item: PlaceItem;
  /** The conflict copy that is made of what is here; undefined where there is none to make. */
  readonly copy: Version | undefined;
}

/** Is told where something is about to appear, and then at which of these paths it did. */
export interface AppearanceWatch {
  begin(paths: readonly FolderPath[]): void;
  end(paths: readonly FolderPath[], made: ReadonlySet<FolderPath>): void;
}

type PlacerContext = Pick<ObserveContext, 'device' | 'withholds'>;

const maxCopyNames = 8;

export class Placer {
  readonly #index: FolderIndex;
  readonly #runner: BulkRunner;
  readonly #root: FilePath;
  readonly #hash: Hash;
  readonly #clock: Clock;
  readonly #context: PlacerContext;
  readonly #appearances: AppearanceWatch;
  /** Where the disk may show a version that the index does not say yet. */
  readonly claims = new PathClaims();

  constructor(init: {
    index: FolderIndex;
    runner: BulkRunner;
    root: FilePath;
    hash: Hash;
    clock: Clock;
    context: PlacerContext;
    appearances: AppearanceWatch;
  }) {
    this.#index = init.index;
    this.#runner = init.runner;
    this.#root = init.root;
    this.#hash = init.hash;
    this.#clock = init.clock;
    this.#context = init.context;
    this.#appearances = init.appearances;
  }

  /** Takes over versions whose content and attributes are here already. */
  async adopt(planned: readonly PlannedPath[]): Promise<void> {
    if (planned.length === 0) return;
    const byPath = new Map(planned.map((one) => [one.entry.path, one]));
    await this.#index.update(
      [...byPath.keys()],
      (entry) => {
        const one = byPath.get(entry.path);
        const local = localCurrent(entry);
        if (one === undefined || local?.version.id !== one.action.local?.version.id) return entry;
        const disk = local?.local.disk;
        const { target } = one.action;
        const shown = withLocalCurrent(entry, target, {
          withheld: 'no',
          ...(disk === undefined ? {} : { disk }),
        });
        return asPlaced(shown, entry, target, undefined);
      },
      { sync: true },
    );
  }

  /** Places versions; `fetched` has the content of small files, 'staged' says that it is written already. */
  async place(
    planned: readonly PlannedPath[],
    fetched: FetchedFiles | 'staged' | undefined,
  ): Promise<PlaceOutcome> {
    const failed: { path: FolderPath; reason: string }[] = [];
    const works: PlaceWork[] = [];
    for (const one of planned) {
      const pieces = fetched === 'staged' ? 'staged' : fetched?.pieces.get(one.entry.path);
      const content = contentFor(one, pieces);
      if (content === undefined) {
        failed.push({ path: one.entry.path, reason: contentMissing });
        continue;
      }
      works.push(await this.#work(one, content));
    }
    if (works.length === 0) return { placed: 0, changed: [], notEmpty: [], failed };
    const { buffers, transfer } =
      fetched === undefined || fetched === 'staged' ? noEnvelopes : fetched.envelopes;
    const items = works.map((work) => work.item);
    const paths = items.map((item) => item.path);
    return this.claims.during(paths, async () => {
      const input = { root: this.#root, buffers, items };
      const results = await this.#perform(input, transfer);
      await this.#commit(works, results);
      return outcomeOf(works, results, failed);
    });
  }

  async #perform(input: PlaceInput, transfer: ArrayBuffer[]): Promise<PlaceResult[]> {
    const appearing = input.items.flatMap(namesMadeBy);
    let made = new Set(appearing);
    this.#appearances.begin(appearing);
    try {
      const results = await this.#runner.run(placeJob, input, transfer);
      const placed = input.items.filter((_, at) => results[at]?.type === 'placed');
      made = new Set(placed.flatMap(namesMadeBy));
      return results;
    } finally {
      this.#appearances.end(appearing, made);
    }
  }

  async #work(planned: PlannedPath, content: PlacedContent): Promise<PlaceWork> {
    const { entry, action } = planned;
    const { local, target } = action;
    const copy =
      action.type === 'apply' && action.conflict && local
        ? await this.#freeCopy(local.version)
        : undefined;
    const keeps = action.type === 'apply' && local?.version.record.kind === 'file';
    const item: PlaceItem = {
      path: entry.path,
      versionId: target.id,
      content,
      expected: expectedOf(local?.local.disk, local?.version),
      holdAs: keeps && local.local.disk !== undefined ? local.version.id : undefined,
      copyTo: copy?.record.path,
      syncAside:
        local?.version.record.kind === 'file' &&
        local.version.record.author === this.#context.device,
    };
    return { ...planned, item, copy };
  }

  /** The conflict copy under a name that is free; undefined where the very copy is here already. */
  async #freeCopy(loser: Version): Promise<Version | undefined> {
    for (let attempt = 0; attempt < maxCopyNames; attempt += 1) {
      const copy = conflictCopyOf(loser, attempt, this.#hash);
      const there = localCurrent(await this.#index.entry(copy.record.path));
      if (there?.version.id === copy.id) return undefined;
      if (there === undefined || there.version.record.kind === 'tombstone') return copy;
    }
    return conflictCopyOf(loser, maxCopyNames, this.#hash);
  }

  async #commit(works: readonly PlaceWork[], results: readonly PlaceResult[]): Promise<void> {
    const changes = new Map<FolderPath, (entry: PathEntry) => PathEntry>();
    for (const [at, work] of works.entries()) {
      const result = results[at];
      if (result === undefined) continue;
      if (result.type !== 'placed') {
        if (result.leftAside) changes.set(work.entry.path, (entry) => this.#leftAside(entry, work));
        continue;
      }
      changes.set(work.entry.path, (entry) => this.#placed(entry, work, result.stat));
      const { copy } = work;
      if (copy === undefined || result.copyStat === undefined) continue;
      const disk = diskStateOf(result.copyStat, false);
      const withheld = this.#context.withholds === true ? 'kept' : 'no';
      changes.set(copy.record.path, (entry) => withLocalCurrent(entry, copy, { disk, withheld }));
    }
    if (changes.size === 0) return;
    await this.#index.update(
      [...changes.keys()],
      (entry) => changes.get(entry.path)?.(entry) ?? entry,
      { sync: true },
    );
  }

  /**
   * What was set aside lost its place, but not to what was to take it. It is held, and what the disk
   * shows instead is read anew.
   */
  #leftAside(entry: PathEntry, { action: { local } }: PlaceWork): PathEntry {
    if (local?.local.disk === undefined) return entry;
    const isShown = localCurrent(entry)?.version.id === local.version.id;
    const without = isShown ? withoutLocalCurrent(entry, local.version) : entry;
    return withHeld(without, local.version, {
      sinceMs: this.#clock.now(),
      disk: local.local.disk,
    });
  }

  /** A scan may have been faster and have said something newer of the path: then that stays. */
  #placed(entry: PathEntry, work: PlaceWork, stat: FileStat | undefined): PathEntry {
    const { local } = work.action;
    const isOwn = work.action.type === 'apply' && work.action.isMadeHere === true;
    const withheld = isOwn && this.#context.withholds === true ? 'kept' : 'no';
    const shown = isNewer(entry, work) ? entry : withPlaced(entry, work, stat, withheld);
    if (work.action.type !== 'apply' || local === undefined) return shown;
    const { disk } = local.local;
    if (disk === undefined || !hasHeldContent(local.version)) return shown;
    return withHeld(shown, local.version, { sinceMs: this.#clock.now(), disk });
  }
}

/** What must not be lost when it is replaced: a symlink's content is its record. */
function hasHeldContent(version: Version): boolean {
  return version.record.kind === 'file' || version.record.kind === 'symlink';
}

function expectedOf(disk: DiskState | undefined, version: Version | undefined): Expected {
  if (disk === undefined || version === undefined || version.record.kind === 'tombstone') {
    return { type: 'absent' };
  }
  return { type: 'present', kind: version.record.kind, disk };
}

/** A symlink of a peer must not let anyone reach outside the folder through it. */
function leavesOut({ record }: Version): boolean {
  return record.kind === 'symlink' && leadsOutside(record.path, record.target);
}

/** Undefined where content that had to be fetched did not arrive. */
function contentFor(
  { action }: PlannedPath,
  pieces: readonly BlockPiece[] | 'staged' | undefined,
): PlacedContent | undefined {
  const { record } = action.target;
  if (action.type === 'adopt') {
    const mtimeNs = record.kind === 'file' ? record.mtimeNs : undefined;
    const permissions = 'permissions' in record ? record.permissions : undefined;
    return { type: 'touch', mtimeNs, permissions };
  }
  switch (record.kind) {
    case 'tombstone':
      return { type: 'nothing' };
    case 'directory':
      return { type: 'directory', permissions: record.permissions };
    case 'symlink':
      // It is taken over without a state on the disk, so its absence is never a deletion.
      if (leavesOut(action.target)) return { type: 'nothing' };
      return { type: 'symlink', target: record.target };
    case 'file': {
      if (pieces === undefined) return undefined;
      const { sizeBytes, mtimeNs, permissions } = record;
      const now = pieces === 'staged' ? undefined : pieces;
      return { type: 'file', sizeBytes, mtimeNs, permissions, pieces: now };
    }
  }
}

function outcomeOf(
  works: readonly PlaceWork[],
  results: readonly PlaceResult[],
  failed: { path: FolderPath; reason: string }[],
): PlaceOutcome {
  const changed: FolderPath[] = [];
  const notEmpty: FolderPath[] = [];
  let placed = 0;
  for (const [at, { entry, item, action }] of works.entries()) {
    const result = results[at];
    if (result?.type === 'placed') {
      placed += 1;
      // The scan lists what was not created.
      if (leavesOut(action.target)) changed.push(entry.path);
    } else if (result?.type === 'changed') {
      changed.push(entry.path, ...(item.copyTo === undefined ? [] : [item.copyTo]));
      failed.push({ path: entry.path, reason: changedMeanwhile });
    } else if (result?.type === 'postponed') {
      if (result.reason === 'the directory is not empty') notEmpty.push(entry.path);
      else failed.push({ path: entry.path, reason: result.reason });
    } else {
      if (result?.leftAside) changed.push(entry.path);
      failed.push({ path: entry.path, reason: result?.code ?? 'EUNKNOWN' });
    }
  }
  return { placed, changed, notEmpty, failed };
}
