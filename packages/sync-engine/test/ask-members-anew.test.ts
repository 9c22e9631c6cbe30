/** Members are asked anew, whatever began in the meantime. */
import type { DeviceId } from '@holdfast/model';
import { expect, test } from 'vitest';
import { askMembersAnew } from '../src/ask-members-anew.js';
import type { FolderEngine } from '../src/folder-engine.js';

test('a link that begins while it is written down is ended too', async () => {
  const events: string[] = [];
  const links = new Map<string, { session: { end(): void } }>();
  const begin = (device: string) => {
    links.set(device, { session: { end: () => events.push(`ends ${device}`) } });
  };
  const folder = {
    links,
    unlink: () => links.clear(),
    config: { members: ['laptop' as DeviceId] },
    index: {
      update: async () => {
        if (!events.includes('written')) begin('desktop');
        events.push('written');
      },
    },
    mirror: undefined,
  } as unknown as FolderEngine;
  begin('laptop');
  await askMembersAnew(folder);
  expect(events).toEqual(['ends laptop', 'written', 'ends desktop', 'written']);
});
