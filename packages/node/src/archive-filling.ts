/**
 * This device's archive takes over what other archives of its folders have and it never had: the
 * history from before it was there, and what it slept through. Looks when an archive is linked, and every
 * hour while one is. Owns one key of the database: how far into which log everything was taken. It may be gone
 * at any time: then all is asked for again, and what is here is not fetched twice.
 */
import type { FolderId, Hash, HistoryQuery } from '@holdfast/model';
import {
  AppError,
  byteStringFromText,
  bytesOf,
  type Clock,
  errorMessage,
  errorSentences,
  type KeyValueStore,
  type Logger,
  type Timer,
} from '@holdfast/platform';
import { type FolderEngine, fillFromArchive, type SyncEngine } from '@holdfast/sync-engine';
import type { VersionArchive } from '@holdfast/version-archive';
import { z } from 'zod';
import { SoonestTimer } from './soonest-timer.js';
import { fromStoredJson, storedJson } from './stored-json.js';

export interface ArchiveFillingInit {
  readonly archive: () => VersionArchive | undefined;
  readonly engine: Pick<SyncEngine, 'folders'>;
  readonly keyValueStore: KeyValueStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly hash: Hash;
  readonly nameOf: (device: string) => string;
  readonly onFilled: (folder: FolderId, from: string, versions: number) => void;
  /** What is told of it is not what it was. */
  readonly onChange: () => void;
}

type Link = FolderEngine['links'] extends ReadonlyMap<unknown, infer Value> ? Value : never;

const schema = z.strictObject({
  storeId: z.string(),
  /** By folder, device, store and generation: a store's name is told to every member, and can be claimed. */
  positions: z.record(z.string(), z.number().int().min(0)),
});

const key = bytesOf(byteStringFromText('Filled'));
/** What was just linked is busy with what the folder shows now. */
const soonMs = 5_000;
const againMs = 60 * 60_000;
/** After a failure; the other archive may be busy, or this disk full. */
const retryMs = 10 * 60_000;
/** A page is small, but a disk or a link may be slow. */
const silenceMs = 5 * 60_000;

export class ArchiveFilling {
  readonly #init: ArchiveFillingInit;
  /** Links that were looked at since they began. */
  readonly #looked = new WeakSet<Link>();
  /** By folder and device, what a person should know of what is not here yet. */
  readonly #told = new Map<FolderId, Map<string, string>>();
  readonly #next: SoonestTimer;
  #filling: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(init: ArchiveFillingInit) {
    this.#init = init;
    this.#next = new SoonestTimer(init.clock, () => {
      this.#filling = this.#filling.then(() => this.#look());
    });
  }

  /** Something changed in a folder: another archive of it may be linked now. */
  changed(id: FolderId): void {
    const folder = this.#init.engine.folders.get(id);
    if (folder === undefined) return;
    if (this.#linksOf(folder).some((link) => !this.#looked.has(link))) this.#next.within(soonMs);
  }

  /** What is not here yet of the history that other archives have; a sentence, or empty. */
  reasonOf(folder: FolderId): string {
    const members = this.#init.engine.folders.get(folder)?.config.members ?? [];
    const told = this.#told.get(folder);
    return members.flatMap((device) => told?.get(device) ?? [])[0] ?? '';
  }

  /** Nothing new is asked for from now on. */
  stop(): void {
    this.#stopped = true;
    this.#next.stop();
  }

  /** Once nothing is written any more; what waits for another device ends with its connection. */
  ended(): Promise<void> {
    return this.#filling;
  }

  /** Links with other archives, of a folder whose history is kept here. */
  #linksOf({ ingester, config, links }: FolderEngine): Link[] {
    const own = this.#init.archive();
    if (own === undefined || ingester === undefined || config.paused) return [];
    return [...links.values()].filter(({ announcement: { archive }, session }) => {
      return archive !== undefined && archive.storeId !== own.storeId && session.isReady;
    });
  }

  async #look(): Promise<void> {
    const archive = this.#init.archive();
    if (archive === undefined) return;
    let isLinked = false;
    for (const folder of this.#init.engine.folders.values()) {
      for (const link of this.#linksOf(folder)) {
        if (this.#stopped) return;
        isLinked = true;
        this.#looked.add(link);
        await this.#fillFrom(archive, folder, link).catch((error: unknown) => {
          const where = { folder: folder.config.id, device: link.device };
          const reason = errorMessage(error);
          this.#init.logger.warn('history could not be taken over', { ...where, reason });
          this.#tell(folder, link, failedSentence(this.#nameOf(link), error));
          this.#next.within(retryMs);
        });
      }
    }
    if (isLinked) this.#next.within(againMs);
  }

  async #fillFrom(archive: VersionArchive, folder: FolderEngine, link: Link): Promise<void> {
    const { announcement, device, session } = link;
    if (announcement.archive === undefined) return;
    const { id } = folder.config;
    const { storeId, generation } = announcement.archive;
    const log = `${id} ${device} ${storeId} ${generation}`;
    const since = (await this.#positions(archive))[log] ?? 0;
    const filled = { folder: id, index: folder.index, archive, hash: this.#init.hash };
    const query = (asked: HistoryQuery) => this.#answered(session.history(id, asked));
    const source = { device, blocks: session.blocks, query };
    const result = await fillFromArchive(filled, source, since, {
      isStopped: () => this.#stopped || folder.links.get(device) !== link,
      onLacking: () => this.#tell(folder, link, takingSentence(this.#nameOf(link))),
    });
    const { position, taken, missing } = result;
    if (position !== since) await this.#note(archive, log, position);
    this.#tell(folder, link, missing > 0 ? missingSentence(this.#nameOf(link), missing) : '');
    if (missing > 0) this.#next.within(retryMs);
    if (taken + missing === 0) return;
    this.#init.logger.info('history was taken over', { folder: id, device, taken, missing });
    this.#init.onFilled(id, this.#nameOf(link), taken);
  }

  /** One that never answers would keep all others from being asked: they are asked one after the other. */
  async #answered<Answer>(answer: Promise<Answer>): Promise<Answer> {
    let timer: Timer | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = this.#init.clock.setTimer(silenceMs, () => reject(noAnswer()));
    });
    return Promise.race([answer, silence]).finally(() => timer?.cancel());
  }

  #nameOf({ device }: Link): string {
    return this.#init.nameOf(device);
  }

  #tell({ config: { id } }: FolderEngine, { device }: Link, sentence: string): void {
    const told = this.#told.get(id) ?? new Map<string, string>();
    this.#told.set(id, told);
    if ((told.get(device) ?? '') === sentence) return;
    if (sentence === '') told.delete(device);
    else told.set(device, sentence);
    this.#init.onChange();
  }

  async #positions({ storeId }: VersionArchive): Promise<Record<string, number>> {
    const stored = fromStoredJson(schema, await this.#init.keyValueStore.get(key));
    return stored?.storeId === storeId ? stored.positions : {};
  }

  async #note(archive: VersionArchive, log: string, position: number): Promise<void> {
    const positions = { ...(await this.#positions(archive)), [log]: position };
    const value = storedJson({ storeId: archive.storeId, positions });
    await this.#init.keyValueStore.batch([{ type: 'put', key, value }], { sync: true });
  }
}

function takingSentence(name: string): string {
  return `Takes over the history that ${name} has: until all of it is here, keep ${name}.`;
}

function failedSentence(name: string, error: unknown): string {
  return `Not all of the history that ${name} has is here yet; it is tried again. ${errorSentences(error)}`;
}

function missingSentence(name: string, missing: number): string {
  const versions = missing === 1 ? 'a version' : `${missing} versions`;
  return `Of the history that ${name} has, it cannot give ${versions}; it is asked again.`;
}

function noAnswer(): AppError {
  return new AppError('no_answer', 'It does not answer what it is asked.', { kind: 'retry' });
}
