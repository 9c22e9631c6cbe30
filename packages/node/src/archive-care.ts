/**
 * What a person can ask of the care for an archive: whether everything in it is what it was. Plain
 * data, as all of `NodeControl`.
 */

/** Something that is not as it was and could not be made whole. */
export interface ArchiveProblem {
  /** `content`: blocks of a version; `history`: an entry of the log; `file`: a file of the store. */
  readonly type: 'content' | 'history' | 'file';
  /** What it is; a sentence for a person. */
  readonly what: string;
  /** With `content`: label of the folder, the path in it, and which version. */
  readonly folder?: string;
  readonly path?: string;
  readonly version?: string;
}

export interface VerifyRequest {
  /** Of how many blocks of a hundred the content is unpacked; all bytes are read in any case. */
  readonly samplePercent: number;
  /** Ends the run early; what was found until then is kept. */
  readonly signal?: AbortSignal | undefined;
}

export interface VerifyResult {
  readonly store: string;
  /** Entries of the history log that at least one of its copies has whole. */
  readonly records: number;
  readonly blocks: number;
  readonly bytes: number;
  /** Blocks, entries of one copy of the log, and marks of files that are not what they were. */
  readonly bad: number;
  /** Of those, how many are in order again. */
  readonly repaired: number;
  readonly seconds: number;
  /** Names of devices that gave something else when they were asked for what is lost. */
  readonly badDevices: readonly string[];
  /** What is left of `bad`, at most 1,000 of it. */
  readonly problems: readonly ArchiveProblem[];
}

export interface RebuiltIndex {
  readonly store: string;
  readonly records: number;
  readonly blocks: number;
  readonly seconds: number;
}

export interface DrillRequest {
  /** Every folder with files here, of which an archive answers, if none is named. */
  readonly folder?: string | undefined;
  /** How many files of each folder are restored. */
  readonly files: number;
}

/** One folder's drill: files were brought back from an archive and compared with the live ones. */
export interface FolderDrill {
  readonly folder: string;
  readonly label: string;
  readonly store: string;
  readonly time: string;
  readonly files: number;
  readonly bytes: number;
  /** Files that did not come back, or that have other bytes here than in the archive. */
  readonly mismatched: number;
  /** Files that somebody changed meanwhile: they were restored, and could not be compared. */
  readonly changed: number;
  /** How long the restoring took. */
  readonly seconds: number;
  /** How long it would take for the whole folder, at that rate. */
  readonly fullRestoreSeconds: number;
  /** Of what is mismatched: which file, and how; a few words for a person. */
  readonly problems: readonly { readonly path: string; readonly reason: string }[];
}

/** The sum over the folders. */
export interface DrillResult
  extends Pick<FolderDrill, 'files' | 'bytes' | 'mismatched' | 'seconds' | 'fullRestoreSeconds'> {
  readonly folders: readonly FolderDrill[];
}

export interface ArchiveCareControl {
  /**
   * Restores a sample of files from an archive to scratch and compares them with the live ones, byte
   * for byte. Codes: `no_archive`, `nothing_archived`, `usage`.
   */
  drill(request: DrillRequest): Promise<DrillResult>;
  /**
   * Reads everything that this device's store holds, and makes whole what can be. Codes:
   * `no_archive`, `verify_running`.
   */
  verify(request: VerifyRequest): Promise<VerifyResult>;
  /** Makes the index of the store again from its files alone. Code `no_archive`. */
  rebuildArchiveIndex(): Promise<RebuiltIndex>;
}
