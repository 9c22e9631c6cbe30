/** Protobuf fields written by hand: frames that our encoders would never make. */
export interface Field {
  readonly number: number;
  readonly bytes: Buffer;
}

export function numberField(number: number, value: number | bigint): Field {
  return { number, bytes: Buffer.concat([varint(number * 8), varint(value)]) };
}

/** Text, bytes or a nested message. */
export function bytesField(number: number, value: string | Uint8Array | readonly Field[]): Field {
  const content = contentOf(value);
  const head = Buffer.concat([varint(number * 8 + 2), varint(content.length)]);
  return { number, bytes: Buffer.concat([head, content]) };
}

/** A message as member `kind` of its channel's envelope, or bare. */
export function frameOf(kind: number | undefined, fields: readonly Field[]): Uint8Array {
  return kind === undefined ? contentOf(fields) : bytesField(kind, fields).bytes;
}

function contentOf(value: string | Uint8Array | readonly Field[]): Buffer {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (value instanceof Uint8Array) return Buffer.from(value);
  return Buffer.concat(value.map((field) => field.bytes));
}

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}
