/** How far a restore is: what came back and what there is, with the speed so far and the time left. */
import { contentBytesOf, type Version } from '@holdfast/model';
import { type Clock, errorMessage, type Logger } from '@holdfast/platform';
import type { RestoreProgress } from './history-control.js';
import type { RestoreAccount } from './restore-placer.js';

/** What a file costs beside its bytes: small ones are counted as if they were longer. */
const bytesPerFile = 16 * 1024;

export class RestoreFigures {
  readonly account: RestoreAccount = { restored: 0, skipped: 0, kept: 0, bytes: 0, failed: [] };
  readonly #clock: Clock;
  readonly #path: string;
  readonly #to: string;
  readonly #startedMs: number;
  #partBytes = 0;
  #looked = { files: 0, bytes: 0 };
  #total: { files: number; bytes: number } | undefined;
  #counting = false;

  constructor(clock: Clock, path: string, to: string) {
    this.#clock = clock;
    this.#path = path;
    this.#to = to;
    this.#startedMs = clock.monotonic();
  }

  /** So much of a large file is there, which is not in its place yet; 0 once it is. */
  setPart(bytes: number): void {
    this.#partBytes = bytes;
  }

  addPart(bytes: number): void {
    this.#partBytes += bytes;
  }

  /** A file needs nothing more: it came back, was there, or cannot be had. */
  done(version: Version): void {
    if (version.record.kind === 'directory') return;
    this.#looked.files += 1;
    this.#looked.bytes += contentBytesOf(version.record);
  }

  /** Counts what there is, once, and only when somebody asks. */
  countWith(versions: () => AsyncIterable<Version>, logger: Logger): void {
    if (this.#counting) return;
    this.#counting = true;
    const total = { files: 0, bytes: 0 };
    const count = async () => {
      for await (const { record } of versions()) {
        if (record.kind === 'directory') continue;
        total.files += 1;
        total.bytes += contentBytesOf(record);
      }
      this.#total = total;
    };
    // The restore itself meets what is wrong, and says it to whoever asked for it.
    count().catch((error: unknown) => {
      logger.warn('what a restore has to do was not counted', { reason: errorMessage(error) });
    });
  }

  progress(): RestoreProgress {
    const { files } = this.#looked;
    const bytes = this.#looked.bytes + this.#partBytes;
    const seconds = Math.max(0.001, (this.#clock.monotonic() - this.#startedMs) / 1000);
    const total = this.#total;
    return {
      path: this.#path,
      to: this.#to,
      files,
      bytes,
      totalFiles: total?.files ?? null,
      totalBytes: total?.bytes ?? null,
      bytesPerSecond: Math.round(bytes / seconds),
      secondsLeft: total === undefined ? null : secondsLeft({ files, bytes }, total, seconds),
    };
  }
}

interface Amount {
  readonly files: number;
  readonly bytes: number;
}

/** Null before anything was done. */
export function secondsLeft(done: Amount, total: Amount, seconds: number): number | null {
  const workOf = ({ files, bytes }: Amount) => bytes + files * bytesPerFile;
  const worked = workOf(done);
  if (worked === 0) return null;
  return Math.round((Math.max(0, workOf(total) - worked) / worked) * seconds);
}
