/**
 * Which addresses of a device are known, and in which order they are tried. Three kinds: *static*
 * ones a person gave, which are always tried; *learned* ones the device told us over an
 * authenticated connection, or answered at, newest first; *heard* ones somebody on the local network
 * claims, kept in memory for as long as they are repeated and stored only once they proved true.
 */

/** Learned addresses of one device; the stalest go. */
export const maxLearnedAddresses = 16;

/** Claims about one device that are remembered: more than this only a liar makes. */
export const maxHeardAddresses = 8;

/** Of these, so many are the ones repeated for the longest: no burst of new ones displaces them. */
const steadyHeardAddresses = maxHeardAddresses / 2;

/** A claim that was not repeated for this long is forgotten: three announcements. */
export const heardLifetimeMs = 95_000;

export interface HeardAddress {
  readonly address: string;
  /** When it was first heard, without a silence longer than its lifetime since. */
  readonly sinceMs: number;
  readonly atMs: number;
}

/** What is heard of a device now, newest first, and whether any of it is news. */
export function hear(
  known: readonly HeardAddress[],
  claimed: readonly string[],
  nowMs: number,
): { readonly heard: readonly HeardAddress[]; readonly isNews: boolean } {
  const fresh = freshOf(known, nowMs);
  const isNews = claimed.some((address) => !fresh.some((one) => one.address === address));
  const sinceMs = new Map(fresh.map((one) => [one.address, one.sinceMs]));
  const now = [...new Set(claimed)].map((address) => {
    return { address, sinceMs: sinceMs.get(address) ?? nowMs, atMs: nowMs };
  });
  const others = fresh.filter((one) => !claimed.includes(one.address));
  return { heard: withinBound([...now, ...others]), isNews };
}

/** In the same order: those that were first heard the longest ago, and the newest. */
function withinBound(heard: readonly HeardAddress[]): readonly HeardAddress[] {
  const oldest = [...heard].sort((a, b) => a.sinceMs - b.sinceMs).slice(0, steadyHeardAddresses);
  const kept = [...new Set([...oldest, ...heard])].slice(0, maxHeardAddresses);
  return heard.filter((one) => kept.includes(one));
}

/** The claims that still hold. */
export function freshOf(heard: readonly HeardAddress[], nowMs: number): readonly HeardAddress[] {
  return heard.filter((one) => nowMs - one.atMs < heardLifetimeMs);
}

/**
 * All addresses, once each, the likeliest first: where the device was last known, then what is heard
 * now, then what a person gave and the rest. Nothing that is heard displaces any other.
 */
export function dialOrder(addresses: {
  readonly staticAddresses: readonly string[];
  readonly learnedAddresses: readonly string[];
  readonly heardAddresses: readonly string[];
}): string[] {
  const { staticAddresses, learnedAddresses, heardAddresses } = addresses;
  const [newest, ...older] = learnedAddresses;
  const last = newest === undefined ? [] : [newest];
  return [...new Set([...last, ...heardAddresses, ...staticAddresses, ...older])];
}

/**
 * The learned addresses after a connection: where we reached the device, then what it says of
 * itself, then what was learned before. Its own loopback means nothing to us, unless it answered there.
 */
export function learnAddresses(
  known: readonly string[],
  connection: {
    /** Where the device answered; undefined where it dialled us. */
    readonly dialled: string | undefined;
    readonly remoteAddress: string;
    readonly told: readonly string[];
  },
): string[] {
  const { dialled, remoteAddress, told } = connection;
  const isHere = isLoopback(remoteAddress);
  const useful = told.filter((address) => isHere || !isLoopback(address));
  const proven = dialled === undefined ? [] : [dialled];
  return [...new Set([...proven, ...useful, ...known])].slice(0, maxLearnedAddresses);
}

function isLoopback(address: string): boolean {
  return /^\/ip4\/127\.|^\/ip6\/::1\//.test(address);
}
