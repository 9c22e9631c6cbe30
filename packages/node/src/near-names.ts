/** Which known names somebody may have meant who typed another one. Pure. */

/** More than these help nobody. */
const maxNames = 3;
/** Longer names are compared by their beginning: the work grows with the square. */
const maxComparedLength = 64;

/**
 * A sentence for a hint, with a space after it; empty where no name is near. Names that differ by
 * case alone come first, then those that begin with what was typed, then misspelt ones.
 */
export function didYouMean(typed: string, names: Iterable<string>): string {
  const near = nearNames(typed, names).map((name) => `"${name}"`);
  return near.length === 0 ? '' : `Did you mean ${near.join(' or ')}? `;
}

export function nearNames(typed: string, names: Iterable<string>): string[] {
  const wanted = folded(typed);
  if (wanted === '') return [];
  const allowed = Math.min(3, Math.max(1, Math.floor(wanted.length / 3)));
  return [...new Set(names)]
    .map((name) => ({ name, distance: distanceTo(name, wanted) }))
    .filter(({ distance }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance || a.name.length - b.name.length)
    .slice(0, maxNames)
    .map(({ name }) => name);
}

function distanceTo(name: string, wanted: string): number {
  const candidate = folded(name);
  if (candidate === wanted) return 0;
  if (wanted.length > 1 && candidate.startsWith(wanted)) return 0.5;
  return editDistance(wanted, candidate);
}

function folded(text: string): string {
  return text.trim().toLowerCase().slice(0, maxComparedLength);
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(one: string, other: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      const swaps = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const swapped = swaps ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[other.length] ?? 0;
}
