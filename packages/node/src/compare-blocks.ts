/** Which blocks two versions of a file share, and where the later one differs. Pure. */
import type { BlockReference } from '@holdfast/model';
import type { DiffRange, DiffResult } from './history-control.js';

/** More parts than this are not listed. */
const maxRanges = 1_000;

/** Content decides, not place: a block that moved is one that both have. */
export function compareBlocks(
  from: readonly BlockReference[],
  to: readonly BlockReference[],
): DiffResult['blocks'] {
  const inFrom = new Set(from.map(({ contentId }) => contentId));
  const inTo = new Set(to.map(({ contentId }) => contentId));
  const onlyFrom = from.filter(({ contentId }) => !inTo.has(contentId));
  const onlyTo = to.filter(({ contentId }) => !inFrom.has(contentId));
  const onlyToBytes = bytesOf(onlyTo);
  return {
    common: to.length - onlyTo.length,
    onlyFrom: onlyFrom.length,
    onlyTo: onlyTo.length,
    commonBytes: bytesOf(to) - onlyToBytes,
    onlyFromBytes: bytesOf(onlyFrom),
    onlyToBytes,
    ranges: rangesOf(to, inFrom),
  };
}

/** Neighbours are one range. */
function rangesOf(to: readonly BlockReference[], known: ReadonlySet<string>): DiffRange[] {
  const ranges: { offset: number; bytes: number }[] = [];
  let offset = 0;
  for (const { contentId, lengthBytes } of to) {
    if (!known.has(contentId)) {
      const last = ranges.at(-1);
      if (last !== undefined && last.offset + last.bytes === offset) last.bytes += lengthBytes;
      else if (ranges.length === maxRanges) break;
      else ranges.push({ offset, bytes: lengthBytes });
    }
    offset += lengthBytes;
  }
  return ranges;
}

function bytesOf(blocks: readonly BlockReference[]): number {
  return blocks.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
}
