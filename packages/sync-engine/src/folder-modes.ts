/**
 * What a person does to a folder that does not both send and receive: *override* makes this device's
 * versions win everywhere, *revert* takes back what was changed here. And what a change of the mode
 * calls for: what was withheld is shared. Each says first what it touches.
 *
 * Invariant: every step is one batch of the index and can be taken again after a crash.
 */
import {
  type FolderIndex,
  localCurrent,
  type PathEntry,
  peerCurrents,
  withChecked,
  withLocalCurrent,
} from '@holdfast/folder-index';
import { nextVector, type ObserveContext } from '@holdfast/folder-scanner';
import {
  displayPath,
  type FileRecord,
  type FolderPath,
  joinWithinLimit,
  versionOf,
} from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import type { FolderMode } from '@holdfast/sync-protocol';
import type { FolderConfig } from './folder-config.js';
import type { LocalTree } from './local-tree.js';
import type { PathPlanner, SyncAction } from './plan-sync.js';
import { shared, takenBack } from './plan-withheld.js';

/** What happens to a path: elsewhere by an override, here by a revert. */
export type ModeEffect = 'replaced' | 'removed' | 'returned';

export interface ModeChange {
  readonly path: string;
  readonly effect: ModeEffect;
}

/** What an override or a revert touches. Directories count too. */
export interface ModeChanges {
  readonly files: number;
  readonly replaced: number;
  readonly removed: number;
  readonly returned: number;
  /** The first of them. */
  readonly changes: readonly ModeChange[];
}

export interface FolderModesInit {
  readonly folder: {
    readonly config: Pick<FolderConfig, 'label' | 'mode' | 'paused'>;
    readonly treeIndex: FolderIndex;
    readonly renumbering: { readonly isPending: boolean };
  };
  readonly tree: Pick<LocalTree, 'rescan' | 'wake' | 'unreadable'>;
  readonly plan: PathPlanner;
  readonly context: ObserveContext;
  /** Something was written to the index. */
  readonly onChange: () => void;
}

type Pages = (after: FolderPath | undefined) => Promise<FolderPath[]>;

const pathsPerBatch = 1_000;
const maxListed = 1_000;

export class FolderModes {
  readonly #init: FolderModesInit;
  #isSharing = false;

  constructor(init: FolderModesInit) {
    this.#init = init;
  }

  /**
   * Throws where the folder is not send-only and nothing in it waits for a person, or this disk
   * cannot say what it has.
   */
  async override({ dryRun }: { readonly dryRun: boolean }): Promise<ModeChanges> {
    if (this.isUndecided) return this.#preferOwn(dryRun);
    this.#require('send-only');
    await this.#lookAtDisk();
    const { tree, plan, context } = this.#init;
    if (tree.unreadable > 0) throw unreadable(this.#config.label, tree.unreadable);
    const needed: Pages = (after) => this.#index.neededPaths(pathsPerBatch, after);
    const changes = await this.#list(needed, (entry) => overrideEffect(plan(entry)));
    if (!dryRun) await this.#change(needed, (entry) => overridden(entry, plan, context));
    return changes;
  }

  /**
   * Throws where the folder is not receive-only and nothing in it waits for a person. What goes back
   * is set aside until it is covered.
   */
  async revert({ dryRun }: { readonly dryRun: boolean }): Promise<ModeChanges> {
    if (!this.isUndecided) this.#require('receive-only');
    await this.#lookAtDisk();
    const changes = await this.#list(this.#withheld, (entry) => this.#revertEffect(entry));
    if (dryRun) return changes;
    await this.#change(this.#withheld, takenBack);
    await this.#index.numbers.noteDecided();
    this.#init.tree.wake();
    return changes;
  }

  /** After a loss of the index: what is here is told to the members as what this device makes of theirs. */
  async #preferOwn(dryRun: boolean): Promise<ModeChanges> {
    await this.#lookAtDisk();
    const changes = await this.#list(this.#withheld, (entry) =>
      shared(entry) === entry ? undefined : 'replaced',
    );
    if (dryRun) return changes;
    await this.#change(this.#withheld, shared);
    await this.#index.numbers.noteDecided();
    return changes;
  }

  readonly #withheld: Pages = (after) => this.#index.localChanges(pathsPerBatch, after);

  /** Something is withheld though the folder sends: nobody knows whether it is newer. */
  get isUndecided(): boolean {
    const { numbers, counts } = this.#index;
    const { mode } = this.#config;
    return mode !== 'receive-only' && numbers.isUndecided && counts.localChanges > 0;
  }

  /**
   * After a change of the mode and at every start: nothing is withheld in a folder that sends, but
   * what waits for a person to say which side is newer.
   */
  async shareWithheld(): Promise<void> {
    const { numbers, counts } = this.#index;
    // In a receive-only folder they are changes like any other.
    if (this.#config.mode === 'receive-only') return numbers.noteDecided();
    if (counts.localChanges === 0 || numbers.isUndecided) return;
    await this.#change(this.#withheld, shared);
  }

  /**
   * What was withheld and about to be replaced when the mode changed comes to stay where the members
   * thought better of it, and a scan may have been writing: that is shared as soon as it counts.
   */
  async shareLeft(): Promise<void> {
    const left = () => (this.#config.mode === 'receive-only' ? 0 : this.#index.counts.localChanges);
    if (this.#isSharing) return;
    this.#isSharing = true;
    try {
      for (let before = left(); before > 0; ) {
        await this.shareWithheld();
        const after = left();
        if (after >= before) return;
        before = after;
      }
    } finally {
      this.#isSharing = false;
    }
  }

  get #config(): FolderModesInit['folder']['config'] {
    return this.#init.folder.config;
  }

  get #index(): FolderIndex {
    return this.#init.folder.treeIndex;
  }

  #require(mode: FolderMode): void {
    const { label, mode: now } = this.#config;
    if (now !== mode) throw otherMode(label, now, mode);
  }

  /** What is counted is what lies on the disk now; a folder that is stopped throws. */
  async #lookAtDisk(): Promise<void> {
    const { label, paused } = this.#config;
    if (paused) throw notNow(label, 'is paused', 'Nothing was changed. Resume it first.');
    // What is here may be the old side.
    if (this.#init.folder.renumbering.isPending) {
      const hint = 'Nothing was changed. Try again once another device is connected.';
      throw notNow(label, 'waits for the whole index of another device', hint);
    }
    await this.#init.tree.rescan();
  }

  async #list(
    pages: Pages,
    effectOf: (entry: PathEntry) => ModeEffect | undefined,
  ): Promise<ModeChanges> {
    const count = { replaced: 0, removed: 0, returned: 0 };
    const changes: ModeChange[] = [];
    for await (const paths of eachPage(pages)) {
      for (const entry of await this.#index.entries(paths)) {
        const effect = effectOf(entry);
        if (effect === undefined) continue;
        count[effect] += 1;
        if (changes.length < maxListed) changes.push({ path: displayPath(entry.path), effect });
      }
    }
    return { files: count.replaced + count.removed + count.returned, ...count, changes };
  }

  async #change(pages: Pages, change: (entry: PathEntry) => PathEntry): Promise<void> {
    for await (const paths of eachPage(pages)) {
      await this.#index.update(paths, change, { sync: true });
      this.#init.onChange();
    }
  }

  #revertEffect(entry: PathEntry): ModeEffect | undefined {
    const action = this.#init.plan(takenBack(entry));
    if (action.type === 'none') return undefined;
    if (localCurrent(entry)?.version.record.kind === 'tombstone') return 'returned';
    return action.target.record.kind === 'tombstone' ? 'removed' : 'replaced';
  }
}

/** A page is asked for after the last path of the one before, so what a batch settles is not met again. */
async function* eachPage(pages: Pages): AsyncGenerator<FolderPath[]> {
  for (let after: FolderPath | undefined; ; ) {
    const paths = await pages(after);
    if (paths.length === 0) return;
    after = paths.at(-1);
    yield paths;
  }
}

function overrideEffect(action: SyncAction): ModeEffect | undefined {
  if (action.type === 'none') return undefined;
  const { local, target } = action;
  if (local === undefined || local.version.record.kind === 'tombstone') return 'removed';
  return target.record.kind === 'tombstone' ? 'returned' : 'replaced';
}

/** This device's version above all that others show; what is not here becomes a deletion. */
function overridden(entry: PathEntry, plan: PathPlanner, context: ObserveContext): PathEntry {
  if (plan(entry).type === 'none') return entry;
  const local = localCurrent(entry);
  const known = peerCurrents(entry).map(({ version }) => version.record.vector);
  const vector = joinWithinLimit([nextVector(entry, context.actor), ...known]);
  // No room for one actor more: it stays out of sync, and nothing is lost.
  if (vector === undefined) return entry;
  const made = { path: entry.path, vector, author: context.device };
  const record: FileRecord =
    local === undefined ? { kind: 'tombstone', ...made } : { ...local.version.record, ...made };
  const disk = local?.local.disk;
  const version = versionOf(record, context.hash);
  const shown = withLocalCurrent(entry, version, {
    withheld: 'no',
    ...(disk === undefined ? {} : { disk }),
  });
  // A person asked for it: no guard against mass changes asks again.
  return withChecked(shown, version);
}

function otherMode(label: string, mode: FolderMode, wanted: FolderMode): AppError {
  const verb = wanted === 'send-only' ? 'override' : 'revert';
  return new AppError('usage', `"${label}" is ${mode}: only a ${wanted} folder can ${verb}.`, {
    hint: 'Nothing was changed.',
  });
}

function notNow(label: string, why: string, hint: string): AppError {
  return new AppError('folder_not_ready', `"${label}" ${why}.`, { kind: 'retry', hint });
}

function unreadable(label: string, count: number): AppError {
  const message = `${count} entries of "${label}" cannot be read here: others might lose them.`;
  return new AppError('folder_not_ready', message, {
    hint: 'Nothing was changed. See which with: holdfast status. Make them readable first.',
  });
}
