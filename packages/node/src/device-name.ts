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
