/** Finds the running node of a home: its address in `api.json`, its token in `api-token`. */
import { readFileSync } from 'node:fs';
import { AppError, fileErrorCode } from '@holdfast/platform';
import { createRestClient, type RestClient } from '@holdfast/rest-api';
import type { Environment } from './environment.js';
import type { HomePaths } from './home-directory.js';

export interface NodeConnection {
  readonly client: RestClient;
  readonly pid: number;
}

/** Throws `node_not_running` where no node of this home can be there. */
export function connectToNode(paths: HomePaths, environment: Environment): NodeConnection {
  const api = parsedApi(readText(paths.api));
  const token = readText(paths.token)?.trim();
  if (api === undefined || token === undefined || !environment.processLives(api.pid)) {
    throw notRunning(paths.home);
  }
  const client = createRestClient({ address: api.address, token });
  return { client: refusingStrangers(client, paths.home), pid: api.pid };
}

/** Another program may have taken over the pid or the port: then our node is not running. */
function refusingStrangers(client: RestClient, home: string): RestClient {
  const wrapped = Object.entries(client).map(([name, method]) => [
    name,
    async (...given: unknown[]) => {
      try {
        return await (method as (...given: unknown[]) => Promise<unknown>)(...given);
      } catch (error) {
        const foreign =
          error instanceof AppError &&
          (error.code === 'unauthorised' || error.code === 'answer_unreadable');
        throw foreign ? notRunning(home, error) : error;
      }
    },
  ]);
  return Object.fromEntries(wrapped) as RestClient;
}

function notRunning(home: string, cause?: unknown): AppError {
  return new AppError('node_not_running', `No node is running for ${home}.`, {
    hint: 'Start it with: npx holdfast up',
    kind: 'retry',
    cause,
  });
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new AppError('home_unreadable', `${path} cannot be read (${code ?? 'unknown reason'}).`, {
      hint: 'Run the command as the user who runs the node.',
      cause: error,
    });
  }
}

function parsedApi(text: string | undefined): { pid: number; address: string } | undefined {
  if (text === undefined) return undefined;
  try {
    const { pid, address } = JSON.parse(text) as { pid?: unknown; address?: unknown };
    const usable = typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0;
    return usable && typeof address === 'string' && address !== '' ? { pid, address } : undefined;
  } catch {
    // Half-written or damaged: the node writes it anew at its next start.
    return undefined;
  }
}
