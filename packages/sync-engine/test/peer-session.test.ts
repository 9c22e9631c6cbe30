/** How a conversation ends that cannot go on: what was said last still leaves, and nobody waits long. */
import { type FrameChannel, type PeerConnection, silentLogger } from '@holdfast/platform';
import { VirtualWorldClock } from '@holdfast/simulation';
import { controlProtocol, decodeControl, type HelloMessage } from '@holdfast/sync-protocol';
import { expect, test } from 'vitest';
import { PeerSession } from '../src/peer-session.js';
import { desktop } from './place-world.js';

const hello: HelloMessage = {
  type: 'hello',
  protocolMajor: 1,
  requiredFeatures: 0n,
  supportedFeatures: 0n,
  deviceName: 'laptop',
  softwareVersion: '0.1.0',
  addresses: [],
};

/** A session to which the other side says nonsense, and what happens to its channel and connection. */
function misunderstood() {
  const world = new VirtualWorldClock();
  const events: string[] = [];
  let drained: () => void = () => undefined;
  const isDrained = new Promise<void>((resolve) => {
    drained = resolve;
  });
  const channel = {
    protocol: controlProtocol,
    send: async (...parts: Uint8Array[]) => {
      events.push(`says ${decodeControl(Buffer.concat(parts)).type}`);
    },
    frames: async function* () {
      yield Uint8Array.of(255);
    },
    close: async () => {
      events.push('finishes');
      await isDrained;
    },
  } as unknown as FrameChannel;
  const connection = {
    remoteDevice: desktop,
    closed: new Promise<void>(() => undefined),
    close: async () => void events.push('closes the connection'),
  } as unknown as PeerConnection;
  const handlers = { onHello: () => {}, onMessage: async () => {}, onEnd: () => {} };
  const init = { connection, handlers, clock: world.nodeClock(), logger: silentLogger };
  new PeerSession(init).accept(channel, hello);
  return { events, drained, world };
}

const said = ['says hello', 'says error', 'finishes'];

test('the connection closes once the last words have left', async () => {
  const { events, drained } = misunderstood();
  await expect.poll(() => events).toEqual(said);
  drained();
  await expect.poll(() => events).toEqual([...said, 'closes the connection']);
});

test('who does not take the last words is not waited for', async () => {
  const { events, world } = misunderstood();
  await expect.poll(() => events).toEqual(said);
  await world.runUntil(() => events.length > 3, { deadlineMs: world.nowMs + 2_000 });
  expect(events).toEqual([...said, 'closes the connection']);
});
