/** What the tree of a folder is given: seams, rules of its folder, and whom to tell. */
import type { Coverage, FolderIndex } from '@holdfast/folder-index';
import type { ListBlockStore, ObserveContext } from '@holdfast/folder-scanner';
import type { DeviceId, FolderId, Hash } from '@holdfast/model';
import type {
  BulkRunner,
  Clock,
  FilePath,
  FileWatchers,
  Logger,
  RandomSource,
} from '@holdfast/platform';
import type { BlockSupplier } from './block-client.js';
import type { FolderTree as TreeConfig } from './folder-config.js';
import type { VersionSearch } from './held-reconciler.js';
import type { MassChangeGuard } from './mass-change-guard.js';
import type { PathPlanner } from './plan-sync.js';

/** What whoever works on a folder's files needs of the node. */
export interface FolderSeams {
  readonly index: FolderIndex;
  readonly runner: BulkRunner;
  readonly watchers: FileWatchers;
  readonly fileSystemTypeOf: (root: FilePath) => Promise<string | undefined>;
  readonly listBlocks: ListBlockStore;
  readonly context: ObserveContext;
  readonly hash: Hash;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
}

export interface FolderTreeInit extends FolderSeams {
  readonly folder: FolderId;
  readonly tree: TreeConfig;
  readonly plan: PathPlanner;
  readonly waitsForArchive?: boolean;
  /** Whether content may be placed; where not, only what is here already is taken over. */
  readonly mayPlace?: () => boolean;
  readonly clientOf: (device: DeviceId) => BlockSupplier | undefined;
  readonly coverage: () => Coverage;
  /** Versions that the index has forgotten; undefined while not everybody can be asked. */
  readonly findVersions: VersionSearch;
  readonly isPaused: () => boolean;
  /** Whether remote versions may be placed; scans go on all the same. */
  readonly mayApply: () => boolean;
  /** Asked before content is said to be gone here, and before what others did takes it away. */
  readonly guard?: MassChangeGuard | undefined;
  /** Whether a member has rows on their way here. */
  readonly mayHearMore?: () => boolean;
  readonly keepers?: () => readonly DeviceId[];
  readonly isEverybodyHere?: () => boolean;
  /** Rows, needs or the state of the tree changed. */
  readonly onChange: () => void;
}
