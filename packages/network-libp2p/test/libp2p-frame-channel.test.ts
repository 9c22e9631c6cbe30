import '@holdfast/network-libp2p';
import { type Stream, StreamCloseEvent } from '@libp2p/interface';
import { expect, test } from 'vitest';
import { Libp2pFrameChannel } from '../src/libp2p-frame-channel.js';

/** A stream whose close() never settles, as libp2p's when it breaks while it waits for a drain. */
class StuckStream extends EventTarget {
  readonly protocol = '/stuck/1';
  readonly status = 'open';
  readonly readStatus = 'readable';
  readonly remoteWriteStatus = 'writable';
  readonly readBufferLength = 0;
  readonly writableNeedsDrain = false;
  closeCalls = 0;

  send(): boolean {
    return true;
  }

  close(): Promise<void> {
    this.closeCalls++;
    return new Promise(() => undefined);
  }

  abort(error: Error): void {
    this.dispatchEvent(new StreamCloseEvent(true, error));
  }
}

test('closing ends when the stream breaks meanwhile, and sending is refused', async () => {
  const stream = new StuckStream();
  const channel = new Libp2pFrameChannel(stream as unknown as Stream);
  await channel.send(Uint8Array.of(1));
  const closing = channel.close();
  await Promise.resolve();
  await Promise.resolve();
  expect(stream.closeCalls).toBe(1);
  channel.abort(new Error('enough'));
  await closing;
  await expect(channel.send(Uint8Array.of(2))).rejects.toMatchObject({ code: 'channel_closed' });
});
