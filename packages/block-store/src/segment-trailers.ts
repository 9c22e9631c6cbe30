/**
 * The trailers of one stream's segments. Owns those that are owed: of segments that have ended and
 * have none yet, as the disk was full or failed. Where they end is known while the process runs,
 * whatever rots in them meanwhile; so they get it as soon as the disk takes it.
 */
import { type BulkRunner, errorMessage, type FilePath, type Logger } from '@holdfast/platform';
import type { SegmentExtent } from './segment-format.js';
import { sealSegment } from './segment-jobs.js';

export interface SegmentTrailersInit {
  readonly runner: BulkRunner;
  readonly directory: FilePath;
  readonly streamName: string;
  readonly logger: Logger;
}

export class SegmentTrailers {
  readonly #init: SegmentTrailersInit;
  readonly #onWritten: (segment: number, extent: SegmentExtent, fileBytes: number) => void;
  readonly #owed = new Map<number, SegmentExtent>();

  constructor(
    init: SegmentTrailersInit,
    onWritten: (segment: number, extent: SegmentExtent, fileBytes: number) => void,
  ) {
    this.#init = init;
    this.#onWritten = onWritten;
  }

  owe(segment: number, extent: SegmentExtent): void {
    this.#owed.set(segment, extent);
  }

  forget(segment: number): void {
    this.#owed.delete(segment);
  }

  /** Behind whatever the file holds. */
  async write(segment: number, extent: SegmentExtent): Promise<void> {
    const { runner, directory, streamName } = this.#init;
    const place = { directory, streamName, segment };
    const { fileBytes = 0 } = await runner.run(sealSegment, { place, extent });
    this.#owed.delete(segment);
    this.#onWritten(segment, extent, fileBytes);
  }

  /** Tries all that are owed again; what fails is owed still. */
  async settle(): Promise<void> {
    for (const [segment, extent] of this.#owed) {
      await this.write(segment, extent).catch((error: unknown) => this.warn(segment, error));
    }
  }

  warn(segment: number, error: unknown): void {
    const { logger, streamName } = this.#init;
    const fields = { streamName, segment, error: errorMessage(error) };
    logger.warn('a segment could not be sealed', fields);
  }
}
