/** What an archive may say of the past: one file, one that was deleted, and when they came. */
import type { ListResult, TimelineResult } from '@holdfast/node';

export const exampleVersion = {
  version: 'v1',
  position: 'main#7',
  time: '2026-03-01T11:00:00Z',
  device: 'laptop',
  deviceId: '12D3KooWLaptop',
  kind: 'file',
  size: 2048,
  mtime: '2026-03-01T10:59:00Z',
  deleted: false,
  blocks: 1,
  current: true,
  thinned: false,
} as const;

const listed = { thinned: false, changed: exampleVersion.time, device: 'laptop' } as const;

export const exampleListing: ListResult = {
  store: 'main',
  at: 'main#7',
  entries: [
    {
      path: 'a.txt',
      kind: 'file',
      size: 2048,
      mtime: exampleVersion.mtime,
      version: 'v1',
      deleted: false,
      ...listed,
    },
    { path: 'b.txt', kind: 'file', size: 9, mtime: null, version: 'v2', deleted: true, ...listed },
  ],
};

export const exampleTimeline: TimelineResult = {
  store: 'main',
  from: '2026-03-01T10:00:00Z',
  buckets: [{ to: '2026-03-01T11:00:00Z', entries: 7 }],
};
