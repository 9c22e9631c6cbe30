/**
 * Noise by node:crypto. The library's own cipher decrypts each piece of a message by itself, into
 * a buffer of its own; the library hands over a joined copy as well, which this one uses.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { ICryptoInterface } from '@chainsafe/libp2p-noise';
import { defaultCrypto } from '@chainsafe/libp2p-noise/crypto';
import { Uint8ArrayList } from 'uint8arraylist';

const algorithm = 'chacha20-poly1305';
const tagBytes = 16;

/** The library has an older release of the list class; each knows the other's by its symbol. */
export type NoiseBytes = ReturnType<ICryptoInterface['chaCha20Poly1305Encrypt']>;

export const noiseCipher: ICryptoInterface = {
  ...defaultCrypto,

  chaCha20Poly1305Encrypt(plaintext, nonce, ad, key) {
    const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
    cipher.setAAD(ad, { plaintextLength: plaintext.byteLength });
    const message = new Uint8ArrayList();
    if (plaintext instanceof Uint8Array) message.append(cipher.update(plaintext));
    else for (const piece of plaintext) message.append(cipher.update(piece));
    cipher.final();
    message.append(cipher.getAuthTag());
    return message as unknown as NoiseBytes;
  },

  /** `joined` holds the ciphertext without its tag in one piece, where the library made it. */
  chaCha20Poly1305Decrypt(ciphertext, nonce, ad, key, joined) {
    const end = ciphertext.byteLength - tagBytes;
    const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
    decipher.setAAD(ad, { plaintextLength: end });
    decipher.setAuthTag(ciphertext.subarray(end));
    const text = decipher.update(joined ?? ciphertext.subarray(0, end));
    decipher.final();
    return text;
  },
};
