/**
 * Worlds in which some disks fold names, as those of macOS, Windows and memory sticks do. Such a disk
 * cannot hold all that others can: in the end a person renames what it cannot tell apart.
 */
import { textOf } from '@holdfast/platform';
import { type NameRules, NameTable } from '../seams/name-table.js';
import type { SeededRandom } from '../seams/seeded-random.js';
import { foldingPrefix } from './folding-names.js';
import type { SimulatedUser, UserStep } from './simulated-user.js';
import { renameStep } from './user-acts.js';

export function chooseNameRules(seed: string, random: SeededRandom): NameRules {
  if (!seed.startsWith(foldingPrefix)) return {};
  return random.pick([{}, { foldCase: true }, { foldCase: true, foldUnicode: true }]);
}

/** The strictest of all disks: what it cannot hold together, some disk may not either. */
const strictest = new NameTable({ foldCase: true, foldUnicode: true });

/**
 * Steps by which a person gives one of two paths that some disk cannot tell apart another name. People
 * take turns: a directory comes back where a device has in it what others list and cannot hold, and
 * goes with it only where that lies.
 */
export function renameApart(
  users: readonly SimulatedUser[],
  round: number,
): { readonly user: SimulatedUser; readonly steps: readonly UserStep[] } | undefined {
  const seen = new Map<string, string>();
  const first = round % users.length;
  for (const user of [...users.slice(first), ...users.slice(0, first)]) {
    for (const path of user.paths()) {
      const key = path
        .split('/')
        .map((name) => strictest.keyOf(name))
        .join('/');
      const known = seen.get(key);
      if (known === undefined) seen.set(key, path);
      else if (known !== path && isSameAbove(known, path)) {
        return { user, steps: [renameStep(path, `${path}.apart-${round}`)] };
      }
    }
  }
  return undefined;
}

/** Below two directories that are renamed apart, nothing else has to be. */
function isSameAbove(left: string, right: string): boolean {
  const above = (path: string) => textOf(path.slice(0, path.lastIndexOf('/')));
  return above(left) === above(right);
}
