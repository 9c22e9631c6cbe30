import { AppError } from '@holdfast/platform';
import { decodeControl } from '@holdfast/sync-protocol';
import { expect, test } from 'vitest';
import { bytesField, type Field, frameOf, numberField } from './wire-bytes.js';

function fixed64(number: number, value: bigint): Field {
  const bytes = Buffer.alloc(9);
  bytes[0] = number * 8 + 1;
  bytes.writeBigUInt64LE(value, 1);
  return { number, bytes };
}

function errorOf(frame: Uint8Array): AppError | undefined {
  try {
    decodeControl(frame);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  return undefined;
}

test('a hello of another major version is refused with the advice to update', () => {
  const error = errorOf(frameOf(1, [numberField(1, 2)]));
  expect(error?.code).toBe('protocol_incompatible');
  expect(error?.hint).toContain('Update');
});

test('a hello of another major version is refused for it even where nothing else can be read', () => {
  const broken = [numberField(1, 2), bytesField(4, Uint8Array.of(0xff)), bytesField(6, '')];
  expect(errorOf(frameOf(1, broken))?.code).toBe('protocol_incompatible');
});

test('a required feature that is not known is refused by its bit, the highest included', () => {
  const bit = 2n ** 63n;
  const error = errorOf(frameOf(1, [numberField(1, 1), fixed64(2, bit), fixed64(3, bit)]));
  expect(error?.code).toBe('protocol_incompatible');
  expect(error?.message).toContain('0x8000000000000000');
});

test('a supported feature that is not known does no harm', () => {
  const message = decodeControl(frameOf(1, [numberField(1, 1), fixed64(3, 2n ** 63n + 1n)]));
  expect(message).toMatchObject({ type: 'hello', supportedFeatures: 2n ** 63n + 1n });
});
