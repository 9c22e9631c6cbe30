/** Somebody on the way between two devices who changes a byte of what the dialler says. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished, test, vi } from 'vitest';
import { maxConnectionsPerDevice } from '../src/network-limits.js';
import {
  dial,
  inviteKey,
  pairingProtocol,
  portOf,
  startDevice,
  type TestDevice,
} from './test-device.js';

/** In multistream-select, in two messages of Noise, and in the first one that Noise sealed. */
const places = [70, 110, 200, 330];

/** An address of the device at which one byte, at this place, is changed on the way to it. */
async function addressThatChanges(device: TestDevice, place: number): Promise<string> {
  const server = createServer((dialler) => {
    const acceptor = connect(portOf(device), '127.0.0.1');
    let passed = 0;
    dialler.on('data', (bytes) => {
      const at = place - passed;
      passed += bytes.length;
      if (at >= 0 && at < bytes.length) bytes[at]! ^= 0x55;
      acceptor.write(bytes);
    });
    acceptor.on('data', (bytes) => dialler.write(bytes));
    endTogether(dialler, acceptor);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `/ip4/127.0.0.1/tcp/${(server.address() as AddressInfo).port}`;
}

function endTogether(one: Socket, other: Socket): void {
  for (const [socket, peer] of [
    [one, other],
    [other, one],
  ] as const) {
    socket.on('error', () => socket.destroy());
    socket.on('close', () => peer.destroy());
  }
}

/** Dials there, and waits for the end of it. */
async function dialInVain(
  from: TestDevice,
  to: TestDevice,
  place: number,
  shown: { inviteKey?: Uint8Array } = {},
): Promise<void> {
  const address = await addressThatChanges(to, place);
  const connection = await from.network
    .dial(to.network.localDevice, [address], shown)
    .catch(() => undefined);
  await connection?.closed;
}

/** In the end: the host may hear later than the dialler that a connection is over. */
function comesIn(device: TestDevice, host: TestDevice) {
  return vi.waitFor(async () => (await dial(device, host)).openChannel(pairingProtocol), {
    timeout: 60_000,
    interval: 50,
  });
}

test.each(places)('at %i: the place for pairing is free again', async (place) => {
  const host = await startDevice({ admission: 'pairing' });
  const [guest, next] = [await startDevice(), await startDevice()];
  await dialInVain(guest, host, place, { inviteKey });
  await comesIn(next, host);
});

test.each(places)('at %i, again and again: a paired device comes in', async (place) => {
  const [host, paired] = [await startDevice(), await startDevice()];
  for (let count = 0; count < maxConnectionsPerDevice; count++) {
    await dialInVain(paired, host, place);
  }
  await comesIn(paired, host);
});
