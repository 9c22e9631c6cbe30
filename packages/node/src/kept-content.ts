/**
 * What a person can ask about content that a folder keeps beside what it shows, and about what it
 * could not take in: plain data, as all of `NodeControl`. Every list has at most 10,000 items.
 */

/** One version of a file as a list of conflicts shows it. */
export interface ConflictVersion {
  /** Relative to the folder's root. */
  readonly path: string;
  readonly kind: 'file' | 'symlink' | 'directory';
  /** Name of the device that made it; where it is not known here, its id or the end of that. */
  readonly device: string;
  readonly size: number;
  /** When it was changed last; null where that is not recorded. */
  readonly time: string | null;
}

/** A file that was changed in two places at once; every content is kept. */
export interface FolderConflict {
  readonly path: string;
  /** What the folder shows at the path; null where nothing is there any more. */
  readonly current: ConflictVersion | null;
  readonly copies: readonly ConflictVersion[];
}

export interface HeldVersion {
  readonly path: string;
  readonly version: string;
  readonly size: number;
  readonly since: string;
  /** Archives that have it, of those that the folder wants. */
  readonly copies: number;
  /** Why it is kept; a sentence for a person. */
  readonly reason: string;
}

export interface ReleaseRequest {
  readonly folder: string;
  /** Only says what it would do. */
  readonly dryRun: boolean;
}

export interface ReleaseResult {
  readonly versions: number;
  readonly bytes: number;
  /** Of them, those that too few archives have: nobody may be able to bring them back. */
  readonly unarchived: number;
  readonly dryRun: boolean;
}

/** A path that is not, or not quite, as it should be; nothing of it is deleted anywhere. */
export interface FolderProblem {
  readonly path: string;
  /** `left-out`: passed over, and no fault. `failed`: tried again by itself. */
  readonly type: 'failed' | 'left-out';
  /** A few words for a person. */
  readonly reason: string;
}

export interface KeptContentControl {
  /** Conflict copies, by the file that they were made of. */
  conflicts(folder: string): Promise<readonly FolderConflict[]>;
  /** What is set aside here, oldest first. */
  heldVersions(folder: string): Promise<readonly HeldVersion[]>;
  /** Lets go of all that is set aside, archived or not. Code `usage` without files here. */
  releaseHeld(request: ReleaseRequest): Promise<ReleaseResult>;
  /** What could not be read or placed here, and what is passed over. */
  problems(folder: string): Promise<readonly FolderProblem[]>;
}
