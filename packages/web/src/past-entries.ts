/** A directory as it was, beside what it is now. Pure. */
import { nameOf } from './look-back-place.js';
import { agoWords, countWords, nameWords, sizeWords } from './plain-words.js';

/** As the API lists it. */
export interface ListedEntry {
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink';
  readonly size: number;
  readonly version: string;
  readonly deleted: boolean;
  readonly thinned: boolean;
  readonly changed: string;
  readonly device: string;
}

export interface PastEntry extends ListedEntry {
  readonly name: string;
  /** Whether it is another one now, or gone. */
  readonly differs: boolean;
}

const collator = new Intl.Collator(undefined, { numeric: true });

/** Directories first, then by name, what was deleted by then in its place. `now`: undefined while it is the same moment. */
export function pastEntries(
  then: readonly ListedEntry[],
  now: readonly ListedEntry[] | undefined,
): PastEntry[] {
  const present = now && new Map(now.map(({ path, version }) => [path, version]));
  const entries = then.map((entry): PastEntry => {
    const differs = present !== undefined && present.get(entry.path) !== entry.version;
    return { ...entry, name: nameWords(nameOf(entry.path)), differs };
  });
  const isDirectory = ({ kind }: PastEntry) => Number(kind === 'directory');
  return entries.sort(
    (a, b) => isDirectory(b) - isDirectory(a) || collator.compare(a.name, b.name),
  );
}

/** Those whose name has the text in it, whatever its case. */
export function entriesNamed(
  entries: readonly PastEntry[],
  text: string,
  withDeleted: boolean,
): readonly PastEntry[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '' && withDeleted) return entries;
  return entries.filter(
    ({ name, deleted }) => (withDeleted || !deleted) && name.toLowerCase().includes(wanted),
  );
}

const kindWords = { file: 'File', directory: 'Directory', symlink: 'Link' } as const;

export function entryWords(entry: PastEntry, nowMs: number): string {
  const when = `${agoWords(entry.changed, nowMs)} by ${entry.device}`;
  if (entry.deleted) return `Deleted ${when}`;
  const what = entry.kind === 'file' ? sizeWords(entry.size) : kindWords[entry.kind];
  return `${what}, ${when}${entry.thinned ? '; its content was let go' : ''}`;
}

/** What there is, in one sentence. */
export function summaryWords(entries: readonly PastEntry[]): string {
  const deleted = entries.filter((entry) => entry.deleted).length;
  const differing = entries.filter((entry) => entry.differs).length;
  const shown = entries.length - deleted;
  const parts = [shown === 0 ? 'Nothing' : countWords(shown, 'entry', 'entries')];
  if (deleted > 0) parts.push(`${deleted.toLocaleString('en')} deleted by then`);
  if (differing > 0) parts.push(`${differing.toLocaleString('en')} not the same now`);
  return `${parts.join(', ')}.`;
}
