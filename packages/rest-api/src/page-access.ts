/**
 * Who may use the API: holders of the token, and browsers with a session that a one-time link
 * opened. Sessions and links live in memory only and are bounded in number and in time. Secrets
 * are kept as digests and compared in constant time.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock, RandomSource } from '@holdfast/platform';
import {
  loginCodeBytes,
  loginLinkLifeMs,
  maxLoginLinks,
  maxSessions,
  sessionBytes,
  sessionLifeMs,
} from './limits.js';

interface Grant {
  readonly digest: Buffer;
  readonly expiresMs: number;
}

export class PageAccess {
  readonly #tokenDigest: Buffer;
  readonly #clock: Clock;
  readonly #random: RandomSource;
  #links: readonly Grant[] = [];
  #sessions: readonly Grant[] = [];

  constructor(token: string, clock: Clock, random: RandomSource) {
    this.#tokenDigest = digestOf(token);
    this.#clock = clock;
    this.#random = random;
  }

  isToken(candidate: string): boolean {
    return timingSafeEqual(digestOf(candidate), this.#tokenDigest);
  }

  /** A code that opens one session, once; the oldest open one ends where there are too many. */
  createLoginCode(): { readonly code: string; readonly lifeMs: number } {
    const code = this.#secret(loginCodeBytes);
    this.#links = added(this.#links, this.#grant(code, loginLinkLifeMs), maxLoginLinks);
    return { code, lifeMs: loginLinkLifeMs };
  }

  /** Uses the code up; the secret of a new session, or undefined where the code opens nothing. */
  openSession(code: string): string | undefined {
    const link = this.#find(this.#links, code);
    if (link === undefined) return undefined;
    this.#links = this.#links.filter((other) => other !== link);
    const session = this.#secret(sessionBytes);
    this.#sessions = added(this.#sessions, this.#grant(session, sessionLifeMs), maxSessions);
    return session;
  }

  isSession(candidate: string): boolean {
    return this.#find(this.#sessions, candidate) !== undefined;
  }

  #secret(length: number): string {
    return Buffer.from(this.#random.bytes(length)).toString('base64url');
  }

  /** Lifetimes are counted on the clock that only grows: the other one may jump. */
  #grant(secret: string, lifeMs: number): Grant {
    return { digest: digestOf(secret), expiresMs: this.#clock.monotonic() + lifeMs };
  }

  #find(grants: readonly Grant[], candidate: string): Grant | undefined {
    const digest = digestOf(candidate);
    const now = this.#clock.monotonic();
    return grants.find((grant) => timingSafeEqual(grant.digest, digest) && grant.expiresMs > now);
  }
}

function added(grants: readonly Grant[], grant: Grant, limit: number): readonly Grant[] {
  return [...grants, grant].slice(-limit);
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
