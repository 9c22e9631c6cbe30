/** Where one node keeps everything of its own, and the names inside. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export interface HomePaths {
  readonly home: string;
  readonly config: string;
  readonly identity: string;
  readonly token: string;
  readonly lock: string;
  readonly api: string;
  readonly index: string;
  readonly store: string;
  readonly logs: string;
}

/** The flag, else HOLDFAST_HOME, else the XDG data directory; always absolute. */
export function resolveHome(
  asked: string | undefined,
  variables: Readonly<Record<string, string | undefined>>,
  workingDirectory: string,
): string {
  const named = asked ?? variables.HOLDFAST_HOME;
  if (named !== undefined && named !== '') return resolve(workingDirectory, named);
  const data = variables.XDG_DATA_HOME;
  // The XDG specification says that a relative path is to be passed over.
  if (data?.startsWith('/')) return join(data, 'holdfast');
  return join(variables.HOME || homedir(), '.local', 'share', 'holdfast');
}

/** Where what can be made again is kept: the XDG cache directory, or below the user's home. */
export function cacheDirectory(variables: Readonly<Record<string, string | undefined>>): string {
  const cache = variables.XDG_CACHE_HOME;
  if (cache?.startsWith('/')) return join(cache, 'holdfast');
  return join(variables.HOME || homedir(), '.cache', 'holdfast');
}

export function homePaths(home: string): HomePaths {
  return {
    home,
    config: join(home, 'config.json'),
    identity: join(home, 'identity.key'),
    token: join(home, 'api-token'),
    lock: join(home, 'lock'),
    api: join(home, 'api.json'),
    index: join(home, 'index'),
    store: join(home, 'store'),
    logs: join(home, 'logs'),
  };
}
