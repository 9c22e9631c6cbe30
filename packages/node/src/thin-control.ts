/** Thinning an archive by its user's rules: plain data for `NodeControl`. Never begun by a device. */

export interface ThinRequest {
  /** Label or id. */
  readonly folder: string;
  /** Such as `all=3d,hourly=24,daily=30,weekly=52,monthly=always`. */
  readonly keep: string;
  /** Marks them; otherwise it is only said. */
  readonly apply: boolean;
  /** Their content stays at least so long; seven days if it is not said. */
  readonly delayMs?: number | undefined;
}

/** A version that goes, or would. */
export interface ThinnedVersionInfo {
  readonly path: string;
  readonly version: string;
  /** When the archive received it. */
  readonly time: string;
  readonly size: number;
}

export interface ThinResult {
  readonly id: string;
  readonly label: string;
  readonly store: string;
  /** The rules, as they were understood. */
  readonly keep: string;
  readonly versions: number;
  /** Files that they are versions of; each keeps its last one. */
  readonly files: number;
  /** Content of the versions, shared or not. */
  readonly bytes: number;
  /** What the blocks that nothing else needs take in the store. */
  readonly freedBytes: number;
  /** Versions of files that stay. */
  readonly kept: number;
  /** Whether more would go once these are gone. */
  readonly more: boolean;
  readonly applied: boolean;
  /** When their content may be freed; null where nothing was marked. */
  readonly freeFrom: string | null;
  /** The first of them. */
  readonly changes: readonly ThinnedVersionInfo[];
}

export interface UnthinResult {
  readonly id: string;
  readonly label: string;
  readonly store: string;
  /** Versions that are kept again. */
  readonly versions: number;
}

export interface CompactResult {
  readonly store: string;
  /** Segments whose space was freed. */
  readonly segments: number;
  readonly freedBytes: number;
  /** What else lay in them, and was written again. */
  readonly copiedBytes: number;
  /** Not needed any more, and left: copying the rest of its segments is not worth it. */
  readonly leftBytes: number;
  /** Segments left as they are, because something in them is not what was written. */
  readonly damagedSegments: number;
  /** Versions that are marked and not freed yet, and when the first of them may be. */
  readonly waiting: number;
  readonly freeFrom: string | null;
  /** Why what might be freed waits, or what ended it early; sentences for a person. */
  readonly notes: readonly string[];
  /** Whether it ended early, such as on a full disk; what was freed until then is. */
  readonly ended: boolean;
  readonly seconds: number;
}

/** Versions of a folder that this device's user let go, in its own store. */
export interface ThinnedStatus {
  /** Marked, and not freed yet: they can be kept again. */
  readonly waiting: number;
  /** What compacting frees of them at most; null where that is not remembered, or nothing waits. */
  readonly waitingBytes: number | null;
  /** When the last of those that wait were marked; null where none waits. */
  readonly marked: string | null;
  /** When the first of those that wait may be freed; null where none waits. */
  readonly freeFrom: string | null;
  /** Versions that are gone. */
  readonly freed: number;
  /** What compacting has freed of the whole store, all its folders; and when it did last. */
  readonly freedBytes: number;
  readonly compacted: string | null;
}

export interface ThinControl {
  /**
   * Frees what was marked and whose time has come. Ends between two steps where the signal says so;
   * it may be asked for again at any time. Codes: `no_archive`, `clock_implausible`,
   * `compact_running`, `history_incomplete`, `store_write_failed` where nothing could be done.
   */
  compactArchive(request: { readonly signal?: AbortSignal | undefined }): Promise<CompactResult>;
  /**
   * Says what the rules do not keep of a folder that this device archives, and what that frees; marks
   * it if asked to. Codes: `no_archive`, `usage`, `history_incomplete`; marking, also
   * `clock_implausible`, `mass_change_open`, `members_unheard`.
   */
  thinArchive(request: ThinRequest): Promise<ThinResult>;
  /** Keeps what was marked and is not freed yet. Code `no_archive`. */
  unthinArchive(folder: string): Promise<UnthinResult>;
}
