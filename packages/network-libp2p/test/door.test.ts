/** What is said before Noise: by a dialler written from the document, by strangers, and as vectors. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { generateIdentity, identityFrom } from '@holdfast/network-libp2p';
import {
  generateKeyPairFromSeed,
  privateKeyToProtobuf,
  publicKeyFromRaw,
} from '@libp2p/crypto/keys';
import { peerIdFromPublicKey } from '@libp2p/peer-id';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keyOfAnswer, tagOf } from '../src/challenge.js';
import { privateKeyFrom } from '../src/device-identity.js';
import { upgradeTimeoutMs } from '../src/network-limits.js';
import { SharedKeys } from '../src/shared-keys.js';
import { Veil } from '../src/veil.js';
import { conversation, doorKey, rawKeyOf, sharedSecret, tag } from './door-by-spec.js';
import { acquaint, inviteKey, portOf, startDevice } from './test-device.js';

const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');

async function identityOfSeed(fill: number) {
  const key = await generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(fill));
  return identityFrom(privateKeyToProtobuf(key));
}

function seedOf(identity: { readonly privateKeyBytes: Uint8Array }): Uint8Array {
  return privateKeyFrom(identity.privateKeyBytes).raw.subarray(0, 32);
}

describe('the golden vectors of SPEC.md', () => {
  const challenge = new Uint8Array(32).fill(0xc0);
  const nonce = new Uint8Array(32).fill(0x0a);

  test('the key of a pair, in both directions, and what is made of it', async () => {
    const [alice, bob] = [await identityOfSeed(1), await identityOfSeed(2)];
    const keys = new SharedKeys(alice).withDevice(bob.device);
    expect(alice.device).toBe('12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5');
    expect(bob.device).toBe('12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq');
    expect(hex(keys?.dialling)).toBe(
      '3f3ede8ccd83d3a4bb8539e7b6090a27fa135a357db0b24d7d4db0675158ce9e',
    );
    expect(hex(keys?.accepting)).toBe(
      '839956a668ce8e5f3522cbde15804e98ebb5b1f98d9229c299ae8d58840b2caf',
    );
    const key = keys?.dialling as Uint8Array;
    const exchange = { challenge, nonce };
    expect(hex(tagOf(key, 'dialler', exchange))).toBe(
      '3282d9072d5f9e15c2b1c97f43c1112c40d85bf0ecaf4de4080bda2a5f5ae09d',
    );
    expect(hex(tagOf(key, 'acceptor', exchange))).toBe(
      '1b2acdc84eb5054b7bae95947d861405da6a7fee4209ec9dc841e380b8987cf9',
    );
    const veil = new Veil(tagOf(key, 'diallerVeil', exchange));
    expect(hex(veil.apply(Buffer.from('\x13/multistream/1.0.0\n')))).toBe(
      'ad5fff6632fe888b8daf42f75194cff1940a6cae',
    );
    const other = new Veil(tagOf(key, 'acceptorVeil', exchange));
    expect(hex(other.apply(Buffer.from('\x13/multistream/1.0.0\n')))).toBe(
      'fad5feec5635f3149410542425cb7b86f89f7660',
    );
  });

  test('the key of an invite', async () => {
    const [alice, bob] = [await identityOfSeed(1), await identityOfSeed(2)];
    const shown = new SharedKeys(alice).ofInvite(inviteKey, bob.device);
    expect(hex(shown)).toBe('d8ab01823ab7cc80cca153fa1c89e8f8c9b5f2827eddec3a4d74db7512420bfe');
    expect(hex(new SharedKeys(bob).ofInvite(inviteKey))).toBe(hex(shown));
  });

  test('both sides of a pair, and the document, come to the same keys', async () => {
    const [alice, bob] = [await generateIdentity(), await generateIdentity()];
    const atAlice = new SharedKeys(alice).withDevice(bob.device);
    const atBob = new SharedKeys(bob).withDevice(alice.device);
    const [a, b] = [rawKeyOf(alice.device), rawKeyOf(bob.device)];
    const secret = sharedSecret(seedOf(alice), b);
    expect(hex(atAlice?.dialling)).toBe(hex(doorKey(secret, 'holdfast door 1 pair', a, b)));
    expect(hex(atBob?.accepting)).toBe(hex(atAlice?.dialling));
    expect(hex(atBob?.dialling)).toBe(hex(atAlice?.accepting));
    expect(hex(atBob?.dialling)).not.toBe(hex(atAlice?.dialling));
  });
});

test('a veil covers the first 1,024 bytes, in whatever pieces they come, and no byte more', () => {
  const [key, sent] = [randomBytes(32), randomBytes(3_000)];
  const whole = Buffer.from(new Veil(key).apply(sent));
  expect(whole.subarray(1024)).toEqual(sent.subarray(1024));
  expect(whole.subarray(0, 1024).equals(sent.subarray(0, 1024))).toBe(false);
  for (const pieceBytes of [1, 7, 1000, 1024, 1025]) {
    const [veil, pieces] = [new Veil(key), [] as Uint8Array[]];
    for (let at = 0; at < sent.length; at += pieceBytes) {
      const piece = sent.subarray(at, at + pieceBytes);
      pieces.push(veil.isOver ? piece : veil.apply(piece));
    }
    expect(Buffer.concat(pieces).equals(whole)).toBe(true);
  }
});

test('an id without a secret, and a text that is no id, open nothing', async () => {
  const keys = new SharedKeys(await generateIdentity());
  const neutral = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : 0));
  const lowOrder = Uint8Array.from({ length: 32 }, () => 0);
  for (const raw of [neutral, lowOrder]) {
    const id = peerIdFromPublicKey(publicKeyFromRaw(raw)).toString();
    expect(keys.withDevice(id)).toBeUndefined();
  }
  expect(keys.withDevice('nobody')).toBeUndefined();
});

test('every key is tried, and the right one found wherever it stands', () => {
  const keys = Array.from({ length: 5 }, () => ({ key: randomBytes(32) }));
  const [challenge, nonce] = [randomBytes(32), randomBytes(32)];
  for (const one of keys) {
    const answer = Buffer.concat([nonce, tag(one.key, 1, challenge, nonce)]);
    expect(keyOfAnswer(keys, challenge, answer)).toBe(one);
    answer[40]! ^= 1;
    expect(keyOfAnswer(keys, challenge, answer)).toBeUndefined();
  }
});

describe('a dialler by the document', () => {
  async function scene() {
    const [device, dialler] = [await startDevice(), await generateIdentity()];
    const ids = [rawKeyOf(dialler.device), rawKeyOf(device.network.localDevice)] as const;
    return { device, dialler, ids, secret: sharedSecret(seedOf(dialler), ids[1]) };
  }

  /** What comes after the challenge. */
  async function answerTo(port: number, key: Uint8Array) {
    const nonce = randomBytes(32);
    let expected = '';
    const { heard } = await conversation(port, (challenge) => {
      expected = hex(tag(key, 2, challenge, nonce));
      return Buffer.concat([nonce, tag(key, 1, challenge, nonce)]);
    });
    return { told: hex(heard.subarray(32, 64)), expected };
  }

  test('who is paired is given the tag in return', async () => {
    const { device, dialler, ids, secret } = await scene();
    acquaint(dialler.device);
    const key = doorKey(secret, 'holdfast door 1 pair', ...ids);
    const { told, expected } = await answerTo(portOf(device), key);
    expect(told).toBe(expected);
  });

  test('who is not paired, or not any more, is told nothing', async () => {
    const { device, ids, secret } = await scene();
    const key = doorKey(secret, 'holdfast door 1 pair', ...ids);
    expect((await answerTo(portOf(device), key)).told).toBe('');
  });

  test('another version of the challenge is refused like a stranger', async () => {
    const { device, dialler, ids, secret } = await scene();
    acquaint(dialler.device);
    const key = doorKey(secret, 'holdfast door 2 pair', ...ids);
    expect((await answerTo(portOf(device), key)).told).toBe('');
  });

  test('an invite opens the door while it is open', async () => {
    const { device, ids } = await scene();
    const key = doorKey(inviteKey, 'holdfast door 1 invite', ids[1]);
    expect((await answerTo(portOf(device), key)).told).toBe('');
    device.admission = 'pairing';
    const { told, expected } = await answerTo(portOf(device), key);
    expect(told).toBe(expected);
  });
});

describe('a stranger', () => {
  test('hears a fresh challenge and nothing else, for the same time, whatever it says', async () => {
    const device = await startDevice();
    const said = [
      undefined,
      Buffer.from('\x13/multistream/1.0.0\n\x03ls\n', 'latin1'),
      randomBytes(64),
      randomBytes(100_000),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    ];
    const port = portOf(device);
    const all = await Promise.all(said.map((answer) => conversation(port, () => answer)));
    for (const { heard, lastedMs } of all) {
      expect(heard).toHaveLength(32);
      expect(lastedMs).toBeGreaterThan(upgradeTimeoutMs * 0.9);
    }
    expect(new Set(all.map(({ heard }) => hex(heard))).size).toBe(said.length);
    expect(device.connections).toEqual([]);
  });

  test('cannot use what a device answers elsewhere to come in at that device', async () => {
    const [alice, bob] = [await startDevice(), await startDevice()];
    const trying = new AbortController();
    onTestFinished(() => trying.abort());
    /** Alice dials Bob where the stranger sits, who shows her the challenge that she gave it. */
    const askAlice = async (challenge: Buffer): Promise<Buffer> => {
      const server = createServer((socket) => {
        socket.on('error', () => socket.destroy());
        socket.on('data', (answer) => server.emit('answer', answer));
        socket.write(challenge);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => void server.close());
      const answered = once(server, 'answer') as Promise<[Buffer]>;
      const { port } = server.address() as AddressInfo;
      const { signal } = trying;
      const addresses = [`/ip4/127.0.0.1/tcp/${port}`];
      const dial = alice.network.dial(bob.network.localDevice, addresses, { signal });
      dial.catch(() => undefined);
      return (await answered)[0];
    };
    const { heard } = await conversation(portOf(alice), askAlice);
    expect(heard).toHaveLength(32);
  });
});
