/**
 * The end of one incarnation of a simulated node. Every seam of the node holds the same switch:
 * after `kill()` its timers never fire, its promises never settle and its file calls throw.
 */

/** Thrown out of a seam when the world ends the node in the middle of a call; has no `code`. */
export class SimulatedCrash extends Error {
  constructor(message = 'the simulated node was ended') {
    super(message);
    this.name = 'SimulatedCrash';
  }
}

export class KillSwitch {
  #killed = false;
  #listeners: (() => void)[] = [];

  get killed(): boolean {
    return this.#killed;
  }

  /** Idempotent. */
  kill(): void {
    if (this.#killed) return;
    this.#killed = true;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }

  /** Calls back once when the node ends; at once where it has ended. */
  onKill(listener: () => void): void {
    if (this.#killed) listener();
    else this.#listeners.push(listener);
  }

  assertAlive(): void {
    if (this.#killed) throw new SimulatedCrash();
  }

  /** Runs a hook of the world; a crash that it throws ends the node. */
  runHook(hook: () => void): void {
    try {
      hook();
    } catch (error) {
      if (error instanceof SimulatedCrash) this.kill();
      throw error;
    }
    this.assertAlive();
  }

  /** Performs `work` in a microtask. The promise never settles once the node has ended. */
  async whileAlive<Result>(work: () => Result): Promise<Result> {
    await Promise.resolve();
    if (this.#killed) return never();
    try {
      const result = work();
      return this.#killed ? never() : result;
    } catch (error) {
      if (this.#killed) return never();
      throw error;
    }
  }
}

/** What a dead node gets: neither an answer nor an error. */
export function never<Result>(): Promise<Result> {
  return new Promise<Result>(() => undefined);
}
