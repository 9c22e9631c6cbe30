/**
 * Held until covered: content that was set aside is let go only when enough archives hold it, after
 * a grace period, and only if its bytes are those of the version. What somebody wrote into comes
 * back as a conflict copy.
 */
import {
  type Coverage,
  type FolderIndex,
  type OfferedRow,
  rowOf,
  withoutLocalSide,
} from '@holdfast/folder-index';
import {
  childPath,
  conflictCopyOf,
  type FolderPath,
  type Hash,
  nameOf,
  type Version,
  type VersionId,
} from '@holdfast/model';
import { type BulkRunner, type Clock, type FilePath, inGroups } from '@holdfast/platform';
import { failedAgainMs } from './held-release.js';
import { type HeldItem, letGoJob, unstableCode } from './let-go-job.js';

/** An editor may still have the replaced file open for this long without losing what it writes. */
export const heldGraceMs = 30_000;
const rowsPerPass = 500;
const copyNames = 4;
/** A job reads no more than this, one file apart: a worker thread is needed for other work too. */
const maxJobBytes = 64 * 1024 * 1024;
const jobBound = { maxBytes: maxJobBytes, bytesOf: ({ item }: ReadyItem) => item.sizeBytes };

interface ReadyItem {
  readonly version: Version;
  readonly item: HeldItem;
}

type Covering = Pick<Coverage, 'threshold' | 'covers' | 'excepts'>;

export interface HeldKeeperInit {
  readonly index: FolderIndex;
  readonly runner: BulkRunner;
  readonly root: FilePath;
  readonly hash: Hash;
  readonly clock: Clock;
  /** Paths where content came back into the folder. */
  readonly onCopied: (paths: readonly FolderPath[]) => void;
}

/** Where the content of a version comes back, if somebody wrote into it. */
export function copyPathsOf(version: Version, hash: Hash): FolderPath[] {
  if (version.record.kind !== 'file') return [];
  const attempts = Array.from({ length: copyNames }, (_, attempt) => attempt);
  const beside = attempts.map((attempt) => conflictCopyOf(version, attempt, hash).record.path);
  // Its directory may be gone by now: then it comes back at the folder's root.
  return [...beside, ...beside.map((path) => childPath('', nameOf(path)))];
}

export class HeldKeeper {
  readonly #init: HeldKeeperInit;
  /** When what no archive could take was last read: it is not read again while nothing touched it. */
  #readAtNs = new Map<VersionId, bigint>();

  constructor(init: HeldKeeperInit) {
    this.#init = init;
  }

  /** A person lets go of everything that is set aside, whoever has it. */
  async releaseAll(): Promise<void> {
    const { sequence } = this.#init.index.position();
    const everything = { threshold: () => sequence, covers: () => true, excepts: () => false };
    await this.#release(everything, 0);
  }

  /** Lets go of what is covered. Returns when to look again, in milliseconds; undefined: no need. */
  release(coverage: Coverage): Promise<number | undefined> {
    return this.#release(coverage, heldGraceMs);
  }

  async #release(coverage: Covering, graceMs: number): Promise<number | undefined> {
    let soonest: number | undefined;
    const readBefore = this.#readAtNs;
    this.#readAtNs = new Map();
    // Rows that cannot go, be they ever so many, do not keep newer ones from going.
    for (let after: number | undefined = 0; after !== undefined; ) {
      const rows = await this.#init.index.sideRows(coverage.threshold(), rowsPerPass, after);
      const waitMs = await this.#releaseRows(rows, { coverage, graceMs }, readBefore);
      if (waitMs !== undefined) soonest = Math.min(soonest ?? waitMs, waitMs);
      after = rows.at(-1)?.sequence;
    }
    return soonest;
  }

  async #releaseRows(
    rows: readonly OfferedRow[],
    { coverage, graceMs }: { readonly coverage: Covering; readonly graceMs: number },
    readBefore: ReadonlyMap<VersionId, bigint>,
  ): Promise<number | undefined> {
    const { index, clock } = this.#init;
    const entries = await index.entries(rows.map((row) => row.path));
    const ready: ReadyItem[] = [];
    let soonest: number | undefined;
    for (const [at, { version, sequence }] of rows.entries()) {
      const entry = entries[at];
      const local = entry === undefined ? undefined : rowOf(entry, version.id)?.local;
      if (local?.state !== 'side') continue;
      const waitMs = (local.sinceMs ?? 0) + graceMs - clock.now();
      if (waitMs > 0 && waitMs <= graceMs) {
        soonest = Math.min(soonest ?? waitMs, waitMs);
        continue;
      }
      const covered = coverage.covers(version.id, sequence);
      // An archive that reached the row and lacks the version may have been given something else.
      const isDoubtful = covered || coverage.excepts(version.id);
      const blocks =
        isDoubtful && version.record.kind === 'file' ? version.record.blocks : undefined;
      const readAtNs = readBefore.get(version.id);
      const item = { ...this.#item(version, local.disk), covered, blocks, readAtNs };
      ready.push({ version, item });
    }
    for (const part of inGroups(ready, jobBound)) {
      const againMs = await this.#letGo(part);
      if (againMs !== undefined) soonest = Math.min(soonest ?? againMs, againMs);
    }
    return soonest;
  }

  #item(
    version: Version,
    disk: { sizeBytes: number; mtimeNs: bigint } | undefined,
  ): Pick<HeldItem, 'id' | 'sizeBytes' | 'mtimeNs' | 'copyPaths'> {
    const { record, id } = version;
    const sizeBytes = disk?.sizeBytes ?? (record.kind === 'file' ? record.sizeBytes : 0);
    const mtimeNs = disk?.mtimeNs ?? (record.kind === 'file' ? record.mtimeNs : 0n);
    const copyPaths = copyPathsOf(version, this.#init.hash);
    return { id, sizeBytes, mtimeNs, copyPaths };
  }

  /** Returns when one of them has to be looked at again. */
  async #letGo(ready: readonly ReadyItem[]): Promise<number | undefined> {
    const { index, runner, root } = this.#init;
    const items = ready.map((one) => one.item);
    const results = await runner.run(letGoJob, { root, items });
    const settled = new Map<FolderPath, VersionId[]>();
    const copied: FolderPath[] = [];
    for (const [at, { version }] of ready.entries()) {
      const result = results[at];
      if (result?.type === 'kept' && result.readAtNs !== undefined) {
        this.#readAtNs.set(version.id, result.readAtNs);
      }
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
    const failures = results.filter((result) => result.type === 'failed');
    if (failures.some(({ code }) => code === unstableCode)) return heldGraceMs;
    return failures.length > 0 ? failedAgainMs : undefined;
  }
}
