/**
 * One system call for what is sent at once. Noise hands the socket lists of small pieces (length,
 * header, body, tag), and each would be a write, and a packet, of its own. What is sent until the
 * event loop goes on leaves the socket together, without being copied into one buffer.
 */
import type { Socket } from 'node:net';
import type {
  ConnectionEncrypter,
  MessageStream,
  SecureConnectionOptions,
} from '@libp2p/interface';

/** libp2p's TCP connections have it, though the interface of connections does not. */
type SocketStream = MessageStream & { readonly socket?: Socket };

/** The encrypter, over connections that write what is sent at once together. */
export function joiningWrites<Extensions>(
  inner: ConnectionEncrypter<Extensions>,
): ConnectionEncrypter<Extensions> {
  return {
    protocol: inner.protocol,
    secureInbound: (connection: MessageStream, options?: SecureConnectionOptions) =>
      inner.secureInbound(joining(connection), options),
    secureOutbound: (connection: MessageStream, options?: SecureConnectionOptions) =>
      inner.secureOutbound(joining(connection), options),
  };
}

function joining<Connection extends SocketStream>(connection: Connection): Connection {
  const { socket } = connection;
  if (socket === undefined) return connection;
  const send = connection.send.bind(connection);
  const uncork = () => socket.uncork();
  connection.send = (data) => {
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(uncork);
    }
    return send(data);
  };
  return connection;
}
