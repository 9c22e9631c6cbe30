/**
 * An invite as text that people pass on: `holdfast:` and base64url of a compact layout with a
 * checksum (SPEC.md, "Invite"), so that one that lost a character is noticed before it is tried.
 */
import { ByteReader, ByteWriter, type DeviceId, type Hash } from '@holdfast/model';
import { AppError, assert } from '@holdfast/platform';
import { limits } from './limits.js';
import { incompatibleError } from './malformed.js';
import type { Invite } from './messages.js';
import { inviteIdBytes, inviteSecretBytes } from './pairing-codec.js';
import { readAddresses, readDeviceId } from './wire-reading.js';
import { writeAddresses, writeDeviceId, writeHex, writeSafe } from './wire-writing.js';

const prefix = 'holdfast:';
const inviteVersion = 2;
const checksumBytes = 4;

export function encodeInvite(invite: Invite, hash: Hash): string {
  assert(invite.secret.length === inviteSecretBytes, 'a secret of sixteen bytes');
  const device = writeDeviceId(invite.device);
  const addresses = writeAddresses(invite.addresses);
  const writer = new ByteWriter();
  writer.u8(inviteVersion).raw(writeHex(invite.inviteId, inviteIdBytes)).raw(invite.secret);
  writer.varint(device.length).raw(device).u64(writeSafe(invite.expiresAtMs));
  writer.u8(addresses.length);
  for (const address of addresses) writer.varint(address.length).raw(address);
  const body = writer.bytes();
  const checksum = hash(body).subarray(0, checksumBytes);
  return prefix + Buffer.concat([body, checksum]).toString('base64url');
}

/**
 * Throws `invite_mangled` where the text is not exactly what `encodeInvite` made (white space
 * around it aside), `protocol_incompatible` where it is of a newer version. Whether it has expired
 * is the caller's question.
 */
export function decodeInvite(text: string, hash: Hash): Invite {
  const body = checkedBody(text, hash);
  if (body[0] !== inviteVersion) {
    throw incompatibleError(
      `the invite has version ${body[0]}, this device knows ${inviteVersion}`,
    );
  }
  try {
    return inviteFrom(new ByteReader(body.subarray(1)));
  } catch (error) {
    throw mangled('it ends in the wrong place', error);
  }
}

function checkedBody(text: string, hash: Hash): Uint8Array {
  const trimmed = text.trim();
  if (!trimmed.startsWith(prefix)) throw mangled(`it does not begin with ${prefix}`);
  if (trimmed.length > limits.inviteTextBytes) throw mangled('it is too long');
  const digits = trimmed.slice(prefix.length);
  const bytes = Buffer.from(digits, 'base64url');
  if (bytes.toString('base64url') !== digits) throw mangled('it has characters of something else');
  if (bytes.length <= checksumBytes) throw mangled('it is too short');
  const body = bytes.subarray(0, -checksumBytes);
  const checksum = Buffer.from(hash(body).subarray(0, checksumBytes));
  if (!checksum.equals(bytes.subarray(-checksumBytes))) throw mangled('its checksum is wrong');
  return body;
}

function inviteFrom(reader: ByteReader): Invite {
  const inviteId = reader.hex(inviteIdBytes);
  const secret = new Uint8Array(reader.raw(inviteSecretBytes));
  const device: DeviceId = readDeviceId(reader.raw(reader.varint(limits.deviceIdBytes)));
  const expiresAtMs = reader.u64();
  const addresses: Uint8Array[] = [];
  for (let left = reader.u8(); left > 0; left -= 1) {
    addresses.push(reader.raw(reader.varint(limits.addressBytes)));
  }
  const invite = { inviteId, secret, device, expiresAtMs, addresses: readAddresses(addresses) };
  reader.end();
  return invite;
}

function mangled(reason: string, cause?: unknown): AppError {
  return new AppError(
    'invite_mangled',
    `This is not a complete invite (${reason}). Nothing was paired.`,
    {
      hint: 'Copy the whole invite again, from "holdfast:" to its last character, or scan its code.',
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
