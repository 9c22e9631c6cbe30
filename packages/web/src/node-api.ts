/** Asking the node: every failure is a sentence for a person, or the news that we are signed out. */

export class SignedOut extends Error {}

/** What happened, what is safe and what to do next, as the node said it. */
export class NodeProblem extends Error {
  readonly hint: string;
  /** As the node names it; empty where it could not be asked. */
  readonly code: string;

  constructor(message: string, hint: string, given: { code?: string; cause?: unknown } = {}) {
    super(message, { cause: given.cause });
    this.hint = hint;
    this.code = given.code ?? '';
  }
}

export type QueryFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Fields that are undefined are left out. */
export async function read<Answer>(path: string, fields: QueryFields = {}): Promise<Answer> {
  return answer<Answer>(await send(addressOf(path, fields), {}));
}

export function addressOf(path: string, fields: QueryFields): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? path : `${path}?${query}`;
}

/** Does something on the node; rejects with `NodeProblem` or `SignedOut`. */
export async function act<Answer>(
  path: string,
  body: object,
  signal: AbortSignal | null = null,
): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body), signal };
  return answer<Answer>(await send(path, init));
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, credentials: 'same-origin' });
  } catch (cause) {
    throw new NodeProblem(
      'The node does not answer.',
      'Whether it was done is not known: look again once the node runs.',
      { cause },
    );
  }
}

async function answer<Answer>(response: Response): Promise<Answer> {
  if (response.status === 401) throw new SignedOut();
  const text = await response.text();
  const body: unknown = parsed(text);
  if (response.ok && body !== undefined) return body as Answer;
  throw problemIn(body, response.status);
}

function problemIn(body: unknown, status: number): NodeProblem {
  const { error } = (body ?? {}) as { error?: { code?: string; message?: string; hint?: string } };
  const message = error?.message ?? `The node answered ${status}.`;
  return new NodeProblem(message, error?.hint ?? '', { code: error?.code ?? '' });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller says that the answer cannot be used.
    return undefined;
  }
}
