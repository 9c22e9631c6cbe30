/**
 * The page's view of the node, kept fresh: a stream of events, and the whole status where an event
 * does not say enough, at most once a second. What the node does not confirm any more is never shown
 * as current: `connection` says so, and `heardMs` since when.
 */
import type { RestoreProgress } from './bring-back-words.ts';
import { followEvent, followRestores } from './live-state.ts';
import { read, SignedOut } from './node-api.ts';
import type { FolderOffer, NodeEvent, NodeState } from './node-state.ts';
import { PacedRefresh } from './paced-refresh.ts';
import type { PageClock } from './page-clock.ts';

export type Connection = 'connecting' | 'live' | 'lost' | 'signed-out';

const streamPath = '/rest/events/stream';
const minimumPauseMs = 1_000;
const retryMs = 2_000;
const tickMs = 5_000;
/** The node says at least every 15 seconds that it lives. */
const silenceMs = 40_000;

export class NodeWatch {
  connection: Connection = $state('connecting');
  node: NodeState | undefined = $state.raw();
  offers: readonly FolderOffer[] = $state.raw([]);
  /** How far restores are that told of themselves, each by its place. */
  restores: readonly RestoreProgress[] = $state.raw([]);
  /** The present moment, for times in words. */
  nowMs = $state(0);
  /** When the node was last heard of. */
  heardMs = $state(0);
  readonly #clock: PageClock;
  readonly #refreshes: PacedRefresh;
  #stream: EventSource | undefined;

  constructor(clock: PageClock) {
    this.#clock = clock;
    this.#refreshes = new PacedRefresh(clock, () => this.#refresh());
    this.#heard();
  }

  start(): void {
    this.#clock.every(tickMs, () => this.#tick());
    document.addEventListener('visibilitychange', () => this.#tick());
    this.#open();
  }

  /** Something was done here: the status is asked for at once. */
  refresh(): void {
    this.#refreshes.want(0, 0);
  }

  #tick(): void {
    this.nowMs = this.#clock.now();
    if (this.connection === 'live' && this.nowMs - this.heardMs > silenceMs) this.#lost();
  }

  #open(): void {
    this.#stream?.close();
    const stream = new EventSource(streamPath);
    this.#stream = stream;
    stream.addEventListener('ready', () => this.refresh());
    stream.addEventListener('alive', () => this.#heard());
    stream.addEventListener('happened', ({ data }: MessageEvent<string>) => {
      this.#happened(JSON.parse(data) as NodeEvent);
    });
    stream.addEventListener('error', () => {
      if (this.#stream === stream) this.#lost();
    });
  }

  #happened(event: NodeEvent): void {
    this.#heard();
    this.restores = followRestores(this.restores, event);
    if (this.node === undefined) return;
    const { node, refreshMs } = followEvent(this.node, event);
    this.node = node;
    if (refreshMs !== undefined) this.#refreshes.want(refreshMs, minimumPauseMs);
  }

  #heard(): void {
    this.heardMs = this.#clock.now();
    this.nowMs = this.heardMs;
  }

  async #refresh(): Promise<void> {
    try {
      const [node, offers] = await Promise.all([
        read<NodeState>('/rest/status'),
        read<readonly FolderOffer[]>('/rest/folders/offers'),
      ]);
      this.node = node;
      this.offers = offers;
      this.#heard();
      this.connection = 'live';
    } catch (error) {
      if (error instanceof SignedOut) this.#signedOut();
      else this.#lost();
    }
  }

  /** The stream does not tell a closed door from an empty house: the status does. */
  #lost(): void {
    this.#stream?.close();
    this.#stream = undefined;
    if (this.connection === 'signed-out') return;
    if (this.connection === 'live') this.connection = 'lost';
    this.#knockIn(this.connection === 'lost' ? retryMs : 0);
  }

  #knockIn(delayMs: number): void {
    this.#clock.after(delayMs, () => void this.#knock());
  }

  async #knock(): Promise<void> {
    if (this.#stream !== undefined || this.connection === 'signed-out') return;
    try {
      await read('/rest/status');
      this.#open();
    } catch (error) {
      if (error instanceof SignedOut) {
        this.#signedOut();
        return;
      }
      this.connection = 'lost';
      this.#knockIn(retryMs);
    }
  }

  #signedOut(): void {
    this.#stream?.close();
    this.#stream = undefined;
    this.connection = 'signed-out';
    this.node = undefined;
    this.offers = [];
  }
}
