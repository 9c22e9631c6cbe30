/**
 * Virtual time for one world: owns the event heap and the present moment. Time moves only between
 * events. Between two events every microtask drains; the `setImmediate` in `drainMicrotasks` is the
 * only real scheduling in a world.
 */
import type { Clock, Timer } from '@holdfast/platform';
import { EventHeap } from './event-heap.js';
import { KillSwitch, SimulatedCrash } from './kill-switch.js';

/** What a seam needs to put an event on a world's heap. */
export type Schedule = (delayMs: number, callback: () => void) => void;

/** Why a run ended: the condition holds, nothing is left to happen, or the deadline has come. */
export type RunOutcome = 'reached' | 'idle' | 'deadline';

export interface NodeClockOptions {
  /** How far the node's wall clock is ahead of the world's. */
  readonly wallOffsetMs?: number;
  readonly killSwitch?: KillSwitch;
}

/** Resolves when no microtask is left to run. */
export function drainMicrotasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A node that ends in the middle of an event ends nothing but itself. */
function runEvent(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    if (!(error instanceof SimulatedCrash)) throw error;
  }
}

export class VirtualWorldClock {
  readonly #heap = new EventHeap();
  readonly #epochMs: number;
  #nowMs = 0;
  #eventCount = 0;

  /** `epochMs` is the wall-clock time at which the world begins; 2025-01-01 by default. */
  constructor(options: { readonly epochMs?: number } = {}) {
    this.#epochMs = options.epochMs ?? 1_735_689_600_000;
  }

  /** Virtual milliseconds since the world began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** The true wall-clock time, in milliseconds since the Unix epoch. */
  get wallMs(): number {
    return this.#epochMs + this.#nowMs;
  }

  /** How many events have run. */
  get eventCount(): number {
    return this.#eventCount;
  }

  readonly schedule = (delayMs: number, callback: () => void): Timer => {
    const event = this.#heap.add(this.#nowMs + Math.max(0, delayMs), callback);
    return {
      cancel: () => {
        event.cancelled = true;
      },
    };
  };

  /**
   * Runs events in order. With a number: every event up to that moment, which is then the present.
   * With a predicate: until it holds, nothing is left, or `deadlineMs` (a moment) has come.
   */
  async runUntil(
    target: number | (() => boolean),
    options: { readonly deadlineMs?: number } = {},
  ): Promise<RunOutcome> {
    const deadlineMs = typeof target === 'number' ? target : (options.deadlineMs ?? Infinity);
    const holds = typeof target === 'number' ? () => false : target;
    await drainMicrotasks();
    while (!holds()) {
      const event = this.#heap.peek();
      if (event === undefined || event.atMs > deadlineMs) {
        if (Number.isFinite(deadlineMs)) this.#nowMs = Math.max(this.#nowMs, deadlineMs);
        if (typeof target === 'number') return 'reached';
        return event === undefined ? 'idle' : 'deadline';
      }
      this.#heap.pop();
      this.#nowMs = Math.max(this.#nowMs, event.atMs);
      this.#eventCount += 1;
      runEvent(event.callback);
      await drainMicrotasks();
    }
    return 'reached';
  }

  /** A node's view of this time, with its own wall clock. */
  nodeClock(options: NodeClockOptions = {}): NodeClock {
    return new NodeClock(this, options);
  }
}

/** One node's clock. Its wall clock may be wrong and may jump; its timers end with the node. */
export class NodeClock implements Clock {
  readonly #world: VirtualWorldClock;
  readonly #killSwitch: KillSwitch;
  #wallOffsetMs: number;

  constructor(world: VirtualWorldClock, options: NodeClockOptions) {
    this.#world = world;
    this.#killSwitch = options.killSwitch ?? new KillSwitch();
    this.#wallOffsetMs = options.wallOffsetMs ?? 0;
  }

  now(): number {
    return Math.floor(this.#world.wallMs + this.#wallOffsetMs);
  }

  monotonic(): number {
    return this.#world.nowMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    return this.#world.schedule(delayMs, () => {
      if (!this.#killSwitch.killed) callback();
    });
  }

  /** Moves the wall clock by `byMs`, in either direction. */
  stepWallClock(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** Ends the node whose clock this is: no timer fires from now on. */
  kill(): void {
    this.#killSwitch.kill();
  }
}
