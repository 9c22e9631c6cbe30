/**
 * Files that others moved: where a version that is to be placed has the content of a file that is to
 * be deleted, that file gets the new path. Nothing is copied, and nothing has to be held: the very
 * file stays in the folder, and whoever has it open goes on writing into it.
 *
 * The two halves of a move are told one after the other. While a member has more to tell, what would
 * be copied from a file that is shown here waits for a while: it may have been moved.
 */
import { type FolderIndex, localCurrent, type PathEntry } from '@holdfast/folder-index';
import type { ObserveContext } from '@holdfast/folder-scanner';
import { isFileVersion, sameContent, sameOnDisk, type Version } from '@holdfast/model';
import { type BulkRunner, byCount, type Clock, type FilePath, inGroups } from '@holdfast/platform';
import type { LocalTwins } from './local-twins.js';
import { type MoveItem, type MoveResult, moveFilesJob } from './move-files-job.js';
import type { PathClaims } from './path-claims.js';
import { isNewer, withPlaced } from './placed-entry.js';
import type { AppearanceWatch, PlannedPath } from './placer.js';
import type { PathPlanner } from './plan-sync.js';
import type { WorkLimit } from './work-limit.js';

interface FileMoverInit {
  readonly index: FolderIndex;
  readonly runner: BulkRunner;
  readonly root: FilePath;
  readonly clock: Clock;
  readonly plan: PathPlanner;
  readonly context: Pick<ObserveContext, 'device'>;
  readonly appearances: AppearanceWatch;
  /** Whether deletions that nobody vouches for are asked about. */
  readonly guard?: object | undefined;
  /** Whether a member has rows on their way here. */
  readonly mayHearMore?: () => boolean;
  readonly onApplied: () => void;
}

interface Move {
  readonly planned: PlannedPath;
  readonly deletion: PlannedPath;
  readonly item: MoveItem;
}

const movedAtOnce = byCount(512);
/** What is not told by then is copied. */
const patienceMs = 20_000;
/** So long nothing else is looked at either: each look would come across all that waits. */
const quietMs = 5_000;

export class FileMover {
  readonly #init: FileMoverInit;
  readonly #twins: LocalTwins;
  readonly #claims: PathClaims;
  #hasWaiting = false;
  #sinceMs: number | undefined;

  constructor(init: FileMoverInit, twins: LocalTwins, claims: PathClaims) {
    this.#init = init;
    this.#twins = twins;
    this.#claims = claims;
  }

  /** Whether what the last passes left is waited for still: another one would find no more to do. */
  waits(): boolean {
    this.#hasWaiting &&= this.#mayWait(quietMs);
    return this.#hasWaiting;
  }

  /** Moves what was moved; returns what has to be copied or fetched, without what waits. */
  async bring(
    planned: readonly PlannedPath[],
    limit: WorkLimit,
    mayGoOn: () => boolean,
  ): Promise<PlannedPath[]> {
    const { moves, waiting } = await this.#find(planned);
    const done = new Set(waiting);
    this.#hasWaiting ||= waiting.length > 0;
    for (const batch of inGroups(moves, movedAtOnce)) {
      if (!mayGoOn()) break;
      await limit.run(async () => {
        for (const one of await this.#move(batch)) done.add(one);
        this.#init.onApplied();
      });
    }
    await limit.finish();
    return planned.filter((one) => !done.has(one));
  }

  async #find(
    planned: readonly PlannedPath[],
  ): Promise<{ readonly moves: Move[]; readonly waiting: PlannedPath[] }> {
    const sources = await this.#twins.rowsOf(
      planned.map((one) => one.action.target).filter(isFileVersion),
    );
    const found = sources.values();
    const mayWait = this.#mayWait(patienceMs);
    const taken = new Set<string>();
    const moves: Move[] = [];
    const waiting: PlannedPath[] = [];
    for (const one of planned) {
      const source = isFileVersion(one.action.target) ? found.next().value : undefined;
      if (source === undefined || source.row.local?.state !== 'current') continue;
      const move = taken.has(source.entry.path) ? undefined : this.#moveOf(one, source.entry);
      if (move !== undefined) {
        taken.add(source.entry.path);
        moves.push(move);
      } else if (mayWait && this.#init.plan(source.entry).type === 'none') waiting.push(one);
    }
    return { moves, waiting };
  }

  #mayWait(withinMs: number): boolean {
    if (this.#init.mayHearMore?.() !== true) {
      this.#sinceMs = undefined;
      return false;
    }
    const nowMs = this.#init.clock.monotonic();
    this.#sinceMs ??= nowMs;
    return nowMs - this.#sinceMs < withinMs;
  }

  /** Undefined where the file is not to be deleted, or would not be what the version says. */
  #moveOf(planned: PlannedPath, source: PathEntry): Move | undefined {
    const action = this.#init.plan(source);
    const { local } = action.type === 'apply' ? action : { local: undefined };
    const disk = local?.local.disk;
    if (action.type !== 'apply' || action.target.record.kind !== 'tombstone') return undefined;
    if (action.conflict || action.forgets === true) return undefined;
    if (local === undefined || disk === undefined || disk.racy) return undefined;
    if (local.local.withheld !== undefined || !isFree(planned)) return undefined;
    if (!sameOnDisk(local.version.record, planned.action.target.record)) return undefined;
    if (this.#init.guard !== undefined && !isVouchedFor(source, action.target)) return undefined;
    const syncs = local.version.record.author === this.#init.context.device;
    const item = { path: planned.entry.path, from: source.path, disk, syncs };
    return { planned, deletion: { entry: source, action }, item };
  }

  /** Returns what was moved. */
  #move(moves: readonly Move[]): Promise<PlannedPath[]> {
    const paths = moves.flatMap(({ item }) => [item.path, item.from]);
    return this.#claims.during(paths, async () => {
      const results = await this.#perform(moves.map(({ item }) => item));
      await this.#commit(moves, results);
      return moves.flatMap(({ planned }, at) => (results[at]?.type === 'moved' ? [planned] : []));
    });
  }

  async #perform(items: readonly MoveItem[]): Promise<MoveResult[]> {
    const { runner, root, appearances } = this.#init;
    const paths = items.map(({ path }) => path);
    let made = new Set(paths);
    appearances.begin(paths);
    try {
      const results = await runner.run(moveFilesJob, { root, items });
      made = new Set(paths.filter((_, at) => results[at]?.type === 'moved'));
      return results;
    } finally {
      appearances.end(paths, made);
    }
  }

  async #commit(moves: readonly Move[], results: readonly MoveResult[]): Promise<void> {
    const changes = new Map<string, (entry: PathEntry) => PathEntry>();
    for (const [at, { planned, deletion }] of moves.entries()) {
      const result = results[at];
      if (result?.type !== 'moved') continue;
      const { stat } = result;
      changes.set(planned.entry.path, (entry) =>
        isNewer(entry, planned) ? entry : withPlaced(entry, planned, stat, 'no'),
      );
      if (!result.leaves) continue;
      changes.set(deletion.entry.path, (entry) =>
        isNewer(entry, deletion) ? entry : withPlaced(entry, deletion, undefined, 'no'),
      );
    }
    const paths = moves
      .flatMap(({ item }) => [item.path, item.from])
      .filter((path) => changes.has(path));
    if (paths.length === 0) return;
    const change = (entry: PathEntry) => changes.get(entry.path)?.(entry) ?? entry;
    await this.#init.index.update(paths, change, { sync: true });
  }
}

/** Nothing is shown at the path. */
function isFree({ entry, action }: PlannedPath): boolean {
  const shown = localCurrent(entry);
  const isNothing = shown === undefined || shown.version.record.kind === 'tombstone';
  return action.type === 'apply' && !action.conflict && isNothing;
}

function isVouchedFor({ rows }: PathEntry, deletion: Version): boolean {
  return rows.some((row) => row.checked && sameContent(row.version.record, deletion.record));
}
