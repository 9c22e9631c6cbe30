/** A TCP proxy on loopback that keeps what passes, each direction of each connection by itself. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

export class RecordingProxy {
  /** @type {{ toTarget: Buffer[], fromTarget: Buffer[] }[]} */
  connections = [];
  /** The only port that it was ever sent to. */
  #targetPort;
  #server = createServer((socket) => this.#pass(socket));
  #sockets = new Set();

  /** @param {number} targetPort */
  constructor(targetPort) {
    this.#targetPort = targetPort;
  }

  /** Resolves with its port. */
  async start() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this.#server.address().port;
  }

  async stop() {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Each direction of each connection, whole. */
  streams() {
    return this.connections.flatMap(({ toTarget, fromTarget }) => [
      Buffer.concat(toTarget),
      Buffer.concat(fromTarget),
    ]);
  }

  #pass(inbound) {
    const outbound = connect(this.#targetPort, '127.0.0.1');
    const record = { toTarget: [], fromTarget: [] };
    this.connections.push(record);
    this.#join(inbound, outbound, record.toTarget);
    this.#join(outbound, inbound, record.fromTarget);
  }

  #join(from, to, kept) {
    this.#sockets.add(from);
    from.on('data', (bytes) => {
      kept.push(bytes);
      to.write(bytes);
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
