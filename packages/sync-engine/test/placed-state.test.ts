import type { FolderPath, VersionId } from '@holdfast/model';
import type { FileStat } from '@holdfast/platform';
import { expect, test } from 'vitest';
import type { PlacedContent, PlaceItem } from '../src/place-item.js';
import { copiedStat, placedStat } from '../src/placed-state.js';

const stat = (more: Partial<FileStat> = {}): FileStat => ({
  kind: 'file',
  sizeBytes: 10,
  mtimeNs: 5n,
  ctimeNs: 6n,
  permissions: 0o644,
  deviceNumber: 1n,
  inode: 7n,
  ...more,
});

function item(content: PlacedContent): PlaceItem {
  return {
    path: 'a' as FolderPath,
    versionId: '0'.repeat(64) as VersionId,
    content,
    expected: { type: 'present', kind: 'file', disk: { ...stat(), racy: false } },
    holdAs: undefined,
    copyTo: undefined,
    syncAside: false,
  };
}

const file: PlacedContent = {
  type: 'file',
  sizeBytes: 10,
  mtimeNs: 5n,
  permissions: 0o644,
  pieces: undefined,
};

test('what was put there is written down as the disk shows it now', () => {
  const shown = stat({ ctimeNs: 99n });
  expect(placedStat(item(file), stat(), shown)).toBe(shown);
});

test.each([
  ['another file', { inode: 8n }],
  ['other content', { sizeBytes: 11 }],
  ['another time', { mtimeNs: 9n }],
])('a user who was faster with %s is not written down', (_, difference) => {
  const written = stat();
  expect(placedStat(item(file), written, stat(difference))).toBe(written);
  expect(placedStat(item(file), written, undefined)).toBe(written);
});

test('a file where a directory or a symlink was put is not written down', () => {
  expect(placedStat(item({ type: 'directory', permissions: 0o755 }), undefined, stat())).toBe(
    undefined,
  );
  expect(placedStat(item({ type: 'symlink', target: 'x' }), undefined, stat())).toBe(undefined);
});

test('times that were set on a file which is another one by now do not make it the old one', () => {
  const touch: PlacedContent = { type: 'touch', mtimeNs: 5n, permissions: undefined };
  const shown = stat({ inode: 8n, ctimeNs: 99n });
  expect(placedStat(item(touch), undefined, shown)).toMatchObject({ inode: 7n, ctimeNs: 6n });
});

test('a conflict copy that is something else already is left to the next scan', () => {
  expect(copiedStat(item(file), stat({ ctimeNs: 99n }))).toMatchObject({ ctimeNs: 99n });
  expect(copiedStat(item(file), stat({ mtimeNs: 9n }))).toBe(undefined);
});
