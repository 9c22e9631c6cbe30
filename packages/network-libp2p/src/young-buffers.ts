/**
 * Buffers that die young. Every byte of the network passes through several of them, outside the
 * heap. The collector counts them, but does not look for young ones: each 64 MB it marks the whole
 * heap, in the background, which took a third of all processor time at full rate. A collection of
 * the young generation finds them in a millisecond. Decision 0022 has the figures.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type CollectGarbage = (options: { readonly type: 'minor' }) => void;

/** Two buffers die for each byte sent, four for each that came. */
const bytesBetweenCollections = 4 * 1024 * 1024;

let collect: CollectGarbage | undefined;
let passedBytes = 0;

/** Counts what passed, and clears up now and then. */
export function notePassed(byteCount: number): void {
  passedBytes += byteCount;
  if (passedBytes < bytesBetweenCollections) return;
  passedBytes = 0;
  collect ??= exposedCollector();
  collect({ type: 'minor' });
}

/** V8 has it for whoever asks; only a context made after the asking shows it. */
function exposedCollector(): CollectGarbage {
  setFlagsFromString('--expose-gc');
  const exposed: unknown = runInNewContext('gc');
  // A runtime without it collects as it always does.
  return typeof exposed === 'function' ? (exposed as CollectGarbage) : () => undefined;
}
