/**
 * Giving memory back at once. What is transferred to a port whose other end is closed goes with the
 * message that nobody gets. Left to the collector, which is slow to notice memory outside its heap,
 * up to 64 MB would wait in each thread (V8's limit for it).
 */
import { MessageChannel } from 'node:worker_threads';

const { port1: nowhere, port2: otherEnd } = new MessageChannel();
otherEnd.close();
nowhere.unref();

/** Empties buffers that nobody needs any more; one that was transferred already stays as it is. */
export function releaseMemory(buffers: readonly ArrayBuffer[]): void {
  const filled = buffers.filter((buffer) => buffer.byteLength > 0);
  if (filled.length > 0) nowhere.postMessage(undefined, filled);
}
