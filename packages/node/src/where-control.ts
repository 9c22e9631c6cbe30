/** Where a file or a folder is, and what would be lost with this device: plain data for `NodeControl`. */

/** What would be lost if this device were lost now, as far as it knows. */
export interface DeviceLoss {
  /** Files, as the folder shows them here, that nobody else has. */
  readonly files: number;
  /** Versions that are set aside here and that nobody else has. */
  readonly olderVersions: number;
  /** Versions in this device's history, where no other device is known to keep one; else 0. */
  readonly historyVersions: number;
  readonly bytes: number;
  /** False while it is being counted: then it may be less, and is not more. */
  readonly exact: boolean;
  /** For a person. */
  readonly sentence: string;
}

export interface WhereDevice {
  /** Name; its id where it is not known here. */
  readonly device: string;
  readonly deviceId: string;
  readonly thisDevice: boolean;
  readonly connected: boolean;
  /** False: it was revoked or is suspended. What it has it keeps, and it counts as no copy. */
  readonly admitted: boolean;
  /** Whether it has all of it, as file or in its archive. */
  readonly has: boolean;
  /** Whether its archive holds all of it. */
  readonly archived: boolean;
  /** Of a folder or directory: how many files it has. */
  readonly files: number;
  readonly archivedFiles: number;
}

export interface WhereArchive {
  readonly device: string;
  readonly deviceId: string;
  /** The id of its store. */
  readonly store: string;
  readonly connected: boolean;
  /** Whether it holds the version that is asked about, or all files of a directory. */
  readonly has: boolean;
  /** Versions of the file that it holds, newest first; null where it is not connected, or not asked. */
  readonly versions: readonly string[] | null;
  /** When it last said what it holds; null for this device's own. */
  readonly asOf: string | null;
}

export interface WhereResult {
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink' | 'tombstone' | 'folder';
  /** The version that is asked about: what this device shows, else what others show; null for many. */
  readonly version: string | null;
  readonly files: number;
  readonly bytes: number;
  readonly devices: readonly WhereDevice[];
  /** Devices that have all of it, this one included; those that are cut off do not count. */
  readonly copies: number;
  readonly archives: readonly WhereArchive[];
}

export interface WhereControl {
  /** `path` is `FOLDER` or `FOLDER/dir/file`; as this device's index knows it now. */
  where(path: string): Promise<WhereResult>;
}
