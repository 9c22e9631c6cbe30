/** What becomes of an answer that arrives while a version is being put in place. */
import {
  emptyEntry,
  localCurrent,
  rejected,
  rowOf,
  withGuard,
  withLocalCurrent,
  withPeerRow,
} from '@holdfast/folder-index';
import { restoringVersion, type Version } from '@holdfast/model';
import { expect, test } from 'vitest';
import { withPlaced } from '../src/placed-entry.js';
import type { PlannedPath } from '../src/placer.js';
import { planPath } from '../src/plan-sync.js';
import { disk, former, nameOf, rewritten, theirs } from './guard-world.js';
import { actor, desktop, fileVersion, hash, pathOf } from './place-world.js';

const first = former(1);
const here = withLocalCurrent(emptyEntry(pathOf(nameOf(1))), first, { disk });
const changes = { author: desktop, sinceMs: 1_000, lastMs: 2_000 };

function shownBy(entry: typeof here, version: Version) {
  return withPeerRow(entry, version, { device: desktop, state: 'current', sequence: 2 }, true);
}

function planned(entry: typeof here): PlannedPath {
  const action = planPath(entry, hash);
  if (action.type === 'none') throw new Error('nothing is to be done');
  return { entry, action };
}

test('what was rejected while it was being placed goes back to what was there before', () => {
  const bad = rewritten(1);
  const confirmed = withGuard(shownBy(here, bad), bad, {
    state: 'noted',
    atMs: 1_000,
    former: first,
  });
  const work = planned(confirmed);
  expect(work.action.target.id).toBe(bad.id);
  const placed = withPlaced(rejected(confirmed, changes, hash), work, undefined, 'no');
  expect(localCurrent(placed)?.version.id).toBe(bad.id);
  expect(rowOf(placed, first.id)?.guard).toBeUndefined();
  const next = planned(placed).action;
  expect(next).toMatchObject({ type: 'apply', target: restoringVersion(first, bad, hash) });
});

test('what was made after the rejected change stays where it was being placed meanwhile', () => {
  const bad = rewritten(1);
  const entry = withLocalCurrent(here, bad, { disk });
  const noted = withGuard(entry, bad, { state: 'noted', atMs: 1_000, former: first });
  const later = fileVersion(nameOf(1), 'later', [...theirs, { actor: actor('e'), counter: 1 }]);
  const work = planned(shownBy(noted, later));
  const placed = withPlaced(rejected(shownBy(noted, later), changes, hash), work, undefined, 'no');
  expect(localCurrent(placed)?.version.id).toBe(later.id);
  expect(localCurrent(placed)?.guard).toBeUndefined();
});
