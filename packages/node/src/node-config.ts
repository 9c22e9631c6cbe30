/**
 * The node's configuration file: who it is paired with, which folders it keeps and with whom. It is
 * the only thing here that a person cannot get back by syncing, so it is written durably and read
 * strictly: a damaged one stops the node instead of being taken for an empty one.
 */

import { type DeviceId, isEightByteId, isFolderId } from '@holdfast/model';
import {
  AppError,
  byteStringFrom,
  byteStringFromText,
  bytesOf,
  type FilePath,
  type FileSystem,
  fileErrorCode,
  fileTrouble,
  isDiskFull,
  joinPath,
  Mutex,
  readWholeFileIfPresent,
  textOf,
  writeFileDurably,
} from '@holdfast/platform';
import { limits } from '@holdfast/sync-protocol';
import { z } from 'zod';

const deviceSchema = z.strictObject({
  id: z.string().min(8),
  name: z.string(),
  /** Given by a person: always tried. */
  staticAddresses: z.array(z.string()).max(16),
  /** Where it answered or said that it is, newest first. */
  learnedAddresses: z.array(z.string()).max(16),
  lastSeenMs: z.number().nullable(),
  /** What it said that it runs, when the two last met; older configurations do not say. */
  softwareVersion: z.string().max(64).optional(),
  /** No person here paired with it or accepted it: another device of theirs introduced it. */
  introduced: z.literal(true).optional(),
});

const deviceId = z
  .string()
  .min(8)
  .max(limits.deviceIdBytes)
  .transform((id) => id as DeviceId);

/** As it was signed: see `TrustStatement`. */
const statementSchema = z.strictObject({
  issuer: deviceId,
  subject: deviceId,
  mark: z.enum(['mine', 'other', 'revoked']),
  wasMine: z.boolean(),
  counter: z.number().int().min(1),
  atMs: z.number().int().min(0),
  name: z.string(),
  addresses: z.array(z.string()).max(limits.trustAddresses).readonly(),
  overruled: z
    .array(z.strictObject({ issuer: deviceId, counter: z.number().int().min(0) }))
    .max(limits.trustOverruled)
    .readonly(),
  signature: z.string().regex(/^[0-9a-f]{128}$/),
});

/** Over 200 files and over 25 % of them within ten minutes. */
export const defaultGuard = { files: 200, sharePercent: 25, windowMinutes: 10 };

const guardSchema = z.strictObject({
  files: z.number().int().min(1),
  sharePercent: z.number().min(0).max(100),
  windowMinutes: z.number().min(0.1),
});

const folderSchema = z.strictObject({
  id: z.string().refine((id): boolean => isFolderId(id)),
  label: z.string().min(1),
  /** Absolute native path; null where only history is kept. */
  path: z.string().nullable(),
  /** The instance of the marker in the folder's root. */
  markerInstance: z.string().nullable(),
  mode: z.enum(['send-receive', 'send-only', 'receive-only']),
  archive: z.boolean(),
  members: z.array(z.string()),
  copies: z.number().int().min(1),
  paused: z.boolean(),
  /** How changes are noticed; older configurations do not say. */
  watch: z.enum(['auto', 'native', 'polling']).default('auto'),
  /** From when on a mass change waits for a person; null: never. Older configurations do not say. */
  guard: guardSchema.nullable().default(defaultGuard),
});

const inviteSchema = z.strictObject({
  /** 16 bytes, hexadecimal; invites of earlier builds have 8, and end by themselves. */
  id: z.string().regex(/^([0-9a-f]{16}){1,2}$/),
  /** BLAKE3-256 of the secret, hexadecimal: the secret itself is never stored. */
  secretHash: z.string().regex(/^[0-9a-f]{64}$/),
  expiresAtMs: z.number(),
  failures: z.number().int(),
  /** Whether who joins is a device of the same user; older invites do not say. */
  mine: z.boolean().default(false),
});

const configVersion = 1;

const configSchema = z.strictObject({
  version: z.literal(configVersion),
  name: z.string().min(1),
  /** False: this device neither looks for others on the local network nor is seen there. */
  mdns: z.boolean().optional(),
  devices: z.array(deviceSchema),
  folders: z.array(folderSchema),
  invites: z.array(inviteSchema),
  /** What was said of devices, here and elsewhere: kept for good. Older configurations say nothing. */
  trust: z.array(statementSchema).default([]),
  /** Devices that a person removed here: nobody introduces them again. */
  removed: z.array(deviceId).default([]),
  /** The store with the history that is kept here; older configurations do not say. */
  storeId: z.string().refine(isEightByteId).optional(),
});

export type StoredDevice = z.infer<typeof deviceSchema>;
export type StoredFolder = z.infer<typeof folderSchema>;
export type StoredGuard = z.infer<typeof guardSchema>;
export type StoredInvite = z.infer<typeof inviteSchema>;
export type StoredConfig = z.infer<typeof configSchema>;

export function newConfig(name: string): StoredConfig {
  return {
    version: configVersion,
    name,
    devices: [],
    folders: [],
    invites: [],
    trust: [],
    removed: [],
  };
}

export function configPath(home: FilePath): FilePath {
  return joinPath(home, 'config.json');
}

/** Undefined where there is none. Throws `config_invalid`, `config_newer`; the file is left as it is. */
export function readConfig(fileSystem: FileSystem, home: FilePath): StoredConfig | undefined {
  const bytes = readWholeFileIfPresent(fileSystem, configPath(home));
  if (bytes === undefined) return undefined;
  const path = textOf(configPath(home));
  const value = parsedJson(path, textOf(byteStringFrom(bytes)));
  const version = versionOf(value);
  if (version !== undefined && version > configVersion) throw configNewer(path, version);
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined ? '' : `${issue.path.join('.')}: ${issue.message}`;
  throw configInvalid(path, where, parsed.error);
}

function parsedJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw configInvalid(path, 'it is no whole JSON document', cause);
  }
}

function versionOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('version' in value)) return undefined;
  return typeof value.version === 'number' ? value.version : undefined;
}

function configInvalid(path: string, where: string, cause: unknown): AppError {
  return new AppError('config_invalid', `${path} cannot be understood (${where}).`, {
    hint: 'Nothing was changed. Correct it, or put back a copy of it, and start again.',
    cause,
  });
}

function configNewer(path: string, version: number): AppError {
  const message = `${path} has version ${version}; this Holdfast knows version ${configVersion}.`;
  return new AppError('config_newer', message, {
    hint: 'Nothing was changed. Update Holdfast on this device, and start again.',
  });
}

/** Throws `config_unwritable`; then the old one is in place. */
export function writeConfig(fileSystem: FileSystem, home: FilePath, config: StoredConfig): void {
  const text = `${JSON.stringify(config, null, 2)}\n`;
  try {
    writeFileDurably(fileSystem, configPath(home), bytesOf(byteStringFromText(text)));
  } catch (cause) {
    const code = fileErrorCode(cause);
    if (code === undefined) throw cause;
    const next = isDiskFull(code) ? 'Make room' : 'Check the disk and its permissions';
    const path = textOf(configPath(home));
    throw new AppError('config_unwritable', `${path} cannot be written: ${fileTrouble(cause)}.`, {
      hint: `Nothing was changed. ${next}, then try again.`,
      kind: 'retry',
      cause,
    });
  }
}

/** The configuration of a running node: every change is durable before it counts. */
export class NodeConfig {
  readonly #fileSystem: FileSystem;
  readonly #home: FilePath;
  readonly #mutex = new Mutex();
  #current: StoredConfig;

  constructor(fileSystem: FileSystem, home: FilePath, current: StoredConfig) {
    this.#fileSystem = fileSystem;
    this.#home = home;
    this.#current = current;
  }

  get current(): StoredConfig {
    return this.#current;
  }

  /** Replaces the configuration by what `change` makes of it. */
  async update(change: (config: StoredConfig) => StoredConfig): Promise<StoredConfig> {
    return this.#mutex.run(async () => {
      const next = change(this.#current);
      if (next === this.#current) return next;
      writeConfig(this.#fileSystem, this.#home, next);
      this.#current = next;
      return next;
    });
  }

  async updateDevice(id: string, change: (device: StoredDevice) => StoredDevice): Promise<void> {
    await this.update((config) => ({
      ...config,
      devices: config.devices.map((device) => (device.id === id ? change(device) : device)),
    }));
  }

  async updateFolder(id: string, change: (folder: StoredFolder) => StoredFolder): Promise<void> {
    await this.update((config) => ({
      ...config,
      folders: config.folders.map((folder) => (folder.id === id ? change(folder) : folder)),
    }));
  }
}
