/** JSON in the node's database, for what may be gone at any time: what cannot be read counts as gone. */
import { byteStringFrom, byteStringFromText, bytesOf, textOf } from '@holdfast/platform';
import type { z } from 'zod';

export function storedJson(value: unknown): Uint8Array {
  return bytesOf(byteStringFromText(JSON.stringify(value)));
}

/** Undefined where nothing is stored, or something else than the schema says. */
export function fromStoredJson<Value>(
  schema: z.ZodType<Value>,
  bytes: Uint8Array | undefined,
): Value | undefined {
  if (bytes === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(textOf(byteStringFrom(bytes)))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
