/**
 * One connection as the fabric sees it: both ends, the two lanes between them, and the dial that is
 * answered when the first message comes back. Invariant: the dial is answered exactly once, unless
 * it is cancelled or its node has ended.
 */
import type { MemoryNetwork } from './memory-network.js';
import { MemoryPeerConnection } from './memory-peer-connection.js';
import { type LaneOptions, type LinkMessage, MessageLane } from './message-lane.js';

export interface DialRequest {
  readonly from: MemoryNetwork;
  readonly isCancelled: () => boolean;
  readonly answer: (connection: MemoryPeerConnection | undefined) => void;
}

export interface LinkOptions extends Omit<LaneOptions, 'deliver'> {
  readonly onMessage: (from: string, to: string, message: LinkMessage) => void;
}

export class MemoryLink {
  readonly #dial: DialRequest;
  readonly #toTarget: MessageLane;
  readonly #toDialler: MessageLane;
  readonly #dialled: MemoryPeerConnection;
  readonly #accepted: MemoryPeerConnection;
  #answered = false;

  constructor(dial: DialRequest, target: MemoryNetwork, lane: LinkOptions) {
    const { from } = dial;
    this.#dial = dial;
    const deliverToTarget = (message: LinkMessage) => {
      lane.onMessage(from.localDevice, target.localDevice, message);
      this.#accepted.receive(message);
    };
    const deliverToDialler = (message: LinkMessage) => {
      lane.onMessage(target.localDevice, from.localDevice, message);
      this.#dialled.receive(message);
    };
    this.#toTarget = new MessageLane({ ...lane, deliver: deliverToTarget });
    this.#toDialler = new MessageLane({ ...lane, deliver: deliverToDialler });
    this.#dialled = new MemoryPeerConnection(from, this.#toTarget, {
      remoteDevice: target.localDevice,
      direction: 'outbound',
      remoteAddress: target.address,
    });
    this.#accepted = new MemoryPeerConnection(target, this.#toDialler, {
      remoteDevice: from.localDevice,
      direction: 'inbound',
      remoteAddress: from.address,
    });
    this.#dialled.onEstablished = () => this.#establish();
  }

  get isOver(): boolean {
    return this.#dialled.ended && this.#accepted.ended;
  }

  get isAnswered(): boolean {
    return this.#answered;
  }

  /** Gives the dialled side its end; false where it refuses the dialler. */
  offer(target: MemoryNetwork): boolean {
    return target.adopt(this.#accepted, () => this.#accepted.announceEstablished());
  }

  resume(): void {
    this.#toTarget.resume();
    this.#toDialler.resume();
  }

  /** Breaks both ends at once; what is under way is lost. */
  breakOff(): void {
    this.#dialled.breakOff();
    this.#accepted.breakOff();
    this.#answer(undefined);
  }

  #establish(): void {
    const nothing = () => undefined;
    if (!this.#dial.isCancelled() && this.#dial.from.adopt(this.#dialled, nothing)) {
      this.#answer(this.#dialled);
      return;
    }
    this.#dialled.end();
    this.#answer(undefined);
  }

  #answer(connection: MemoryPeerConnection | undefined): void {
    if (this.#answered) return;
    this.#answered = true;
    if (!this.#dial.isCancelled() && !this.#dial.from.killSwitch.killed) {
      this.#dial.answer(connection);
    }
  }
}
