/** What a person can ask about a folder's mode, and what is answered: plain data, as all of `NodeControl`. */
export type FolderMode = 'send-receive' | 'send-only' | 'receive-only';

export interface ModeActionRequest {
  readonly folder: string;
  /** Only says what it would do. */
  readonly dryRun: boolean;
}

/** What an override does on the other devices, or a revert here. Directories count too. */
export interface ModeActionResult {
  /** How many it touches. */
  readonly files: number;
  /** Another version takes the place of what is there. */
  readonly replaced: number;
  /** What others do not have goes; it is kept aside until it is archived. */
  readonly removed: number;
  /** What was deleted comes back. */
  readonly returned: number;
  /** The first thousand of them. */
  readonly changes: readonly {
    readonly path: string;
    readonly effect: 'replaced' | 'removed' | 'returned';
  }[];
  readonly dryRun: boolean;
}
