/** What a device answers is checked against what was asked: it may be out of order, or a liar. */
import type { FolderId } from '@holdfast/model';
import {
  type Clock,
  type FrameChannel,
  type Logger,
  type PeerConnection,
  silentLogger,
} from '@holdfast/platform';
import { InlineBulkRunner, nativeBlake3 } from '@holdfast/simulation';
import {
  type BlockDelivery,
  type BlockRequest,
  type BlockResponse,
  decodeBlockRequest,
  encodeBlockResponse,
} from '@holdfast/sync-protocol';
import { describe, expect, test } from 'vitest';
import { BlockClient } from '../src/block-client.js';
import { LargeFetcher } from '../src/large-fetcher.js';
import { VolatileListBlocks } from '../src/list-block-keeper.js';
import { actor, contentOf, fileVersion, newId, PlaceWorld, phone, root } from './place-world.js';

const folder = 'photosphotosphot' as FolderId;
const texts = ['first ', 'second', 'third '];

/** Nobody is waited for here. */
const patientClock: Clock = {
  now: () => 0,
  monotonic: () => 0,
  setTimer: () => ({ cancel: () => undefined }),
};

type Answer = Pick<BlockResponse, 'blocks' | 'missing' | 'done'> &
  Partial<Pick<BlockResponse, 'requestId'>>;

/** A channel whose other side says what `answersTo` says, and nothing more. */
class AnsweringChannel implements FrameChannel {
  readonly protocol = 'blocks';
  aborted: Error | undefined;
  readonly #answersTo: (request: BlockRequest) => readonly Answer[];
  readonly #frames: Uint8Array[] = [];
  #wake: () => void = () => undefined;

  constructor(answersTo: (request: BlockRequest) => readonly Answer[]) {
    this.#answersTo = answersTo;
  }

  async send(frame: Uint8Array): Promise<void> {
    const request = decodeBlockRequest(frame);
    for (const answer of this.#answersTo(request)) {
      const parts = encodeBlockResponse({ requestId: request.requestId, ...answer });
      this.#frames.push(Buffer.concat(parts));
    }
    this.#wake();
  }

  async *frames(): AsyncGenerator<Uint8Array> {
    for (;;) {
      for (const frame of this.#frames.splice(0)) yield frame;
      if (this.aborted !== undefined) throw this.aborted;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async close(): Promise<void> {}

  abort(reason: Error): void {
    this.aborted = reason;
    this.#wake();
  }
}

function askingOf(...answers: readonly Answer[]) {
  const channel = new AnsweringChannel(() => answers);
  const openChannel = async () => channel;
  const connection = { remoteDevice: phone, openChannel } as unknown as PeerConnection;
  const warned: unknown[] = [];
  const logger: Logger = { ...silentLogger, warn: (_, fields) => warned.push(fields) };
  return { channel, client: new BlockClient(connection, patientClock, logger), warned };
}

function delivered(index: number, item = 0): BlockDelivery {
  return { item, index, envelope: contentOf(texts[index] ?? 'unasked').envelope };
}

const twoBlocks = [{ versionId: newId, level: 0, first: 1, count: 2, lengthBytes: 12 }];

async function indicesThatCame(...answers: readonly Answer[]): Promise<number[]> {
  const came: number[] = [];
  const { client } = askingOf(...answers);
  await client.request(folder, twoBlocks, ({ index }) => came.push(index));
  return came;
}

describe('asking a device for blocks', () => {
  test('each comes once, in any order and any number of answers', async () => {
    const came = await indicesThatCame(
      { blocks: [delivered(2)], missing: [], done: false },
      { blocks: [delivered(1)], missing: [], done: true },
    );
    expect(came).toEqual([2, 1]);
  });

  test('what is missing is told once, however often the other side says so', async () => {
    const missing = [{ item: 0, reason: 'gone' }] as const;
    const { client } = askingOf(
      { blocks: [], missing, done: false },
      { blocks: [], missing, done: true },
    );
    expect(await client.request(folder, twoBlocks, () => undefined)).toEqual(missing);
  });

  test.each([
    ['comes twice', [delivered(1), delivered(1)]],
    ['lies before what was asked', [delivered(0)]],
    ['lies behind what was asked', [delivered(3)]],
    ['belongs to an item that was not asked', [delivered(1, 1)]],
  ])('a block that %s ends the channel', async (_, blocks) => {
    const { channel, client } = askingOf({ blocks, missing: [], done: false });
    await expect(client.request(folder, twoBlocks, () => undefined)).rejects.toThrow(
      expect.objectContaining({ code: 'connection_lost' }),
    );
    expect(channel.aborted).toMatchObject({ code: 'message_unexpected' });
  });

  test('an answer that brings more bytes than was asked for ends the channel and names the device', async () => {
    const { channel, client, warned } = askingOf({
      blocks: [delivered(1), { item: 0, index: 2, envelope: new Uint8Array(64 * 1024) }],
      missing: [],
      done: true,
    });
    const came: number[] = [];
    await expect(
      client.request(folder, twoBlocks, ({ index }) => came.push(index)),
    ).rejects.toThrow(expect.objectContaining({ code: 'connection_lost' }));
    expect(came).toEqual([]);
    expect(channel.aborted).toMatchObject({ code: 'message_unexpected' });
    expect(warned).toMatchObject([{ device: phone }]);
  });

  test('an answer has room for raw envelopes, each in a frame of its own, at the end of all ranges', async () => {
    const items = [
      { versionId: newId, level: 0, first: 0xffff_fc00, count: 1023, lengthBytes: 1023 },
    ];
    const answers = Array.from({ length: 1023 }, (_, at) => ({
      blocks: [{ item: 0, index: 0xffff_fc00 + at, envelope: new Uint8Array(6) }],
      missing: [],
      done: false,
    }));
    const { client } = askingOf(...answers, { blocks: [], missing: [], done: true });
    let came = 0;
    await client.request(folder, items, () => came++);
    expect(came).toBe(1023);
  });

  test('an item that is missing more often than it has blocks ends the channel', async () => {
    const answer: Answer = { blocks: [], missing: [{ item: 0, reason: 'gone' }], done: false };
    const { channel, client } = askingOf(answer, answer, answer);
    await expect(client.request(folder, twoBlocks, () => undefined)).rejects.toThrow(
      expect.objectContaining({ code: 'connection_lost' }),
    );
    expect(channel.aborted).toMatchObject({ code: 'message_unexpected' });
  });

  test.each([
    ['was never asked', 77],
    ['was answered before', 1],
  ])('an answer to a request that %s ends the channel', async (_, requestId) => {
    const whole = { blocks: [], missing: [{ item: 0, reason: 'gone' }], done: true } as const;
    const { channel, client } = askingOf(whole, { ...whole, requestId });
    await client.request(folder, twoBlocks, () => undefined);
    await expect(client.request(folder, twoBlocks, () => undefined)).rejects.toThrow(
      expect.objectContaining({ code: 'connection_lost' }),
    );
    expect(channel.aborted).toMatchObject({ code: 'message_unexpected' });
  });

  test('a missing item that was not asked ends the channel', async () => {
    const missing = [{ item: 1, reason: 'gone' }] as const;
    const { channel, client } = askingOf({ blocks: [], missing, done: true });
    await expect(client.request(folder, twoBlocks, () => undefined)).rejects.toThrow(
      expect.objectContaining({ code: 'connection_lost' }),
    );
    expect(channel.aborted).toMatchObject({ code: 'message_unexpected' });
  });
});

test('a large file of which one block came twice and another never is not whole', async () => {
  const world = new PlaceWorld();
  const entries = texts.map((text) => contentOf(text).blocks.entries[0]!);
  const target = fileVersion('big', texts.join(''), [{ actor: actor('1'), counter: 1 }], {
    blocks: { depth: 0, entries },
  });
  const { client } = askingOf({
    blocks: [delivered(0), delivered(0), delivered(2)],
    missing: [],
    done: true,
  });
  const fetcher = new LargeFetcher({
    folder,
    root,
    runner: new InlineBulkRunner({
      fileSystem: world.user,
      hasher: nativeBlake3,
      clock: { now: () => world.nowMs },
    }),
    listBlocks: new VolatileListBlocks(),
    clock: patientClock,
  });
  const fetched = fetcher.fetch(
    [{ client, askFor: target.id }],
    { target, local: undefined },
    { onBytes: () => undefined, onFailed: () => undefined },
  );
  await expect(fetched).rejects.toThrow(expect.objectContaining({ code: 'connection_lost' }));
});
