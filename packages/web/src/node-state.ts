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
  readonly heldFiles: number;
  readonly copies: number;
  readonly lastArchived: string | null;
  readonly lastVerified: string | null;
  readonly lastDrill: string | null;
  readonly members: readonly string[];
}

export interface Device {
  readonly id: string;
  readonly name: string;
  readonly connected: boolean;
  readonly addresses: readonly string[];
  readonly lastSeen: string | null;
}

export interface NodeState {
  readonly device: string;
  readonly name: string;
  readonly version: string;
  readonly folders: readonly Folder[];
  readonly devices: readonly Device[];
}
