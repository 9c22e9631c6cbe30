/**
 * A heap that stays near what it holds. Left alone, V8 lets the old generation grow to several
 * times its content before it collects: fast, but a node shares a small machine with others. Buffers
 * outside the heap count against the same limit, and at full rate some 20 MB of them wait to be
 * swept: with less room than that the whole heap is marked again and again. Measured (two cores,
 * others at work): 1 GiB took both nodes 11.2-13.1 s of processor time with 50 here, 7.2-7.6 with
 * 80, 7.8-8.6 with 120 and 200; 10,000 small files peaked at 201-230, 202-209 and 234-253 MB.
 */
import { setFlagsFromString } from 'node:v8';

/** The old generation of every thread may grow by this share before it is collected. */
const growthPercent = 80;

/** In a worker thread, which makes little garbage of its own, the young generation too is small. */
export const workerLimits = { maxYoungGenerationSizeMb: 12 } as const;

/** For the whole process; V8 reads the flag each time it decides when to collect next. */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
}

/**
 * The young generation of every thread stays as large as it is, or gets smaller. For each thread
 * that begins V8 forgets it, so it is said again. Decision 0030.
 */
export function holdYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
