/** An index with files that others change, and a guard over it that asks early. */
import {
  Coverage,
  FolderIndex,
  type PathEntry,
  peerCurrents,
  withLocalCurrent,
  withPeerRow,
} from '@holdfast/folder-index';
import { observe } from '@holdfast/folder-scanner';
import {
  type DeviceId,
  type FolderId,
  type FolderPath,
  type MassChangeLimits,
  type Version,
  type VersionVector,
  versionOf,
} from '@holdfast/model';
import { silentLogger } from '@holdfast/platform';
import { MemoryDatabase, MemoryKeyValueStore, SeededRandom } from '@holdfast/simulation';
import { MassChangeGuard } from '../src/mass-change-guard.js';
import type { PlannedPath } from '../src/placer.js';
import { needOf, planPath } from '../src/plan-sync.js';
import { actor, contentOf, desktop, fileVersion, hash, here, pathOf } from './place-world.js';

const context = { actor: actor('a'), device: here, hash };
const folder = 'photosphotosphot' as FolderId;
export const windowMs = 600_000;
const random = new SeededRandom('guard');
export const disk = {
  sizeBytes: 8,
  mtimeNs: 5n,
  ctimeNs: 5n,
  inode: 7n,
  permissions: 0o644,
  racy: false,
};
const ours: VersionVector = [{ actor: actor('a'), counter: 1 }];
export const theirs: VersionVector = [...ours, { actor: actor('d'), counter: 1 }];

export const nameOf = (number: number) => `${number}.txt`;
export const former = (number: number) => fileVersion(nameOf(number), `former ${number}`, ours);

export function rewritten(number: number, author: DeviceId = desktop): Version {
  return fileVersion(nameOf(number), `spoiled ${number}`, theirs, { author });
}

/** Deleted, and then written anew, as some programs rewrite a file. */
export function removed(number: number): Version {
  const path = pathOf(nameOf(number));
  return versionOf({ kind: 'tombstone', path, author: desktop, vector: theirs }, hash);
}

export function writtenAnew(number: number): Version {
  const vector = [...ours, { actor: actor('d'), counter: 2 }];
  return fileVersion(nameOf(number), `anew ${number}`, vector, { author: desktop });
}

export class GuardWorld {
  nowMs = 1_790_000_000_000;
  limits: MassChangeLimits | undefined = { files: 3, sharePercent: 10, windowMs };
  questionsHeard = 0;
  readonly index: FolderIndex;
  readonly clock = {
    now: () => this.nowMs,
    monotonic: () => this.nowMs,
    setTimer: () => ({ cancel: () => undefined }),
  };
  guard: MassChangeGuard;

  static async open(files: number): Promise<GuardWorld> {
    const world = new GuardWorld(await openIndex());
    await world.index.update(
      pathsOf(0, files),
      (entry) => shown(entry, former(Number.parseInt(entry.path, 10))),
      { sync: true },
    );
    return world;
  }

  private constructor(index: FolderIndex) {
    this.index = index;
    this.guard = this.#guardOf();
  }

  /** As a node that starts again: what was in memory is gone. */
  restart(): void {
    this.guard = this.#guardOf();
  }

  /** The desktop shows new content at these paths; `checked`: it vouches for it. */
  async hear(from: number, to: number, checked = false): Promise<void> {
    await this.index.update(
      pathsOf(from, to),
      (entry) => {
        const number = Number.parseInt(entry.path, 10);
        const peer = { device: desktop, state: 'current', sequence: number + 1 } as const;
        return withPeerRow(entry, rewritten(number), peer, checked);
      },
      { sync: true },
    );
  }

  /** The desktop shows this version. */
  async hearOf(version: Version): Promise<void> {
    const peer = { device: desktop, state: 'current', sequence: 1_000 } as const;
    await this.index.update([version.record.path], (entry) => withPeerRow(entry, version, peer), {
      sync: true,
    });
  }

  /** What the guard lets pass of all that is needed, as one pass of the applier asks it. */
  async pass(): Promise<readonly PlannedPath[]> {
    const planned = await this.planned();
    await this.guard.foreseePlaced(planned);
    const admitted = await this.guard.admit(planned);
    await this.guard.passed();
    return admitted;
  }

  /** A part of what one scan of everything finds: the paths are gone, or as `next` says. */
  async foresee(from: number, to: number, next = gone): Promise<boolean> {
    const entries = await this.index.entries(pathsOf(from, to));
    const changes = entries.map((before) => ({ before, after: next(before) }));
    return !this.guard.mayAsk(changes.length) || this.guard.foresee(changes, true);
  }

  async commit(from: number, to: number, next = gone): Promise<void> {
    const judged = (entry: PathEntry) => this.guard.judge(entry, next(entry));
    await this.index.update(pathsOf(from, to), judged, { sync: false });
    await this.guard.committed();
  }

  /** This device's user changes paths, and one scan finds that. */
  async change(from: number, to: number, next = gone): Promise<void> {
    this.nowMs += 1_000;
    await this.foresee(from, to, next);
    await this.commit(from, to, next);
    await this.guard.scanned();
  }

  async planned(): Promise<readonly PlannedPath[]> {
    const paths = await this.index.neededPaths(1_000);
    return (await this.index.entries(paths)).flatMap((entry): PlannedPath[] => {
      const action = planPath(entry, hash);
      return action.type === 'none' ? [] : [{ entry, action }];
    });
  }

  /** As after placing: the index shows them. */
  async place(passed: readonly PlannedPath[]): Promise<void> {
    const byPath = new Map(passed.map((one) => [one.entry.path, one]));
    await this.index.update(
      [...byPath.keys()],
      (entry) => {
        const { action, mark } = byPath.get(entry.path)!;
        const next = withLocalCurrent(entry, action.target, { disk });
        const rows = next.rows.map((row) =>
          mark && row.version.id === action.target.id ? { ...row, guard: mark } : row,
        );
        return { ...next, rows };
      },
      { sync: true },
    );
  }

  async answer(answer: 'confirmed' | 'rejected'): Promise<void> {
    await this.index.questions.change((known) =>
      known.map((one) => (one.answer === 'open' ? { ...one, answer } : one)),
    );
    await this.guard.settle();
  }

  get answers(): string[] {
    return this.index.questions.all().map(({ answer }) => answer);
  }

  #guardOf(): MassChangeGuard {
    return new MassChangeGuard({
      index: this.index,
      device: here,
      hash,
      clock: this.clock,
      random,
      logger: silentLogger,
      limits: () => this.limits,
      coverage: () => new Coverage([], 1),
      ownChanges: () => 'asked',
      onQuestion: () => {
        this.questionsHeard += 1;
      },
    });
  }
}

export function openIndex(): Promise<FolderIndex> {
  return FolderIndex.open({
    store: new MemoryKeyValueStore(new MemoryDatabase()),
    folder,
    hash,
    random,
    policy: { needOf: (entry) => needOf(entry, hash), queuesOffers: false },
  });
}

export function pathsOf(from: number, to: number): FolderPath[] {
  return numbers(from, to).map((number) => pathOf(nameOf(number)));
}

/** As a scan sees it: the file is not there. */
export function gone(before: PathEntry): PathEntry {
  return observe(before, { type: 'absent' }, context);
}

/** As a scan sees it: the file has other content. */
export function spoiled(before: PathEntry): PathEntry {
  const text = `spoiled here ${before.path}`;
  const { blocks } = contentOf(text);
  const stat = { ...disk, kind: 'file', sizeBytes: text.length, deviceNumber: 1n } as const;
  return observe(before, { type: 'file', stat, blocks, racy: false }, context);
}

export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}

/** Here and at the desktop. */
export function shown(entry: PathEntry, version: Version): PathEntry {
  return withPeerRow(withLocalCurrent(entry, version, { disk }), version, {
    device: desktop,
    state: 'current',
    sequence: 1,
  });
}

export function mayBePlaced(entry: PathEntry): Version[] {
  return peerCurrents(entry).map((row) => row.version);
}
