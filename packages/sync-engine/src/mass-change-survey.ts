/**
 * Looks through a whole index before a person is asked: what lies elsewhere in the folder with the
 * same content has only moved, and is no loss. Two passes, with nothing per file in memory but what
 * is in question.
 */
import {
  type FolderIndex,
  isLive,
  type LiveMarks,
  localCurrent,
  type PathEntry,
  peerCurrents,
} from '@holdfast/folder-index';
import {
  addCounts,
  type ChangeCount,
  contentNameOf,
  type DeviceId,
  dominates,
  type FolderPath,
  lossOf,
  noChanges,
  type Version,
  type VersionId,
} from '@holdfast/model';

/** Content that a change would take from a path. */
export interface Loss {
  readonly path: FolderPath;
  readonly former: Version;
  readonly change: keyof ChangeCount;
  /** What the path would show then. */
  readonly next: Version;
}

export interface MassChangeSurvey {
  /** What really goes away of the losses that were asked about. */
  readonly lost: ChangeCount;
  /** What the author took away before that, as marks say that are live. */
  readonly earlier: ChangeCount;
  /** When the first of that was, and of what had moved; undefined where there was nothing. */
  readonly earliestMs: number | undefined;
  /** What was at a path and lies elsewhere now: that version, not its content, which may go from there too. */
  readonly moved: ReadonlySet<VersionId>;
}

export async function surveyMassChange(
  index: FolderIndex,
  author: DeviceId,
  losses: readonly Loss[],
  live: LiveMarks,
): Promise<MassChangeSurvey> {
  const earlier = await earlierLosses(index, author, live);
  const wanted = new Set([...losses, ...earlier].flatMap(nameOf));
  const shown = await shownContent(index, wanted, new Map(losses.map((one) => [one.path, one])));
  const isLost = (loss: Pick<Loss, 'former'>) => !nameOf(loss).some((name) => shown.has(name));
  const moved = [...losses, ...earlier].filter((one) => !isLost(one));
  const before = earlier.filter(isLost);
  // What had only moved may be lost with what comes: it belongs to it from the beginning.
  const [first] = earlier.map(({ atMs }) => atMs).sort((a, b) => a - b);
  return {
    lost: countOf(losses.filter(isLost)),
    earlier: countOf(before),
    earliestMs: first,
    moved: new Set(moved.map(({ former }) => former.id)),
  };
}

type EarlierLoss = Pick<Loss, 'former' | 'change'> & { readonly atMs: number };

/** Changes of the author that passed lately, by the marks that they left. */
async function earlierLosses(
  index: FolderIndex,
  author: DeviceId,
  live: LiveMarks,
): Promise<EarlierLoss[]> {
  const losses: EarlierLoss[] = [];
  for await (const entry of index.below('')) {
    const row = localCurrent(entry);
    if (row?.guard?.state !== 'noted' && row?.guard?.state !== 'moved') continue;
    if (!isLive(row.guard.atMs, live) || row.version.record.author !== author) continue;
    const { former, atMs } = row.guard;
    const change = lossOf(former.record, row.version.record);
    if (change !== undefined) losses.push({ former, change, atMs });
  }
  return losses;
}

/** Which of the wanted content is shown anywhere, here or by a member, once the losses have happened. */
async function shownContent(
  index: FolderIndex,
  wanted: ReadonlySet<string>,
  losses: ReadonlyMap<FolderPath, Loss>,
): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const entry of index.below('')) {
    const loss = losses.get(entry.path);
    for (const { record } of loss === undefined ? shownBy(entry) : [loss.next]) {
      const name = contentNameOf(record);
      if (name !== undefined && wanted.has(name)) found.add(name);
    }
  }
  return found;
}

/**
 * What is here, and what will be here in a moment because a member shows it where nothing is. A
 * member that has not heard of a deletion yet shows what will go there, too.
 */
export function shownBy(entry: PathEntry): Version[] {
  const local = localCurrent(entry);
  const isHere = local !== undefined && local.version.record.kind !== 'tombstone';
  if (isHere) return [local.version];
  const shown = peerCurrents(entry).map((row) => row.version);
  if (local === undefined) return shown;
  const { vector } = local.version.record;
  return shown.filter(({ record }) => !dominates(vector, record.vector));
}

export function nameOf({ former }: Pick<Loss, 'former'>): string[] {
  const name = contentNameOf(former.record);
  return name === undefined ? [] : [name];
}

export function countOf(losses: readonly Pick<Loss, 'change'>[]): ChangeCount {
  return losses.reduce<ChangeCount>(
    (sum, { change }) => addCounts(sum, { ...noChanges, [change]: 1 }),
    noChanges,
  );
}
