/** Where the node can be reached, and what to say when it cannot listen. */

import { AppError, errorMessage } from '@holdfast/platform';
import type { Listener } from '@libp2p/interface';

/** The addresses of all listeners, wildcards expanded; loopback last. */
export function reachableAddresses(listeners: Iterable<Listener>): string[] {
  const addresses = new Set<string>();
  for (const listener of listeners) {
    for (const address of listener.getAddrs()) addresses.add(address.toString());
  }
  const all = [...addresses];
  return [...all.filter((text) => !isLoopback(text)), ...all.filter(isLoopback)];
}

/** What made starting fail, for people; an error that says so already stays as it is. */
export function listenError(error: unknown, listen: readonly string[]): AppError {
  if (error instanceof AppError) return error;
  const where = listen.join(', ');
  // libp2p tells the reason only in its text.
  if (/EADDRINUSE/.test(errorMessage(error))) {
    return new AppError(
      'address_in_use',
      `Another program, or another Holdfast, is using ${where}. This device can sync nothing until it has an address of its own; no file was touched.`,
      {
        kind: 'tell-person',
        hint: 'Stop the other program, or choose another port for Holdfast.',
        cause: error,
      },
    );
  }
  return new AppError('listen_failed', `This device cannot listen on ${where}.`, {
    kind: 'tell-person',
    hint: 'Check the listen addresses: they must belong to this device, and ports below 1024 need rights.',
    cause: error,
  });
}

export function isLoopback(address: string): boolean {
  return /^\/ip4\/127\.|^\/ip6\/::1\//.test(address);
}
