/**
 * An archive on another device, over whatever connection there is to it. One that breaks off, or whose
 * place another one takes, as soon after a start, ends no question and no restore: reading is asked
 * for again, for a short while.
 */
import type { FolderId, HistoryPage, HistoryQuery } from '@holdfast/model';
import { AppError, type Clock } from '@holdfast/platform';
import type { BlockArrival, BlockSupplier, PeerSession } from '@holdfast/sync-engine';

export interface SteadyArchiveInit {
  readonly folder: FolderId;
  /** The one of now; undefined while there is none. */
  readonly session: () => Pick<PeerSession, 'history' | 'histories' | 'blocks'> | undefined;
  readonly clock: Clock;
}

type Session = NonNullable<ReturnType<SteadyArchiveInit['session']>>;

/** A lost connection is made again well within this time, or the device is away. */
const patienceMs = 5_000;
const lookIntervalMs = 100;

export class SteadyArchive implements BlockSupplier {
  readonly #init: SteadyArchiveInit;

  constructor(init: SteadyArchiveInit) {
    this.#init = init;
  }

  query(query: HistoryQuery): Promise<HistoryPage> {
    return this.#steadily((session) => session.history(this.#init.folder, query));
  }

  queryAll(queries: readonly HistoryQuery[]): Promise<HistoryPage[]> {
    return this.#steadily((session) => session.histories(this.#init.folder, queries));
  }

  /** Each block is handed on once, over however many connections it came. */
  request(...[folder, items, onBlock]: Parameters<BlockSupplier['request']>) {
    const arrived = new Set<string>();
    const once = (arrival: BlockArrival) => {
      const place = `${arrival.item} ${arrival.index}`;
      if (arrived.has(place)) return;
      arrived.add(place);
      onBlock(arrival);
    };
    return this.#steadily(async (session) => {
      const missing = await session.blocks.request(folder, items, once);
      if (missing.some(({ reason }) => reason === 'not-member')) throw notLinked();
      return missing;
    });
  }

  async #steadily<Answer>(ask: (session: Session) => Promise<Answer>): Promise<Answer> {
    const { clock } = this.#init;
    let deadlineMs: number | undefined;
    for (;;) {
      const session = this.#init.session();
      try {
        if (session === undefined) throw away();
        return await ask(session);
      } catch (error) {
        deadlineMs ??= clock.monotonic() + patienceMs;
        if (!isPassing(error) || clock.monotonic() >= deadlineMs) throw error;
        await new Promise<void>((resolve) => {
          clock.setTimer(lookIntervalMs, resolve);
        });
      }
    }
  }
}

/** What is over once there is another connection, or its other end is linked, too. */
const passing: ReadonlySet<string> = new Set([
  'connection_lost',
  'channel_failed',
  'channel_closed',
  'not_linked',
]);

function isPassing(error: unknown): boolean {
  return error instanceof AppError && passing.has(error.code);
}

function away(): AppError {
  return new AppError('connection_lost', 'The connection to the archive is lost.', {
    kind: 'retry',
    hint: 'Ask again once it is connected; what a restore brought back stays.',
  });
}

function notLinked(): AppError {
  return new AppError('not_linked', 'The archive does not share the folder with this device.', {
    kind: 'retry',
    hint: 'Look at both devices with: holdfast folder list. It may be on its way: try again.',
  });
}
