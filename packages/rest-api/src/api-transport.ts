/**
 * One request to a node's API. It uses node:http itself, because fetch gives up after five minutes
 * without a header and a wait may take a night. Every failure becomes an AppError.
 */
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { AppError, errorMessage } from '@holdfast/platform';
import { errorFromDocument } from './api-error.js';
import type { Endpoint } from './endpoints.js';
import { maxAnswerBytes } from './limits.js';

export interface ApiTransport {
  /** The parsed answer. Codes: those of the node, `node_not_running`, `answer_unreadable`. */
  json(endpoint: Endpoint, fields: object, signal?: AbortSignal): Promise<unknown>;
  /** The answer before its body is read; the caller owns the stream. */
  open(endpoint: Endpoint, fields: object, signal?: AbortSignal): Promise<IncomingMessage>;
}

/** `address` is `HOST:PORT` or `http://HOST:PORT`. */
export function createApiTransport(address: string, token: string): ApiTransport {
  const base = new URL(/^https?:\/\//.test(address) ? address : `http://${address}`);
  // A fresh connection each time: one kept alive may be closing as the next request is written.
  const agent = new Agent({ keepAlive: false });

  async function open(endpoint: Endpoint, fields: object, signal?: AbortSignal) {
    const response = await send(base, agent, token, endpoint, fields, signal);
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    const body = parsed(await wholeBody(response, signal));
    throw errorFromDocument(body) ?? notOurs(base, `It answered with status ${status}.`);
  }

  return {
    open,
    async json(endpoint, fields, signal) {
      const text = await wholeBody(await open(endpoint, fields, signal), signal);
      const body = parsed(text);
      if (body === undefined) throw notOurs(base, 'Its answer is not JSON.');
      return body;
    },
  };
}

function send(
  base: URL,
  agent: Agent,
  token: string,
  endpoint: Endpoint,
  fields: object,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  const url = new URL(endpoint.path, base);
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  if (endpoint.method === 'GET') {
    for (const [name, value] of given) url.searchParams.set(name, String(value));
  }
  const body = endpoint.method === 'POST' ? JSON.stringify(Object.fromEntries(given)) : undefined;
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  if (body !== undefined) headers['content-type'] = 'application/json';
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, {
      method: endpoint.method,
      agent,
      headers,
      ...(signal === undefined ? {} : { signal }),
    });
    request.once('response', resolve);
    request.on('error', (error) => reject(signal?.aborted ? signal.reason : gone(base, error)));
    request.end(body);
  });
}

async function wholeBody(response: IncomingMessage, signal?: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxAnswerBytes) {
        throw new AppError(
          'answer_unreadable',
          `The answer is longer than ${maxAnswerBytes} bytes.`,
        );
      }
      chunks.push(chunk);
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof AppError) throw error;
    throw new AppError('node_not_running', 'The node ended before it had answered.', {
      hint: 'Start it again with: npx holdfast up',
      cause: error,
    });
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: whoever asked says what that means.
    return undefined;
  }
}

function gone(base: URL, error: Error): AppError {
  return new AppError(
    'node_not_running',
    `No node answers at ${base.host}: ${errorMessage(error)}.`,
    { hint: 'Start it with: npx holdfast up', cause: error, kind: 'retry' },
  );
}

function notOurs(base: URL, reason: string): AppError {
  return new AppError('answer_unreadable', `What answers at ${base.host} is no node. ${reason}`, {
    hint: 'See what runs there, or start the node elsewhere: npx holdfast up --gui 127.0.0.1:0',
  });
}
