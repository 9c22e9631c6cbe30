/**
 * What devices say to each other, as values: discriminated unions on `type`, ids branded and
 * checked, counts within `limits.ts`. Each channel carries its own kinds of message; a frame is one
 * message. The bytes are in SPEC.md. Records travel as opaque canonical bytes: the receiver decodes
 * them with the model's `decodeVersion`.
 */
import type {
  DeviceId,
  EpochId,
  FolderId,
  HistoryPage,
  HistoryQuery,
  MassChange,
  StoreId,
  VersionId,
} from '@holdfast/model';
import type { ArchiveProof } from './archive-proof.js';
import type { TrustStatement } from './trust-statement.js';

/** Both directions; opened by the device that dialled. The first frame each way is a hello. */
export const controlProtocol = '/holdfast/sync/1';
/** The opener sends block requests, the other side block responses. */
export const blocksProtocol = '/holdfast/blocks/1';
/** The opener sends history requests, the other side one answer to each, in order. */
export const historyProtocol = '/holdfast/history/1';
/** The opener sends one pair request, the other side one pair answer. */
export const pairingProtocol = '/holdfast/pair/1';

export const protocolMajor = 1;

/** How much a device had published, or had seen, of one index. */
export interface IndexPosition {
  readonly epoch: EpochId;
  /** 0 before the first row. */
  readonly sequence: number;
  /** The rolling hash of the version ids up to `sequence`: 64 hexadecimal digits. */
  readonly hash: string;
}

/** Whether the sender publishes its own changes, applies those of others, or both. */
export type FolderMode = 'send-receive' | 'send-only' | 'receive-only';

export interface HelloMessage {
  readonly type: 'hello';
  readonly protocolMajor: typeof protocolMajor;
  /** 64 bits; a device that lacks one of these must not go on. */
  readonly requiredFeatures: bigint;
  /** 64 bits; contains the required ones. */
  readonly supportedFeatures: bigint;
  readonly deviceName: string;
  readonly softwareVersion: string;
  /** Where the sender can be dialled; multiaddr text, in order of preference. */
  readonly addresses: readonly string[];
}

export interface ArchiveAnnouncement {
  readonly storeId: StoreId;
  readonly generation: number;
}

export interface FolderAnnouncement {
  readonly folderId: FolderId;
  readonly label: string;
  /** Whether the sender keeps the folder; false is an offer only. */
  readonly accepted: boolean;
  /** The epoch of the sender's index; equal to that of `position`. */
  readonly epoch: EpochId;
  /** The sender's latest durable position in its own index. */
  readonly position: IndexPosition;
  /** What the sender last saw of the receiver's index, durably. */
  readonly seen?: IndexPosition;
  /** Present where the sender keeps history for the folder. */
  readonly archive?: ArchiveAnnouncement;
  readonly mode: FolderMode;
  /** Questions about mass changes that the sender knows of, with their answers. */
  readonly massChanges: readonly MassChange[];
  /** What the sender knows to have been done to prove the folder's archives, by whomever. */
  readonly proofs: readonly ArchiveProof[];
}

/** Every folder that the sender shares with the receiver; replaces all earlier announcements. */
export interface FoldersMessage {
  readonly type: 'folders';
  readonly folders: readonly FolderAnnouncement[];
}

export type RowState = 'current' | 'side';

export interface IndexRow {
  readonly sequence: number;
  readonly state: RowState;
  /**
   * Whether the sender vouches for the version: a guard against mass changes let it pass where it
   * was made, or a person confirmed it.
   */
  readonly checked: boolean;
  /** The canonical shared record, verbatim and not yet checked; a view on the frame when decoded. */
  readonly record: Uint8Array;
}

export interface IndexDeltaMessage {
  readonly type: 'index-delta';
  readonly folderId: FolderId;
  readonly epoch: EpochId;
  /**
   * Everything up to this sequence was sent before, or is offered no more: a receiver that has not
   * seen as much has missed something.
   */
  readonly after: number;
  /** In rising order of sequence, all beyond `after`. */
  readonly rows: readonly IndexRow[];
  /** Present when, with this message, the receiver has everything up to it; of the same epoch. */
  readonly position?: IndexPosition;
  /** The sender looks through its disk still, or has more rows: what belongs to these may follow. */
  readonly more?: true;
}

/**
 * Why a device takes nothing new for the moment, or `content-lost`: its archive lost content that it
 * had, and nobody who is connected has it. `disk-failed` stands for what is not known here too.
 */
export type DeviceTrouble = 'disk-full' | 'disk-failed' | 'content-lost';

export interface ProgressMessage {
  readonly type: 'progress';
  readonly folderId: FolderId;
  /** What the sender has durably seen of the receiver's index. */
  readonly seen: IndexPosition;
  /** The sender's own latest durable sequence. */
  readonly sequence: number;
  readonly needFiles: number;
  readonly needBytes: number;
  /** Absent where the sender takes what is new. */
  readonly trouble?: DeviceTrouble;
}

/** An archive's statement that it holds the receiver's rows up to `position`, save the exceptions. */
export interface ReceiptMessage {
  readonly type: 'receipt';
  readonly folderId: FolderId;
  readonly storeId: StoreId;
  readonly generation: number;
  /** In the receiver's index. */
  readonly position: IndexPosition;
  readonly exceptions: readonly VersionId[];
  /** The entries in the store's history log, and the hash of the last: 64 hexadecimal digits. */
  readonly logPosition: number;
  readonly logHead: string;
}

export interface ErrorMessage {
  readonly type: 'error';
  readonly code: string;
  readonly message: string;
  readonly folderId?: FolderId;
}

/** Who may be talked to, as the issuers' users said; only to a device that supports it. */
export interface TrustMessage {
  readonly type: 'trust';
  readonly statements: readonly TrustStatement[];
}

export type ControlMessage =
  | HelloMessage
  | FoldersMessage
  | IndexDeltaMessage
  | ProgressMessage
  | ReceiptMessage
  | ErrorMessage
  | TrustMessage;

/** A run of blocks of one version. */
export interface BlockRequestItem {
  readonly versionId: VersionId;
  /** 0: the blocks of the file; n: the list blocks of depth n. */
  readonly level: number;
  /** The first one and how many, in the order of that level laid out flat. */
  readonly first: number;
  readonly count: number;
}

export interface BlockRequest {
  /** Chosen by the asking side; 32 bits. */
  readonly requestId: number;
  readonly folderId: FolderId;
  readonly items: readonly BlockRequestItem[];
}

export interface BlockDelivery {
  /** The place of the item in the request. */
  readonly item: number;
  /** The block's place in its level. */
  readonly index: number;
  /** A view on the frame: it lives as long as the whole frame does. */
  readonly envelope: Uint8Array;
}

export type MissingReason = 'gone' | 'unknown' | 'unreadable' | 'not-member';

export interface MissingItem {
  readonly item: number;
  readonly reason: MissingReason;
}

/** Part of the answer to a request, never an empty one; the last part has `done`. */
export interface BlockResponse {
  readonly requestId: number;
  readonly blocks: readonly BlockDelivery[];
  readonly missing: readonly MissingItem[];
  readonly done: boolean;
}

export interface HistoryRequest {
  readonly folderId: FolderId;
  readonly query: HistoryQuery;
}

export type HistoryAnswer =
  | { readonly type: 'page'; readonly page: HistoryPage }
  | { readonly type: 'error'; readonly code: string; readonly message: string };

export interface PairRequest {
  /** Eight bytes: sixteen hexadecimal digits. */
  readonly inviteId: string;
  /** Sixteen bytes. */
  readonly secret: Uint8Array;
  readonly deviceName: string;
  readonly addresses: readonly string[];
}

/** '' where the request was accepted, and only there. */
export type PairRefusal = 'invite_refused' | 'invite_expired' | 'invite_used';

export interface PairAnswer {
  readonly accepted: boolean;
  readonly code: '' | PairRefusal;
  /** Whether the sender takes the receiver for a device of its own user. */
  readonly mine: boolean;
  readonly deviceName: string;
  readonly addresses: readonly string[];
}

/** What one device hands to another, out of band, to be paired with. */
export interface Invite {
  /** Eight bytes: sixteen hexadecimal digits. */
  readonly inviteId: string;
  /** Sixteen bytes. */
  readonly secret: Uint8Array;
  /** The device that made the invite. */
  readonly device: DeviceId;
  readonly expiresAtMs: number;
  readonly addresses: readonly string[];
}
