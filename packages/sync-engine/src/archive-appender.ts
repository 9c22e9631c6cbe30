/**
 * Writing down what an archive has taken, and what it shows for it: versions go to the history log,
 * then to the index. Invariant: which version of a path is current is decided and written down as
 * one step, one batch after the other.
 */
import {
  type FolderIndex,
  localCurrent,
  type PathEntry,
  type VersionRow,
  withChecked,
  withLocalCurrent,
  withRow,
} from '@holdfast/folder-index';
import type { DeviceId, FolderId, FolderPath, Hash, VersionId } from '@holdfast/model';
import { type Clock, Mutex } from '@holdfast/platform';
import type { AppendEntry, VersionArchive } from '@holdfast/version-archive';
import type { WantedVersion } from './archive-fetcher.js';
import type { LostFile } from './folder-losses.js';
import { planArchivePath, planSettlement } from './plan-sync.js';
import { SettlingPaths } from './settling-paths.js';

/** A version that a member offers. */
export interface Offer {
  readonly path: FolderPath;
  readonly row: VersionRow;
  readonly device: DeviceId;
}

export interface ArchiveAppenderInit {
  readonly folder: FolderId;
  readonly index: FolderIndex;
  readonly archive: VersionArchive;
  readonly hash: Hash;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** What a path shows, and what it is to show instead. */
interface Turn {
  readonly shown: VersionId | undefined;
  readonly winner: VersionRow | undefined;
}

type Turns = ReadonlyMap<FolderPath, Turn>;

export class ArchiveAppender {
  readonly #init: ArchiveAppenderInit;
  readonly #appending = new Mutex();
  readonly #settling: SettlingPaths;

  constructor(init: ArchiveAppenderInit) {
    this.#init = init;
    this.#settling = new SettlingPaths(init.clock);
  }

  /** Records versions that are complete in the store. */
  async append(batch: readonly WantedVersion<Offer>[]): Promise<void> {
    if (batch.length === 0) return;
    const paths = [...new Set(batch.map((wanted) => wanted.for.path))];
    await this.#appending.run(() => this.#appendNow(batch, paths));
  }

  /**
   * Shows what members show by now, where that was archived before. Tells of how many paths the
   * store lost the content since: these stay as they are.
   */
  turn(paths: readonly FolderPath[]): Promise<number> {
    return this.#appending.run(() => this.#appendNow([], paths));
  }

  /** What is lost is to be taken anew from whoever shows it. */
  takeAnew(files: readonly LostFile[]): Promise<void> {
    const ids = new Set(files.map(({ versionId }) => versionId));
    const paths = [...new Set(files.map(({ path }) => path))];
    return this.#appending.run(async () => {
      await this.#init.index.update(paths, (entry) => markLost(entry, ids), { sync: true });
    });
  }

  async #appendNow(
    batch: readonly WantedVersion<Offer>[],
    paths: readonly FolderPath[],
  ): Promise<number> {
    const { archive, index, folder } = this.#init;
    const ids = new Set(batch.map((wanted) => wanted.for.row.version.id));
    const entries = await index.entries(paths);
    const turns = new Map(entries.map((entry) => [entry.path, this.#turnOf(entry, ids)]));
    const lost = await this.#lostAmong(turns, ids);
    const offered = await this.#offered(batch, turns);
    await archive.append(folder, [...offered, ...returned(turns, ids, lost)]);
    await index.update(paths, (entry) => this.#archived(entry, ids, lost, turns), { sync: true });
    return lost.size;
  }

  #turnOf(entry: PathEntry, ids: ReadonlySet<VersionId>): Turn {
    const { hash } = this.#init;
    const marked = markArchived(entry, ids);
    const settled = planSettlement(marked, hash);
    const isDue = this.#settling.isDue(entry.path, settled?.version.id);
    const winner = planArchivePath(marked, hash) ?? (isDue ? settled : undefined);
    return { shown: localCurrent(entry)?.version.id, winner };
  }

  /** Winners that were archived earlier, and whose blocks the store has lost since. */
  async #lostAmong(turns: Turns, ids: ReadonlySet<VersionId>): Promise<ReadonlySet<VersionId>> {
    const lost = new Set<VersionId>();
    for (const { winner } of turns.values()) {
      if (winner === undefined || ids.has(winner.version.id)) continue;
      if (!(await this.#init.archive.hasBlocks(this.#init.folder, winner.version)))
        lost.add(winner.version.id);
    }
    return lost;
  }

  /** Those of the batch that the log lacks, or that become current. */
  async #offered(batch: readonly WantedVersion<Offer>[], turns: Turns): Promise<AppendEntry[]> {
    const { archive, folder } = this.#init;
    const known = await archive.hasVersions(
      folder,
      batch.map((wanted) => wanted.for.row.version.id),
    );
    return batch.flatMap(({ for: { path, row, device }, allBlocks }, at) => {
      const turn = turns.get(path);
      const becameCurrent = turn?.winner?.version.id === row.version.id;
      if (known[at] && !becameCurrent) return [];
      const { version } = row;
      return [
        { version, becameCurrent, supersedes: turn?.shown, sender: device, blocks: allBlocks },
      ];
    });
  }

  #archived(
    entry: PathEntry,
    ids: ReadonlySet<VersionId>,
    lost: ReadonlySet<VersionId>,
    turns: Turns,
  ): PathEntry {
    const { hash } = this.#init;
    const marked = markArchived(entry, ids);
    const winner = planArchivePath(marked, hash) ?? planSettlement(marked, hash);
    if (winner === undefined || lost.has(winner.version.id)) return marked;
    // The log knows of no other turn; what wins only since then is shown at the next one.
    if (winner.version.id !== turns.get(entry.path)?.winner?.version.id) return marked;
    const shown = withLocalCurrent(marked, winner.version);
    // What settles a circle is a version of the archive's own: appended, and vouched for like the former.
    const archived = withRow(shown, winner.version, (row) => ({ ...row, archived: true }));
    return winner.checked ? withChecked(archived, winner.version) : archived;
  }
}

/** A version that was archived earlier may win only now. */
function returned(
  turns: Turns,
  ids: ReadonlySet<VersionId>,
  lost: ReadonlySet<VersionId>,
): AppendEntry[] {
  return [...turns.values()].flatMap(({ shown, winner }) => {
    if (winner === undefined) return [];
    const { version, peers } = winner;
    if (ids.has(version.id) || lost.has(version.id)) return [];
    const sender = peers[0]?.device ?? version.record.author;
    return [{ version, becameCurrent: true, supersedes: shown, sender, blocks: [] }];
  });
}

function markLost(entry: PathEntry, ids: ReadonlySet<VersionId>): PathEntry {
  const lost = entry.rows.filter(({ version, archived }) => archived && ids.has(version.id));
  return lost.reduce(
    (next, { version }) => withRow(next, version, (known) => ({ ...known, archived: false })),
    entry,
  );
}

function markArchived(entry: PathEntry, ids: ReadonlySet<VersionId>): PathEntry {
  let next = entry;
  for (const row of entry.rows) {
    if (row.archived || !ids.has(row.version.id)) continue;
    next = withRow(next, row.version, (known) => ({
      ...known,
      archived: true,
      // What is kept beside elsewhere and is archived here needs no row any more.
      peers: known.peers.filter((peer) => peer.state === 'current'),
    }));
  }
  return next;
}
