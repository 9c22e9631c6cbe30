/** Putting back what one device changed since a moment: plain data for `NodeControl`. */

export interface UndoRequest {
  /** Name, id or unambiguous prefix; this device too. */
  readonly device: string;
  /** A TIME as the command line takes it. */
  readonly since: string;
  /** Label or id; every folder that has files here unless given. */
  readonly folder?: string | undefined;
  readonly storeId?: string | undefined;
  /** Only says what it would do. */
  readonly dryRun: boolean;
  /** A person has seen what it would do. */
  readonly confirmed: boolean;
}

/** `replaced`: what was there comes back. `removed`: made since. `returned`: deleted since. */
export type UndoEffect = 'replaced' | 'removed' | 'returned';

export interface UndoneFolder {
  readonly id: string;
  readonly label: string;
  readonly store: string;
  /** `STORE#1234`: everything up to it stays. */
  readonly since: string;
  readonly replaced: number;
  readonly removed: number;
  readonly returned: number;
  /** Of these, versions that another device brought to the archive. */
  readonly broughtByOthers: number;
  /** The first of them. */
  readonly changes: readonly { readonly path: string; readonly effect: UndoEffect }[];
  /** What stays as it is although the device changed it, with the reason. */
  readonly left: readonly { readonly path: string; readonly reason: string }[];
}

export interface UndoResult {
  readonly device: string;
  readonly deviceId: string;
  /** It is connected and may go on changing things. */
  readonly connected: boolean;
  readonly dryRun: boolean;
  readonly folders: readonly UndoneFolder[];
}

export interface UndoControl {
  /**
   * New versions of what was there before; nothing is erased. Code `needs_confirmation` unless
   * `confirmed`, `usage` where a folder has no files here or only receives.
   */
  undo(request: UndoRequest): Promise<UndoResult>;
}
