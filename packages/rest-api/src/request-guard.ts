/**
 * What every request must pass before it reaches a route, and the headers that every answer
 * carries: the host, the credentials, the origin, in this order.
 */
import { AppError } from '@holdfast/platform';
import type { MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import type { ApiContext } from './api-routes.js';
import { healthPath } from './endpoints.js';
import type { PageAccess } from './page-access.js';
import { hostAllowed, sourceAllowed } from './request-origin.js';

const contentSecurityPolicy = [
  "default-src 'self'",
  // Pictures from history: the page makes them of bytes whose kind it has recognised.
  "img-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

export interface GuardInit {
  readonly access: PageAccess;
  readonly boundHost: string;
  /** Cookies ignore ports, so the name tells two nodes on one machine apart. */
  readonly cookieName: () => string;
}

export function securityHeaders(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    const { headers } = context.res;
    headers.set('content-security-policy', contentSecurityPolicy);
    headers.set('x-frame-options', 'DENY');
    headers.set('x-content-type-options', 'nosniff');
    headers.set('referrer-policy', 'no-referrer');
    headers.set('cross-origin-opener-policy', 'same-origin');
    headers.set('cross-origin-resource-policy', 'same-origin');
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  };
}

export function hostGuard(init: GuardInit): MiddlewareHandler {
  return async (context, next) => {
    if (!hostAllowed(context.req.header('host'), init.boundHost)) {
      throw new AppError('host_refused', 'This address is not one that the node answers to.', {
        hint: 'Use http://127.0.0.1 with the port of the page.',
      });
    }
    await next();
  };
}

export function credentialsGuard(init: GuardInit): MiddlewareHandler {
  return async (context, next) => {
    if (context.req.path === healthPath) return next();
    const token = tokenOf(context);
    const byToken = token !== undefined && init.access.isToken(token);
    if (!byToken && !hasSession(context, init)) {
      throw new AppError('unauthorised', 'The node does not know who is asking.', {
        hint: 'Run: npx holdfast page, and open the link that it prints. Scripts send the API token.',
      });
    }
    const source = {
      method: context.req.method,
      host: context.req.header('host') ?? '',
      origin: context.req.header('origin'),
      fetchSite: context.req.header('sec-fetch-site'),
      byCookie: !byToken,
    };
    if (!sourceAllowed(source)) {
      throw new AppError('origin_refused', 'The request came from another site.', {
        hint: 'Nothing was done. Open the page itself: npx holdfast page',
      });
    }
    return next();
  };
}

export function hasSession(context: ApiContext, init: GuardInit): boolean {
  const session = getCookie(context, init.cookieName());
  return session !== undefined && init.access.isSession(session);
}

function tokenOf(context: ApiContext): string | undefined {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(context.req.header('authorization') ?? '');
  return bearer?.[1] ?? context.req.header('x-api-key');
}
