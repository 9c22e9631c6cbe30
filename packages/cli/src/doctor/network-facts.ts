/** What the network of this machine lets a program have: ports and multicast. Each is tried and given back. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { errorMessage, fileErrorCode } from '@holdfast/platform';
import type { MulticastFacts } from './network-checks.js';

/** The system's code for why the port cannot be had; empty where it can. Port 0 is always free. */
export async function whyPortRefused(host: string, port: number): Promise<string> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(fileErrorCode(error) ?? errorMessage(error)));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve('')));
  });
}

/** The group that mDNS speaks to (RFC 6762, section 3). */
const multicastGroup = '224.0.0.251';

/** Joins the group on a port of its own, so that nobody else's messages are taken. */
export async function multicastFacts(wanted: boolean): Promise<Omit<MulticastFacts, 'heard'>> {
  const interfaces = Object.entries(networkInterfaces())
    .filter(([, addresses]) =>
      addresses?.some(({ internal, family }) => !internal && family === 'IPv4'),
    )
    .map(([name]) => name);
  if (!wanted || interfaces.length === 0) return { wanted, interfaces, refused: '' };
  return { wanted, interfaces, refused: await whyMulticastRefused() };
}

async function whyMulticastRefused(): Promise<string> {
  const socket = createSocket('udp4');
  try {
    return await new Promise<string>((resolve) => {
      socket.once('error', (error) => resolve(fileErrorCode(error) ?? errorMessage(error)));
      socket.bind(0, () => {
        try {
          socket.addMembership(multicastGroup);
          resolve('');
        } catch (error) {
          resolve(fileErrorCode(error) ?? errorMessage(error));
        }
      });
    });
  } finally {
    socket.close();
  }
}
