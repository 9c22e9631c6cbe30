/**
 * The store of this device reads itself again, all of it about once a month, a segment at a time, far
 * below what the disk can do; after a restart it goes on where it was. Writes nothing but, now and
 * then, how far it is. What it finds goes to whoever makes things whole.
 */
import { type Clock, errorMessage, type Logger, type RandomSource } from '@holdfast/platform';
import type {
  ArchiveFindings,
  ArchiveVerification,
  VersionArchive,
} from '@holdfast/version-archive';
import type { CareState } from './care-state.js';
import { Pause } from './pause.js';

export interface ArchiveScrubberInit {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly state: CareState;
  /** Rot was met on the way. */
  readonly onRot: () => void;
  /** A round ended: makes whole what it found, and notes what is left. */
  readonly onRound: (archive: VersionArchive, findings: ArchiveFindings) => Promise<void>;
  /** Whether somebody else reads the whole store just now. */
  readonly isBusy: () => boolean;
}

const roundMs = 30 * 24 * 60 * 60_000;
/** A segment is read no faster than this, so that the disk stays free for others. */
const maxBytesPerSecond = 8 * 1024 * 1024;
const partBytes = 1024 * 1024;
/** One of so many blocks is unpacked too; the bytes of all are compared with their checksums. */
const unpackedShare = 0.05;
const startDelayMs = 10 * 60_000;
const retryDelayMs = 60 * 60_000;
const minMarkPauseMs = 60 * 60_000;

export class ArchiveScrubber {
  readonly #init: ArchiveScrubberInit;
  readonly #pause: Pause;
  #loop: Promise<void> | undefined;
  #stopped = false;
  #nextSegment = 1;
  #markedMs = 0;

  constructor(init: ArchiveScrubberInit) {
    this.#init = init;
    this.#pause = new Pause(init.clock);
  }

  start(archive: VersionArchive): void {
    this.#loop ??= this.#run(archive);
  }

  /** Notes how far it is. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#pause.end();
    await this.#loop;
  }

  async #run(archive: VersionArchive): Promise<void> {
    this.#nextSegment = this.#init.state.facts?.nextSegment ?? 1;
    await this.#pause.for(startDelayMs);
    while (!this.#stopped) {
      try {
        await this.#pause.for(this.#untilDueMs());
        if (this.#stopped) break;
        if (this.#init.isBusy()) await this.#pause.for(retryDelayMs);
        else await this.#round(archive);
      } catch (error) {
        const reason = errorMessage(error);
        this.#init.logger.warn('the store could not be read again', { reason });
        await this.#pause.for(retryDelayMs);
      }
    }
    await this.#mark(archive.storeId, 0).catch((error: unknown) => {
      const reason = errorMessage(error);
      this.#init.logger.warn('how far the store was read again is not noted', { reason });
    });
  }

  /** A round that was begun goes on; a clock that went backward makes the next one due. */
  #untilDueMs(): number {
    const verifiedAtMs = this.#init.state.facts?.verifiedAtMs ?? null;
    if (this.#nextSegment > 1 || verifiedAtMs === null) return 0;
    const sinceMs = this.#init.clock.now() - verifiedAtMs;
    return sinceMs < 0 ? 0 : Math.max(0, roundMs - sinceMs);
  }

  async #round(archive: VersionArchive): Promise<void> {
    const { clock, random } = this.#init;
    const verification = archive.verification();
    const [seed = 0] = random.bytes(1);
    const sample = Math.ceil(unpackedShare * 2 ** 32);
    const fromSegment = this.#nextSegment;
    let segmentBytes = 0;
    let beganMs = clock.monotonic();
    for await (const step of verification.run({ sample, seed, partBytes, fromSegment })) {
      if (this.#stopped) return;
      segmentBytes += step.bytes;
      await this.#pause.for((step.bytes / maxBytesPerSecond) * 1000);
      if (step.nextSegment === undefined || step.nextSegment === this.#nextSegment) continue;
      this.#nextSegment = step.nextSegment;
      await this.#settle(verification, archive);
      // Behind the last one the log follows at once: only then is it known that nothing is missing.
      const tookMs = clock.monotonic() - beganMs;
      if (!step.isLogNext) await this.#pause.for(paceMs(archive, segmentBytes) - tookMs);
      segmentBytes = 0;
      beganMs = clock.monotonic();
    }
    if (this.#stopped || verification.findings === undefined) return;
    await this.#init.onRound(archive, verification.findings);
    this.#nextSegment = 1;
    await this.#mark(archive.storeId, 0);
    // What could not be made whole is looked at again by whoever keeps the list of it.
    if (this.#untilDueMs() === 0) await this.#pause.for(retryDelayMs);
  }

  async #settle(verification: ArchiveVerification, { storeId }: VersionArchive): Promise<void> {
    if (await verification.settle()) this.#init.onRot();
    await this.#mark(storeId, minMarkPauseMs);
  }

  /** Not sooner than so long after the last mark. */
  async #mark(storeId: string, pauseMs: number): Promise<void> {
    const nowMs = this.#init.clock.monotonic();
    if (nowMs - this.#markedMs < pauseMs) return;
    this.#markedMs = nowMs;
    await this.#init.state.note(storeId, { nextSegment: this.#nextSegment });
  }
}

/** How long a part of the store may take where all of it is to take a round. */
function paceMs(archive: VersionArchive, bytes: number): number {
  const { segmentBytes } = archive.blocks.stats();
  return segmentBytes === 0 ? 0 : Math.min(1, bytes / segmentBytes) * roundMs;
}
