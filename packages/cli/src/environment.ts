/** What the command line needs of the process that it runs in; tests bring their own. */
import type { Writable } from 'node:stream';
import type { Clock } from '@holdfast/platform';

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** The words that start this program again, as it was started: the runtime, then its file. */
  readonly launch: readonly string[];
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  readonly clock: Clock;
  /** A text file, or standard input for `-`; rejects with an AppError for what is no text. */
  readText(path: string): Promise<string>;
  /** Whether a process with this id lives and is ours to signal. */
  readonly processLives: (pid: number) => boolean;
  /** From now on signals go to `handler`; before, they end the process. */
  onStopSignal(handler: (signal: StopSignal) => void): void;
  /** Ends the process at once. */
  exit(code: number): void;
}
