/** Members are asked anew, or forgotten, whatever began in the meantime. */
import type { DeviceId } from '@holdfast/model';
import { expect, test } from 'vitest';
import { askMembersAnew } from '../src/ask-members-anew.js';
import type { FolderEngine } from '../src/folder-engine.js';
import { FolderLosses } from '../src/folder-losses.js';
import { voidReceipts } from '../src/lost-content.js';

const losses = new FolderLosses();
losses.replace([], true);

test.each([
  ['asked anew', askMembersAnew],
  ['forgotten', voidReceipts],
])('a link that begins while members are %s is ended too', async (_, change) => {
  const events: string[] = [];
  const links = new Map<string, { session: { end(): void } }>();
  const begin = (device: string) => {
    links.set(device, { session: { end: () => events.push(`ends ${device}`) } });
  };
  const write = async () => {
    if (!events.includes('written')) begin('desktop');
    events.push('written');
  };
  const folder = {
    links,
    losses,
    unlink: () => links.clear(),
    config: { members: ['laptop' as DeviceId] },
    index: { update: write, forgetPeer: write },
    mirror: undefined,
  } as unknown as FolderEngine;
  begin('laptop');
  await change(folder);
  expect(events).toEqual(['ends laptop', 'written', 'ends desktop', 'written']);
});
