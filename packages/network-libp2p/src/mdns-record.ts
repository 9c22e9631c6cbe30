/**
 * An announcement as a message of multicast DNS (RFC 6762): an unasked response with one TXT record,
 * whose name is the same for every device and says nothing. There is one form of it, so reading is
 * comparing: what stands before the announcement never differs.
 */
import { announcementBytes } from './announcement.js';

/** Where all of multicast DNS is said; packets to it stay on their link. */
export const mdnsGroup = '224.0.0.251';
export const mdnsPort = 5353;
export const mdnsTimeToLive = 255;

/** Stands for itself: a word that names a product would say who is here. */
const labels = ['_opaque', '_udp', 'local'];
const longestText = 255;
const texts = Math.ceil(announcementBytes / longestText);

const prefix = prefixBytes();

function prefixBytes(): Buffer {
  const header = Buffer.alloc(12);
  // A response, with authority (RFC 1035, section 4.1.1), and one answer.
  header.writeUInt16BE(0x8400, 2);
  header.writeUInt16BE(1, 6);
  const name = labels.map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`));
  const record = Buffer.alloc(11);
  record.writeUInt16BE(16, 1); // TXT, behind the end of the name
  record.writeUInt16BE(1, 3); // Internet, shared: others have records of this name
  record.writeUInt32BE(1, 5); // seconds: nobody need keep it
  record.writeUInt16BE(announcementBytes + texts, 9);
  return Buffer.concat([header, ...name, record]);
}

export function mdnsRecord(announcement: Uint8Array): Buffer {
  const pieces: Uint8Array[] = [prefix];
  for (let at = 0; at < announcement.length; at += longestText) {
    const text = announcement.subarray(at, at + longestText);
    pieces.push(Uint8Array.of(text.length), text);
  }
  return Buffer.concat(pieces);
}

/** Undefined for everything else that is said there. */
export function announcementIn(message: Uint8Array): Uint8Array | undefined {
  if (message.length !== prefix.length + announcementBytes + texts) return undefined;
  if (!prefix.equals(message.subarray(0, prefix.length))) return undefined;
  const pieces: Uint8Array[] = [];
  for (let at = prefix.length; at < message.length; at += 1 + longestText) {
    const text = message.subarray(at + 1, at + 1 + longestText);
    if (message[at] !== text.length) return undefined;
    pieces.push(text);
  }
  return Buffer.concat(pieces);
}
