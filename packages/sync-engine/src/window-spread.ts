/**
 * The windows of one large file, spread over the devices that have it. A device that fails is asked
 * no more, and its windows go to the others; a window that one device is slow to give is asked of an
 * idle one too. Each window is written once. What is asked for at once, and so what is held in
 * memory, is bounded for all devices together.
 */
import { AppError, type Clock, type Timer } from '@holdfast/platform';

export interface WindowWork<Source, Window, Arrived> {
  readonly clock: Clock;
  /** Rejects where this device does not give the window. */
  readonly ask: (source: Source, window: Window) => Promise<Arrived>;
  /** Rejects with `block_mismatch` where what arrived is not what it should be. */
  readonly write: (window: Window, arrived: Arrived) => Promise<void>;
  /** A device is not asked for this file any more. */
  readonly onFailed: (source: Source, error: unknown) => void;
}

const windowsPerSource = 3;
const windowsAtOnce = 6;
/** An idle device is asked for what another one owes for so long, and much longer than it needs itself. */
const slowMs = 2_000;
const slowTimes = 3;

export class WindowSpread<Source, Window, Arrived> {
  readonly #work: WindowWork<Source, Window, Arrived>;
  readonly #windows: Iterator<Window>;
  readonly #returned: Window[] = [];
  /** Windows that are asked for: of whom, and since when. */
  readonly #asked = new Map<Window, { readonly of: Set<Source>; readonly sinceMs: number }>();
  readonly #writing = new Map<Window, Promise<void>>();
  readonly #failed = new Set<Source>();
  #exhausted = false;
  #failure: { readonly error: unknown; readonly fatal: boolean } | undefined;
  #wakes: (() => void)[] = [];

  constructor(windows: Iterable<Window>, work: WindowWork<Source, Window, Arrived>) {
    this.#windows = windows[Symbol.iterator]();
    this.#work = work;
  }

  /** Resolves when every window was written; rejects when nobody gives one, or it cannot be written. */
  async run(sources: readonly Source[]): Promise<void> {
    const chosen = sources.slice(0, windowsAtOnce);
    const lanes = Math.min(windowsPerSource, Math.floor(windowsAtOnce / chosen.length));
    const running = new Set<Promise<void>>();
    for (const source of chosen) {
      for (let lane = 0; lane < lanes; lane += 1) {
        const ended: Promise<void> = this.#serve(source).finally(() => {
          running.delete(ended);
          this.#wake();
        });
        running.add(ended);
      }
    }
    // One that is slow is not waited for once others gave what it owes.
    while (!this.#isDone && running.size > 0 && this.#failure?.fatal !== true) await this.#change();
    await Promise.allSettled(this.#writing.values());
    if (this.#isDone) return;
    throw this.#failure?.error ?? new AppError('content_unavailable', 'Nobody has the file.');
  }

  get #isDone(): boolean {
    return this.#exhausted && this.#returned.length === 0 && this.#asked.size === 0;
  }

  async #serve(source: Source): Promise<void> {
    let tookMs = 0;
    while (!this.#failed.has(source) && this.#failure?.fatal !== true) {
      const window = this.#next(source, tookMs);
      if (window === undefined) {
        if (this.#isDone) return;
        await this.#change(Math.max(slowMs, tookMs * slowTimes));
        continue;
      }
      const beganMs = this.#work.clock.monotonic();
      await this.#fetch(source, window);
      tookMs = this.#work.clock.monotonic() - beganMs;
    }
  }

  async #fetch(source: Source, window: Window): Promise<void> {
    try {
      const arrived = await this.#work.ask(source, window);
      const isOpen = this.#asked.has(window) && !this.#writing.has(window);
      if (isOpen) await this.#write(source, window, arrived);
    } catch (error) {
      this.#fail(source, error);
    }
    const asked = this.#asked.get(window);
    asked?.of.delete(source);
    if (asked?.of.size === 0) {
      this.#asked.delete(window);
      this.#returned.push(window);
    }
    this.#wake();
  }

  async #write(source: Source, window: Window, arrived: Arrived): Promise<void> {
    const writing = this.#work.write(window, arrived);
    this.#writing.set(window, writing);
    try {
      await writing;
      this.#asked.delete(window);
    } catch (error) {
      if (isTheirs(error)) this.#fail(source, error);
      else this.#failure = { error, fatal: true };
    } finally {
      this.#writing.delete(window);
    }
  }

  #fail(source: Source, error: unknown): void {
    this.#failure ??= { error, fatal: false };
    if (this.#failed.has(source)) return;
    this.#failed.add(source);
    this.#work.onFailed(source, error);
  }

  #next(source: Source, tookMs: number): Window | undefined {
    const window = this.#returned.pop() ?? this.#fresh() ?? this.#owed(source, tookMs);
    if (window === undefined) return undefined;
    const sinceMs = this.#work.clock.monotonic();
    const asked = this.#asked.get(window) ?? { of: new Set<Source>(), sinceMs };
    this.#asked.set(window, asked);
    asked.of.add(source);
    return window;
  }

  #fresh(): Window | undefined {
    if (this.#exhausted) return undefined;
    const next = this.#windows.next();
    if (next.done !== true) return next.value;
    this.#exhausted = true;
    this.#wake();
    return undefined;
  }

  /** What one other device owes for too long. */
  #owed(source: Source, tookMs: number): Window | undefined {
    const patienceMs = Math.max(slowMs, tookMs * slowTimes);
    const untilMs = this.#work.clock.monotonic() - patienceMs;
    for (const [window, { of, sinceMs }] of this.#asked) {
      const isSlow = sinceMs <= untilMs && of.size === 1 && !of.has(source);
      if (isSlow && !this.#writing.has(window)) return window;
    }
    return undefined;
  }

  /** Until something changes, or so long. */
  async #change(atMostMs?: number): Promise<void> {
    let timer: Timer | undefined;
    await new Promise<void>((resolve) => {
      this.#wakes.push(resolve);
      if (atMostMs !== undefined) timer = this.#work.clock.setTimer(atMostMs, resolve);
    });
    timer?.cancel();
  }

  #wake(): void {
    const wakes = this.#wakes;
    this.#wakes = [];
    for (const wake of wakes) wake();
  }
}

function isTheirs(error: unknown): boolean {
  return error instanceof AppError && error.code === 'block_mismatch';
}
