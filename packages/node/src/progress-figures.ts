/** How far scans and transfers are, as people and scripts are told: plain data. */

/** Figures of a scan and of transfers; a few times a second at most, also as `folder-progress`. */
export interface FolderProgress {
  readonly scan: ScanningProgress | null;
  readonly receiving: ReceivingProgress | null;
  /** Connected devices that still need something of this folder. */
  readonly sending: readonly SendingProgress[];
}

export interface ScanningProgress {
  /** Files that were looked at. */
  readonly files: number;
  /** Files known from the last time; 0 where that is not known, or single paths are looked at. */
  readonly knownFiles: number;
  readonly hashedBytes: number;
  readonly bytesPerSecond: number;
}

/** What is left of a transfer. */
export interface TransferProgress {
  readonly files: number;
  readonly bytes: number;
  /** The most that was left since it began. */
  readonly totalFiles: number;
  readonly totalBytes: number;
  readonly bytesPerSecond: number;
  /** Null while nobody can say. */
  readonly secondsLeft: number | null;
}

/** Files, or versions to archive where history is kept here. */
export interface ReceivingProgress extends TransferProgress {
  /** Device ids, the fastest first; those that send nothing now are left out. */
  readonly from: readonly { readonly device: string; readonly bytesPerSecond: number }[];
}

export interface SendingProgress extends TransferProgress {
  readonly device: string;
}
