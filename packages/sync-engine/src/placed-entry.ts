/** What the index says of a path once a version was put in place there: pure. */
import {
  type GuardMark,
  localCurrent,
  type PathEntry,
  withChecked,
  withGuard,
  withLocalCurrent,
  withoutGuard,
  withoutLocalCurrent,
} from '@holdfast/folder-index';
import { diskStateOf } from '@holdfast/folder-scanner';
import { dominates, sameContent, type Version } from '@holdfast/model';
import type { FileStat } from '@holdfast/platform';
import type { PlannedPath } from './placer.js';

/** The entry that shows the target, or nothing where the folder forgets the path. */
export function withPlaced(
  entry: PathEntry,
  { action, mark }: PlannedPath,
  stat: FileStat | undefined,
  withheld: 'kept' | 'no',
): PathEntry {
  const { target, local } = action;
  if (action.type === 'apply' && action.forgets && local !== undefined) {
    return withoutLocalCurrent(entry, local.version);
  }
  const disk = stat === undefined ? {} : { disk: diskStateOf(stat, false) };
  const shown = withLocalCurrent(entry, target, { withheld, ...disk });
  return asPlaced(shown, entry, target, mark);
}

/**
 * What is shown now: somebody vouches for it who vouched for the same content, or for putting it
 * back; otherwise it is marked. What it took the place of has no answer to wait for any more, unless
 * a rejection came meanwhile and is about what is shown now, too.
 */
export function asPlaced(
  shown: PathEntry,
  before: PathEntry,
  target: Version,
  mark: GuardMark | undefined,
): PathEntry {
  const replaced = localCurrent(before);
  const restoring = replaced?.guard?.restoring;
  const isRestored = restoring?.id === target.id;
  const settled = restoring && replaced ? withoutGuard(shown, replaced.version) : shown;
  if (replaced?.guard && restoring && dominates(restoring.record.vector, target.record.vector)) {
    return withGuard(settled, target, replaced.guard);
  }
  const isVouchedFor = before.rows.some(
    (row) => row.checked && sameContent(row.version.record, target.record),
  );
  if (isRestored || isVouchedFor) return withChecked(settled, target);
  return mark === undefined ? settled : withGuard(settled, target, mark);
}

/** Whether something was said of the path since it was planned, other than what was planned. */
export function isNewer(entry: PathEntry, { action: { local, target } }: PlannedPath): boolean {
  const now = localCurrent(entry)?.version.id;
  return now !== local?.version.id && now !== target.id;
}
