/**
 * How one tree is watched: natively or by polling, as its user chose and as this machine can. It
 * owns the subscription. Whoever listens scans everything once a new one has begun, so that a
 * change of the watch loses nothing.
 */
import type { FolderId } from '@holdfast/model';
import {
  errorMessage,
  type FilePath,
  type FileWatcher,
  type FileWatchers,
  type Logger,
  Mutex,
  type WatchEvent,
  type WatchOptions,
  type WatchSubscription,
} from '@holdfast/platform';
import type { WatchChoice } from './folder-config.js';

/** `scans`: nothing watches; the tree is scanned at intervals. */
export type WatchMethod = 'native' | 'polling' | 'scans';

export interface WatchState {
  readonly choice: WatchChoice;
  readonly method: WatchMethod;
  /** Why it is not watched as it was chosen: a sentence for a person, or empty. */
  readonly reason: string;
  /** `ext4`, `nfs4`, `fuse.sshfs`; undefined where nothing tells. */
  readonly fileSystem: string | undefined;
}

export interface TreeWatchInit {
  readonly folder: FolderId;
  readonly root: FilePath;
  readonly watchers: FileWatchers;
  readonly fileSystemTypeOf: (root: FilePath) => Promise<string | undefined>;
  readonly options: WatchOptions;
  readonly choice: WatchChoice;
  readonly logger: Logger;
  readonly onEvent: (event: WatchEvent) => void;
  /** Another subscription has begun, or none could: everything is to be scanned. */
  readonly onRenewed: () => void;
}

interface Attempt {
  readonly method: 'native' | 'polling';
  readonly watcher: FileWatcher;
}

/** What to try, in this order; polling is the last resort of every choice. Pure. */
export function attemptsFor(choice: WatchChoice, watchers: FileWatchers): Attempt[] {
  const polling: Attempt = { method: 'polling', watcher: watchers.polling };
  if (choice === 'polling' || watchers.native === undefined) return [polling];
  return [{ method: 'native', watcher: watchers.native }, polling];
}

export class TreeWatch {
  readonly #init: TreeWatchInit;
  readonly #turns = new Mutex();
  #choice: WatchChoice;
  #method: WatchMethod = 'scans';
  #reason = '';
  #fileSystem: string | undefined;
  #subscription: WatchSubscription | undefined;
  #stopped = false;

  constructor(init: TreeWatchInit) {
    this.#init = init;
    this.#choice = init.choice;
  }

  get state(): WatchState {
    return {
      choice: this.#choice,
      method: this.#method,
      reason: this.#reason,
      fileSystem: this.#fileSystem,
    };
  }

  /** Native events are there when it resolves; polling, which may take long to begin, follows. */
  async start(): Promise<void> {
    await this.noteFileSystem();
    const begun = this.#turns.run(() => this.#begin());
    const [first] = attemptsFor(this.#choice, this.#init.watchers);
    if (first?.method === 'native') await begun;
    else void begun.then(this.#init.onRenewed);
  }

  /** Takes effect when the new watch is there; until then the old one stays. */
  choose(choice: WatchChoice): void {
    if (choice === this.#choice) return;
    this.#choice = choice;
    this.renew();
  }

  /** Begins a new subscription in place of the one there is. */
  renew(): void {
    void this.#turns.run(() => this.#begin()).then(this.#init.onRenewed);
  }

  /** What is mounted at the root may change while a node runs. */
  async noteFileSystem(): Promise<void> {
    try {
      this.#fileSystem = await this.#init.fileSystemTypeOf(this.#init.root);
    } catch (error) {
      this.#warn('the type of the file system is not known', error);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#turns.run(() => this.#end(this.#subscription));
  }

  /** Never rejects: a tree that nothing watches is scanned at intervals. */
  async #begin(): Promise<void> {
    if (this.#stopped) return;
    const old = this.#subscription;
    const { watchers } = this.#init;
    this.#subscription = undefined;
    const attempts = attemptsFor(this.#choice, watchers);
    // Two that poll one path within a process get in each other's way, and a native one beside
    // another watches no directory that the other misses; the scan fills the gap.
    const endsFirst = this.#method === 'polling' || this.#method === attempts[0]?.method;
    if (endsFirst) await this.#end(old);
    let reason = this.#choice === 'polling' ? '' : watchers.nativeProblem;
    let method: WatchMethod = 'scans';
    for (const attempt of attempts) {
      try {
        const watched = await this.#subscribe(attempt.watcher);
        this.#subscription = watched.subscription;
        method = watched.ended() === '' ? attempt.method : 'scans';
        reason = [reason, watched.ended()].filter((part) => part !== '').join(' ');
        break;
      } catch (error) {
        this.#warn(`${attempt.method} watching is not possible`, error);
        reason = errorMessage(error);
      }
    }
    this.#method = method;
    this.#reason = reason;
    if (!endsFirst) await this.#end(old);
  }

  async #subscribe(watcher: FileWatcher) {
    let ended = '';
    let current = false;
    const subscription = await watcher.watch(
      this.#init.root,
      (event) => {
        if (this.#stopped) return;
        if (event.type === 'ended') {
          ended = event.reason;
          this.#warn('watching has ended', ended);
          if (current && this.#subscription === subscription) this.#nothingWatches(ended);
        }
        this.#init.onEvent(event);
      },
      this.#init.options,
    );
    current = true;
    return { subscription, ended: () => ended };
  }

  #nothingWatches(reason: string): void {
    this.#method = 'scans';
    this.#reason = reason;
  }

  /** One that cannot be ended may tell things twice, which does no harm. */
  async #end(subscription: WatchSubscription | undefined): Promise<void> {
    try {
      await subscription?.stop();
    } catch (error) {
      this.#warn('a watch could not be ended', error);
    }
  }

  #warn(what: string, error: unknown): void {
    const reason = typeof error === 'string' ? error : errorMessage(error);
    this.#init.logger.warn(what, { folder: this.#init.folder, reason });
  }
}
