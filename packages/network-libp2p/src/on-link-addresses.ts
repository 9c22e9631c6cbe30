/**
 * Which addresses lie in the network of one of this machine's own interfaces: those are worth saying
 * there, and of what is heard there, worth a dial. No packet can make this device dial elsewhere, nor
 * its own loopback services.
 */
import { isIPv4 } from 'node:net';

/** An interface's IPv4 address, as node gives it. */
export interface InterfaceAddress {
  readonly address: string;
  readonly netmask: string;
}

const dialable = /^\/ip4\/([0-9.]{7,15})\/tcp\/([1-9][0-9]{0,4})$/;

/** At most `limit` of the claimed addresses, in their order. */
export function onLinkAddresses(
  claimed: readonly string[],
  interfaces: readonly InterfaceAddress[],
  limit: number,
): string[] {
  const fitting = new Set<string>();
  for (const text of claimed) {
    const [, host, port] = dialable.exec(text) ?? [];
    if (host === undefined || !isIPv4(host) || Number(port) > 65_535) continue;
    if (interfaces.some((own) => isOnLink(host, own))) fitting.add(text);
    if (fitting.size === limit) break;
  }
  return [...fitting];
}

function isOnLink(host: string, own: InterfaceAddress): boolean {
  const mask = numberOf(own.netmask);
  // The network itself and its broadcast address belong to no device.
  const rest = (numberOf(host) & ~mask) >>> 0;
  const isHost = ~mask >>> 0 <= 1 || (rest !== 0 && rest !== ~mask >>> 0);
  return isHost && (numberOf(host) & mask) === (numberOf(own.address) & mask);
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => ((sum << 8) | Number(part)) >>> 0, 0);
}
