/**
 * Reads the first bytes of a connection, so many as are asked for. Owns what came and was not read;
 * more than `limitBytes` of it ends the reading, so nobody can fill memory before showing a tag.
 */
import type { MessageStream, StreamMessageEvent } from '@libp2p/interface';

export class OpeningBytes {
  readonly #stream: MessageStream;
  readonly #limitBytes: number;
  #bytes = Buffer.alloc(0);
  #failure: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(stream: MessageStream, limitBytes: number) {
    this.#stream = stream;
    this.#limitBytes = limitBytes;
    stream.addEventListener('message', this.#onMessage);
    stream.addEventListener('close', this.#onClose);
    if (stream.status !== 'open') this.#fail(new Error('the connection has ended'));
  }

  /** Exactly so many bytes. Rejects where the connection ends or says too much, or `signal` aborts. */
  async read(count: number, signal: AbortSignal): Promise<Uint8Array> {
    const onAbort = () => this.#fail(new Error('the time for it was over'));
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      if (signal.aborted) onAbort();
      while (this.#failure === undefined && this.#bytes.length < count) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      if (this.#failure !== undefined) throw this.#failure;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    const read = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return read;
  }

  /** What came and was not read. Whoever comes next reads the rest. */
  release(): Uint8Array {
    this.#stream.removeEventListener('message', this.#onMessage);
    this.#stream.removeEventListener('close', this.#onClose);
    return this.#bytes;
  }

  readonly #onMessage = (event: StreamMessageEvent): void => {
    if (this.#bytes.length + event.data.byteLength > this.#limitBytes) {
      this.#fail(new Error('it said more than it was asked'));
    } else {
      this.#bytes = Buffer.concat([this.#bytes, event.data.subarray()]);
      this.#wake();
    }
  };

  readonly #onClose = (): void => this.#fail(new Error('the connection ended'));

  #fail(failure: Error): void {
    this.#failure ??= failure;
    this.#wake();
  }
}
