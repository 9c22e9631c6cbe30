import type { ArchiveReceipt, FolderIndex } from '@holdfast/folder-index';
import type { FolderId } from '@holdfast/model';
import { expect, test } from 'vitest';
import type { FolderConfig } from '../src/folder-config.js';
import { KnownCoverage } from '../src/known-coverage.js';
import { desktop } from './place-world.js';

const config: FolderConfig = {
  id: 'photosphotosphot' as FolderId,
  label: 'photos',
  mode: 'send-receive',
  archive: false,
  copies: 1,
  members: [desktop],
  paused: false,
  massChange: undefined,
  tree: undefined,
};

/** An index in which looks take as many turns as they are told, and whose receipt may change. */
function indexWith(turns: number[]) {
  let receipt: ArchiveReceipt | undefined;
  const index = {
    peer: () => ({ receipt }),
    pathsOfVersions: async () => [],
    numbers: {
      remembers: async () => {
        for (let left = turns.shift() ?? 0; left > 0; left -= 1) await new Promise(setImmediate);
        return true;
      },
    },
  } as unknown as FolderIndex;
  const reach = (sequence: number | undefined) => {
    receipt =
      sequence === undefined
        ? undefined
        : ({ storeId: '55', generation: 1, position: { sequence }, exceptions: [] } as never);
  };
  return { index, reach };
}

test('a look that began before another one never has the last word', async () => {
  const { index, reach } = indexWith([20, 1]);
  const coverage = new KnownCoverage();
  reach(1_000);
  const slow = coverage.refresh(index, () => config);
  reach(1_202);
  const quick = coverage.refresh(index, () => config);
  await Promise.all([slow, quick]);
  expect(coverage.current.threshold()).toBe(1_202);
});

test('what became void while somebody looked covers nothing afterwards', async () => {
  const { index, reach } = indexWith([20]);
  const coverage = new KnownCoverage();
  reach(1_000);
  const slow = coverage.refresh(index, () => config);
  reach(undefined);
  await Promise.all([slow, coverage.refresh(index, () => config)]);
  expect(coverage.current.threshold()).toBe(0);
});
