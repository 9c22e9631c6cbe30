/**
 * Everything a person, a script or the page can ask of a running node. The REST API exposes it, the
 * command line and the page use it through that API. Plain data in and out; failures are AppErrors
 * whose codes are part of the contract. Times are ISO 8601 in UTC with `Z`; ids are text.
 */

import type { ArchiveCareControl } from './archive-care.js';
import type { DeviceStatus, DeviceTrustControl } from './device-trust-control.js';
import type { HistoryControl } from './history-control.js';
import type { KeptContentControl } from './kept-content.js';
import type {
  GuardChange,
  GuardSettings,
  MassChangeAnswers,
  MassChangeStatus,
} from './mass-change-answers.js';
import type { FolderMode, ModeActionRequest, ModeActionResult } from './mode-control.js';
import type { FolderProgress } from './progress-figures.js';
import type { ThinControl, ThinnedStatus } from './thin-control.js';
import type { UndoControl } from './undo-control.js';
import type { DeviceLoss, WhereControl } from './where-control.js';

export type * from './archive-care.js';
export type * from './device-trust-control.js';
export type * from './history-control.js';
export type * from './progress-figures.js';
export type * from './thin-control.js';
export type * from './undo-control.js';
export type * from './where-control.js';
export type { FolderMode, ModeActionRequest, ModeActionResult };

export type FolderState =
  | 'up-to-date'
  | 'scanning'
  | 'syncing'
  | 'waiting'
  | 'paused'
  | 'stopped'
  | 'out-of-sync'
  | 'needs-confirmation';

/** `auto`: native events, or polling where there are none for this platform. */
export type WatchMode = 'auto' | 'native' | 'polling';

export interface WatchStatus {
  /** As it was chosen. */
  readonly mode: WatchMode;
  /** As it is; `scans` where nothing watches and the folder is only scanned at intervals. */
  readonly method: 'native' | 'polling' | 'scans';
  /** Why it is not as it was chosen; a sentence for a person, or empty. */
  readonly reason: string;
  /** What the files lie on, such as `ext4` or `fuse.sshfs`; null where nothing tells. */
  readonly fileSystem: string | null;
  /** What to do where events are not to be relied on; sentences for a person, or empty. */
  readonly suggestion: string;
}

export interface FolderStatus {
  readonly id: string;
  readonly label: string;
  /** Absolute native path; null where only history is kept here. */
  readonly path: string | null;
  readonly mode: FolderMode;
  /** Whether this device keeps the folder's history. */
  readonly archive: boolean;
  readonly state: FolderState;
  /** A sentence for a person; empty where the state says it all. */
  readonly stateReason: string;
  readonly files: number;
  readonly bytes: number;
  readonly needFiles: number;
  readonly needBytes: number;
  /** Versions here that no wanted number of archives covers yet. */
  readonly unarchivedFiles: number;
  /**
   * What was changed in a receive-only folder here and is not sent to others: files, directories,
   * symlinks and deletions. In a send-only folder `needFiles` counts what differs elsewhere.
   */
  readonly receiveOnlyChangedFiles: number;
  /** Side rows whose content is set aside until it is covered. */
  readonly heldFiles: number;
  /** Versions that were overwritten in place here before enough archives had them: they are gone. */
  readonly overwrittenVersions: number;
  /** Conflict copies that the folder shows. */
  readonly conflictCopies: number;
  /** What could not be read or placed here. */
  readonly problemFiles: number;
  /** What is passed over here, such as sockets. */
  readonly leftOutFiles: number;
  /** Archives that cover everything here. */
  readonly copies: number;
  /** What would be lost with this device. */
  readonly ifLost: DeviceLoss;
  /** What its user let go of the history that is kept here; null where nothing was. */
  readonly thinned: ThinnedStatus | null;
  readonly lastArchived: string | null;
  readonly lastVerified: string | null;
  readonly lastDrill: string | null;
  /** Ids of the devices that the folder is shared with here. */
  readonly members: readonly string[];
  /** Members that are known to keep its history. */
  readonly archives: readonly string[];
  /** Members that are connected and keep the folder too. */
  readonly connectedMembers: readonly string[];
  /** How changes of its files are noticed; null where only history is kept here. */
  readonly watch: WatchStatus | null;
  /** Mass changes that wait for an answer; any member's will do. */
  readonly massChanges: readonly MassChangeStatus[];
  /** From when on a mass change waits; null: never. */
  readonly guard: GuardSettings | null;
  /** What moves at the moment; null while nothing does. */
  readonly progress: FolderProgress | null;
}

export interface NodeStatus {
  readonly device: string;
  readonly name: string;
  /** The page's address, without any secret. */
  readonly gui: string;
  readonly version: string;
  /** Where this device can be dialled. */
  readonly addresses: readonly string[];
  readonly folders: readonly FolderStatus[];
  readonly devices: readonly DeviceStatus[];
}

export interface FolderOffer {
  readonly id: string;
  readonly label: string;
  /** Devices that offer it and are not yet members here. */
  readonly devices: readonly { readonly id: string; readonly name: string }[];
  /** Whether the folder is kept here already, so that accepting only adds the devices. */
  readonly known: boolean;
}

export interface AcceptFolderRequest {
  /** Id, label or unambiguous prefix of an offered folder. */
  readonly folder: string;
  /** Absolute native path; created if missing. */
  readonly path?: string | undefined;
  readonly mode?: FolderMode | undefined;
  readonly archive: boolean;
}

/** What a folder passes over on this device. */
export interface IgnorePatterns {
  /** Absolute native path of `.stignore`, which may not exist. */
  readonly file: string;
  readonly text: string;
  /** Files that it includes, from the folder's root. */
  readonly included: readonly string[];
  /** Why they cannot be used, with the line; empty where they are in order. */
  readonly fault: string;
}

export interface IgnoreTest {
  readonly path: string;
  readonly ignored: boolean;
  /** It may go where it keeps a directory from being deleted. */
  readonly deletable: boolean;
  /** The line that decides; null where none matches. */
  readonly by: { readonly file: string; readonly line: number; readonly text: string } | null;
}

export interface ArchiveStatus {
  readonly store: string;
  readonly storeId: string;
  readonly generation: number;
  readonly blocks: number;
  readonly bytes: number;
  readonly storedBytes: number;
  readonly segments: number;
  /** What compacting freed of it, as far as it is remembered, and when it did last. */
  readonly freedBytes: number;
  readonly compacted: string | null;
  readonly folders: readonly {
    readonly id: string;
    readonly label: string;
    readonly versions: number;
    readonly files: number;
    readonly deletedFiles: number;
    readonly head: string;
    readonly position: string;
    /** Null where no version is thinned. */
    readonly thinned: ThinnedStatus | null;
  }[];
}

export interface NodeEvent {
  /** Only grows. */
  readonly id: number;
  readonly time: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * FOLDER arguments take a label or an id; DEVICE arguments a name, an id or an unambiguous prefix.
 * Codes used throughout: `folder_unknown`, `device_unknown`, `path_unknown`, `version_unknown`,
 * `time_unknown`, `position_unknown` (not found); `ambiguous`, `usage`, `time_invalid`,
 * `label_taken`, `path_invalid`, `folder_exists` (wrong usage).
 */
export interface NodeControl
  extends KeptContentControl,
    ArchiveCareControl,
    DeviceTrustControl,
    HistoryControl,
    ThinControl,
    UndoControl,
    WhereControl {
  status(): Promise<NodeStatus>;
  /** Requests that the process end; resolves once that is under way. */
  shutdown(): Promise<void>;

  /**
   * `expiresMs` from now; default 15 minutes. `mine`: who joins is a device of the same user, which is
   * the default.
   */
  invite(request: {
    readonly expiresMs?: number | undefined;
    readonly mine?: boolean | undefined;
  }): Promise<{ readonly invite: string; readonly expires: string; readonly mine: boolean }>;
  /** Codes: `invite_mangled`, `invite_expired`, `invite_refused`, `invite_own`, `invite_unreachable`. */
  join(
    invite: string,
    /** Default: as who made the invite says. */
    mine?: boolean,
  ): Promise<{ readonly device: string; readonly name: string; readonly mine: boolean }>;
  devices(): Promise<readonly DeviceStatus[]>;
  renameDevice(device: string, name: string): Promise<DeviceStatus>;
  addDeviceAddress(device: string, address: string): Promise<DeviceStatus>;
  removeDeviceAddress(device: string, address: string): Promise<DeviceStatus>;

  addFolder(request: {
    readonly path: string;
    readonly label?: string | undefined;
    readonly mode?: FolderMode | undefined;
  }): Promise<{
    readonly id: string;
    readonly label: string;
    readonly path: string;
    /** What a person should know about this place. */
    readonly notes: readonly string[];
  }>;
  shareFolder(folder: string, device: string): Promise<void>;
  unshareFolder(folder: string, device: string): Promise<void>;
  folderOffers(): Promise<readonly FolderOffer[]>;
  acceptFolder(request: AcceptFolderRequest): Promise<{
    readonly id: string;
    readonly label: string;
    readonly path: string | null;
    readonly archive: boolean;
    readonly notes: readonly string[];
  }>;
  folders(): Promise<readonly FolderStatus[]>;
  /** Stops syncing here; files stay. */
  removeFolder(folder: string): Promise<void>;
  /** Resolves when the scan is done. */
  rescanFolder(folder: string): Promise<void>;
  pauseFolder(folder: string): Promise<void>;
  resumeFolder(folder: string): Promise<void>;
  /** How many archives must hold a version before it counts as covered. */
  setCopies(folder: string, copies: number): Promise<FolderStatus>;
  /** How changes of its files are noticed; taken over at once. Code `usage` without files here. */
  setWatch(folder: string, watch: WatchMode): Promise<FolderStatus>;
  /** As they stand on the disk. Codes: `usage` without files here, `ignore_faulty`. */
  ignorePatterns(folder: string): Promise<IgnorePatterns>;
  /** Replaces `.stignore`; nothing is changed where it cannot be understood (`ignore_faulty`). */
  setIgnorePatterns(folder: string, text: string): Promise<IgnorePatterns>;
  /** Whether a path is ignored, and by which line. `path`: from the folder's root, or absolute. */
  testIgnored(folder: string, path: string): Promise<IgnoreTest>;
  /**
   * Which way changes travel. Where that would touch files, code `needs_confirmation` unless
   * `confirmed`; code `usage` where the folder cannot have the mode.
   */
  setMode(request: {
    readonly folder: string;
    readonly mode: FolderMode;
    readonly confirmed: boolean;
  }): Promise<FolderStatus>;
  /** Send-only: makes this device's versions win on every device. Code `folder_not_ready`. */
  overrideFolder(request: ModeActionRequest): Promise<ModeActionResult>;
  /** Receive-only: takes back what was changed here. Code `folder_not_ready`. */
  revertFolder(request: ModeActionRequest): Promise<ModeActionResult>;
  /** What counts as a mass change here; null: nobody is asked. Code `usage`. */
  setGuard(folder: string, guard: GuardChange | null): Promise<FolderStatus>;
  /**
   * Answers every mass change that waits, for all members: it was meant, or everything is put back.
   * Resolves when the answer is durable here. Code `nothing_to_confirm`.
   */
  confirmFolder(folder: string): Promise<MassChangeAnswers>;
  rejectFolder(folder: string): Promise<MassChangeAnswers>;
  /**
   * Resolves when the folder (or every folder) is in sync with every connected member, and with
   * `archived`, when every version here is covered. Rejects with `wait_timeout`, `no_archive`.
   */
  wait(request: {
    readonly folder?: string | undefined;
    readonly archived: boolean;
    readonly timeoutMs?: number | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Promise<void>;

  archiveStatus(): Promise<ArchiveStatus>;

  /** Events after `since`, at most `limit`, waiting up to `waitMs` for the first. */
  events(request: {
    readonly since: number;
    readonly limit: number;
    readonly waitMs: number;
    readonly signal?: AbortSignal | undefined;
  }): Promise<readonly NodeEvent[]>;
}
