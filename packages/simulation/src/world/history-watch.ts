/**
 * What the archive has ever said of its history. Owns the rule of append-only history: what was
 * read once is read again later, at the same position; the head only moves on.
 */
import { readEnvelope } from '@holdfast/block-store';
import {
  decodeVersion,
  type FileContentRecord,
  type FolderId,
  type FolderPath,
  type HistoryEntry,
  type HistoryQuery,
} from '@holdfast/model';
import type { VersionArchive } from '@holdfast/version-archive';
import { nativeBlake3 } from '../seams/native-blake3.js';
import { realZstd } from '../seams/real-zstd.js';
import { SeedFailure } from './seed-failure.js';
import type { SimulatedMachine } from './simulated-machine.js';
import { type ContentKey, contentKeyOf } from './world-content.js';

interface SeenEntry {
  readonly path: FolderPath;
  readonly versionId: string;
}

export interface HistoryMemory {
  readonly seen: ReadonlyMap<number, SeenEntry>;
  readonly archived: ReadonlySet<ContentKey>;
  readonly position: number;
  readonly head: string;
}

const hash = (bytes: Uint8Array) => nativeBlake3.blake3(bytes);
const tools = { hasher: nativeBlake3, compressor: realZstd };
const pageEntries = 1000;

export class HistoryWatch {
  readonly #machine: SimulatedMachine;
  readonly #paths: ReadonlySet<string>;
  #seen = new Map<number, SeenEntry>();
  #archived = new Set<ContentKey>();
  #head = { position: -1, hash: '' };
  readonly #contentOf = new Map<string, { readonly path: string; readonly content: ContentKey }>();
  /** Content of which a block rotted, and was not found whole since. */
  readonly #rotten = new Set<ContentKey>();
  #wentBack = false;
  #holdingCount = 0;
  /** Versions of which the archive said that it does not have them whole. */
  #told: ReadonlySet<string> = new Set();

  /** `paths`: all that ever were, with their folder's label; one that never was current is in no listing. */
  constructor(machine: SimulatedMachine, paths: ReadonlySet<string>) {
    this.#machine = machine;
    this.#paths = paths;
  }

  get size(): number {
    return this.#seen.size;
  }

  holds(content: ContentKey): boolean {
    return this.#archived.has(content) && !this.#rotten.has(content);
  }

  /** Moves with whatever may change what it holds. */
  get holdingCount(): number {
    return this.#holdingCount;
  }

  /** A block of it rotted on the archive's disk. */
  rotted(content: ContentKey): void {
    this.#holdingCount += 1;
    this.#rotten.add(content);
  }

  /** Whether others may say that its history is not what it was. */
  isAccusable(device: string): boolean {
    return this.#wentBack && this.#machine.device === device;
  }

  get hasRotten(): boolean {
    return this.#rotten.size > 0;
  }

  /** Where a version lies in its folder, and its content; undefined where it is not known, or has none. */
  contentOf(
    versionId: string,
  ): { readonly path: string; readonly content: ContentKey } | undefined {
    return this.#contentOf.get(versionId);
  }

  /** Of these versions the archive says that it does not have them whole. */
  told(versions: readonly string[]): void {
    this.#told = new Set(versions);
  }

  /** Reads what is new; false while the archive cannot be asked. */
  async look(): Promise<boolean> {
    const archive = this.#machine.node?.archive();
    if (archive === undefined || this.#machine.folders.length === 0) return false;
    const head = archive.head();
    if (head.position < this.#head.position)
      throw shrank(`head ${head.position} after ${this.#head.position}`);
    if (head.position === this.#head.position) {
      if (head.hash !== this.#head.hash) throw shrank(`another head at ${head.position}`);
      return true;
    }
    const wasFaulty = this.#machine.hasFaultyDisk;
    try {
      for (const entry of await this.#entries(archive)) this.#remember(entry);
    } catch (error) {
      // A disk that fails just now has nothing to say.
      if (error instanceof SeedFailure) throw error;
      if (wasFaulty || this.#machine.hasFaultyDisk) return false;
      throw error;
    }
    this.#head = head;
    return true;
  }

  /** Every content of any version. */
  get contents(): ReadonlySet<ContentKey> {
    return this.#archived;
  }

  get name(): string {
    return this.#machine.name;
  }

  /** What is known so far, to go back to with an old copy of the archive's disk. */
  remember(): HistoryMemory {
    const { position, hash: head } = this.#head;
    return { seen: new Map(this.#seen), archived: new Set(this.#archived), position, head };
  }

  /** An old copy of the archive's disk was put back: it goes on from there. */
  goBack({ seen, archived, position, head }: HistoryMemory): void {
    this.#seen = new Map(seen);
    this.#archived = new Set(archived);
    this.#holdingCount += 1;
    this.#head = { position, hash: head };
    this.#wentBack = true;
  }

  /** What the archive shows now of a folder, without what is deleted. */
  async current(label: string): Promise<HistoryEntry[]> {
    const folder = this.#machine.folders.find(({ config }) => config.label === label);
    if (folder === undefined) throw shrank(`${label} is not there`);
    return pages(this.#archive(), folder.config.id, listing(false));
  }

  /** Reads everything again and every block of it. */
  async verify(): Promise<void> {
    const archive = this.#archive();
    const entries = await this.#entries(archive);
    const positions = new Set(entries.map((entry) => entry.position));
    for (const [position, { path }] of this.#seen) {
      if (!positions.has(position)) throw shrank(`${path} at ${position} is gone`);
    }
    for (const entry of entries) {
      this.#remember(entry);
      await this.#verifyContent(archive, entry);
    }
  }

  #archive(): VersionArchive {
    const archive = this.#machine.node?.archive();
    if (archive === undefined) throw shrank('the archive is not there');
    return archive;
  }

  /** Whole, or known to have rotted and told. */
  async #verifyContent(archive: VersionArchive, entry: HistoryEntry): Promise<void> {
    const { record } = decodeVersion(entry.recordBytes, hash);
    if (record.kind !== 'file') return;
    if (await isWhole(archive, record)) return;
    if (!this.#rotten.has(contentKeyOf(record.blocks))) {
      throw new SeedFailure('data-loss', `the archive has lost a block of ${record.path}`);
    }
    if (this.#told.has(entry.versionId)) return;
    throw new SeedFailure('rot-untold', `${record.path} is damaged, and nobody says so`);
  }

  #remember(entry: HistoryEntry): void {
    const { record } = decodeVersion(entry.recordBytes, hash);
    const known = this.#seen.get(entry.position);
    if (known !== undefined && known.versionId !== entry.versionId) {
      throw shrank(`another version of ${known.path} at ${entry.position}`);
    }
    this.#seen.set(entry.position, { path: record.path, versionId: entry.versionId });
    if (record.kind === 'file' && record.sizeBytes > 0) {
      const content = contentKeyOf(record.blocks);
      if (!this.#archived.has(content)) this.#holdingCount += 1;
      this.#archived.add(content);
      this.#contentOf.set(entry.versionId, { path: record.path, content });
    }
  }

  /** Every version of every path. */
  async #entries(archive: VersionArchive): Promise<HistoryEntry[]> {
    const all: HistoryEntry[] = [];
    for (const { config } of this.#machine.folders) {
      all.push(...(await this.#entriesOf(archive, config.id, config.label)));
    }
    return all;
  }

  async #entriesOf(
    archive: VersionArchive,
    folder: FolderId,
    label: string,
  ): Promise<HistoryEntry[]> {
    const shown = await pages(archive, folder, listing(true));
    const paths = new Set<string>();
    for (const path of this.#paths) {
      if (path.startsWith(`${label}/`)) paths.add(path.slice(label.length + 1));
    }
    for (const { recordBytes } of shown) paths.add(decodeVersion(recordBytes, hash).record.path);
    const all: HistoryEntry[] = [];
    for (const path of paths) {
      const query = { type: 'log', path: path as FolderPath, limit: pageEntries } as const;
      all.push(...(await pages(archive, folder, query)));
    }
    return all;
  }
}

function listing(deleted: boolean) {
  const at = { type: 'head' } as const;
  return { type: 'list', directory: '', at, recursive: true, deleted, limit: pageEntries } as const;
}

type PagedQuery = Extract<HistoryQuery, { type: 'list' | 'log' }>;

async function pages(
  archive: VersionArchive,
  folder: FolderId,
  query: PagedQuery,
): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  let cursor: Uint8Array | undefined;
  do {
    const page = await archive.query(folder, cursor === undefined ? query : { ...query, cursor });
    entries.push(...page.entries);
    cursor = page.next;
  } while (cursor !== undefined);
  return entries;
}

async function isWhole(archive: VersionArchive, record: FileContentRecord): Promise<boolean> {
  const ids = record.blocks.entries.map((reference) => reference.contentId);
  const envelopes = await archive.blocks.read(ids);
  return ids.every((id, at) => {
    const envelope = envelopes[at];
    return envelope !== undefined && readEnvelope(envelope, id, tools) !== undefined;
  });
}

function shrank(message: string): SeedFailure {
  return new SeedFailure('history-shrank', message);
}
