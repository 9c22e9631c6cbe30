/** A TCP proxy on loopback that counts what passes: connections, and bytes in both directions. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export class CountingProxy {
  connections = 0;
  bytes = 0;
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

  #pass(inbound: Socket): void {
    this.connections += 1;
    const outbound = connect(this.#targetPort, '127.0.0.1');
    for (const [from, to] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (chunk: Buffer) => {
        this.bytes += chunk.length;
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
