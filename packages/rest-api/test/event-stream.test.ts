import { type IncomingMessage, request as httpRequest } from 'node:http';
import type { NodeEvent } from '@holdfast/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeNodeControl } from './fake-node-control.js';
import { type Serving, serve, token } from './serving.js';

let serving: Serving;
let happened: NodeEvent[];
let wake: () => void;

beforeEach(async () => {
  happened = [];
  wake = () => undefined;
  const control = {
    ...createFakeNodeControl(),
    events: async (request: {
      since: number;
      waitMs: number;
      signal?: AbortSignal | undefined;
    }) => {
      const news = () => happened.filter((event) => event.id > request.since);
      if (news().length === 0 && request.waitMs > 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          request.signal?.addEventListener('abort', () => resolve());
        });
      }
      return news();
    },
  };
  serving = await serve(control);
});

afterEach(() => serving.stop());

function happens(id: number, type = 'folder-changed'): void {
  happened.push({ id, time: '2026-03-01T12:00:00Z', type, data: { folder: 'x' } });
  wake();
}

async function open(headers: Record<string, string> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const authorization = `Bearer ${token}`;
    const { port } = serving;
    const path = '/rest/events/stream';
    const request = httpRequest({ port, path, headers: { authorization, ...headers } }, resolve);
    request.on('error', reject);
    request.end();
  });
}

/** The messages of a stream, each as its lines. */
async function* messages(stream: IncomingMessage): AsyncGenerator<string> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    text += chunk;
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    yield* parts;
  }
}

async function next(reader: AsyncGenerator<string>): Promise<string> {
  return (await reader.next()).value as string;
}

test('a stream begins with what happens next, and says so', async () => {
  happens(41);
  const stream = await open();
  expect(stream.headers['content-type']).toBe('text/event-stream');
  const reader = messages(stream);
  expect(await next(reader)).toBe('event: ready\ndata: {"since":41,"gap":false}');
  happens(42, 'device-paired');
  expect(await next(reader)).toBe(
    'id: 42\nevent: happened\ndata: {"id":42,"time":"2026-03-01T12:00:00Z",' +
      '"type":"device-paired","data":{"folder":"x"}}',
  );
  stream.destroy();
});

test('a stream that was cut goes on after the last event that was seen', async () => {
  for (const id of [1, 2, 3]) happens(id);
  const reader = messages(await open({ 'last-event-id': '1' }));
  expect(await next(reader)).toContain('"gap":false');
  expect(await next(reader)).toContain('"id":2');
  expect(await next(reader)).toContain('"id":3');
});

test.each([
  ['the node counts anew', '900'],
  ['events were missed', '3'],
])('a gap is told where %s', async (_why, last) => {
  for (const id of [50, 51]) happens(id);
  const reader = messages(await open({ 'last-event-id': last }));
  expect(await next(reader)).toBe('event: ready\ndata: {"since":51,"gap":true}');
});

test('while nothing happens the stream says that it lives', async () => {
  const reader = messages(await open());
  await next(reader);
  const said = next(reader);
  const waking = setInterval(() => wake(), 5);
  expect(await said).toBe('event: alive\ndata: {}');
  clearInterval(waking);
});

test('nobody follows without credentials', async () => {
  expect((await serving.ask('GET', '/rest/events/stream')).status).toBe(401);
});
