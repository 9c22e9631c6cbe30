/** A server over a fake node on a free port, a clock to turn by hand, and raw requests to it. */
import { type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import type { NodeControl } from '@holdfast/node';
import { type Clock, silentLogger } from '@holdfast/platform';
import { createRestServer, type RestServer } from '@holdfast/rest-api/rest-server';

export const token = 'the-token';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Serving {
  readonly server: RestServer;
  readonly port: number;
  advance(ms: number): void;
  /** Headers as given: nothing is added but the Host of the server. */
  ask(
    method: string,
    path: string,
    options?: { readonly headers?: Record<string, string>; readonly body?: string },
  ): Promise<Answer>;
  stop(): Promise<void>;
}

export async function serve(
  control: NodeControl,
  options: { readonly host?: string; readonly port?: number; readonly pageDirectory?: string } = {},
): Promise<Serving> {
  let elapsedMs = 0;
  let drawn = 0;
  const clock: Clock = {
    now: () => Date.UTC(2026, 2, 1, 12) + elapsedMs,
    monotonic: () => elapsedMs,
    setTimer: () => ({ cancel() {} }),
  };
  const server = createRestServer({
    control,
    token,
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    pageDirectory: options.pageDirectory ?? '/nonexistent',
    logger: silentLogger,
    clock,
    random: { bytes: (length) => new Uint8Array(length).fill(++drawn) },
  });
  const { port } = await server.start();
  return {
    server,
    port,
    advance(ms) {
      elapsedMs += ms;
    },
    ask: (method, path, request = {}) => ask(port, method, path, request),
    stop: () => server.stop(),
  };
}

function ask(
  port: number,
  method: string,
  path: string,
  { headers = {}, body }: { readonly headers?: Record<string, string>; readonly body?: string },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false });
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    request.end(body);
  });
}
