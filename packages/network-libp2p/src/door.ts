/**
 * What happens before anything else is said on a connection. Who accepts sends a random challenge;
 * who dials answers with a tag under a key that the two have in common, or with an open invite's;
 * only then is there a tag in return, and only then Noise, behind a veil. Everyone else is held in
 * silence until the time for the handshake is over, whatever was said: neither a byte nor a moment
 * tells one stranger from another. Owns what each connection has shown.
 */
import { assert, type Logger, type NetworkHandlers, type RandomSource } from '@holdfast/platform';
import type {
  AbortOptions,
  ConnectionProtector,
  MessageStream,
  MultiaddrConnection,
} from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import {
  answerBytes,
  challengeBytes,
  type Exchange,
  isTag,
  keyOfAnswer,
  nonceBytes,
  tagBytes,
  tagOf,
} from './challenge.js';
import { veiledBytes } from './network-limits.js';
import { OpeningBytes } from './opening-bytes.js';
import type { SharedKeys } from './shared-keys.js';
import { veil } from './veil.js';

/** With what a connection came through the door, in either direction. */
export type Proof = { readonly by: 'pair'; readonly device: string } | { readonly by: 'invite' };

/** libp2p hands this object on from the socket's connection to the one that is made of it. */
interface Traced {
  readonly timeline: object;
}

interface DoorKey {
  readonly key: Uint8Array;
  readonly proof: Proof;
}

interface Opened extends DoorKey, Exchange {
  /** What came behind the handshake already. */
  readonly pending: Uint8Array;
}

export class Door implements ConnectionProtector {
  readonly #keys: SharedKeys;
  readonly #guests: Pick<NetworkHandlers, 'members' | 'inviteKeys'>;
  readonly #random: RandomSource;
  readonly #logger: Logger;
  readonly #proofs = new WeakMap<object, Proof>();
  readonly #shownAt = new WeakMap<Multiaddr, Uint8Array>();

  constructor(init: {
    readonly keys: SharedKeys;
    readonly guests: Pick<NetworkHandlers, 'members' | 'inviteKeys'>;
    readonly random: RandomSource;
    readonly logger: Logger;
  }) {
    this.#keys = init.keys;
    this.#guests = init.guests;
    this.#random = init.random;
    this.#logger = init.logger;
  }

  /** The dial of exactly this object shows an invite's key instead of the pair's. */
  showAt(address: Multiaddr, inviteKey: Uint8Array): void {
    this.#shownAt.set(address, inviteKey);
  }

  proofOf(connection: Traced): Proof | undefined {
    return this.#proofs.get(connection.timeline);
  }

  /** Rejects where the other side does not show what it should; says nothing more to it. */
  async protect(stream: MessageStream, options?: AbortOptions): Promise<MessageStream> {
    const signal = options?.signal;
    assert(signal !== undefined, 'every upgrade has an end');
    const opened =
      stream.direction === 'inbound'
        ? await this.#answered(stream as MultiaddrConnection, signal)
        : await this.#knock(stream as MultiaddrConnection, signal);
    const ours = stream.direction === 'inbound' ? 'acceptorVeil' : 'diallerVeil';
    const theirs = stream.direction === 'inbound' ? 'diallerVeil' : 'acceptorVeil';
    const keys = {
      sent: tagOf(opened.key, ours, opened),
      received: tagOf(opened.key, theirs, opened),
    };
    veil(stream, keys, opened.pending);
    this.#proofs.set(stream.timeline, opened.proof);
    return stream;
  }

  async #answered(stream: MultiaddrConnection, signal: AbortSignal): Promise<Opened> {
    const challenge = this.#random.bytes(challengeBytes);
    const opening = new OpeningBytes(stream, answerBytes);
    stream.send(challenge);
    const opened = await this.#judge(opening, challenge, signal);
    if (opened instanceof WrongAnswer) {
      const address = stream.remoteAddr.toString();
      this.#logger.info('connection refused: the device is not known here', { address });
    }
    if (opened instanceof Error) {
      await silence(stream, signal);
      throw opened;
    }
    stream.send(tagOf(opened.key, 'acceptor', opened));
    return { ...opened, pending: opening.release() };
  }

  /** Whose answer it was; an error where it was nobody's, or none. */
  async #judge(
    opening: OpeningBytes,
    challenge: Uint8Array,
    signal: AbortSignal,
  ): Promise<(DoorKey & Exchange) | Error> {
    let answer: Uint8Array;
    try {
      answer = await opening.read(answerBytes, signal);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
    const found = keyOfAnswer(this.#doorKeys(), challenge, answer);
    if (found === undefined) return new WrongAnswer('it fits no key');
    return { ...found, challenge, nonce: answer.subarray(0, nonceBytes) };
  }

  *#doorKeys(): Generator<DoorKey> {
    for (const device of this.#guests.members()) {
      const key = this.#keys.withDevice(device)?.accepting;
      if (key !== undefined) yield { key, proof: { by: 'pair', device } };
    }
    for (const inviteKey of this.#guests.inviteKeys()) {
      const key = this.#keys.ofInvite(inviteKey);
      if (key !== undefined) yield { key, proof: { by: 'invite' } };
    }
  }

  async #knock(stream: MultiaddrConnection, signal: AbortSignal): Promise<Opened> {
    const shown = this.#keyFor(stream.remoteAddr);
    const opening = new OpeningBytes(stream, challengeBytes + tagBytes + veiledBytes);
    const challenge = await opening.read(challengeBytes, signal);
    const exchange = { challenge, nonce: this.#random.bytes(nonceBytes) };
    stream.send(Buffer.concat([exchange.nonce, tagOf(shown.key, 'dialler', exchange)]));
    const tag = await opening.read(tagBytes, signal);
    if (!isTag(tag, tagOf(shown.key, 'acceptor', exchange))) {
      throw new Error('something else answers there');
    }
    return { ...shown, ...exchange, pending: opening.release() };
  }

  #keyFor(address: Multiaddr): DoorKey {
    const device = address.getComponents().findLast((part) => part.name === 'p2p')?.value ?? '';
    const inviteKey = this.#shownAt.get(address);
    const key =
      inviteKey === undefined
        ? this.#keys.withDevice(device)?.dialling
        : this.#keys.ofInvite(inviteKey, device);
    if (key === undefined) throw new Error('no key opens the door of this device');
    return { key, proof: inviteKey === undefined ? { by: 'pair', device } : { by: 'invite' } };
  }
}

/** Somebody who knows how it is done, and has no key: a device that was removed here, for one. */
class WrongAnswer extends Error {}

/** Until the time is over or the other side has gone; nothing more is read meanwhile. */
async function silence(stream: MessageStream, signal: AbortSignal): Promise<void> {
  if (signal.aborted || stream.status !== 'open') return;
  stream.pause();
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    stream.addEventListener('close', () => resolve(), { once: true });
  });
}
