/**
 * Version vectors (Parker et al., "Detection of Mutual Inconsistency in Distributed Systems",
 * IEEE TSE 1983): one counter for each actor that ever changed a path. Entries are sorted by actor,
 * counters are at least 1; vectors are never pruned.
 */
import type { ActorId } from './ids.js';

export interface VectorEntry {
  readonly actor: ActorId;
  readonly counter: number;
}

export type VersionVector = readonly VectorEntry[];

/** A vector with more actors is refused when it is decoded. */
export const maxVectorActors = 256;

/** A higher count is refused when it is decoded: nobody makes so many changes, and counts go on. */
export const maxVectorCounter = 2 ** 48;

export type VectorOrder = 'equal' | 'dominates' | 'dominated' | 'concurrent';

/** How `left` stands to `right`. */
export function compareVectors(left: VersionVector, right: VersionVector): VectorOrder {
  let leftAhead = false;
  let rightAhead = false;
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const a = left[l];
    const b = right[r];
    if (b === undefined || (a !== undefined && a.actor < b.actor)) {
      leftAhead = true;
      l += 1;
    } else if (a === undefined || b.actor < a.actor) {
      rightAhead = true;
      r += 1;
    } else {
      if (a.counter > b.counter) leftAhead = true;
      if (a.counter < b.counter) rightAhead = true;
      l += 1;
      r += 1;
    }
  }
  if (leftAhead) return rightAhead ? 'concurrent' : 'dominates';
  return rightAhead ? 'dominated' : 'equal';
}

/** Whether `left` contains all of `right`, and more. */
export function dominates(left: VersionVector, right: VersionVector): boolean {
  return compareVectors(left, right) === 'dominates';
}

/** The least vector that dominates or equals both. */
export function joinVectors(left: VersionVector, right: VersionVector): VersionVector {
  const counters = new Map<ActorId, number>();
  for (const { actor, counter } of [...left, ...right]) {
    counters.set(actor, Math.max(counter, counters.get(actor) ?? 0));
  }
  return vectorFrom(counters);
}

/** `vector` with the actor's counter raised by one. */
export function incrementVector(vector: VersionVector, actor: ActorId): VersionVector {
  const counters = new Map(vector.map((entry) => [entry.actor, entry.counter]));
  counters.set(actor, (counters.get(actor) ?? 0) + 1);
  return vectorFrom(counters);
}

/** The counter of `actor`, 0 where it has none. */
export function counterOf(vector: VersionVector, actor: ActorId): number {
  return vector.find((entry) => entry.actor === actor)?.counter ?? 0;
}

/** The join of all, or undefined where it would have more actors than a record may carry. */
export function joinWithinLimit(vectors: readonly VersionVector[]): VersionVector | undefined {
  const joined = vectors.reduce(joinVectors, []);
  return joined.length > maxVectorActors ? undefined : joined;
}

function vectorFrom(counters: Map<ActorId, number>): VersionVector {
  return [...counters]
    .map(([actor, counter]) => ({ actor, counter }))
    .sort((a, b) => (a.actor < b.actor ? -1 : 1));
}
