/** The suite that every `Signer` passes. */
import type { Signer } from '@holdfast/platform';
import { expect, test } from 'vitest';

export interface SigningDevice {
  readonly device: string;
  readonly signer: Signer;
}

/** Two devices, as they are made for each test. */
export function describeSigner(
  name: string,
  make: () => Promise<readonly [SigningDevice, SigningDevice]>,
): void {
  const bytes = Buffer.from('what is signed');

  test(`${name}: everybody can tell who signed`, async () => {
    const [one, other] = await make();
    const signature = await one.signer.sign(bytes);
    expect(signature).toHaveLength(64);
    expect(await one.signer.verify(one.device, bytes, signature)).toBe(true);
    expect(await other.signer.verify(one.device, bytes, signature)).toBe(true);
    expect(await other.signer.verify(other.device, bytes, signature)).toBe(false);
  });

  test(`${name}: a signature is for these bytes, and whole`, async () => {
    const [{ device, signer }] = await make();
    const signature = await signer.sign(bytes);
    expect(await signer.verify(device, bytes.subarray(1), signature)).toBe(false);
    expect(await signer.verify(device, bytes, signature.subarray(1))).toBe(false);
    expect(await signer.verify('no device', bytes, signature)).toBe(false);
  });
}
