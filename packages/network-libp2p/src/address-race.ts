/**
 * Dials one exact device at all its addresses, the first ones with a head start, until one answers
 * as that device: a stale address that swallows every packet costs its head start, not its timeout.
 * Owns the dials under way; whatever is not the winner is ended.
 */

import { AppError, type Clock, errorMessage, type Timer } from '@holdfast/platform';
import type { Connection } from '@libp2p/interface';
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr';
import { withDeadline } from './deadline.js';
import { isDeviceId } from './device-identity.js';
import { dialHeadStartMs, dialTimeoutMs, maxDialAddresses } from './network-limits.js';

/** What an address may be made of. */
const networkParts = new Set(['ip4', 'ip6', 'ip6zone', 'dns', 'dns4', 'dns6', 'tcp']);

export type Dial = (address: Multiaddr, signal: AbortSignal) => Promise<Connection>;

export class AddressRace {
  readonly #device: string;
  readonly #addresses: readonly string[];
  readonly #dial: Dial;
  readonly #clock: Clock;
  readonly #failures: Error[] = [];
  readonly #running = new Set<AbortController>();
  #next = 0;
  #over = false;
  #forgetSignal: () => void = () => undefined;
  #headStart: Timer | undefined;
  #resolve: (winner: Connection) => void = () => undefined;
  #reject: (error: AppError) => void = () => undefined;

  constructor(init: {
    readonly device: string;
    readonly addresses: readonly string[];
    readonly dial: Dial;
    readonly clock: Clock;
  }) {
    this.#device = init.device;
    this.#addresses = init.addresses.slice(0, maxDialAddresses);
    this.#dial = init.dial;
    this.#clock = init.clock;
  }

  /** Rejects with code `dial_failed`; its cause holds what each address said. Runs once. */
  run(signal: AbortSignal | undefined): Promise<Connection> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      if (!isDeviceId(this.#device)) {
        this.#lose(new Error('not a device id'));
        return;
      }
      if (signal?.aborted) {
        this.#lose(signal.reason);
        return;
      }
      const onAbort = () => this.#lose(signal?.reason);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#forgetSignal = () => signal?.removeEventListener('abort', onAbort);
      this.#goOn();
    });
  }

  /** The next address, because the one before it failed or had its head start. */
  #goOn(): void {
    this.#headStart?.cancel();
    if (this.#over) return;
    const address = this.#addresses[this.#next];
    if (address === undefined) {
      if (this.#running.size === 0) this.#lose(undefined);
      return;
    }
    this.#next++;
    this.#headStart = this.#clock.setTimer(dialHeadStartMs, () => this.#goOn());
    void this.#attempt(address);
  }

  async #attempt(address: string): Promise<void> {
    const attempt = new AbortController();
    this.#running.add(attempt);
    try {
      const connection = await this.#connect(address, attempt.signal);
      // libp2p goes on listening to the signal: the winner's own must never be aborted.
      this.#running.delete(attempt);
      this.#win(connection);
    } catch (error) {
      this.#running.delete(attempt);
      this.#failures.push(new Error(`${address}: ${errorMessage(error)}`, { cause: error }));
    }
    this.#goOn();
  }

  async #connect(address: string, aborted: AbortSignal): Promise<Connection> {
    const target = multiaddr(address);
    const parts = target.getComponents().map((part) => part.name);
    if (parts.includes('p2p')) throw new Error('the address must not name an identity');
    // Other devices tell addresses: what only this machine can reach, its own sockets, is not theirs.
    if (!parts.every((name) => networkParts.has(name))) {
      throw new Error('the address is not one of TCP');
    }
    const named = target.encapsulate(`/p2p/${this.#device}`);
    const connection = await withDeadline(this.#clock, dialTimeoutMs, aborted, (signal) =>
      this.#dial(named, signal),
    );
    if (connection.remotePeer.toString() === this.#device) return connection;
    connection.abort(new Error('another device answered'));
    throw new Error('another device answered');
  }

  #win(connection: Connection): void {
    if (this.#over) {
      connection.abort(new Error('another address was faster'));
      return;
    }
    this.#end(new Error('another address was faster'));
    this.#resolve(connection);
  }

  #lose(reason: unknown): void {
    if (this.#over) return;
    const failures = reason instanceof Error ? [...this.#failures, reason] : this.#failures;
    const cause = new AggregateError(failures, failures.map(errorMessage).join('; '));
    this.#end(new Error('the dial is over'));
    this.#reject(dialError(this.#device, cause));
  }

  #end(why: Error): void {
    this.#over = true;
    this.#forgetSignal();
    this.#headStart?.cancel();
    for (const attempt of this.#running) attempt.abort(why);
  }
}

function dialError(device: string, cause: Error): AppError {
  return new AppError(
    'dial_failed',
    `Device ${device} could not be reached: ${cause.message || 'no address is known'}.`,
    {
      kind: 'retry',
      hint: 'Make sure that it is running and that its address and port can be reached from here.',
      cause,
    },
  );
}
