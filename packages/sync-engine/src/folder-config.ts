/** What a folder is on this device, as its user set it up. */
import type { FolderMarker } from '@holdfast/folder-scanner';
import type { DeviceId, FolderId, MassChangeLimits } from '@holdfast/model';
import type { FilePath } from '@holdfast/platform';
import type { FolderMode } from '@holdfast/sync-protocol';

/** How changes are noticed: `auto` leaves it to what the machine can do. */
export type WatchChoice = 'auto' | 'native' | 'polling';

export interface FolderTree {
  readonly root: FilePath;
  readonly marker: FolderMarker;
  readonly watch: WatchChoice;
}

export interface FolderConfig {
  readonly id: FolderId;
  readonly label: string;
  /** Where the files are; undefined where only history is kept. */
  readonly tree: FolderTree | undefined;
  /** Whether this device keeps the folder's history. */
  readonly archive: boolean;
  readonly mode: FolderMode;
  readonly members: readonly DeviceId[];
  /** Distinct stores that must hold a version before it counts as covered. */
  readonly copies: number;
  readonly paused: boolean;
  /** From when on a mass change waits for a person; undefined: never. */
  readonly massChange: MassChangeLimits | undefined;
}
