/**
 * The bytes that are said at the door, as values: SPEC.md of the sync protocol, "Door". The version
 * stands in the labels of the keys: who speaks another one shows a tag that fits no key.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export const challengeBytes = 32;
export const nonceBytes = 32;
export const tagBytes = 32;
/** What the dialler answers a challenge with: a nonce of its own, and its tag. */
export const answerBytes = nonceBytes + tagBytes;

export interface Exchange {
  readonly challenge: Uint8Array;
  readonly nonce: Uint8Array;
}

/** Who made a tag, or what a key is for: the first byte of what the key signs. */
const purposes = { dialler: 1, acceptor: 2, diallerVeil: 3, acceptorVeil: 4 } as const;

/** HMAC-SHA256 of purpose, challenge and nonce: a tag to show, or the key of a veil. */
export function tagOf(
  key: Uint8Array,
  purpose: keyof typeof purposes,
  { challenge, nonce }: Exchange,
): Uint8Array {
  const hmac = createHmac('sha256', key);
  return hmac.update(Uint8Array.of(purposes[purpose])).update(challenge).update(nonce).digest();
}

/** In the same time for every tag of 32 bytes. */
export function isTag(tag: Uint8Array, expected: Uint8Array): boolean {
  return tag.length === expected.length && timingSafeEqual(tag, expected);
}

/**
 * The one of `keys` with which the dialler made its tag. All of them are tried, whichever fits: the
 * time tells nobody how many there are before it.
 */
export function keyOfAnswer<Key extends { readonly key: Uint8Array }>(
  keys: Iterable<Key>,
  challenge: Uint8Array,
  answer: Uint8Array,
): Key | undefined {
  const nonce = answer.subarray(0, nonceBytes);
  const tag = answer.subarray(nonceBytes);
  let found: Key | undefined;
  for (const candidate of keys) {
    if (isTag(tag, tagOf(candidate.key, 'dialler', { challenge, nonce }))) found = candidate;
  }
  return found;
}
