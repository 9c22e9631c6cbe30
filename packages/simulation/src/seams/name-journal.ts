/**
 * The changes of names on one disk that no directory sync has made durable, in the order in which
 * they were made. Owns their undo. Invariant: an operation survives a power loss whole or not at
 * all; a rename never ends with neither name, and a directory never has two.
 */
import { type DirectoryInode, isReachable, type NamedEntry, setEntry } from './disk-inode.js';
import type { SeededRandom } from './seeded-random.js';

export interface NameChange {
  readonly directory: DirectoryInode;
  readonly key: string;
  readonly before: NamedEntry | undefined;
  readonly after: NamedEntry | undefined;
}

interface NameOperation {
  readonly changes: readonly NameChange[];
  /** Directories that must exist for the operation to survive. */
  readonly requires: readonly DirectoryInode[];
}

/**
 * `journal`: operations survive in their order, as on ext4 and xfs. `any`: each survives or is
 * lost on its own, the least that POSIX promises.
 */
export type NameOrder = 'journal' | 'any';

/** Beyond it the oldest state is written back, as a kernel does in time. */
const maxPendingOperations = 8192;

class NameSet {
  readonly #keys = new Map<DirectoryInode, Set<string>>();

  add({ directory, key }: NameChange): void {
    const keys = this.#keys.get(directory);
    if (keys === undefined) this.#keys.set(directory, new Set([key]));
    else keys.add(key);
  }

  has({ directory, key }: NameChange): boolean {
    return this.#keys.get(directory)?.has(key) ?? false;
  }
}

export class NameJournal {
  #pending: NameOperation[] = [];

  get pendingCount(): number {
    return this.#pending.length;
  }

  /** Whether a power loss may change what has the name. */
  isPending(directory: DirectoryInode, key: string): boolean {
    return this.#pending.some(({ changes }) =>
      changes.some((change) => change.directory === directory && change.key === key),
    );
  }

  /** Makes the changes and remembers how to take them back. */
  apply(changes: readonly NameChange[]): void {
    for (const change of changes) setEntry(change.directory, change.key, change.after);
    const requires = changes.filter(({ after }) => after !== undefined);
    this.#pending.push({ changes, requires: requires.map(({ directory }) => directory) });
    if (this.#pending.length > maxPendingOperations) this.commitAll();
  }

  commitAll(): void {
    this.#pending = [];
  }

  /**
   * Makes the directory's entries durable, with every earlier operation that they rest on. Of a
   * rename from another directory only the new name: the old one's removal is that one's matter.
   */
  commitDirectory(directory: DirectoryInode): void {
    const needed = new NameSet();
    const remaining: NameOperation[] = [];
    for (const operation of this.#pending.toReversed()) {
      const left = remainderAfterSync(operation, directory, needed);
      if (left !== undefined) remaining.push(left);
    }
    this.#pending = remaining.toReversed();
  }

  /** Power loss: takes everything back, then makes again what survived. */
  crash(root: DirectoryInode, order: NameOrder, random: SeededRandom): void {
    const operations = this.#pending;
    this.#pending = [];
    for (const operation of operations.toReversed()) {
      for (const change of operation.changes.toReversed()) {
        setEntry(change.directory, change.key, change.before);
      }
    }
    const cut = random.integer(0, operations.length);
    const keepChance = random.pick([0, 0.2, 0.5, 0.8, 1]);
    for (const [index, operation] of operations.entries()) {
      const survives = order === 'journal' ? index < cut : random.chance(keepChance);
      if (!survives || !canRedo(operation, root)) continue;
      for (const change of operation.changes) setEntry(change.directory, change.key, change.after);
    }
  }
}

/** What of the operation is not durable once `directory` is synced; undefined: nothing. */
function remainderAfterSync(
  operation: NameOperation,
  directory: DirectoryInode,
  needed: NameSet,
): NameOperation | undefined {
  const { changes } = operation;
  const isNeeded = changes.some((change) => needed.has(change));
  const inside = changes.filter((change) => change.directory === directory);
  const gains = inside.filter(({ after }) => after !== undefined);
  // No journal splits the move of a directory: it would have two parents.
  const movesDirectory = gains.some(({ after }) => after?.inode.kind === 'directory');
  if (isNeeded || movesDirectory || inside.length === changes.length) {
    for (const change of changes) needed.add(change);
    return undefined;
  }
  if (gains.length === 0) return operation;
  for (const change of gains) needed.add(change);
  return { changes: changes.filter((change) => !gains.includes(change)), requires: [directory] };
}

function sameEntry(left: NamedEntry | undefined, right: NamedEntry | undefined): boolean {
  return left?.inode === right?.inode && left?.name === right?.name;
}

/** Whether the state is the one that the operation was made in, as far as it is concerned. */
function canRedo({ changes, requires }: NameOperation, root: DirectoryInode): boolean {
  if (!requires.every((directory) => isReachable(directory, root))) return false;
  return changes.every((change) => {
    const current = change.directory.entries.get(change.key);
    // The old name of a rename must be there: else an inode would get a second name.
    const mayBeDone = change.after !== undefined || changes.length === 1;
    const isDone = mayBeDone && sameEntry(current, change.after);
    if (!isDone && !sameEntry(current, change.before)) return false;
    const lost = change.before?.inode;
    if (lost?.kind !== 'directory' || isDone) return true;
    // A directory that vanishes must be empty: what was moved out of it may have come back.
    return lost.entries.size === 0 || changes.some(({ after }) => after?.inode === lost);
  });
}
