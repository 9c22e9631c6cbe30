/** What a store lost, as several who look for it at once find and heal it. */
import type { DeviceId, FolderId } from '@holdfast/model';
import { silentLogger } from '@holdfast/platform';
import { VirtualWorldClock } from '@holdfast/simulation';
import { FolderLosses, type LostFile, type SyncEngine } from '@holdfast/sync-engine';
import { type LostContent, nothingLost, type VersionArchive } from '@holdfast/version-archive';
import { expect, test } from 'vitest';
import type { CareState } from '../src/care-state.js';
import { ContentCare } from '../src/content-care.js';

const folder = 'photosphotosphot' as FolderId;
const found = {
  blocks: [{ contentId: 'aa'.repeat(32), lengthBytes: 9, places: [] }],
  versions: [{ folder, versionId: 'bb'.repeat(32), path: 'letter' }],
  isMore: false,
} as unknown as LostContent;

/** A folder that notes how much it was told to be lost, and a store that now lacks `lacking`. */
function scene(lacking: LostContent) {
  const told: number[] = [];
  const losses = new FolderLosses();
  const lose = async (files: readonly LostFile[], isMore: boolean) => {
    told.push(files.length);
    losses.replace(files, isMore);
  };
  const kept = {
    config: { id: folder, members: [] },
    ingester: { lose },
    losses,
    links: new Map(),
  };
  const care = new ContentCare({
    archive: () => undefined,
    engine: { folders: new Map([[folder, kept]]) } as unknown as SyncEngine,
    localDevice: 'SimPi' as DeviceId,
    clock: new VirtualWorldClock().nodeClock(),
    logger: silentLogger,
    state: { note: async () => undefined } as unknown as CareState,
    onChange: () => undefined,
  });
  const archive = {
    storeId: '55'.repeat(8),
    lostContent: async () => lacking,
  } as unknown as VersionArchive;
  return { care, archive, told };
}

test('what came back after a run had found it lost is not lost once more', async () => {
  const { care, archive, told } = scene(nothingLost);
  const { lost } = await care.heal(archive, found);
  expect(lost.blocks).toEqual([]);
  expect(told).toEqual([]);
});

test('what was lost after a run had looked stays told', async () => {
  const { care, archive, told } = scene(found);
  await care.heal(archive, found);
  const { lost } = await care.heal(archive, nothingLost);
  expect(lost).toEqual(found);
  expect(told.at(-1)).toBe(1);
});
