/**
 * The dialler's side of the door as SPEC.md has it, written from the document with node:crypto
 * alone, so that the two agree by more than by having the same code.
 */
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
} from 'node:crypto';
import { connect } from 'node:net';
import { peerIdFromString } from '@libp2p/peer-id';

const prime = 2n ** 255n - 19n;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base % prime, rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % prime;
    square = (square * square) % prime;
  }
  return result;
}

/** u = (1 + y) / (1 - y), RFC 7748 section 4.1; y is the Ed25519 key without its sign. */
function montgomery(publicKey: Uint8Array): Buffer {
  const littleEndian = Buffer.from(publicKey).reverse();
  littleEndian[0] = littleEndian[0]! & 0x7f;
  const y = BigInt(`0x${littleEndian.toString('hex')}`);
  const u = ((1n + y) * power((1n - y + prime) % prime, prime - 2n)) % prime;
  return Buffer.from(u.toString(16).padStart(64, '0'), 'hex').reverse();
}

export function rawKeyOf(device: string): Uint8Array {
  const { publicKey } = peerIdFromString(device);
  if (publicKey === undefined) throw new Error('not a device');
  return publicKey.raw;
}

export function sharedSecret(seed: Uint8Array, theirs: Uint8Array): Buffer {
  const scalar = createHash('sha512').update(seed).digest().subarray(0, 32);
  const key = (bytes: Uint8Array, prefix: string) =>
    Buffer.concat([Buffer.from(prefix, 'hex'), bytes]);
  return diffieHellman({
    privateKey: createPrivateKey({
      key: key(scalar, '302e020100300506032b656e04220420'),
      format: 'der',
      type: 'pkcs8',
    }),
    publicKey: createPublicKey({
      key: key(montgomery(theirs), '302a300506032b656e032100'),
      format: 'der',
      type: 'spki',
    }),
  });
}

export function doorKey(secret: Uint8Array, label: string, ...ids: readonly Uint8Array[]): Buffer {
  const info = Buffer.concat([Buffer.from(`${label}\0`), ...ids]);
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), info, 32));
}

export function tag(
  key: Uint8Array,
  purpose: number,
  challenge: Uint8Array,
  nonce: Uint8Array,
): Buffer {
  const signed = Buffer.concat([Buffer.of(purpose), challenge, nonce]);
  return createHmac('sha256', key).update(signed).digest();
}

/**
 * What a device said to whoever connected and gave this answer to its challenge; until it hangs up.
 * All of 127.0.0.0/8 is this machine, on Linux: an address of one's own has places of its own there.
 */
export async function conversation(
  port: number,
  answer: (challenge: Buffer) => Promise<Uint8Array> | Uint8Array | undefined,
  localAddress = '127.0.0.1',
): Promise<{ readonly heard: Buffer; readonly lastedMs: number }> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  // It ends with a reset: that is the end, not an error.
  socket.on('error', () => socket.destroy());
  const beganMs = performance.now();
  let heard = Buffer.alloc(0);
  let answered = false;
  socket.on('data', (bytes) => {
    heard = Buffer.concat([heard, bytes]);
    if (answered || heard.length < 32) return;
    answered = true;
    void say(answer(heard.subarray(0, 32)));
  });
  const say = async (answering: Promise<Uint8Array> | Uint8Array | undefined) => {
    const said = await answering;
    if (said !== undefined && !socket.destroyed) socket.write(said);
  };
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return { heard, lastedMs: performance.now() - beganMs };
}
