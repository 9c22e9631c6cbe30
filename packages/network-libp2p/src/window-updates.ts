/**
 * Fewer window updates. yamux answers each piece of data with one: an encrypted packet of its own,
 * which wakes both sides, some 7,000 times a gigabyte. Once a stream's window has grown to its
 * limit, it is enough to renew it when half of it was used; until then each update is what lets it
 * grow.
 */
import type { Stream } from '@libp2p/interface';

/** What a yamux stream keeps of its receiving side (yamux specification, "Flow Control"). */
interface ReceiveWindow {
  readonly recvWindow: number;
  /** What the other side may still send. */
  readonly recvWindowCapacity: number;
  readonly maxStreamWindowSize: number;
  sendWindowUpdate(): void;
}

/** From now on, a full-grown window is renewed only once half of it was used. */
export function renewHalfWindows(stream: Stream): void {
  if (!hasWindow(stream)) return;
  const renew = stream.sendWindowUpdate.bind(stream);
  stream.sendWindowUpdate = () => {
    const isGrown = stream.recvWindow >= stream.maxStreamWindowSize;
    if (isGrown && stream.recvWindowCapacity * 2 > stream.recvWindow) return;
    renew();
  };
}

function hasWindow(stream: Stream): stream is Stream & ReceiveWindow {
  return 'sendWindowUpdate' in stream && 'recvWindowCapacity' in stream;
}
