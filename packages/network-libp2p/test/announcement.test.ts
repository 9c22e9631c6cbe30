/** What is said on the local network, for whom it is, and what everyone else sees of it. */
import { randomBytes } from 'node:crypto';
import type { RandomSource } from '@holdfast/platform';
import { describe, expect, test } from 'vitest';
import { announcementBytes, announcements, heardIn } from '../src/announcement.js';
import { announcementIn, mdnsRecord } from '../src/mdns-record.js';
import { realRandom } from './real-clock.js';

const addresses = ['/ip4/192.168.1.7/tcp/22600', '/ip4/10.0.0.7/tcp/65535'];
const key = () => new Uint8Array(randomBytes(32));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function announced(keys: readonly Uint8Array[], said: readonly string[] = addresses): Buffer[] {
  return announcements(keys, said, realRandom);
}

/** 00 01 02 … for every asking. */
const counting: RandomSource = { bytes: (length) => Uint8Array.from({ length }, (_, at) => at) };

test('each paired device hears who it was and where, and nobody else anything', () => {
  const [forBob, forCarol, forEve] = [key(), key(), key()];
  const [packet] = announced([forBob, forCarol]) as [Buffer];
  const told = [{ device: 'alice', addresses }];
  expect(heardIn(packet, [['alice', forBob]])).toEqual(told);
  expect(
    heardIn(packet, [
      ['mallory', forEve],
      ['alice', forCarol],
    ]),
  ).toEqual(told);
  expect(heardIn(packet, [['mallory', forEve]])).toEqual([]);
});

test('the number of devices shows only in steps of eight', () => {
  for (const [devices, packets] of [
    [0, 1],
    [1, 1],
    [8, 1],
    [9, 2],
    [17, 3],
  ] as const) {
    const made = announced(Array.from({ length: devices }, key));
    expect(made.map((packet) => packet.length)).toEqual(Array(packets).fill(announcementBytes));
  }
});

test('of nine devices each one hears it, in one packet or the other', () => {
  const keys = Array.from({ length: 9 }, key);
  const made = announced(keys);
  for (const one of keys) {
    expect(made.flatMap((packet) => heardIn(packet, [['alice', one]]))).toHaveLength(1);
  }
});

test('two announcements of the same have nothing in common', () => {
  const keys = [key()];
  const [first, second] = [announced(keys)[0]!, announced(keys)[0]!];
  const runs = Array.from({ length: announcementBytes - 5 }, (_, at) => first.subarray(at, at + 6));
  expect(runs.some((run) => second.includes(run))).toBe(false);
});

test('whatever is changed on the way is not heard', () => {
  const one = key();
  const [packet] = announced([one]) as [Buffer];
  let heard = 0;
  for (let at = 0; at < packet.length; at += 1) {
    const changed = Buffer.from(packet);
    changed[at]! ^= 0x40;
    heard += heardIn(changed, [['alice', one]]).length;
  }
  // All other slots are noise: changing them changes nothing.
  expect(heard).toBe(packet.length - 16 - 96);
  expect(heardIn(packet.subarray(1), [['alice', one]])).toEqual([]);
  expect(heardIn(Buffer.alloc(0), [['alice', one]])).toEqual([]);
});

test('at most four addresses are said, and of forms that are known', () => {
  const said = ['/dns4/pi/tcp/1', '/ip6/::1/tcp/1', ...Array(6).fill('/ip4/10.0.0.1/tcp/1')];
  const one = key();
  const [heard] = heardIn(announced([one], said)[0]!, [['alice', one]]);
  expect(heard?.addresses).toEqual(Array(4).fill('/ip4/10.0.0.1/tcp/1'));
});

describe('as a message of multicast DNS', () => {
  test('it is read back, and nothing else is', () => {
    const [packet] = announced([key()]) as [Buffer];
    const message = mdnsRecord(packet);
    expect(hex(announcementIn(message)!)).toBe(hex(packet));
    for (let length = 0; length < message.length; length += 1) {
      expect(announcementIn(message.subarray(0, length))).toBeUndefined();
    }
    for (let at = 0; at < message.length - announcementBytes - 4; at += 1) {
      const changed = Buffer.from(message);
      changed[at]! ^= 1;
      expect(announcementIn(changed), `byte ${at}`).toBeUndefined();
    }
  });

  test('lengths that lie are refused', () => {
    const message = mdnsRecord(announced([key()])[0]!);
    const firstLength = message.length - announcementBytes - 4;
    for (let length = 0; length < 255; length += 1) {
      const lying = Buffer.from(message);
      lying[firstLength] = length;
      expect(announcementIn(lying)).toBeUndefined();
    }
  });

  test('it is one answer of type TXT, short-lived and shared, whose texts fill it', () => {
    const message = mdnsRecord(announced([key()])[0]!);
    const name = Buffer.from('\x07_opaque\x04_udp\x05local\x00', 'latin1');
    expect(message.subarray(0, 12)).toEqual(Buffer.of(0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0));
    expect(message.subarray(12, 12 + name.length)).toEqual(name);
    const record = message.subarray(12 + name.length);
    expect(record.subarray(0, 8)).toEqual(Buffer.of(0, 16, 0, 1, 0, 0, 0, 1));
    expect(record.readUInt16BE(8)).toBe(record.length - 10);
    let at = 10;
    while (at < record.length) at += 1 + record[at]!;
    expect(at).toBe(record.length);
  });
});

test('the golden vector of SPEC.md', () => {
  const [packet] = announcements([new Uint8Array(32).fill(7)], addresses, counting) as [Buffer];
  const tag = '0b39b6d3ed3d758f';
  const at = packet.indexOf(Buffer.from(tag, 'hex'));
  expect(hex(packet.subarray(0, 16))).toBe('000102030405060708090a0b0c0d0e0f');
  expect((at - 16) % 96).toBe(0);
  expect(hex(packet.subarray(at, at + 96))).toBe(
    '0b39b6d3ed3d758fc17f121909927688e374718774bf7eb6535f6f0cbae33608e61f275025b8d00422bb942414b0a56c3bf5a9b3f2cd7cb9e40f5ab22718021509398d641f4df0afdb0aff49fc5545bf8152504edf138658c649ff54ca4b92c3',
  );
});
