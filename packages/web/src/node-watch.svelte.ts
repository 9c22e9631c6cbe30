/**
 * The page's view of the node, kept fresh: a long poll for events, and the status again whenever
 * there was one. At most one request at a time, and a status at most once a second.
 */
import type { NodeState } from './node-state.ts';

export type Connection = 'connecting' | 'live' | 'lost' | 'signed-out';

const eventWaitSeconds = 55;
const minimumPauseMs = 1000;
const retryMs = 3000;
const tickMs = 5000;
const eventsAtOnce = 1000;

export class NodeWatch {
  connection: Connection = $state('connecting');
  node: NodeState | undefined = $state.raw();
  /** The present moment, for times in words. */
  nowMs = $state(Date.now());
  #since = 0;

  start(): void {
    setInterval(() => {
      this.nowMs = Date.now();
    }, tickMs);
    void this.#run();
  }

  async #run(): Promise<void> {
    while (this.connection !== 'signed-out') {
      try {
        await this.#skipOldEvents();
        this.#show(await read<NodeState>('/rest/status'));
        await pause(minimumPauseMs);
        await this.#nextEvent();
      } catch (error) {
        if (error instanceof SignedOut) {
          this.connection = 'signed-out';
          return;
        }
        // A node that comes back may count its events anew.
        this.connection = 'lost';
        this.#since = 0;
        await pause(retryMs);
      }
    }
  }

  #show(node: NodeState): void {
    this.node = node;
    this.nowMs = Date.now();
    this.connection = 'live';
  }

  async #skipOldEvents(): Promise<void> {
    while ((await this.#events(0)) === eventsAtOnce);
  }

  async #nextEvent(): Promise<void> {
    await this.#events(eventWaitSeconds);
  }

  async #events(waitSeconds: number): Promise<number> {
    const query = `since=${this.#since}&limit=${eventsAtOnce}&wait=${waitSeconds}`;
    const events = await read<readonly { id: number }[]>(`/rest/events?${query}`);
    this.#since = events.at(-1)?.id ?? this.#since;
    return events.length;
  }
}

class SignedOut extends Error {}

async function read<Answer>(path: string): Promise<Answer> {
  const response = await fetch(path, { credentials: 'same-origin' });
  if (response.status === 401 || response.status === 403) throw new SignedOut();
  if (!response.ok) throw new Error(`status ${response.status}`);
  return (await response.json()) as Answer;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
