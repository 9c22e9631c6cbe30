import type { ContentId } from '@holdfast/model';
import { hexFrom } from '@holdfast/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeEnvelope,
  maxBlockBytes,
  openEnvelope,
  storedIdOf,
  verifyEnvelope,
} from '../src/index.js';
import { blockOf, hash } from './store-world.js';

describe('an envelope', () => {
  test('has the bytes and the stored id of the format', () => {
    const envelope = encodeEnvelope(Buffer.from('holdfast'));
    expect(hexFrom(envelope)).toBe('0000000008686f6c6466617374');
    expect(storedIdOf(envelope, hash)).toBe(
      '9b20fa716fcc129481e08ed674c2141f5a04f366cc3109c95c864d9b4719d4ae',
    );
    expect(blockOf(Buffer.from('holdfast')).contentId).toBe(
      '6a6e08fa696956cb8cdbc9421d4186a2c6d3d4eb51397275dbf24b9680b2ed30',
    );
  });

  test('gives back the block that it was made of, and verifies under no other id', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1 }),
        fc.uint8Array({ minLength: 1 }),
        (plain, other) => {
          const { contentId, envelope } = blockOf(plain);
          expect(Buffer.from(openEnvelope(envelope))).toEqual(Buffer.from(plain));
          expect(verifyEnvelope(envelope, contentId, hash)).toBe(true);
          const isSame = Buffer.compare(plain, other) === 0;
          expect(verifyEnvelope(envelope, blockOf(other).contentId, hash)).toBe(isSame);
        },
      ),
    );
  });

  test('of an unknown codec is refused by that name', () => {
    const envelope = encodeEnvelope(Buffer.from('holdfast'));
    envelope[0] = 9;
    expect(() => openEnvelope(envelope)).toThrow(
      expect.objectContaining({ code: 'envelope_codec_unknown' }),
    );
  });

  test('that is cut, too long, empty or over the limit is malformed', () => {
    const envelope = encodeEnvelope(Buffer.from('holdfast'));
    const malformed = expect.objectContaining({ code: 'envelope_malformed' });
    expect(() => openEnvelope(envelope.subarray(0, 4))).toThrow(malformed);
    expect(() => openEnvelope(envelope.subarray(0, -1))).toThrow(malformed);
    expect(() => openEnvelope(Buffer.concat([envelope, Buffer.from('x')]))).toThrow(malformed);
    expect(() => openEnvelope(new Uint8Array(5))).toThrow(malformed);
    expect(() => encodeEnvelope(new Uint8Array(maxBlockBytes + 1))).toThrow(malformed);
    expect(verifyEnvelope(envelope.subarray(0, -1), '' as ContentId, hash)).toBe(false);
  });
});
