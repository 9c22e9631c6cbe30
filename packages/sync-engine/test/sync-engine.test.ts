/** Between a connection and a link: what is known of a member that has not said yet what it keeps. */
import type { DeviceId, FolderId } from '@holdfast/model';
import { type FrameChannel, type PeerConnection, silentLogger } from '@holdfast/platform';
import { VirtualWorldClock } from '@holdfast/simulation';
import {
  type ControlMessage,
  controlProtocol,
  encodeControl,
  type FolderAnnouncement,
  type HelloMessage,
  protocolMajor,
} from '@holdfast/sync-protocol';
import { expect, test } from 'vitest';
import type { FolderEngine } from '../src/folder-engine.js';
import { SyncEngine } from '../src/sync-engine.js';
import { desktop } from './place-world.js';

const folderId = 'photosphotosphot' as FolderId;
const hello: HelloMessage = {
  type: 'hello',
  protocolMajor,
  requiredFeatures: 0n,
  supportedFeatures: 0n,
  deviceName: 'desktop',
  softwareVersion: '0.1.0',
  addresses: [],
};
const announcement: FolderAnnouncement = {
  folderId,
  label: 'photos',
  accepted: true,
  epoch: 'ee'.repeat(8) as never,
  position: { epoch: 'ee'.repeat(8), sequence: 0, hash: '00'.repeat(32) } as never,
  mode: 'send-receive',
  massChanges: [],
  proofs: [],
};

function newEngine(): SyncEngine {
  return new SyncEngine('SimLaptop' as DeviceId, {
    hello: () => hello,
    archive: () => undefined,
    clock: new VirtualWorldClock().nodeClock(),
    logger: silentLogger,
    onSession: () => undefined,
    onSessionEnd: () => undefined,
    onOffers: () => undefined,
    onTrust: async () => undefined,
    isMember: () => true,
  });
}

/** An engine with one folder, to which the desktop is connected and says what it is told to say. */
async function connectedDesktop() {
  const links = new Map<string, unknown>();
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const folder = {
    config: { id: folderId, members: [desktop] },
    links,
    renumbering: { refuses: () => false },
    start: async () => undefined,
    announcementFor: () => announcement,
    isLinked: () => links.size > 0,
    unlink: () => undefined,
    link: async () => {
      await begun;
      links.set(desktop, {});
    },
  } as unknown as FolderEngine;
  const engine = newEngine();
  await engine.addFolder(folder);
  const said: Uint8Array[] = [];
  let wake: () => void = () => undefined;
  const say = (message: ControlMessage) => {
    said.push(encodeControl(message) as Uint8Array);
    wake();
  };
  async function* frames() {
    for (;;) {
      for (const frame of said.splice(0)) yield frame;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  const channel = {
    protocol: controlProtocol,
    send: async () => undefined,
    frames,
  } as unknown as FrameChannel;
  const connection = {
    remoteDevice: desktop,
    direction: 'inbound',
    closed: new Promise<void>(() => undefined),
  } as unknown as PeerConnection;
  engine.connected(connection);
  engine.channel(connection, channel);
  return { engine, folder, say, begin };
}

test('a member that is connected is about to be linked until it has said what it keeps, and is', async () => {
  const { engine, folder, say, begin } = await connectedDesktop();
  expect(engine.isLinking(folder)).toBe(true);
  say(hello);
  await expect.poll(() => engine.isConnected(desktop)).toBe(true);
  expect(engine.isLinking(folder)).toBe(true);
  say({ type: 'folders', folders: [announcement] });
  begin();
  await expect.poll(() => engine.isLinking(folder)).toBe(false);
  expect(folder.links.has(desktop)).toBe(true);
});

test('a member that is not connected is not waited for', () => {
  const members = [desktop];
  const folder = { config: { id: folderId, members }, links: new Map() } as unknown as FolderEngine;
  expect(newEngine().isLinking(folder)).toBe(false);
});

test('a member that keeps nothing of the folder is not waited for', async () => {
  const { engine, folder, say } = await connectedDesktop();
  say(hello);
  expect(engine.isLinking(folder)).toBe(true);
  say({ type: 'folders', folders: [{ ...announcement, accepted: false }] });
  await expect.poll(() => engine.isLinking(folder)).toBe(false);
  expect(folder.links.size).toBe(0);
});
