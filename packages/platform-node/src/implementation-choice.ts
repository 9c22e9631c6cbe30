/**
 * Which implementation computes: native code where it loads, WebAssembly elsewhere. The environment
 * can name one, so that a test runs the other on any machine.
 */
import { AppError } from '@holdfast/platform';

export type Implementation = 'native' | 'wasm';

/** Environment variables that name the implementation to take; unset or empty: the best there is. */
export const blake3Variable = 'HOLDFAST_BLAKE3';
export const zstdVariable = 'HOLDFAST_ZSTD';

/** Throws `implementation_unknown` on any other word: a slip must not pass for a choice. */
export function implementationFrom(
  environment: Readonly<Record<string, string | undefined>>,
  variable: string,
): Implementation | undefined {
  const value = environment[variable];
  if (value === undefined || value === '') return undefined;
  if (value === 'native' || value === 'wasm') return value;
  throw new AppError('implementation_unknown', `${variable} cannot be "${value}".`, {
    hint: 'Leave it out, or write native or wasm.',
  });
}
