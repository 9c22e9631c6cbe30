/**
 * Who may use the API: holders of the token, and browsers with a session that a one-time link
 * opened. Links live in memory only, bounded in number and in time. A session is a signed statement
 * of when it ends: it outlives a restart of the node, and ends with the token that signed it.
 * Secrets are compared in constant time.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock, RandomSource } from '@holdfast/platform';
import {
  loginCodeBytes,
  loginLinkLifeMs,
  maxLoginLinks,
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
  readonly #sessionKey: Buffer;
  #links: readonly Grant[] = [];

  constructor(token: string, clock: Clock, random: RandomSource) {
    this.#tokenDigest = digestOf(token);
    this.#sessionKey = createHmac('sha256', token).update('holdfast page session').digest();
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
    // On the clock of the world: the one that only grows begins anew with the node.
    const statement = `${this.#clock.now() + sessionLifeMs}.${this.#secret(sessionBytes)}`;
    return `${statement}.${this.#signature(statement)}`;
  }

  isSession(candidate: string): boolean {
    const end = candidate.lastIndexOf('.');
    const statement = candidate.slice(0, Math.max(0, end));
    const given = digestOf(candidate.slice(end + 1));
    const isOurs = timingSafeEqual(given, digestOf(this.#signature(statement)));
    return isOurs && Number.parseInt(statement, 10) > this.#clock.now();
  }

  #signature(statement: string): string {
    return createHmac('sha256', this.#sessionKey).update(statement).digest('base64url');
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
