/**
 * A running node, reached over its API: the same interface that the node itself has. Answers are
 * trusted as typed: they come from the node whose token we hold, of the same version.
 */
import type { NodeControl } from '@holdfast/node';
import { AppError, errorMessage } from '@holdfast/platform';
import { type ApiTransport, createApiTransport } from './api-transport.js';
import {
  type Endpoint,
  endpoints,
  loginLinksPath,
  type Operation,
  versionHeader,
} from './endpoints.js';
import type { JsonOperation } from './operations.js';
import type { LoginLink } from './rest-server.js';

export interface RestClient extends NodeControl {
  /** A link that opens the page in a browser, once. */
  createLoginLink(): Promise<LoginLink>;
}

const loginLinks: Endpoint = { method: 'POST', path: loginLinksPath };

export function createRestClient(init: {
  /** `HOST:PORT` or `http://HOST:PORT`. */
  readonly address: string;
  readonly token: string;
}): RestClient {
  const transport = createApiTransport(init.address, init.token);
  const ask = async <Name extends JsonOperation>(
    name: Name,
    fields: object = {},
    signal?: AbortSignal,
  ): Promise<Answer<Name>> => {
    return (await transport.json(endpoints[name], fields, signal)) as Answer<Name>;
  };
  const tell = async (name: JsonOperation, fields: object, signal?: AbortSignal): Promise<void> => {
    await transport.json(endpoints[name], fields, signal);
  };
  return {
    createLoginLink: async () => (await transport.json(loginLinks, {})) as LoginLink,
    status: () => ask('status'),
    shutdown: () => tell('shutdown', {}),

    invite: (request) => ask('invite', request),
    join: (invite, mine) => ask('join', { invite, mine }),
    devices: () => ask('devices'),
    renameDevice: (device, name) => ask('renameDevice', { device, name }),
    removeDevice: (device) => tell('removeDevice', { device }),
    pendingDevices: () => ask('pendingDevices'),
    acceptDevice: (device, mine) => ask('acceptDevice', { device, mine }),
    markDevice: (device, mine) => ask('markDevice', { device, mine }),
    revokeDevice: (device) => ask('revokeDevice', { device }),
    confirmDevice: (device) => ask('confirmDevice', { device }),
    liftDevice: (device, mine) => ask('liftDevice', { device, mine }),
    addDeviceAddress: (device, address) => ask('addDeviceAddress', { device, address }),
    removeDeviceAddress: (device, address) => ask('removeDeviceAddress', { device, address }),

    addFolder: (request) => ask('addFolder', request),
    shareFolder: (folder, device) => tell('shareFolder', { folder, device }),
    unshareFolder: (folder, device) => tell('unshareFolder', { folder, device }),
    folderOffers: () => ask('folderOffers'),
    acceptFolder: (request) => ask('acceptFolder', request),
    folders: () => ask('folders'),
    removeFolder: (folder) => tell('removeFolder', { folder }),
    rescanFolder: (folder) => tell('rescanFolder', { folder }),
    pauseFolder: (folder) => tell('pauseFolder', { folder }),
    resumeFolder: (folder) => tell('resumeFolder', { folder }),
    setMode: (request) => ask('setMode', request),
    overrideFolder: (request) => ask('overrideFolder', request),
    revertFolder: (request) => ask('revertFolder', request),
    confirmFolder: (folder) => ask('confirmFolder', { folder }),
    rejectFolder: (folder) => ask('rejectFolder', { folder }),
    setGuard: (folder, guard) => ask('setGuard', { folder, guard }),
    setWatch: (folder, watch) => ask('setWatch', { folder, watch }),
    setCopies: (folder, copies) => ask('setCopies', { folder, copies }),
    ignorePatterns: (folder) => ask('ignorePatterns', { folder }),
    testIgnored: (folder, path) => ask('testIgnored', { folder, path }),
    setIgnorePatterns: (folder, text) => ask('setIgnorePatterns', { folder, text }),
    heldVersions: (folder) => ask('heldVersions', { folder }),
    releaseHeld: (request) => ask('releaseHeld', request),
    conflicts: (folder) => ask('conflicts', { folder }),
    problems: (folder) => ask('problems', { folder }),
    wait: ({ signal, ...fields }) => tell('wait', fields, signal),

    log: (query) => ask('log', query),
    list: (query) => ask('list', query),
    timeline: (request) => ask('timeline', request),
    cat: (query) => openFile(transport, query),
    where: (path) => ask('where', { path }),
    diff: (request) => ask('diff', request),
    undo: (request) => ask('undo', request),
    restores: () => ask('restores'),
    restore: ({ signal, ...fields }) => ask('restore', fields, signal),
    archiveStatus: () => ask('archiveStatus'),
    verify: ({ signal, ...fields }) => ask('verify', fields, signal),
    drill: (request) => ask('drill', request),
    thinArchive: (request) => ask('thinArchive', request),
    compactArchive: ({ signal }) => ask('compactArchive', {}, signal),
    unthinArchive: (folder) => ask('unthinArchive', { folder }),
    rebuildArchiveIndex: () => ask('rebuildArchiveIndex'),

    events: ({ since, limit, waitMs, signal }) =>
      ask('events', { since, limit, wait: waitMs / 1000 }, signal),
  };
}

type Answer<Name extends Operation> = Awaited<ReturnType<NodeControl[Name]>>;

async function openFile(transport: ApiTransport, query: object): Promise<Answer<'cat'>> {
  const response = await transport.open(endpoints.cat, query);
  const size = Number(response.headers['content-length']);
  const version = response.headers[versionHeader];
  return { size, version: typeof version === 'string' ? version : '', bytes: wholeFile() };

  async function* wholeFile(): AsyncGenerator<Uint8Array> {
    let received = 0;
    let cause: unknown;
    try {
      for await (const chunk of response as AsyncIterable<Uint8Array>) {
        received += chunk.length;
        yield chunk;
      }
    } catch (error) {
      cause = error;
    }
    if (cause === undefined && received === size) return;
    const reason = cause === undefined ? '' : ` (${errorMessage(cause)})`;
    throw new AppError(
      'file_incomplete',
      `Only ${received} of ${size} bytes arrived${reason}; what arrived is not the whole file.`,
      { hint: 'Try again. If it happens again, the log of the node says why.', cause },
    );
  }
}
