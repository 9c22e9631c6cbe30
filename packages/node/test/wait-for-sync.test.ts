import type { FolderId } from '@holdfast/model';
import { VirtualWorldClock } from '@holdfast/simulation';
import type { FolderEngine } from '@holdfast/sync-engine';
import { expect, test } from 'vitest';
import { ChangeSignal } from '../src/change-signal.js';
import { waitForSync } from '../src/wait-for-sync.js';

const folder = {
  config: { id: 'photosphotosphot' as FolderId, label: 'photos', members: ['SimPi', 'SimDesktop'] },
  massChanges: { open: () => [] },
  isInSync: () => true,
} as unknown as FolderEngine;

test('a member that is connected and about to be linked is waited for', async () => {
  const changes = new ChangeSignal();
  let linking = true;
  let looks = 0;
  const isLinking = () => {
    looks += 1;
    return linking;
  };
  const asked = { folders: [folder], archived: false, timeoutMs: undefined, signal: undefined };
  let returned = false;
  const clock = new VirtualWorldClock().nodeClock();
  const waiting = waitForSync({ ...asked, isLinking }, clock, () => changes.next()).then(() => {
    returned = true;
  });
  changes.changed();
  await expect.poll(() => looks).toBeGreaterThan(1);
  expect(returned).toBe(false);
  linking = false;
  changes.changed();
  await waiting;
  expect(returned).toBe(true);
});
