/** What is shown of a content: its own bytes decide, and nothing that could run is ever shown as a picture. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mayBeShown, maxPictureBytes, maxTextBytes, previewOf } from '../src/content-preview.js';

const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));

describe('pictures', () => {
  test.each([
    ['image/png', '\x89PNG\r\n\x1a\n\0'],
    ['image/jpeg', '\xff\xd8\xff\xe0'],
    ['image/gif', 'GIF89a\0'],
    ['image/webp', 'RIFF\x10\0\0\0WEBP'],
    ['image/avif', '\0\0\0\x20ftypavif'],
    ['image/bmp', 'BM\x36\0\0\0'],
  ])('of the kind %s are known by their bytes', (mediaType, start) => {
    expect(previewOf(bytesOf(start))).toEqual({ type: 'picture', mediaType });
  });

  test('are never what has a script in it, whatever stands before', () => {
    for (const text of [
      '<svg onload="x">',
      '<!doctype html>',
      ' <html>',
      'BM<script>',
      '%PDF-1.7',
    ]) {
      expect(previewOf(bytesOf(text))).toEqual({ type: 'text', text });
    }
  });

  test('have a type of the list, whatever the bytes', () => {
    const known = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const preview = previewOf(bytes);
        if (preview.type === 'picture') expect(preview.mediaType).toMatch(known);
      }),
    );
  });
});

describe('text', () => {
  test('is what reads as such', () => {
    expect(previewOf(new TextEncoder().encode('süß\n'))).toEqual({ type: 'text', text: 'süß\n' });
    expect(previewOf(bytesOf('s\xfc\xdf'))).toEqual({ type: 'none' });
    expect(previewOf(bytesOf('a\0b'))).toEqual({ type: 'none' });
  });

  test('is bounded', () => {
    expect(previewOf(new Uint8Array(maxTextBytes + 1).fill(0x61))).toEqual({ type: 'none' });
  });
});

test('what is too large to be shown is not fetched', () => {
  expect(mayBeShown('a.JPG', maxPictureBytes)).toBe(true);
  expect(mayBeShown('a.jpg', maxPictureBytes + 1)).toBe(false);
  expect(mayBeShown('a.txt', maxTextBytes)).toBe(true);
  expect(mayBeShown('a.svg', maxTextBytes + 1)).toBe(false);
});
