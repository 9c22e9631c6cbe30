/**
 * Events as they happen, for the page: server-sent events (WHATWG HTML, section 9.2). A stream
 * begins with `ready`; who hears it asks for the whole status once and follows from there. Without
 * `Last-Event-ID` it begins with what happens next. `gap` says that events were missed, or that the
 * node counts anew. The reader's pace is the writer's: nothing is queued for a slow one.
 */
import type { NodeControl, NodeEvent } from '@holdfast/node';
import type { ApiApp, ApiContext } from './api-routes.js';
import { eventStreamPath } from './endpoints.js';
import { maxEventsAnswered, maxStreamedAtOnce, streamAliveMs } from './limits.js';

export function addEventStream(app: ApiApp, control: NodeControl): void {
  app.get(eventStreamPath, async (context) => {
    const messages = followEvents(control, lastEventId(context), context.req.raw.signal);
    return new Response(textStream(messages), {
      headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
    });
  });
}

function lastEventId(context: ApiContext): number | undefined {
  const given = context.req.header('last-event-id') ?? '';
  return /^\d{1,15}$/.test(given) ? Number(given) : undefined;
}

async function* followEvents(
  control: NodeControl,
  last: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const kept = await control.events({ since: 0, limit: maxEventsAnswered, waitMs: 0 });
  const newest = kept.at(-1)?.id ?? 0;
  const oldest = kept[0]?.id ?? newest + 1;
  const gap = last !== undefined && (last > newest || last < oldest - 1);
  let since = last === undefined || gap ? newest : last;
  yield message('ready', { since, gap });
  while (!signal.aborted) {
    const limit = maxStreamedAtOnce;
    const events = await control.events({ since, limit, waitMs: streamAliveMs, signal });
    since = events.at(-1)?.id ?? since;
    yield events.length === 0 ? message('alive', {}) : events.map(eventMessage).join('');
  }
}

function eventMessage(event: NodeEvent): string {
  return `id: ${event.id}\n${message('happened', event)}`;
}

/** JSON has no line breaks of its own, so the data is one line. */
function message(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

function textStream(messages: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await messages.next();
        if (next.done === true) controller.close();
        else controller.enqueue(encoder.encode(next.value));
      },
      async cancel() {
        await messages.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
