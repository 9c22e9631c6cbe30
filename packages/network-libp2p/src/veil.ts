/**
 * Hides the beginning of a connection in each direction: multistream-select names Noise in clear,
 * and Noise's first messages have a form of their own. A stream cipher is laid over the first bytes
 * and then takes itself away: what follows is Noise's ciphertext, which needs nothing over it. Noise
 * alone vouches for the bytes.
 */
import { createCipheriv } from 'node:crypto';
import type { MessageStream } from '@libp2p/interface';
import type { Uint8ArrayList } from 'uint8arraylist';
import { veiledBytes } from './network-limits.js';

type Data = Uint8Array | Uint8ArrayList;

/** libp2p's streams have it, though the interface does not: whatever comes passes through it. */
type ReceivingStream = MessageStream & { onData(data: Data): void };

/** AES-256-CTR from zero: each key serves for one direction of one connection. */
export class Veil {
  readonly #cipher;
  #left = veiledBytes;

  constructor(key: Uint8Array) {
    this.#cipher = createCipheriv('aes-256-ctr', key, new Uint8Array(16));
  }

  get isOver(): boolean {
    return this.#left === 0;
  }

  /** The next bytes with the veil on, or off: it is the same. */
  apply(data: Data): Uint8Array {
    const bytes = data.subarray();
    const count = Math.min(this.#left, bytes.length);
    this.#left -= count;
    const changed = this.#cipher.update(bytes.subarray(0, count));
    return count === bytes.length ? changed : Buffer.concat([changed, bytes.subarray(count)]);
  }
}

/** From now on; `pending` are bytes that came already and nobody has read. */
export function veil(
  stream: MessageStream,
  keys: { readonly sent: Uint8Array; readonly received: Uint8Array },
  pending: Uint8Array,
): void {
  assertReceives(stream);
  const [sent, received] = [new Veil(keys.sent), new Veil(keys.received)];
  const { send, onData } = stream;
  stream.send = (data) => send.call(stream, sent.isOver ? data : sent.apply(data));
  stream.onData = (data) => onData.call(stream, received.isOver ? data : received.apply(data));
  if (pending.length > 0) stream.unshift(received.apply(pending));
}

function assertReceives(stream: MessageStream): asserts stream is ReceivingStream {
  if (!('onData' in stream)) throw new TypeError('the stream does not say where its bytes pass');
}
