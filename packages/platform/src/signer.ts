/**
 * Signing as this device, and telling whether another device signed. Any device's name is enough to
 * check what it signed; nobody else can sign for it.
 */
export interface Signer {
  /** 64 bytes. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
  /** False for a signature by anyone else, of other bytes, or of another length. */
  verify(device: string, bytes: Uint8Array, signature: Uint8Array): Promise<boolean>;
}
