/** What a device may be called, wherever a person says so. */
import { AppError } from '@holdfast/platform';

const maxNameBytes = 64;

/** Throws `usage` with this hint where it is no name. */
export function checkDeviceName(name: string, hint: string): void {
  const fits = name.trim() !== '' && Buffer.byteLength(name, 'utf8') <= maxNameBytes;
  if (fits && !/\p{Cc}/u.test(name)) return;
  const message = `A name has 1 to ${maxNameBytes} bytes and no control characters.`;
  throw new AppError('usage', message, { hint });
}

/**
 * A name as another device says it, made one that nobody else has here: names are what people choose
 * devices by. One that looks like a device's id is not taken over.
 */
export function freeName(wanted: string, others: readonly { readonly name: string }[]): string {
  const base = wanted === '' || wanted.startsWith('12D3Koo') ? 'device' : wanted;
  const taken = new Set(others.map((device) => device.name));
  if (!taken.has(base)) return base;
  for (let number = 2; ; number += 1) {
    const name = `${base} (${number})`;
    if (!taken.has(name)) return name;
  }
}
