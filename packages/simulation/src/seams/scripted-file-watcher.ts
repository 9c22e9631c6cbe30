/**
 * Hints about changes on a machine's disks, as unreliable as real ones: late, doubled, lost or
 * replaced by an overflow, by chance and through the event heap. Owns its subscriptions.
 */
import {
  type FilePath,
  type FileWatcher,
  joinPath,
  type WatchEvent,
  type WatchOptions,
  type WatchSubscription,
} from '@holdfast/platform';
import { MemoryFileError } from './file-error.js';
import { KillSwitch } from './kill-switch.js';
import type { MountTable } from './mount-table.js';
import type { SeededRandom } from './seeded-random.js';
import type { Schedule } from './virtual-world-clock.js';

export interface WatcherBehaviour {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  readonly lossChance: number;
  readonly duplicateChance: number;
  readonly overflowChance: number;
}

/** A watcher that loses and doubles nothing. */
export const promptWatcher: WatcherBehaviour = {
  minDelayMs: 1,
  maxDelayMs: 20,
  lossChance: 0,
  duplicateChance: 0,
  overflowChance: 0,
};

export interface ScriptedFileWatcherOptions {
  readonly mounts: MountTable;
  readonly schedule: Schedule;
  readonly random: SeededRandom;
  readonly behaviour?: Partial<WatcherBehaviour>;
  readonly killSwitch?: KillSwitch;
}

interface WatchedTree {
  readonly root: FilePath;
  readonly canonicalRoot: FilePath;
  readonly options: WatchOptions;
  readonly listener: (event: WatchEvent) => void;
  stopped: boolean;
}

/** The path as the watching side writes it; undefined outside the tree and where it is skipped. */
function pathInTree(tree: WatchedTree, path: FilePath): FilePath | undefined {
  if (path === tree.canonicalRoot) return tree.root;
  const prefix = tree.canonicalRoot === '/' ? '/' : `${tree.canonicalRoot}/`;
  if (!path.startsWith(prefix)) return undefined;
  const relative = path.slice(prefix.length);
  const names = relative.split('/');
  const { skipNames, skipPrefix } = tree.options;
  const isSkipped =
    skipNames?.includes(names[0]!) ||
    (skipPrefix !== undefined && names.some((name) => name.startsWith(skipPrefix)));
  return isSkipped ? undefined : joinPath(tree.root, relative);
}

export class ScriptedFileWatcher implements FileWatcher {
  /** The world may change it at any time. */
  behaviour: WatcherBehaviour;
  readonly #options: ScriptedFileWatcherOptions;
  readonly #killSwitch: KillSwitch;
  readonly #trees = new Set<WatchedTree>();

  constructor(options: ScriptedFileWatcherOptions) {
    this.#options = options;
    this.behaviour = { ...promptWatcher, ...options.behaviour };
    this.#killSwitch = options.killSwitch ?? new KillSwitch();
  }

  async watch(
    root: FilePath,
    listener: (event: WatchEvent) => void,
    options: WatchOptions = {},
  ): Promise<WatchSubscription> {
    const found = this.#options.mounts.resolve(root, 'watch');
    if (found.inode === undefined) throw new MemoryFileError('ENOENT', 'watch', root);
    if (found.inode.kind !== 'directory') throw new MemoryFileError('ENOTDIR', 'watch', root);
    const tree = { root, canonicalRoot: found.path, options, listener, stopped: false };
    this.#trees.add(tree);
    const endListening = this.#options.mounts.onChange((paths) => this.#consider(tree, paths));
    const end = () => {
      tree.stopped = true;
      this.#trees.delete(tree);
      endListening();
    };
    this.#killSwitch.onKill(end);
    return { stop: async () => end() };
  }

  /** Tells every subscription that events were lost. */
  overflow(): void {
    for (const tree of this.#trees) this.#deliverLater(tree, { type: 'overflow' });
  }

  /** Tells every subscription that watching failed. */
  fail(error: Error): void {
    for (const tree of this.#trees) this.#deliverLater(tree, { type: 'error', error });
  }

  #consider(tree: WatchedTree, changed: readonly FilePath[]): void {
    const paths = changed.flatMap((path) => pathInTree(tree, path) ?? []);
    if (paths.length === 0) return;
    const { random } = this.#options;
    if (random.chance(this.behaviour.lossChance)) return;
    if (random.chance(this.behaviour.overflowChance)) {
      this.#deliverLater(tree, { type: 'overflow' });
      return;
    }
    this.#deliverLater(tree, { type: 'changed', paths });
    if (random.chance(this.behaviour.duplicateChance)) {
      this.#deliverLater(tree, { type: 'changed', paths });
    }
  }

  #deliverLater(tree: WatchedTree, event: WatchEvent): void {
    const { minDelayMs, maxDelayMs } = this.behaviour;
    const delayMs = this.#options.random.integer(minDelayMs, maxDelayMs);
    this.#options.schedule(delayMs, () => {
      if (!tree.stopped) tree.listener(event);
    });
  }
}
