/** Dials one exact device at each address in turn, until one answers as that device. */
import type { Connection, Libp2p } from '@libp2p/interface';
import { AppError, errorMessage } from '@holdfast/platform';
import { multiaddr } from '@multiformats/multiaddr';
import { isDeviceId } from './device-identity.js';
import { maxDialAddresses } from './network-limits.js';

/** Rejects with code `dial_failed`; its cause holds what each address said. */
export async function dialInOrder(
  node: Libp2p,
  device: string,
  addresses: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Connection> {
  if (!isDeviceId(device)) throw dialError(device, new Error('not a device id'));
  const failures: Error[] = [];
  for (const address of addresses.slice(0, maxDialAddresses)) {
    try {
      signal?.throwIfAborted();
      return await dialOne(node, device, address, signal);
    } catch (error) {
      failures.push(new Error(`${address}: ${errorMessage(error)}`, { cause: error }));
      if (signal?.aborted) break;
    }
  }
  throw dialError(device, new AggregateError(failures, failures.map(errorMessage).join('; ')));
}

async function dialOne(
  node: Libp2p,
  device: string,
  address: string,
  signal: AbortSignal | undefined,
): Promise<Connection> {
  const target = multiaddr(address);
  if (target.getComponents().some((part) => part.name === 'p2p')) {
    throw new Error('the address must not name an identity');
  }
  const connection = await node.dial(target.encapsulate(`/p2p/${device}`), {
    // A second connection is the caller's wish: libp2p would hand back the first.
    force: true,
    ...(signal === undefined ? {} : { signal }),
  });
  if (connection.remotePeer.toString() === device) return connection;
  connection.abort(new Error('another device answered'));
  throw new Error('another device answered');
}

function dialError(device: string, cause: Error): AppError {
  return new AppError(
    'dial_failed',
    `Device ${device} could not be reached: ${cause.message || 'no address is known'}.`,
    {
      kind: 'retry',
      hint: 'Make sure that it is running and that its address and port can be reached from here.',
      cause,
    },
  );
}
