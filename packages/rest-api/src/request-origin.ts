/**
 * Whether a request may come from where it says. A page on the internet can point its own name at
 * 127.0.0.1 (DNS rebinding) and make a browser ask us: the Host header gives that away. A page on
 * another origin can make a browser post to us: the Origin header gives that away.
 */
const loopbackHosts: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);
const wildcardHosts: ReadonlySet<string> = new Set(['0.0.0.0', '::', '[::]']);

/** The host as it stands in a URL: an IPv6 address gets its brackets. */
export function urlHost(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

export function isLoopbackHost(host: string): boolean {
  return loopbackHosts.has(urlHost(host).toLowerCase());
}

export function isWildcardHost(host: string): boolean {
  return wildcardHosts.has(host);
}

/** `header` is the Host header. Where every address is listened on, any literal address is fine:
 * rebinding needs a name. */
export function hostAllowed(header: string | undefined, boundHost: string): boolean {
  const hostname = hostnameOf(header);
  if (hostname === undefined) return false;
  if (loopbackHosts.has(hostname) || hostname === urlHost(boundHost).toLowerCase()) return true;
  return isWildcardHost(boundHost) && isAddressLiteral(hostname);
}

export interface RequestSource {
  readonly method: string;
  readonly host: string;
  readonly origin: string | undefined;
  /** The browser's Sec-Fetch-Site. */
  readonly fetchSite: string | undefined;
  /** By a session's cookie, which browsers add by themselves; not by a token. */
  readonly byCookie: boolean;
}

export function sourceAllowed(source: RequestSource): boolean {
  const reads = source.method === 'GET' || source.method === 'HEAD';
  if (source.byCookie && (source.fetchSite === 'cross-site' || source.fetchSite === 'same-site')) {
    return false;
  }
  if (reads) return true;
  if (source.origin === undefined) return !source.byCookie || source.fetchSite === 'same-origin';
  return source.origin.toLowerCase() === `http://${source.host.toLowerCase()}`;
}

function hostnameOf(header: string | undefined): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?$/.exec((header ?? '').toLowerCase());
  return match?.[1];
}

function isAddressLiteral(hostname: string): boolean {
  return /^\[[0-9a-f:.]+\]$/.test(hostname) || /^\d{1,3}(\.\d{1,3}){3}$/.test(hostname);
}
