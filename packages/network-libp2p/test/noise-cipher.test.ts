/** Noise's cipher: the test vector of RFC 8439, and the forms in which the library hands things over. */
import { pureJsCrypto } from '@chainsafe/libp2p-noise';
import { Uint8ArrayList } from 'uint8arraylist';
import { describe, expect, test } from 'vitest';
import { type NoiseBytes, noiseCipher } from '../src/noise-cipher.js';

const listOf = (...pieces: Uint8Array[]) => new Uint8ArrayList(...pieces) as unknown as NoiseBytes;
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (data: NoiseBytes) => Buffer.from(data.subarray()).toString('hex');

// RFC 8439, section 2.8.2.
const key = bytes('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f');
const nonce = bytes('070000004041424344454647');
const ad = bytes('50515253c0c1c2c3c4c5c6c7');
const plain = new Uint8Array(
  Buffer.from(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  ),
);
const tag = '1ae10b594f09e26a7e902ecbd0600691';

describe('the cipher of Noise', () => {
  test('agrees with RFC 8439, in one piece and in several', () => {
    const whole = noiseCipher.chaCha20Poly1305Encrypt(plain, nonce, ad, key);
    const pieces = listOf(plain.subarray(0, 1), plain.subarray(1, 70), plain.subarray(70));
    expect(hex(whole)).toMatch(/^d31a8d34648e60db7b86afbc53ef7ec2.*/);
    expect(hex(whole).slice(-32)).toBe(tag);
    expect(hex(noiseCipher.chaCha20Poly1305Encrypt(pieces, nonce, ad, key))).toBe(hex(whole));
  });

  test('opens what the other implementation made, with and without the joined copy', () => {
    const sealed = pureJsCrypto.chaCha20Poly1305Encrypt(plain, nonce, ad, key).subarray();
    const list = listOf(sealed.subarray(0, 9), sealed.subarray(9));
    const joined = list.subarray(0, plain.length);
    for (const text of [
      noiseCipher.chaCha20Poly1305Decrypt(sealed, nonce, ad, key),
      noiseCipher.chaCha20Poly1305Decrypt(list, nonce, ad, key),
      noiseCipher.chaCha20Poly1305Decrypt(list, nonce, ad, key, joined),
    ]) {
      expect(hex(text)).toBe(hex(plain));
    }
  });

  test('refuses every change of a byte, of the tag, of what goes along', () => {
    const sealed = noiseCipher.chaCha20Poly1305Encrypt(plain, nonce, ad, key).subarray();
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const list = listOf(changed.subarray(0, 9), changed.subarray(9));
      expect(() =>
        noiseCipher.chaCha20Poly1305Decrypt(list, nonce, ad, key, list.subarray(0, plain.length)),
      ).toThrow();
    }
    const other = bytes('50515253c0c1c2c3c4c5c6c8');
    expect(() => noiseCipher.chaCha20Poly1305Decrypt(sealed, nonce, other, key)).toThrow();
  });

  test('agrees with the other implementation on keys and on the secret of two of them', () => {
    const seed = bytes('77076d0a7318a57d3c16c17251b26645c6d0a8d4d1c9f1a1a7f1b1e7f1b1c2d3');
    const ours = noiseCipher.generateX25519KeyPairFromSeed(seed);
    const theirs = pureJsCrypto.generateX25519KeyPair();
    expect(hex(ours.publicKey)).toBe(
      hex(pureJsCrypto.generateX25519KeyPairFromSeed(seed).publicKey),
    );
    expect(hex(noiseCipher.generateX25519SharedKey(seed, theirs.publicKey))).toBe(
      hex(pureJsCrypto.generateX25519SharedKey(theirs.privateKey, ours.publicKey)),
    );
  });

  test('refuses a public key of low order, whose secret anybody knows', () => {
    const { privateKey } = noiseCipher.generateX25519KeyPair();
    for (const lowOrder of [new Uint8Array(32), Uint8Array.of(1, ...new Uint8Array(31))]) {
      expect(() => noiseCipher.generateX25519SharedKey(privateKey, lowOrder)).toThrow();
    }
  });

  test('nothing is a message too', () => {
    const sealed = noiseCipher.chaCha20Poly1305Encrypt(new Uint8Array(0), nonce, ad, key);
    expect(noiseCipher.chaCha20Poly1305Decrypt(sealed, nonce, ad, key)).toHaveLength(0);
  });
});
