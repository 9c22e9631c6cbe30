/** The page's files, and the one-time link that turns a browser into one of ours. */
import { setCookie } from 'hono/cookie';
import type { ApiApp, ApiContext } from './api-routes.js';
import { loginPath } from './endpoints.js';
import { sessionLifeMs } from './limits.js';
import type { PageFile } from './page-files.js';
import { type GuardInit, hasSession } from './request-guard.js';

export function addPageRoutes(
  app: ApiApp,
  pageFiles: () => ReadonlyMap<string, PageFile>,
  guard: GuardInit,
): void {
  app.get(`${loginPath}/:code`, (context) => {
    const opened = isPreview(context)
      ? undefined
      : guard.access.openSession(context.req.param('code'));
    if (opened !== undefined) {
      setCookie(context, guard.cookieName(), opened, {
        httpOnly: true,
        sameSite: 'Strict',
        path: '/',
        maxAge: sessionLifeMs / 1000,
      });
    }
    if (opened !== undefined || hasSession(context, guard)) return context.redirect('/', 303);
    // The page itself says that the link was used up: it sees the address that it stands at.
    return answerFile(context, pageFiles().get('/'), 403);
  });

  app.get('*', (context) => answerFile(context, pageFiles().get(context.req.path), 200));
}

/** A browser or a messenger that only looks ahead must not use the link up. */
function isPreview(context: ApiContext): boolean {
  const purpose = context.req.header('sec-purpose') ?? context.req.header('purpose') ?? '';
  return context.req.method === 'HEAD' || /prefetch|prerender|preview/i.test(purpose);
}

function answerFile(context: ApiContext, file: PageFile | undefined, status: 200 | 403): Response {
  if (file === undefined) return context.text('There is nothing here.\n', 404);
  const caching = file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache';
  return context.body(file.bytes, status, {
    'content-type': file.type,
    'cache-control': status === 200 ? caching : 'no-store',
  });
}
