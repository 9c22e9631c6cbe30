/**
 * The sending half of a channel: queues frames, joins them, and honours the stream's back-pressure.
 * Owns the queue and everyone who waits for it; at most `maxSendQueueBytes` are ever queued.
 */

import { AppError } from '@holdfast/platform';
import type { Stream } from '@libp2p/interface';
import { FrameBatcher } from './frame-batcher.js';
import { maxSendQueueBytes, sendBatchBytes, sendQueueBytes } from './network-limits.js';
import { notePassed } from './young-buffers.js';

interface Waiter {
  /** Goes on once at most this many bytes wait. */
  readonly atMostBytes: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class OutboundFrames {
  readonly #stream: Stream;
  readonly #onFailure: (error: Error) => void;
  readonly #batcher = new FrameBatcher(sendBatchBytes);
  #waiters: Waiter[] = [];
  #flushScheduled = false;
  #ended: Error | undefined;

  /** `onFailure` is told when the stream refuses what it was given. */
  constructor(stream: Stream, onFailure: (error: Error) => void) {
    this.#stream = stream;
    this.#onFailure = onFailure;
    // The stream's own listener continues with what it holds in a microtask; ours comes after it.
    stream.addEventListener('drain', () => queueMicrotask(() => this.#flush()));
  }

  /**
   * One frame of `lengthBytes` in all. Resolves when the next may come; rejects with the reason given to
   * `end`.
   */
  async send(parts: readonly Uint8Array[], lengthBytes: number): Promise<void> {
    if (this.#ended !== undefined) throw this.#ended;
    if (this.#batcher.queuedBytes + lengthBytes > maxSendQueueBytes) {
      throw new AppError(
        'send_queue_full',
        'Too many frames were queued without waiting for the channel; this one was not sent.',
        { kind: 'retry' },
      );
    }
    notePassed(lengthBytes);
    this.#batcher.add(parts, lengthBytes);
    if (this.#batcher.queuedBytes >= sendBatchBytes) this.#flush();
    else this.#scheduleFlush();
    if (this.#batcher.queuedBytes > sendQueueBytes) await this.#until(sendQueueBytes);
  }

  /** Resolves when everything queued was given to the stream; rejects like `send`. */
  async drained(): Promise<void> {
    this.#flush();
    if (this.#batcher.queuedBytes > 0) await this.#until(0);
  }

  /** Drops what is queued; everyone who waits or sends is told `reason`. Idempotent. */
  end(reason: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#batcher.clear();
    for (const waiter of this.#waiters.splice(0)) waiter.reject(reason);
  }

  #until(atMostBytes: number): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => this.#waiters.push({ atMostBytes, resolve, reject }));
  }

  /** A little later, so that frames sent in one turn of the event loop travel together. */
  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    setImmediate(() => {
      this.#flushScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    try {
      while (this.#ended === undefined && !this.#stream.writableNeedsDrain) {
        const batch = this.#batcher.next();
        if (batch === undefined) break;
        this.#stream.send(batch);
      }
    } catch (error) {
      this.#onFailure(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.#wake();
  }

  #wake(): void {
    if (this.#waiters.length === 0) return;
    const queued = this.#batcher.queuedBytes;
    const ready = this.#waiters.filter((waiter) => queued <= waiter.atMostBytes);
    if (ready.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => queued > waiter.atMostBytes);
    for (const waiter of ready) waiter.resolve();
  }
}
