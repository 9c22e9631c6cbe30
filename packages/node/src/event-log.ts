/** Events for scripts and the page: ids only grow; the newest are kept, and a gap tells of loss. */
import type { Clock } from '@holdfast/platform';
import type { NodeEvent } from './node-control.js';

const keptEvents = 1_000;

export class EventLog {
  readonly #clock: Clock;
  readonly #events: NodeEvent[] = [];
  readonly #waiting = new Set<() => void>();
  #nextId = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(type: string, data: Readonly<Record<string, unknown>>): void {
    const time = new Date(this.#clock.now()).toISOString();
    this.#events.push({ id: this.#nextId++, time, type, data });
    if (this.#events.length > keptEvents) this.#events.shift();
    for (const wake of this.#waiting) wake();
  }

  /** Events after `since`; waits for the first one up to `waitMs`. */
  async after(request: {
    readonly since: number;
    readonly limit: number;
    readonly waitMs: number;
    readonly signal?: AbortSignal | undefined;
  }): Promise<readonly NodeEvent[]> {
    if (!this.#has(request.since) && request.waitMs > 0) {
      await this.#wait(request.waitMs, request.signal);
    }
    return this.#events.filter((event) => event.id > request.since).slice(0, request.limit);
  }

  #has(since: number): boolean {
    return (this.#events.at(-1)?.id ?? 0) > since;
  }

  #wait(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        timer.cancel();
        this.#waiting.delete(finish);
        signal?.removeEventListener('abort', finish);
        resolve();
      };
      const timer = this.#clock.setTimer(waitMs, finish);
      this.#waiting.add(finish);
      signal?.addEventListener('abort', finish, { once: true });
      if (signal?.aborted) finish();
    });
  }
}
