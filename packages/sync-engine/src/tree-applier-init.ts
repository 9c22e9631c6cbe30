/** What bringing remote versions into a tree is given. */

import type { FolderIndex } from '@holdfast/folder-index';
import type { IgnoreRules, ListBlockStore } from '@holdfast/folder-scanner';
import type { DeviceId, FolderId, FolderPath, Hash, Version } from '@holdfast/model';
import type { BulkRunner, Clock, FilePath, Logger } from '@holdfast/platform';
import type { BlockSupplier } from './block-client.js';
import type { DirectoryReviver } from './directory-reviver.js';
import type { HeldReconciler } from './held-reconciler.js';
import type { MassChangeGuard } from './mass-change-guard.js';
import type { AppearanceWatch } from './placer.js';
import type { PathPlanner } from './plan-sync.js';

export interface TreeApplierInit {
  readonly folder: FolderId;
  readonly root: FilePath;
  readonly index: FolderIndex;
  readonly runner: BulkRunner;
  readonly listBlocks: ListBlockStore;
  readonly hash: Hash;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly context: ConstructorParameters<typeof DirectoryReviver>[0]['context'];
  readonly plan: PathPlanner;
  /** Compares what lies aside with the index, while nothing is placed. */
  readonly held: Pick<HeldReconciler, 'isDue' | 'settle'>;
  /** What is ignored on this device. */
  readonly rules: () => IgnoreRules;
  /** A mirror gets directories back from its archive, and makes none itself. */
  readonly waitsForArchive?: boolean;
  /** Whether content may be placed; where not, only what is here already is taken over. */
  readonly mayPlace?: () => boolean;
  /** The connected member to ask for blocks; undefined while it is not connected. */
  readonly clientOf: (device: DeviceId) => BlockSupplier | undefined;
  /** Whether the tree may be touched now: the folder is not paused and its root is in order. */
  readonly mayApply: () => Promise<boolean>;
  /** Whether a member has rows on their way here. */
  readonly mayHearMore?: () => boolean;
  /** Devices that may have what nobody shows any more. */
  readonly keepers?: () => readonly DeviceId[];
  /** Whether all members are connected, so that nobody else has what they lack. */
  readonly isEverybodyHere?: () => boolean;
  /** Asked before what others did takes content away here. */
  readonly guard?: MassChangeGuard | undefined;
  /** Paths that the disk shows otherwise than expected. */
  readonly onSurprise: (paths: readonly FolderPath[], below: readonly FolderPath[]) => void;
  readonly appearances: AppearanceWatch;
  /** The temporary file of a large version is about to be filled. */
  readonly onStaging: (target: Version) => void;
  /** Called after something was committed to the index. */
  readonly onApplied: () => void;
}
