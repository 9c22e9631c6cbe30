/** What is to be examined, one scan at a time; requests that come meanwhile are joined. */
import type { FolderPath } from '@holdfast/model';
import type { Clock, Timer } from '@holdfast/platform';

export interface ScanRequest {
  readonly all: boolean;
  readonly paths: readonly FolderPath[];
  /** Directories whose whole content is to be examined. */
  readonly below: readonly FolderPath[];
}

/** More single paths than this are examined faster by a walk. */
const maxPaths = 20_000;
const laterMs = 250;

export class ScanQueue {
  readonly #clock: Clock;
  readonly #scan: (request: ScanRequest) => Promise<void>;
  #all = false;
  #paths = new Set<FolderPath>();
  #below = new Set<FolderPath>();
  #running = false;
  #timer: Timer | undefined;
  #later = new Set<FolderPath>();
  #laterTimer: Timer | undefined;
  #stopped = false;
  #waiting: (() => void)[] = [];
  #idle: (() => void)[] = [];

  constructor(clock: Clock, scan: (request: ScanRequest) => Promise<void>) {
    this.#clock = clock;
    this.#scan = scan;
  }

  /** Nothing runs and nothing waits, not even what is to be looked at again a little later. */
  get isIdle(): boolean {
    return !this.#running && !this.#hasWork() && this.#later.size === 0;
  }

  request(request: ScanRequest): void {
    this.#add(request);
    void this.#run();
  }

  /** Waits a little for more of the same burst. */
  requestSoon(request: ScanRequest, delayMs: number): void {
    this.#add(request);
    this.#timer ??= this.#clock.setTimer(delayMs, () => {
      this.#timer = undefined;
      void this.#run();
    });
  }

  /** For paths that were not stable. */
  requestLater(request: ScanRequest): void {
    for (const path of request.paths) this.#later.add(path);
    this.#laterTimer ??= this.#clock.setTimer(laterMs, () => {
      this.#laterTimer = undefined;
      const paths = [...this.#later];
      this.#later.clear();
      this.request({ all: false, paths, below: [] });
    });
  }

  /** Resolves when a scan that began after this call has ended, or at once where none begins any more. */
  async requestAndWait(request: ScanRequest): Promise<void> {
    if (this.#stopped) return;
    const done = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.request(request);
    await done;
  }

  /** Resolves when the scan that runs has ended; nothing is begun any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#laterTimer?.cancel();
    if (this.#running) await new Promise<void>((resolve) => this.#idle.push(resolve));
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #add(request: ScanRequest): void {
    this.#all ||= request.all;
    for (const path of request.paths) this.#paths.add(path);
    for (const path of request.below) this.#below.add(path);
    if (this.#paths.size > maxPaths) this.#all = true;
  }

  #hasWork(): boolean {
    return this.#all || this.#paths.size > 0 || this.#below.size > 0;
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    while (this.#hasWork() && !this.#stopped) {
      const request = { all: this.#all, paths: [...this.#paths], below: [...this.#below] };
      const waiting = this.#waiting.splice(0);
      this.#all = false;
      this.#paths = new Set();
      this.#below = new Set();
      await this.#scan(request);
      for (const resolve of waiting) resolve();
    }
    this.#running = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
