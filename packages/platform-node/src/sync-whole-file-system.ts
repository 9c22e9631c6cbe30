/**
 * syncfs(2), which Node lacks, by way of the `sync` command. The command gets the open file as its
 * standard input, so that a path of any bytes works and nobody can swap it meanwhile.
 */
import { spawnSync } from 'node:child_process';

/** Undefined until the first use: whether this machine has `sync -f`. */
let available: boolean | undefined;

/** False where there is no such command; throws EIO when the disk did not take everything. */
export function syncWholeFileSystem(descriptor: number): boolean {
  available ??= process.platform === 'linux' && runSync('/proc', 'ignore').succeeded;
  if (!available) return false;
  const { succeeded, message } = runSync('/proc/self/fd/0', descriptor);
  if (!succeeded) throw Object.assign(new Error(`EIO: syncfs: ${message}`), { code: 'EIO' });
  return true;
}

function runSync(
  path: string,
  input: number | 'ignore',
): { readonly succeeded: boolean; readonly message: string } {
  const result = spawnSync('sync', ['-f', path], { stdio: [input, 'ignore', 'pipe'] });
  const message = result.error?.message ?? result.stderr.toString().trim();
  return { succeeded: result.status === 0, message };
}
