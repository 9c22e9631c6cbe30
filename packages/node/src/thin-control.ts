/** Thinning an archive by its user's rules: plain data for `NodeControl`. Never begun by a device. */

export interface ThinRequest {
  /** Label or id. */
  readonly folder: string;
  /** Such as `all=3d,hourly=24,daily=30,weekly=52,monthly=always`. */
  readonly keep: string;
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
  /** The first of them. */
  readonly changes: readonly ThinnedVersionInfo[];
}

export interface ThinControl {
  /**
   * Says what the rules do not keep of a folder that this device archives, and what that would free.
   * Codes: `no_archive`, `usage`, `history_incomplete`.
   */
  thinArchive(request: ThinRequest): Promise<ThinResult>;
}
