import { expect, test } from 'vitest';
import { releaseMemory } from '../src/release-memory.js';

test('released memory is gone at once, and again is no error', () => {
  const buffers = [new Uint8Array(4096).buffer, new Uint8Array(16).buffer];
  releaseMemory(buffers);
  releaseMemory(buffers);
  expect(buffers.map((buffer) => buffer.byteLength)).toEqual([0, 0]);
});

test('what is released does not count as this process’s memory any more', () => {
  const before = process.memoryUsage().arrayBuffers;
  for (let round = 0; round < 20; round += 1) {
    releaseMemory([Buffer.allocUnsafeSlow(8 * 1024 * 1024).buffer as ArrayBuffer]);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
});
