/**
 * Held until covered: content that was set aside is let go only when enough archives hold it, after
 * a grace period, and only if nobody wrote into it meanwhile. What somebody wrote into comes back
 * as a conflict copy.
 */
import {
  type Coverage,
  type FolderIndex,
  type OfferedRow,
  rowOf,
  withoutLocalSide,
} from '@holdfast/folder-index';
import { heldDirectory, ParentChecker } from '@holdfast/folder-scanner';
import {
  childPath,
  conflictCopyOf,
  type FolderPath,
  type Hash,
  nameOf,
  type Version,
  type VersionId,
} from '@holdfast/model';
import {
  type BulkJob,
  type BulkRunner,
  type Clock,
  type FilePath,
  type FileSystem,
  fileErrorCode,
  joinPath,
  parentPath,
  statIfPresent,
} from '@holdfast/platform';
import { linkOrCopy } from './link-or-copy.js';

export interface HeldItem {
  readonly id: VersionId;
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  /** Whether it may go; if not, only what somebody wrote into it comes back. */
  readonly covered: boolean;
  /** Where it goes if somebody wrote into it; the first free one. */
  readonly copyPaths: readonly FolderPath[];
}

export interface LetGoInput {
  readonly root: FilePath;
  readonly items: readonly HeldItem[];
}

export type LetGoResult =
  | { readonly type: 'gone' }
  /** Somebody wrote into it: it is a file of the folder again. */
  | { readonly type: 'copied'; readonly path: FolderPath }
  | { readonly type: 'kept' }
  | { readonly type: 'failed'; readonly code: string };

/** Removes set-aside content, or brings back what changed; one answer for each item. */
export const letGoJob: BulkJob<LetGoInput, LetGoResult[]> = {
  name: 'sync-let-go',
  perform({ root, items }, { fileSystem }) {
    const parents = new ParentChecker(fileSystem, root);
    return items.map((item): LetGoResult => {
      const held = joinPath(heldDirectory(root), item.id);
      try {
        const stat = statIfPresent(fileSystem, held);
        if (stat === undefined) return { type: 'gone' };
        if (stat.sizeBytes === item.sizeBytes && stat.mtimeNs === item.mtimeNs) {
          if (!item.covered) return { type: 'kept' };
          fileSystem.unlink(held);
          return { type: 'gone' };
        }
        const path = item.copyPaths.find(
          (one) =>
            parents.check(one).type === 'ok' && comesBack(fileSystem, held, joinPath(root, one)),
        );
        if (path === undefined) return { type: 'failed', code: 'no-free-name' };
        fileSystem.syncFileSystem(root);
        fileSystem.syncDirectory(parentPath(joinPath(root, path)));
        fileSystem.unlink(held);
        return { type: 'copied', path };
      } catch (error) {
        const code = fileErrorCode(error);
        if (code === undefined) throw error;
        return { type: 'failed', code };
      }
    });
  },
};

/** Gives it the name too, unless that is taken by something else at that very moment. */
function comesBack(fileSystem: FileSystem, held: FilePath, path: FilePath): boolean {
  const there = statIfPresent(fileSystem, path);
  if (there !== undefined) {
    const aside = fileSystem.stat(held);
    return there.inode === aside.inode && there.deviceNumber === aside.deviceNumber;
  }
  try {
    linkOrCopy(fileSystem, held, path);
    return true;
  } catch (error) {
    if (fileErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** An editor may still have the replaced file open for this long without losing what it writes. */
export const heldGraceMs = 30_000;
const rowsPerPass = 500;
const copyNames = 4;

export interface HeldKeeperInit {
  readonly index: FolderIndex;
  readonly runner: BulkRunner;
  readonly root: FilePath;
  readonly hash: Hash;
  readonly clock: Clock;
  /** Paths where content came back into the folder. */
  readonly onCopied: (paths: readonly FolderPath[]) => void;
}

export class HeldKeeper {
  readonly #init: HeldKeeperInit;

  constructor(init: HeldKeeperInit) {
    this.#init = init;
  }

  /** Lets go of what is covered. Returns when to look again, in milliseconds; undefined: no need. */
  async release(coverage: Coverage): Promise<number | undefined> {
    let soonest: number | undefined;
    // Rows that cannot go, be they ever so many, do not keep newer ones from going.
    for (let after: number | undefined = 0; after !== undefined; ) {
      const rows = await this.#init.index.sideRows(coverage.threshold(), rowsPerPass, after);
      const waitMs = await this.#releaseRows(rows, coverage);
      if (waitMs !== undefined) soonest = Math.min(soonest ?? waitMs, waitMs);
      after = rows.at(-1)?.sequence;
    }
    return soonest;
  }

  async #releaseRows(rows: readonly OfferedRow[], coverage: Coverage): Promise<number | undefined> {
    const { index, clock } = this.#init;
    const entries = await index.entries(rows.map((row) => row.path));
    const ready: { version: Version; item: HeldItem }[] = [];
    let soonest: number | undefined;
    for (const [at, { version, sequence }] of rows.entries()) {
      const entry = entries[at];
      const local = entry === undefined ? undefined : rowOf(entry, version.id)?.local;
      if (local?.state !== 'side') continue;
      // An archive that reached the row and lacks the version may have been given something else.
      const covered = coverage.covers(version.id, sequence);
      const waitMs = (local.sinceMs ?? 0) + heldGraceMs - clock.now();
      if (waitMs > 0 && waitMs <= heldGraceMs) {
        soonest = Math.min(soonest ?? waitMs, waitMs);
        continue;
      }
      ready.push({ version, item: { ...this.#item(version, local.disk), covered } });
    }
    if (ready.length > 0) await this.#letGo(ready);
    return soonest;
  }

  #item(
    version: Version,
    disk: { sizeBytes: number; mtimeNs: bigint } | undefined,
  ): Omit<HeldItem, 'covered'> {
    const { record, id } = version;
    const sizeBytes = disk?.sizeBytes ?? (record.kind === 'file' ? record.sizeBytes : 0);
    const mtimeNs = disk?.mtimeNs ?? (record.kind === 'file' ? record.mtimeNs : 0n);
    const beside =
      record.kind === 'file'
        ? Array.from(
            { length: copyNames },
            (_, attempt) => conflictCopyOf(version, attempt, this.#init.hash).record.path,
          )
        : [];
    // Its directory may be gone by now: then it comes back at the folder's root.
    const copyPaths = [...beside, ...beside.map((path) => childPath('', nameOf(path)))];
    return { id, sizeBytes, mtimeNs, copyPaths };
  }

  async #letGo(ready: readonly { version: Version; item: HeldItem }[]): Promise<void> {
    const { index, runner, root } = this.#init;
    const items = ready.map((one) => one.item);
    const results = await runner.run(letGoJob, { root, items });
    const settled = new Map<FolderPath, VersionId[]>();
    const copied: FolderPath[] = [];
    for (const [at, { version }] of ready.entries()) {
      const result = results[at];
      if (result === undefined || result.type === 'failed' || result.type === 'kept') continue;
      if (result.type === 'copied') copied.push(result.path);
      const ids = settled.get(version.record.path) ?? [];
      settled.set(version.record.path, [...ids, version.id]);
    }
    await index.update(
      [...settled.keys()],
      (entry) => (settled.get(entry.path) ?? []).reduce(withoutLocalSide, entry),
      { sync: false },
    );
    if (copied.length > 0) this.#init.onCopied(copied);
  }
}
