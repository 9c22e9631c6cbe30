import type { Stream } from '@libp2p/interface';
import { expect, test } from 'vitest';
import { renewHalfWindows } from '../src/window-updates.js';

/** Renews its window as yamux does, and counts how often. */
class CountingStream {
  renewals = 0;
  recvWindowCapacity: number;

  constructor(
    readonly recvWindow: number,
    readonly maxStreamWindowSize: number,
  ) {
    this.recvWindowCapacity = recvWindow;
  }

  receive(lengthBytes: number): void {
    this.recvWindowCapacity -= lengthBytes;
    this.sendWindowUpdate();
  }

  sendWindowUpdate(): void {
    this.renewals += 1;
    this.recvWindowCapacity = this.recvWindow;
  }
}

function counting(recvWindow: number, maxStreamWindowSize: number): CountingStream {
  const stream = new CountingStream(recvWindow, maxStreamWindowSize);
  renewHalfWindows(stream as unknown as Stream);
  return stream;
}

test('a full-grown window is renewed when half of it was used', () => {
  const stream = counting(1000, 1000);
  for (let count = 0; count < 4; count += 1) stream.receive(100);
  expect(stream.renewals).toBe(0);
  stream.receive(100);
  expect(stream.renewals).toBe(1);
  expect(stream.recvWindowCapacity).toBe(1000);
});

test('a window that still grows is renewed at each piece: that is how it grows', () => {
  const stream = counting(500, 1000);
  for (let count = 0; count < 4; count += 1) stream.receive(10);
  expect(stream.renewals).toBe(4);
});

test('a used-up window is always renewed: the other side waits for it', () => {
  const stream = counting(1000, 1000);
  stream.receive(1000);
  expect(stream.renewals).toBe(1);
});
