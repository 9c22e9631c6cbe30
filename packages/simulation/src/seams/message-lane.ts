/**
 * One direction of one connection: messages arrive in the order in which they were sent, each after
 * a delay of its own, and wait while the link is stalled. Owns what is under way.
 */
import type { Schedule } from './virtual-world-clock.js';

export type LinkMessage =
  | { readonly type: 'established' }
  | { readonly type: 'open'; readonly channel: string; readonly protocol: string }
  | { readonly type: 'accept'; readonly channel: string }
  | { readonly type: 'refuse'; readonly channel: string }
  | { readonly type: 'frame'; readonly channel: string; readonly bytes: Uint8Array }
  | { readonly type: 'credit'; readonly channel: string; readonly lengthBytes: number }
  | { readonly type: 'end'; readonly channel: string }
  | { readonly type: 'abort'; readonly channel: string }
  | { readonly type: 'close' };

export interface LaneOptions {
  readonly schedule: Schedule;
  readonly delayMs: () => number;
  readonly isStalled: () => boolean;
  readonly deliver: (message: LinkMessage) => void;
}

export class MessageLane {
  readonly #options: LaneOptions;
  readonly #underWay: LinkMessage[] = [];
  #heldBack = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  send(message: LinkMessage): void {
    this.#underWay.push(message);
    this.#scheduleArrival();
  }

  /** The link is no longer stalled: what was held back arrives after its delay. */
  resume(): void {
    const count = this.#heldBack;
    this.#heldBack = 0;
    for (let index = 0; index < count; index += 1) this.#scheduleArrival();
  }

  /** Each arrival takes the oldest message, so unequal delays cannot reorder them. */
  #scheduleArrival(): void {
    this.#options.schedule(this.#options.delayMs(), () => {
      if (this.#options.isStalled()) {
        this.#heldBack += 1;
        return;
      }
      const message = this.#underWay.shift();
      if (message !== undefined) this.#options.deliver(message);
    });
  }
}
