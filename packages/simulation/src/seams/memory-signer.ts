/** Signatures in a world where nobody forges any: a hash of who signed what. */
import type { Signer } from '@holdfast/platform';
import { nativeBlake3 } from './native-blake3.js';

export class MemorySigner implements Signer {
  readonly #device: string;

  constructor(device: string) {
    this.#device = device;
  }

  async sign(bytes: Uint8Array): Promise<Uint8Array> {
    return signatureBy(this.#device, bytes);
  }

  async verify(device: string, bytes: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return Buffer.compare(signatureBy(device, bytes), signature) === 0;
  }
}

/** As long as an Ed25519 signature. */
function signatureBy(device: string, bytes: Uint8Array): Uint8Array {
  const digest = nativeBlake3.blake3(Buffer.concat([Buffer.from(`${device}\0`), bytes]));
  return Buffer.concat([digest, digest]);
}
