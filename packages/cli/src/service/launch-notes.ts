/** What a person should know about the place that a service starts the program from. */
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

export function launchNotes([, file = '']: readonly string[]): string[] {
  if (/[\\/]_npx[\\/]/.test(file)) {
    return ["It starts from npx's cache, which is emptied some day. Install Holdfast first."];
  }
  if (!existsSync(file)) return [];
  const isCheckout = existsSync(join(realpathSync(file), '../../src/main.ts'));
  return isCheckout
    ? ['It starts this checkout. After you change or update it: npm install && npm run build']
    : [];
}
