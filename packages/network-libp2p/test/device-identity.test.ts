import {
  generateIdentity,
  identityFrom,
  isDeviceId,
  sign,
  verifySignature,
} from '@holdfast/network-libp2p';
import { describeSigner } from '@holdfast/platform-compliance';
import { expect, test } from 'vitest';

test('an identity comes back from its private key', async () => {
  const identity = await generateIdentity();
  expect(await identityFrom(identity.privateKeyBytes)).toEqual(identity);
  expect((await generateIdentity()).device).not.toBe(identity.device);
});

test('bytes that are no key fail as identity_invalid', async () => {
  for (const bytes of [new Uint8Array(), Uint8Array.of(8, 1, 18, 2, 1, 2), new Uint8Array(68)]) {
    await expect(identityFrom(bytes)).rejects.toMatchObject({ code: 'identity_invalid' });
  }
});

test('only the text of an Ed25519 peer id is a device id', async () => {
  const { device } = await generateIdentity();
  expect(isDeviceId(device)).toBe(true);
  const others = ['', 'laptop', `${device} `, device.slice(0, -1), `${device}x`, `/p2p/${device}`];
  const lastChanged = device.slice(0, 20) + (device[20] === 'a' ? 'b' : 'a') + device.slice(21, -1);
  for (const text of [...others, lastChanged, 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N']) {
    expect(isDeviceId(text), text).toBe(false);
  }
});

test('a signature holds for its device and its bytes alone', async () => {
  const [alice, bob] = [await generateIdentity(), await generateIdentity()];
  const bytes = new TextEncoder().encode('head of the history log');
  const signature = await sign(alice, bytes);
  expect(await verifySignature(alice.device, bytes, signature)).toBe(true);
  expect(await verifySignature(bob.device, bytes, signature)).toBe(false);
  expect(await verifySignature(alice.device, bytes.subarray(1), signature)).toBe(false);
  expect(await verifySignature(alice.device, bytes, signature.subarray(1))).toBe(false);
  expect(await verifySignature('nobody', bytes, signature)).toBe(false);
});

describeSigner('a device identity', async () => {
  const identities = [await generateIdentity(), await generateIdentity()] as const;
  const [one, other] = identities.map((identity) => ({
    device: identity.device,
    signer: { sign: (bytes: Uint8Array) => sign(identity, bytes), verify: verifySignature },
  }));
  return [one!, other!];
});
