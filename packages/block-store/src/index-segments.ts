/** Bringing the index of blocks up to their segments, or making it from them. */
import type { ContentId } from '@holdfast/model';
import type { BlockIndex, IndexChange, IndexedBlock } from './block-index.js';
import { blockPayloadIndexBytes, readBlockPayloadHeader } from './block-payload.js';
import { frameBytes } from './segment-format.js';
import type { SegmentStream } from './segment-stream.js';
import type { ScanOptions, SegmentEntry } from './segment-types.js';

/** Indexes what lies at or after `from`; the index then ends where the durable segments do. */
export async function indexSegments(
  stream: SegmentStream,
  index: BlockIndex,
  from: { readonly segment: number; readonly offset: number },
  how: Pick<ScanOptions, 'unverified'> = {},
): Promise<void> {
  const options = { prefixBytes: blockPayloadIndexBytes, ...how };
  for await (const entries of stream.scan(from, options)) {
    const last = entries.at(-1)?.location;
    if (last === undefined) continue;
    const end = { segment: last.segment, offset: last.offset + frameBytes + last.lengthBytes };
    await index.apply(await changesFor(index, entries), end);
  }
  await index.apply([], stream.durableEnd());
}

async function changesFor(
  index: BlockIndex,
  entries: readonly SegmentEntry[],
): Promise<IndexChange[]> {
  const found = new Map<ContentId, IndexedBlock>();
  for (const { location, payload } of entries) {
    const header = readBlockPayloadHeader(payload);
    if (header === undefined) continue;
    found.set(header.contentId, { location, plainBytes: header.plainBytes });
  }
  const before = await index.get([...found.keys()]);
  return [...found].map(([contentId, after], at) => ({ contentId, before: before[at], after }));
}
