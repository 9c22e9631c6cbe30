/**
 * The routes under /rest: each operation of the node, checked by its schema. Who may ask is decided
 * before (request-guard.ts).
 */

import type { NodeControl } from '@holdfast/node';
import { AppError, errorMessage, type Logger } from '@holdfast/platform';
import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import type { z } from 'zod';
import { endpoints, versionHeader } from './endpoints.js';
import { maxBodyBytes } from './limits.js';
import { type JsonOperation, operations } from './operations.js';
import { requestSchemas } from './schemas.js';

export type ApiContext = Context<{ Bindings: HttpBindings }>;
export type ApiApp = Hono<{ Bindings: HttpBindings }>;

export function addApiRoutes(app: ApiApp, control: NodeControl, logger: Logger): void {
  for (const name of Object.keys(operations) as JsonOperation[]) addOperation(app, control, name);
  app.get(endpoints.cat.path, async (context) => {
    const request = checked(requestSchemas.cat, queryOf(context));
    const { size, version, bytes } = await control.cat(request);
    const iterator = bytes[Symbol.asyncIterator]();
    // Read ahead by one piece: a file that cannot be read at all can still be answered as an error.
    const first = await iterator.next();
    return new Response(byteStream(first, iterator, context, logger), {
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(size),
        // A file of the user's may be HTML: it must never run as part of this origin.
        'content-disposition': 'attachment',
        [versionHeader]: version,
      },
    });
  });
}

function addOperation<Name extends JsonOperation>(
  app: ApiApp,
  control: NodeControl,
  name: Name,
): void {
  const { method, path } = endpoints[name];
  const perform = operations[name];
  app.on(method, path, async (context) => {
    const given = method === 'GET' ? queryOf(context) : await bodyOf(context);
    // The table pairs each operation with the schema of the same name; a lookup by a type
    // parameter is beyond what the compiler follows.
    const request = checked(requestSchemas[name], given) as Parameters<typeof perform>[1];
    const result = await perform(control, request, context.req.raw.signal);
    return context.json(result ?? {});
  });
}

function queryOf(context: ApiContext): Record<string, string> {
  return context.req.query();
}

/** An empty body is an empty request. Forms are refused: another site could post one unasked. */
async function bodyOf(context: ApiContext): Promise<unknown> {
  const text = await bodyText(context);
  if (text === '') return {};
  const type = context.req.header('content-type') ?? '';
  try {
    if (/^application\/json\s*(;|$)/i.test(type)) return JSON.parse(text);
  } catch (error) {
    throw new AppError('usage', `The body is not JSON: ${errorMessage(error)}`);
  }
  throw new AppError('body_not_json', 'The body must be sent as application/json.', {
    hint: 'Set the header Content-Type: application/json',
  });
}

async function bodyText(context: ApiContext): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Left intact when the body is refused, so that the refusal can still be answered.
  const incoming: AsyncIterable<Buffer> = context.env.incoming.iterator({ destroyOnReturn: false });
  for await (const chunk of incoming) {
    length += chunk.length;
    if (length > maxBodyBytes) {
      throw new AppError('body_too_large', `A request may hold ${maxBodyBytes} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function checked<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const field = issue.path.join('.');
    return field === '' ? issue.message : `${field}: ${issue.message}`;
  });
  throw new AppError('usage', `The request cannot be read: ${problems.join('; ')}`, {
    hint: 'Nothing was changed. See how it is written with: holdfast --help',
  });
}

/**
 * Pulled by the socket, so a slow reader slows the source. Where the source breaks in the middle the
 * connection is cut: a short body with a clean end would pass for the whole file.
 */
function byteStream(
  first: IteratorResult<Uint8Array>,
  iterator: AsyncIterator<Uint8Array>,
  context: ApiContext,
  logger: Logger,
): ReadableStream<Uint8Array> {
  let ahead: IteratorResult<Uint8Array> | undefined = first;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = ahead ?? (await iterator.next());
          ahead = undefined;
          if (next.done === true) controller.close();
          else controller.enqueue(next.value);
        } catch (error) {
          logger.warn('a file could not be read to its end', { reason: errorMessage(error) });
          context.env.outgoing.socket?.destroySoon();
        }
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
