/**
 * What a device says of itself on the local network, as values: SPEC.md of the sync protocol,
 * "Announcement". Each slot is for one paired device, which alone finds it and can open it; to all
 * others it is noise, and so are the slots that are for nobody. Every announcement has one length.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { maxDiscoveredAddresses, type RandomSource } from '@holdfast/platform';

const nonceBytes = 16;
const tagBytes = 8;
const sealBytes = 16;
/** An IPv6 address, or an IPv4 one mapped into it (RFC 4291, section 2.5.5.2), and a port. */
const addressBytes = 18;
const mappedPrefix = Buffer.from('00000000000000000000ffff', 'hex');
const boxBytes = maxDiscoveredAddresses * addressBytes + sealBytes;
const slotBytes = tagBytes + boxBytes;
const slotCount = 8;

export const announcementBytes = nonceBytes + slotCount * slotBytes;

const algorithm = 'chacha20-poly1305';
/** Each box has a key of its own, made of the announcement's nonce. */
const boxNonce = new Uint8Array(12);

/** Of what the key signs, the first byte: where a slot is found, and what opens it. */
const purposes = { tag: 1, box: 2 } as const;

function keyed(key: Uint8Array, purpose: keyof typeof purposes, nonce: Uint8Array): Buffer {
  return createHmac('sha256', key).update(Uint8Array.of(purposes[purpose])).update(nonce).digest();
}

/** As many announcements as the keys need, at least one; the slots stand in random order. */
export function announcements(
  keys: readonly Uint8Array[],
  addresses: readonly string[],
  random: RandomSource,
): Buffer[] {
  const content = contentOf(addresses);
  const made: Buffer[] = [];
  for (let first = 0; first === 0 || first < keys.length; first += slotCount) {
    const nonce = random.bytes(nonceBytes);
    const slots = keys.slice(first, first + slotCount).map((key) => slotFor(key, nonce, content));
    while (slots.length < slotCount) slots.push(Buffer.from(random.bytes(slotBytes)));
    // Sorted by what looks like chance to everyone: nobody can tell the filled slots by their place.
    made.push(Buffer.concat([nonce, ...slots.sort(Buffer.compare)]));
  }
  return made;
}

function slotFor(key: Uint8Array, nonce: Uint8Array, content: Uint8Array): Buffer {
  const cipher = createCipheriv(algorithm, keyed(key, 'box', nonce), boxNonce, {
    authTagLength: sealBytes,
  });
  const box = [cipher.update(content), cipher.final()];
  const tag = keyed(key, 'tag', nonce).subarray(0, tagBytes);
  return Buffer.concat([tag, ...box, cipher.getAuthTag()]);
}

/** Who of `devices` made the announcement, and where they can be dialled; usually one or nobody. */
export function heardIn(
  announcement: Uint8Array,
  devices: Iterable<readonly [device: string, key: Uint8Array]>,
): { readonly device: string; readonly addresses: readonly string[] }[] {
  if (announcement.length !== announcementBytes) return [];
  const nonce = announcement.subarray(0, nonceBytes);
  const slots = new Map<string, Uint8Array>();
  for (let at = nonceBytes; at < announcement.length; at += slotBytes) {
    const slot = announcement.subarray(at, at + slotBytes);
    slots.set(tagText(slot), slot.subarray(tagBytes));
  }
  const heard = [];
  for (const [device, key] of devices) {
    const box = slots.get(tagText(keyed(key, 'tag', nonce)));
    const content = box && opened(box, keyed(key, 'box', nonce));
    if (content !== undefined) heard.push({ device, addresses: addressesOf(content) });
  }
  return heard;
}

function tagText(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, tagBytes)).toString('hex');
}

/** Undefined where somebody else made it: one tag in 2^64 is right by chance. */
function opened(box: Uint8Array, key: Uint8Array): Buffer | undefined {
  const decipher = createDecipheriv(algorithm, key, boxNonce, { authTagLength: sealBytes });
  decipher.setAuthTag(box.subarray(box.length - sealBytes));
  const content = decipher.update(box.subarray(0, box.length - sealBytes));
  try {
    decipher.final();
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
  return content;
}

function contentOf(addresses: readonly string[]): Buffer {
  const content = Buffer.alloc(maxDiscoveredAddresses * addressBytes);
  let at = 0;
  for (const address of addresses) {
    const [, host, port] = /^\/ip4\/([0-9.]+)\/tcp\/([0-9]+)$/.exec(address) ?? [];
    if (host === undefined || !isIPv4(host) || at === content.length) continue;
    mappedPrefix.copy(content, at);
    content.set(host.split('.').map(Number), at + mappedPrefix.length);
    content.writeUInt16BE(Number(port), at + addressBytes - 2);
    at += addressBytes;
  }
  return content;
}

/** Places of zeros are empty; forms of address that are not known here are passed over. */
function addressesOf(content: Buffer): string[] {
  const addresses = [];
  for (let at = 0; at < content.length; at += addressBytes) {
    const place = content.subarray(at, at + addressBytes);
    if (!place.subarray(0, mappedPrefix.length).equals(mappedPrefix)) continue;
    const host = [...place.subarray(mappedPrefix.length, addressBytes - 2)].join('.');
    addresses.push(`/ip4/${host}/tcp/${place.readUInt16BE(addressBytes - 2)}`);
  }
  return addresses;
}
