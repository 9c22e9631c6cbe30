/** What a node tells people and scripts of mass changes, and what they can set: plain data. */
/** The question whether what one device did may be taken over. */
export interface MassChangeStatus {
  readonly id: string;
  /** Whose changes they are. */
  readonly device: string;
  readonly deviceName: string;
  /** The device that keeps them back. */
  readonly heldBy: string;
  readonly heldByName: string;
  readonly since: string;
  readonly deleted: number;
  readonly rewritten: number;
  /** Files of the folder before them. */
  readonly files: number;
  readonly answer: 'open' | 'over' | 'confirmed' | 'rejected';
}

/** More than both within the window, by one device, waits for a person. */
export interface GuardSettings {
  readonly files: number;
  readonly sharePercent: number;
  readonly windowMinutes: number;
}

/** Those that are to change. */
export interface GuardChange {
  readonly files?: number | undefined;
  readonly sharePercent?: number | undefined;
  readonly windowMinutes?: number | undefined;
}

export interface MassChangeAnswers {
  readonly answered: readonly MassChangeStatus[];
}
