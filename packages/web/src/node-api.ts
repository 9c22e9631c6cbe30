/** Asking the node: every failure is a sentence for a person, or the news that we are signed out. */

export class SignedOut extends Error {}

/** What happened, what is safe and what to do next, as the node said it. */
export class NodeProblem extends Error {
  readonly hint: string;

  constructor(message: string, hint: string, cause?: unknown) {
    super(message, { cause });
    this.hint = hint;
  }
}

export async function read<Answer>(path: string): Promise<Answer> {
  return answer<Answer>(await send(path, {}));
}

/** Does something on the node; rejects with `NodeProblem` or `SignedOut`. */
export async function act<Answer>(path: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  return answer<Answer>(await send(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, credentials: 'same-origin' });
  } catch (cause) {
    throw new NodeProblem(
      'The node does not answer.',
      'Whether it was done is not known: look again once the node runs.',
      cause,
    );
  }
}

async function answer<Answer>(response: Response): Promise<Answer> {
  if (response.status === 401) throw new SignedOut();
  const text = await response.text();
  const body: unknown = parsed(text);
  if (response.ok && body !== undefined) return body as Answer;
  const { error } = (body ?? {}) as { error?: { message?: string; hint?: string } };
  throw new NodeProblem(
    error?.message ?? `The node answered ${response.status}.`,
    error?.hint ?? '',
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller says that the answer cannot be used.
    return undefined;
  }
}
