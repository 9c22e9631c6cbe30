/** What the page reads of a node's status: its own narrow view of the API's answer. */
export type FolderState =
  | 'up-to-date'
  | 'scanning'
  | 'syncing'
  | 'waiting'
  | 'paused'
  | 'stopped'
  | 'out-of-sync'
  | 'needs-confirmation';

export interface Folder {
  readonly id: string;
  readonly label: string;
  readonly path: string | null;
  readonly mode: 'send-receive' | 'send-only' | 'receive-only';
  readonly archive: boolean;
  readonly state: FolderState;
  readonly stateReason: string;
  readonly files: number;
  readonly bytes: number;
  readonly needFiles: number;
  readonly needBytes: number;
  readonly unarchivedFiles: number;
  /** In a receive-only folder: what was changed here and is not sent. */
  readonly receiveOnlyChangedFiles: number;
  readonly heldFiles: number;
  readonly overwrittenVersions: number;
  readonly conflictCopies: number;
  readonly problemFiles: number;
  readonly leftOutFiles: number;
  readonly copies: number;
  readonly lastArchived: string | null;
  readonly lastVerified: string | null;
  readonly lastDrill: string | null;
  readonly members: readonly string[];
  readonly archives: readonly string[];
  readonly connectedMembers: readonly string[];
  readonly progress: FolderProgress | null;
  /** What was let go of the history that this device keeps. */
  readonly thinned?: {
    readonly waiting: number;
    readonly waitingBytes: number | null;
    readonly marked: string | null;
    readonly freeFrom: string | null;
    readonly freed: number;
    /** Of the whole store. */
    readonly freedBytes: number;
    readonly compacted: string | null;
  } | null;
  /** What would be lost with this device, as a sentence. */
  readonly ifLost?: { readonly sentence: string };
  /** How changes are noticed, with advice where that is not to be relied on. */
  readonly watch?: { readonly suggestion?: string } | null;
  /** What else a person should know; sentences. */
  readonly notes?: readonly string[];
}

export interface FolderProgress {
  readonly scan: {
    readonly files: number;
    /** 0 where it is not known. */
    readonly knownFiles: number;
    readonly hashedBytes: number;
    readonly bytesPerSecond: number;
  } | null;
  readonly receiving:
    | (Transfer & {
        readonly from: readonly { readonly device: string }[];
      })
    | null;
  readonly sending: readonly (Transfer & { readonly device: string })[];
}

/** What is left of a transfer. */
export interface Transfer {
  readonly files: number;
  readonly bytes: number;
  /** The most that was left since it began. */
  readonly totalFiles: number;
  readonly totalBytes: number;
  readonly bytesPerSecond: number;
  readonly secondsLeft: number | null;
}

export interface FolderOffer {
  readonly id: string;
  readonly label: string;
  readonly devices: readonly { readonly id: string; readonly name: string }[];
  /** Kept here already: accepting only adds the devices. */
  readonly known: boolean;
}

export interface NodeEvent {
  readonly id: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Device {
  readonly id: string;
  readonly name: string;
  readonly connected: boolean;
  readonly addresses: readonly string[];
  readonly lastSeen: string | null;
  /** Why nothing travels between the two: revoked, suspended, another version; else empty. */
  readonly problem: string;
}

export interface NodeState {
  readonly device: string;
  readonly name: string;
  readonly version: string;
  readonly folders: readonly Folder[];
  readonly devices: readonly Device[];
}
