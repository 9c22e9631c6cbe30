/**
 * What is shown of a folder's past: its timeline, and one directory as of a moment beside what it is
 * now. One question at a time; of places asked for meanwhile only the last one is looked at.
 */
import { historyPath, type LookBackPlace } from './look-back-place.ts';
import { NodeProblem, read } from './node-api.ts';
import { PacedRefresh } from './paced-refresh.ts';
import type { PageClock } from './page-clock.ts';
import { type ListedEntry, type PastEntry, pastEntries } from './past-entries.ts';
import type { TimeRange, Timeline } from './tide.ts';

export interface Listing {
  readonly place: LookBackPlace;
  readonly entries: readonly PastEntry[];
}

interface ListAnswer {
  readonly entries: readonly ListedEntry[];
}

type TimelineAnswer = Omit<Timeline, 'endsNow'>;

const minimumPauseMs = 2_000;

export class LookBackView {
  timeline: Timeline | undefined = $state.raw();
  listing: Listing | undefined = $state.raw();
  problem: NodeProblem | undefined = $state.raw();
  working = $state(false);
  /** Undefined: from the beginning to now. */
  range: TimeRange | undefined = $state.raw();
  readonly #refreshes: PacedRefresh;
  #wanted: LookBackPlace | undefined;
  #present: { readonly path: string; readonly entries: readonly ListedEntry[] } | undefined;

  constructor(clock: PageClock) {
    this.#refreshes = new PacedRefresh(clock, () => this.#refresh());
  }

  /** Looks there as soon as what is under way has ended. */
  show(place: LookBackPlace): void {
    const isOther = this.#wanted?.folder !== place.folder;
    this.#wanted = place;
    if (isOther) {
      this.listing = undefined;
      this.timeline = undefined;
      this.#present = undefined;
      void this.choose(undefined);
    }
    void this.#look();
  }

  /** Shows another stretch of time. */
  async choose(range: TimeRange | undefined): Promise<void> {
    this.range = range;
    await this.#attempt(() => this.#readTimeline());
  }

  /** Something changed in the folder. */
  changed(): void {
    this.#refreshes.want(0, minimumPauseMs);
  }

  async #refresh(): Promise<void> {
    this.#present = undefined;
    await this.#attempt(() => this.#readTimeline());
    await this.#look();
  }

  async #look(): Promise<void> {
    if (this.working) return;
    this.working = true;
    for (let looked: LookBackPlace | undefined; looked !== this.#wanted; ) {
      looked = this.#wanted;
      if (looked !== undefined && !looked.file) await this.#showListing(looked);
    }
    this.working = false;
  }

  async #showListing(place: LookBackPlace): Promise<void> {
    await this.#attempt(async () => {
      const entries = await this.#entriesOf(place);
      if (this.#wanted?.folder === place.folder) this.listing = { place, entries };
    });
    if (this.problem !== undefined) this.listing = { place, entries: [] };
  }

  async #entriesOf(place: LookBackPlace): Promise<PastEntry[]> {
    const path = historyPath(place);
    if (this.#present?.path !== path)
      this.#present = { path, entries: await this.#presentOf(path) };
    const now = this.#present.entries;
    if (place.at === undefined) return pastEntries(now, undefined);
    return pastEntries(await listed(path, place.at), now);
  }

  /** A directory that is gone by now was there once all the same. */
  async #presentOf(path: string): Promise<readonly ListedEntry[]> {
    try {
      return await listed(path, undefined);
    } catch (error) {
      if (error instanceof NodeProblem && error.code === 'path_unknown') return [];
      throw error;
    }
  }

  async #readTimeline(): Promise<void> {
    const folder = this.#wanted?.folder;
    const { range } = this;
    if (folder === undefined) return;
    const fields = { path: folder, ...range };
    const answer = await read<TimelineAnswer>('/rest/history/timeline', fields);
    if (this.range !== range || this.#wanted?.folder !== folder) return;
    this.timeline = { ...answer, endsNow: range?.to === undefined };
  }

  async #attempt(perform: () => Promise<void>): Promise<void> {
    try {
      await perform();
      this.problem = undefined;
    } catch (error) {
      this.problem = error instanceof NodeProblem ? error : new NodeProblem(String(error), '');
    }
  }
}

async function listed(path: string, at: string | undefined): Promise<readonly ListedEntry[]> {
  const fields = { path, at, deleted: true };
  return (await read<ListAnswer>('/rest/history/list', fields)).entries;
}
