import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@holdfast/platform';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFakeNodeControl, exampleStatus, type FakeNodeControl } from './fake-node-control.js';
import { type Answer, type Serving, serve, token } from './serving.js';

const bearer = { authorization: `Bearer ${token}` };
const json = { ...bearer, 'content-type': 'application/json' };
const codeOf = (answer: Answer): string => JSON.parse(answer.text).error.code;

let control: FakeNodeControl;
let serving: Serving;
let pageDirectory: string;

beforeEach(async () => {
  pageDirectory = mkdtempSync(join(tmpdir(), 'holdfast-page-'));
  mkdirSync(join(pageDirectory, 'assets'));
  writeFileSync(join(pageDirectory, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(pageDirectory, 'assets', 'main-1.js'), 'export {};');
  control = createFakeNodeControl();
  serving = await serve(control, { pageDirectory });
});

afterEach(async () => {
  await serving.stop();
  rmSync(pageDirectory, { recursive: true });
});

describe('who may ask', () => {
  test('health needs no credentials', async () => {
    const answer = await serving.ask('GET', '/rest/noauth/health');
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { status: 'OK' }]);
  });

  test('everything else under /rest needs them, known or not', async () => {
    for (const path of ['/rest/status', '/rest/nothing', '/rest/noauth/healthy', '/rest']) {
      const answer = await serving.ask('GET', path);
      expect([path, answer.status, codeOf(answer)]).toEqual([path, 401, 'unauthorised']);
    }
    expect(control.calls).toEqual([]);
  });

  test('the token is taken as a bearer or as an API key, and only the right one', async () => {
    for (const headers of [bearer, { 'x-api-key': token }]) {
      const answer = await serving.ask('GET', '/rest/status', { headers });
      expect(JSON.parse(answer.text)).toEqual(exampleStatus);
    }
    for (const wrong of ['the-toke', 'the-token2', 'THE-TOKEN', '']) {
      const answer = await serving.ask('GET', '/rest/status', { headers: { 'x-api-key': wrong } });
      expect(answer.status).toBe(401);
    }
  });

  test('a host name that is not ours is refused, even with the token', async () => {
    for (const host of ['evil.example', `evil.example:${serving.port}`, '127.0.0.1.evil.example']) {
      const answer = await serving.ask('GET', '/rest/status', { headers: { ...bearer, host } });
      expect([answer.status, codeOf(answer)]).toEqual([403, 'host_refused']);
    }
    for (const host of ['localhost', `LOCALHOST:${serving.port}`, '[::1]:1', '127.0.0.1']) {
      const answer = await serving.ask('GET', '/rest/status', { headers: { ...bearer, host } });
      expect(answer.status).toBe(200);
    }
  });

  test('a post from another origin is refused, even with the token', async () => {
    const own = `http://127.0.0.1:${serving.port}`;
    for (const origin of ['http://evil.example', 'null', `https://127.0.0.1:${serving.port}`]) {
      const headers = { ...bearer, origin };
      const answer = await serving.ask('POST', '/rest/shutdown', { headers });
      expect([answer.status, codeOf(answer)]).toEqual([403, 'origin_refused']);
    }
    expect(control.calls).toEqual([]);
    await serving.ask('POST', '/rest/shutdown', { headers: { ...bearer, origin: own } });
    expect(control.calls).toEqual([['shutdown']]);
  });

  test('every answer forbids framing, sniffing and foreign content', async () => {
    for (const path of ['/', '/rest/status', '/nothing']) {
      const { headers } = await serving.ask('GET', path);
      expect(headers['content-security-policy']).toContain("default-src 'self'");
      expect(headers['content-security-policy']).toContain("img-src 'self' blob:;");
      expect(headers['content-security-policy']).not.toMatch(/unsafe|data:/);
      expect(headers['x-frame-options']).toBe('DENY');
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
    const answer = await serving.ask('GET', '/rest/status', { headers: bearer });
    expect(answer.headers['cache-control']).toBe('no-store');
  });
});

describe('the page', () => {
  async function loginPath(): Promise<string> {
    const answer = await serving.ask('POST', '/rest/login-links', { headers: bearer });
    const url = new URL(JSON.parse(answer.text).url);
    expect(url.host).toBe(`127.0.0.1:${serving.port}`);
    return url.pathname;
  }

  test('a login link opens a session once', async () => {
    const path = await loginPath();
    const first = await serving.ask('GET', path);
    expect([first.status, first.headers.location]).toEqual([303, '/']);
    const [setCookie = ''] = first.headers['set-cookie'] ?? [];
    expect(setCookie).toMatch(/; HttpOnly/i);
    expect(setCookie).toMatch(/; SameSite=Strict/i);
    const cookie = setCookie.split(';')[0]!;
    expect((await serving.ask('GET', '/rest/status', { headers: { cookie } })).status).toBe(200);

    const second = await serving.ask('GET', path);
    expect([second.status, second.headers['set-cookie']]).toEqual([403, undefined]);
    expect(second.text).toContain('<title>page</title>');
  });

  test('looking ahead does not use a login link up', async () => {
    const path = await loginPath();
    await serving.ask('HEAD', path);
    await serving.ask('GET', path, { headers: { 'sec-purpose': 'prefetch;prerender' } });
    expect((await serving.ask('GET', path)).status).toBe(303);
  });

  test('a login link ends after ten minutes', async () => {
    const path = await loginPath();
    serving.advance(10 * 60_000);
    expect((await serving.ask('GET', path)).status).toBe(403);
  });

  test('a session may change things from its own origin only', async () => {
    const opened = await serving.ask('GET', await loginPath());
    const cookie = opened.headers['set-cookie']![0]!.split(';')[0]!;
    const own = `http://127.0.0.1:${serving.port}`;
    const statusWith = async (headers: Record<string, string>) =>
      (await serving.ask('POST', '/rest/shutdown', { headers: { cookie, ...headers } })).status;
    expect(await statusWith({})).toBe(403);
    expect(await statusWith({ origin: 'http://127.0.0.1:1' })).toBe(403);
    expect(await statusWith({ origin: own })).toBe(200);
    const otherTab = { cookie, 'sec-fetch-site': 'same-site' };
    expect((await serving.ask('GET', '/rest/status', { headers: otherTab })).status).toBe(403);
  });

  test('a session outlives the node, ends after thirty days, and cannot be made up', async () => {
    const opened = await serving.ask('GET', await loginPath());
    const cookie = opened.headers['set-cookie']![0]!.split(';')[0]!;
    const { port } = serving;
    await serving.stop();
    serving = await serve(control, { port, pageDirectory });
    const statusWith = async (value: string) =>
      (await serving.ask('GET', '/rest/status', { headers: { cookie: value } })).status;
    expect(await statusWith(cookie)).toBe(200);
    const [name, session = ''] = cookie.split('=');
    const [end, nonce, signature] = session.split('.');
    expect(await statusWith(`${name}=${Number(end) + 1}.${nonce}.${signature}`)).toBe(401);
    expect(await statusWith(`${name}=${end}.${nonce}.`)).toBe(401);
    expect(await statusWith(`${name}=${end}.${nonce}`)).toBe(401);
    serving.advance(30 * 24 * 3_600_000);
    expect(await statusWith(cookie)).toBe(401);
  });

  test('files are served by name, and nothing outside the directory is', async () => {
    const index = await serving.ask('GET', '/');
    expect([index.status, index.headers['content-type']]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    const script = await serving.ask('GET', '/assets/main-1.js');
    expect(script.headers['cache-control']).toContain('immutable');
    for (const path of ['/../../etc/passwd', '/assets/%2e%2e/%2e%2e/etc/passwd', '/%00', '//etc']) {
      expect([path, (await serving.ask('GET', path)).status]).toEqual([path, 404]);
    }
  });
});

describe('requests and answers', () => {
  test('a request that does not fit its schema is wrong usage and reaches nothing', async () => {
    const bodies: [string, string][] = [
      ['/rest/folders/add', '{}'],
      ['/rest/folders/add', '{"path":7}'],
      ['/rest/folders/add', '{"path":"/a","mode":"both"}'],
      ['/rest/folders/add', '{"path":"/a","labl":"x"}'],
      ['/rest/folders/copies', '{"folder":"a","copies":-1}'],
      ['/rest/folders/pause', 'not json'],
      ['/rest/history/restore', '{"path":"a","overwrite":"yes"}'],
    ];
    for (const [path, body] of bodies) {
      const answer = await serving.ask('POST', path, { headers: json, body });
      expect([body, answer.status, codeOf(answer)]).toEqual([body, 400, 'usage']);
    }
    for (const query of ['?since=-1', '?limit=0', '?limit=100000', '?wait=1e9', '?sinse=1']) {
      const answer = await serving.ask('GET', `/rest/events${query}`, { headers: bearer });
      expect([query, answer.status]).toEqual([query, 400]);
    }
    expect(control.calls).toEqual([]);
  });

  test('a form is no request', async () => {
    const headers = { ...bearer, 'content-type': 'text/plain' };
    const answer = await serving.ask('POST', '/rest/shutdown', { headers, body: '{}' });
    expect([answer.status, codeOf(answer)]).toEqual([415, 'body_not_json']);
  });

  test('a body over the limit is refused', async () => {
    const body = JSON.stringify({ path: 'x'.repeat(300_000) });
    const answer = await serving.ask('POST', '/rest/folders/add', { headers: json, body });
    expect([answer.status, codeOf(answer)]).toEqual([413, 'body_too_large']);
  });

  test('a body without a length is read as well', async () => {
    const headers = { ...json, 'transfer-encoding': 'chunked' };
    const body = JSON.stringify({ folder: 'Photos' });
    const answer = await serving.ask('POST', '/rest/folders/pause', { headers, body });
    expect([answer.status, control.calls]).toEqual([200, [['pauseFolder', 'Photos']]]);
  });

  test('events are asked for in seconds', async () => {
    await serving.ask('GET', '/rest/events?since=5&limit=10&wait=0.5', { headers: bearer });
    expect(control.calls).toEqual([['events', { since: 5, limit: 10, waitMs: 500 }]]);
  });

  test('an unknown route says so', async () => {
    const answer = await serving.ask('DELETE', '/rest/status', { headers: bearer });
    expect([answer.status, codeOf(answer)]).toEqual([404, 'route_unknown']);
  });

  test('an error of the node keeps its code, message and hint under a fitting status', async () => {
    const expected: [string, number][] = [
      ['folder_unknown', 404],
      ['time_invalid', 400],
      ['label_taken', 400],
      ['wait_timeout', 408],
      ['target_has_files', 409],
      ['something_new', 500],
    ];
    for (const [code, status] of expected) {
      const failing = createFakeNodeControl({
        status: () => Promise.reject(new AppError(code, 'What happened.', { hint: 'What to do.' })),
      });
      const other = await serve(failing);
      const answer = await other.ask('GET', '/rest/status', { headers: bearer });
      await other.stop();
      const document = { error: { code, message: 'What happened.', hint: 'What to do.' } };
      expect([answer.status, JSON.parse(answer.text)]).toEqual([status, document]);
    }
  });

  test('a taken address is told apart', async () => {
    await expect(serve(control, { port: serving.port })).rejects.toMatchObject({
      code: 'address_in_use',
    });
  });
});
