/** How a conversation ends that cannot go on: what was said last still leaves, and nobody waits long. */
import type {
  FolderId,
  FolderPath,
  HistoryEntry,
  HistoryPage,
  HistoryQuery,
  StoreId,
  VersionId,
} from '@holdfast/model';
import { type FrameChannel, type PeerConnection, silentLogger } from '@holdfast/platform';
import { VirtualWorldClock } from '@holdfast/simulation';
import {
  controlProtocol,
  decodeControl,
  decodeHistoryRequest,
  encodeHistoryAnswer,
  type HelloMessage,
  type HistoryAnswer,
} from '@holdfast/sync-protocol';
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

const folder = 'folderfolderfold' as FolderId;
const storeId = '55'.repeat(8) as StoreId;
const questions = [4, 5, 6].map((position): HistoryQuery => ({ type: 'chain', position }));

/** A session with an archive that answers only once it has heard all the questions. */
function archiveThatAnswers(answerTo: (query: HistoryQuery) => HistoryAnswer) {
  const heard: HistoryQuery[] = [];
  let heardAll: () => void = () => undefined;
  const isHeard = new Promise<void>((resolve) => {
    heardAll = resolve;
  });
  let channels = 0;
  const channel = {
    send: async (...parts: Uint8Array[]) => {
      const { query } = decodeHistoryRequest(Buffer.concat(parts));
      heard.push(query);
      if (heard.length === questions.length) heardAll();
    },
    frames: async function* () {
      await isHeard;
      for (const query of heard) yield encodeHistoryAnswer(answerTo(query));
    },
    close: async () => undefined,
  } as unknown as FrameChannel;
  const openChannel = async () => {
    channels += 1;
    return channel;
  };
  const connection = { remoteDevice: desktop, openChannel } as unknown as PeerConnection;
  const handlers = { onHello: () => {}, onMessage: async () => {}, onEnd: () => {} };
  const clock = new VirtualWorldClock().nodeClock();
  const session = new PeerSession({ connection, handlers, clock, logger: silentLogger });
  return { session, channels: () => channels };
}

test('several questions are asked without waiting for answers, over one channel', async () => {
  const pageAt = (query: HistoryQuery): HistoryPage => {
    const position = query.type === 'chain' ? query.position : 0;
    return { storeId, generation: 1, position, entries: [] };
  };
  const { session, channels } = archiveThatAnswers((query) => {
    return { type: 'page', page: pageAt(query) };
  });
  const pages = await session.histories(folder, questions);
  expect(pages.map(({ position }) => position)).toEqual([4, 5, 6]);
  expect(channels()).toBe(1);
  expect(await session.histories(folder, [])).toEqual([]);
  expect(channels()).toBe(1);
});

test('where one of several questions is refused, all of them are', async () => {
  const { session } = archiveThatAnswers(() => {
    return { type: 'error', code: 'time_unknown', message: 'Nothing was there.' };
  });
  await expect(session.histories(folder, questions)).rejects.toMatchObject({
    code: 'time_unknown',
  });
});

test('an answer with more entries than were asked for is none', async () => {
  const entry: HistoryEntry = {
    position: 1,
    versionId: 'ab'.repeat(32) as VersionId,
    recordBytes: new Uint8Array(1),
    receivedAtMs: 0,
    clockSynchronised: true,
    becameCurrent: true,
    thinned: false,
    sender: desktop,
  };
  const page = { storeId, generation: 1, position: 1, entries: [entry, entry] };
  const archive = () => archiveThatAnswers(() => ({ type: 'page', page })).session;
  const log = { type: 'log' as const, path: 'a' as FolderPath };
  const asked = [1, 2, 3].map((limit): HistoryQuery => ({ ...log, limit }));
  await expect(archive().histories(folder, asked)).rejects.toThrow('more entries');
  const enough = asked.map((): HistoryQuery => ({ ...log, limit: 2 }));
  expect(await archive().histories(folder, enough)).toHaveLength(3);
});
