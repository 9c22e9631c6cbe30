/**
 * A node's home on disk: made private from the first moment, holding configuration, identity and
 * token. Secrets are 0600 in 0700 whatever the umask.
 */

import { type DeviceIdentity, generateIdentity, identityFrom } from '@holdfast/network-libp2p';
import {
  AppError,
  byteStringFrom,
  bytesOf,
  ensureDirectory,
  type FilePath,
  type FileSystem,
  fileErrorCode,
  fileTrouble,
  isDiskFull,
  joinPath,
  type RandomSource,
  readWholeFileIfPresent,
  statIfPresent,
  textOf,
  writeFileDurably,
} from '@holdfast/platform';
import { checkDeviceName } from './device-name.js';
import { configPath, newConfig, readConfig, writeConfig } from './node-config.js';

export interface HomeIdentity {
  readonly identity: DeviceIdentity;
  readonly name: string;
  /** Whether the configuration lets it look for devices on the local network. */
  readonly mdns: boolean;
}

function identityPath(home: FilePath): FilePath {
  return joinPath(home, 'identity.key');
}

function tokenPath(home: FilePath): FilePath {
  return joinPath(home, 'api-token');
}

/** Makes a new home. Throws `already_initialised`, `home_unusable`; then nothing was changed. */
export async function createHome(
  fileSystem: FileSystem,
  random: RandomSource,
  home: FilePath,
  name: string,
): Promise<HomeIdentity> {
  if (isHome(fileSystem, home)) {
    throw new AppError('already_initialised', `${textOf(home)} is a node's home already.`, {
      hint: 'Nothing was changed. Start it with: holdfast up, or choose another with --home DIR.',
    });
  }
  checkDeviceName(name, 'Choose another with --name.');
  const identity = await generateIdentity();
  try {
    ensureDirectory(fileSystem, home, 0o700);
    fileSystem.setPermissions(home, 0o700);
    const token = Buffer.from(random.bytes(32)).toString('base64url');
    writeFileDurably(fileSystem, tokenPath(home), bytesOf(`${token}\n`));
    writeFileDurably(fileSystem, identityPath(home), identity.privateKeyBytes);
    // The configuration comes last: with it, the home is whole.
    writeConfig(fileSystem, home, newConfig(name));
  } catch (cause) {
    throw unusable(home, cause);
  }
  return { identity, name, mdns: true };
}

/** Opens an existing home. Throws `config_invalid`, `identity_invalid`, `home_unusable`. */
export async function openHome(fileSystem: FileSystem, home: FilePath): Promise<HomeIdentity> {
  let key: Uint8Array | undefined;
  try {
    key = readWholeFileIfPresent(fileSystem, identityPath(home), 4096);
  } catch (cause) {
    throw unusable(home, cause);
  }
  const config = readConfig(fileSystem, home);
  if (key === undefined || config === undefined) {
    throw new AppError('home_incomplete', `${textOf(home)} lacks its identity or configuration.`, {
      hint: 'Nothing was changed. Put the missing file back from a copy, or choose another home with --home DIR.',
    });
  }
  return { identity: await readIdentity(home, key), name: config.name, mdns: config.mdns ?? true };
}

async function readIdentity(home: FilePath, key: Uint8Array): Promise<DeviceIdentity> {
  try {
    return await identityFrom(key);
  } catch (cause) {
    const path = textOf(identityPath(home));
    throw new AppError(
      'identity_invalid',
      `${path} is damaged. Your files are safe, but other devices know this one by that key.`,
      {
        hint:
          'Nothing was changed. Put the file back from a copy, or choose another home with ' +
          '--home DIR and pair this device anew.',
        cause,
      },
    );
  }
}

/** Whether a node's home was made here, wholly or in part. */
export function isHome(fileSystem: FileSystem, home: FilePath): boolean {
  try {
    return (
      statIfPresent(fileSystem, configPath(home)) !== undefined ||
      statIfPresent(fileSystem, joinPath(home, 'index')) !== undefined
    );
  } catch (cause) {
    throw unusable(home, cause);
  }
}

/** The token of the local API; a new one where it is missing. */
export function readToken(fileSystem: FileSystem, random: RandomSource, home: FilePath): string {
  const stored = readWholeFileIfPresent(fileSystem, tokenPath(home), 4096);
  const text = stored === undefined ? '' : byteStringFrom(stored).trim();
  if (text.length >= 32) return text;
  const token = Buffer.from(random.bytes(32)).toString('base64url');
  writeFileDurably(fileSystem, tokenPath(home), bytesOf(`${token}\n`));
  return token;
}

/** The home, or what is in it, cannot be read or written. */
export function unusable(home: FilePath, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const trouble = fileTrouble(cause);
  const next = isDiskFull(fileErrorCode(cause)) ? 'Make room' : 'Correct its permissions';
  return new AppError('home_unusable', `${textOf(home)} cannot be used as a home: ${trouble}.`, {
    hint: `What is in it stays as it is. ${next}, or choose another with --home DIR.`,
    cause,
  });
}
