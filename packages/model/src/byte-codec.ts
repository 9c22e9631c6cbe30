/**
 * Reading and writing of our own binary layouts: big-endian integers, LEB128 variable-length
 * integers (shortest form only), length-prefixed bytes. The reader bounds everything it is told and
 * throws `MalformedBytes` on anything that is not exactly what was asked for.
 */
export class MalformedBytes extends Error {
  readonly code = 'malformed_bytes';

  constructor(message: string) {
    super(message);
    this.name = 'MalformedBytes';
  }
}

/** Integers of eight bytes go in two halves: a BigInt for each would be garbage. */
const wordRange = 2 ** 32;

/** A safe integer, at least 0, in eight bytes, the first one first; gives the place behind them. */
export function writeU64(buffer: Buffer, value: number, at: number): number {
  return buffer.writeUInt32BE(
    value % wordRange,
    buffer.writeUInt32BE(Math.floor(value / wordRange), at),
  );
}

/** More than a safe integer is given inexactly. */
export function readU64(buffer: Buffer, at: number): number {
  return buffer.readUInt32BE(at) * wordRange + buffer.readUInt32BE(at + 4);
}

export class ByteWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(initialBytes = 256) {
    this.#buffer = Buffer.allocUnsafe(initialBytes);
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    this.#reserve(1);
    this.#length = this.#buffer.writeUInt8(value, this.#length);
    return this;
  }

  u16(value: number): this {
    this.#reserve(2);
    this.#length = this.#buffer.writeUInt16BE(value, this.#length);
    return this;
  }

  u32(value: number): this {
    this.#reserve(4);
    this.#length = this.#buffer.writeUInt32BE(value, this.#length);
    return this;
  }

  /** A safe integer, at least 0, in eight bytes. */
  u64(value: number): this {
    this.#reserve(8);
    this.#length = writeU64(this.#buffer, value, this.#length);
    return this;
  }

  i64(value: bigint): this {
    this.#reserve(8);
    this.#length = this.#buffer.writeBigInt64BE(value, this.#length);
    return this;
  }

  /** A safe integer, at least 0, as unsigned LEB128. */
  varint(value: number): this {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#buffer[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#length++] = rest;
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  hex(digits: string): this {
    this.#reserve(digits.length / 2);
    this.#length += this.#buffer.write(digits, this.#length, 'hex');
    return this;
  }

  /** A varint length, then the bytes of a byte string. */
  byteString(text: string): this {
    this.varint(text.length);
    this.#reserve(text.length);
    this.#length += this.#buffer.write(text, this.#length, 'latin1');
    return this;
  }

  /** A copy of what was written. */
  bytes(): Uint8Array {
    return new Uint8Array(this.#buffer.subarray(0, this.#length));
  }

  /** What was written, without a copy; nothing is written any more. */
  view(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #reserve(count: number): void {
    const wanted = this.#length + count;
    if (wanted <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(wanted, this.#buffer.length * 2));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}

export class ByteReader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#buffer.length - this.#at;
  }

  u8(): number {
    return this.#buffer[this.#take(1)] as number;
  }

  u16(): number {
    return this.#buffer.readUInt16BE(this.#take(2));
  }

  u32(): number {
    return this.#buffer.readUInt32BE(this.#take(4));
  }

  u64(): number {
    const value = readU64(this.#buffer, this.#take(8));
    if (value > Number.MAX_SAFE_INTEGER) throw new MalformedBytes('integer too large');
    return value;
  }

  i64(): bigint {
    return this.#buffer.readBigInt64BE(this.#take(8));
  }

  /** At most `limit`, in its shortest form. */
  varint(limit = Number.MAX_SAFE_INTEGER): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 8; count += 1) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (value > limit) throw new MalformedBytes(`integer over its limit of ${limit}`);
      if (byte < 0x80) {
        if (byte === 0 && count > 0) throw new MalformedBytes('integer not in shortest form');
        return value;
      }
      scale *= 0x80;
    }
    throw new MalformedBytes('integer too long');
  }

  /** A view, not a copy. */
  raw(count: number): Uint8Array {
    const from = this.#take(count);
    return this.#buffer.subarray(from, from + count);
  }

  /** Leaves bytes out. */
  skip(count: number): void {
    this.#take(count);
  }

  hex(byteCount: number): string {
    const from = this.#take(byteCount);
    return this.#buffer.toString('hex', from, from + byteCount);
  }

  byteString(limitBytes: number): string {
    const length = this.varint(limitBytes);
    const from = this.#take(length);
    return this.#buffer.toString('latin1', from, from + length);
  }

  /** Throws where bytes are left over. */
  end(): void {
    if (this.remaining !== 0) throw new MalformedBytes(`${this.remaining} bytes left over`);
  }

  #take(count: number): number {
    if (this.#at + count > this.#buffer.length) throw new MalformedBytes('bytes end too early');
    const from = this.#at;
    this.#at += count;
    return from;
  }
}
