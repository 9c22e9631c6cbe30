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

export interface ArchiveCareControl {
  /**
   * Reads everything that this device's store holds, and makes whole what can be. Codes:
   * `no_archive`, `verify_running`.
   */
  verify(request: VerifyRequest): Promise<VerifyResult>;
  /** Makes the index of the store again from its files alone. Code `no_archive`. */
  rebuildArchiveIndex(): Promise<RebuiltIndex>;
}
