/** A TCP proxy on loopback that counts what passes: connections, and bytes in both directions. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export class CountingProxy {
  connections = 0;
  bytes = 0;
  /** When so many bytes have passed, all connections break, and none is let through any more. */
  cutAt = Number.POSITIVE_INFINITY;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Where connections go; may change between them. */
  #targetPort: number;

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer((socket) => this.#pass(socket));
  }

  set targetPort(port: number) {
    this.#targetPort = port;
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
    return `/ip4/127.0.0.1/tcp/${address.port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  get isCut(): boolean {
    return this.bytes >= this.cutAt;
  }

  #pass(inbound: Socket): void {
    if (this.isCut) {
      inbound.destroy();
      return;
    }
    this.connections += 1;
    const outbound = connect(this.#targetPort, '127.0.0.1');
    for (const [from, to] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (chunk: Buffer) => {
        this.bytes += chunk.length;
        if (this.isCut) for (const socket of this.#sockets) socket.destroy();
      });
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}

export function portOf(multiaddr: string): number {
  return Number(multiaddr.split('/').at(-1));
}
