/**
 * The symmetric half of Noise by node:crypto. The library decrypts each piece of a message by
 * itself, into a buffer of its own; it hands over a joined copy as well, which this one uses.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { type ICryptoInterface, pureJsCrypto } from '@chainsafe/libp2p-noise';
import { Uint8ArrayList } from 'uint8arraylist';

const algorithm = 'chacha20-poly1305';
const tagBytes = 16;

export const noiseCipher: ICryptoInterface = {
  ...pureJsCrypto,

  chaCha20Poly1305Encrypt(plaintext, nonce, ad, key) {
    const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
    cipher.setAAD(ad, { plaintextLength: plaintext.byteLength });
    const message = new Uint8ArrayList();
    if (plaintext instanceof Uint8Array) message.append(cipher.update(plaintext));
    else for (const piece of plaintext) message.append(cipher.update(piece));
    cipher.final();
    message.append(cipher.getAuthTag());
    return message;
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
