/** Members are asked anew, or forgotten, and nobody begins with what was known before. */
import type { IndexPosition } from '@holdfast/folder-index';
import type { DeviceId, FolderId } from '@holdfast/model';
import { silentLogger } from '@holdfast/platform';
import { VirtualWorldClock } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';
import { hash, openIndex, queuesEverything } from '../../folder-index/test/index-world.js';
import { askMembersAnew } from '../src/ask-members-anew.js';
import { LinkPause } from '../src/end-links.js';
import type { FolderEngine } from '../src/folder-engine.js';
import { FolderLink } from '../src/folder-link.js';
import { FolderLosses } from '../src/folder-losses.js';
import { voidReceipts } from '../src/lost-content.js';
import { actor, fileVersion, phone } from './place-world.js';

function manyLosses(): FolderLosses {
  const losses = new FolderLosses();
  losses.replace([], true);
  return losses;
}

describe.each([
  ['asked anew', askMembersAnew],
  ['forgotten', voidReceipts],
])('while members are %s', (_, change) => {
  test('all links have ended, and none begins', async () => {
    const linkPause = new LinkPause();
    const begun = linkPause.begun;
    const events: string[] = [];
    const links = new Map([['laptop', { session: { end: () => events.push('ends') } }]]);
    const write = async () => {
      events.push(linkPause.isSince(linkPause.begun) ? 'written, paused' : 'written');
    };
    const folder = {
      links,
      linkPause,
      losses: manyLosses(),
      unlink: () => links.clear(),
      config: { members: ['laptop' as DeviceId] },
      index: { update: write, forgetPeer: write },
      mirror: undefined,
    } as unknown as FolderEngine;
    await change(folder);
    expect(events).toEqual(['ends', 'written, paused']);
    expect(linkPause.isSince(linkPause.begun)).toBe(false);
    // What was about to begin before does not go on afterwards.
    expect(linkPause.isSince(begun)).toBe(true);
  });
});

test('receipts are made void later where the disk refused it now', async () => {
  const forgotten: string[] = [];
  let refuses = true;
  const folder = {
    links: new Map(),
    linkPause: new LinkPause(),
    losses: manyLosses(),
    unlink: () => undefined,
    mirror: undefined,
    config: { members: ['laptop', 'phone'] },
    index: {
      forgetPeer: async (device: string) => {
        if (refuses) throw new Error('the disk is full');
        forgotten.push(device);
      },
    },
  } as unknown as FolderEngine;
  await expect(voidReceipts(folder)).rejects.toThrow('full');
  refuses = false;
  await voidReceipts(folder);
  await voidReceipts(folder);
  expect(forgotten).toEqual(['laptop', 'phone']);
});

test('what a link was just taking does not count afterwards', async () => {
  const folder = 'photosphotosphot' as FolderId;
  const epoch = 'ee'.repeat(8);
  const positionAt = (sequence: number) =>
    ({ epoch, sequence, hash: 'aa'.repeat(32) }) as IndexPosition;
  const index = await openIndex({ policy: queuesEverything });
  const session = { device: phone, send: async () => undefined, end: () => undefined };
  const init = {
    folder,
    index,
    session,
    hash,
    clock: new VirtualWorldClock().nodeClock(),
    logger: silentLogger,
    onRows: () => undefined,
    onOwnRows: () => undefined,
    onProgress: () => undefined,
    need: () => ({ files: 0, bytes: 0 }),
  };
  const announcement = { epoch, position: positionAt(1) };
  const link = new FolderLink(init as never, announcement as never);
  await link.start();
  const { bytes } = fileVersion('f', 'text', [{ actor: actor('1'), counter: 1 }]);
  const rows = [{ sequence: 1, state: 'current' as const, checked: true, record: bytes }];
  const position = positionAt(1);
  const taken = link.receiveDelta({
    type: 'index-delta',
    folderId: folder,
    epoch,
    after: 0,
    rows,
    position,
  } as never);
  const engine = {
    links: new Map([[phone, link]]),
    linkPause: new LinkPause(),
    losses: manyLosses(),
    unlink: () => link.end(),
    config: { members: [phone] },
    index,
    mirror: undefined,
  } as unknown as FolderEngine;
  await Promise.all([taken, voidReceipts(engine)]);
  expect(index.peer(phone).seen).toBeUndefined();
});
