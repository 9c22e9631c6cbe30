/**
 * One system call for what is sent at once. Noise hands the socket lists of small pieces (length,
 * header, body, tag), and each would be a write, and a packet, of its own.
 */
import type {
  ConnectionEncrypter,
  MessageStream,
  SecureConnectionOptions,
} from '@libp2p/interface';

/** The encrypter, over connections that join each list of pieces into one buffer. */
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

function joining<Connection extends MessageStream>(connection: Connection): Connection {
  const send = connection.send.bind(connection);
  connection.send = (data) => send(data instanceof Uint8Array ? data : data.subarray());
  return connection;
}
