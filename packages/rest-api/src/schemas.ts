/**
 * What each request may hold. The server reads nothing that has not passed its schema here; an
 * unknown field is refused, so that a misspelt option is never silently ignored.
 */
import { z } from 'zod';
import type { Operation } from './endpoints.js';
import {
  maxEventsAnswered,
  maxEventWaitMs,
  maxInviteCharacters,
  maxNameCharacters,
  maxPathCharacters,
  maxPatternCharacters,
  maxRulesCharacters,
  maxTimeCharacters,
  maxTimelineBuckets,
  maxWaitMs,
} from './limits.js';

const name = z.string().min(1).max(maxNameCharacters);
const path = z.string().min(1).max(maxPathCharacters);
const mode = z.enum(['send-receive', 'send-only', 'receive-only']);
const time = z.string().min(1).max(maxTimeCharacters);

const queryInteger = z
  .string()
  .regex(/^\d{1,15}$/, 'a whole number')
  .transform(Number);
const querySeconds = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,3})?$/, 'seconds, such as 30 or 0.5')
  .transform((text) => Math.round(Number(text) * 1000));
const queryFlag = z.enum(['true', 'false']).transform((text) => text === 'true');

const nothing = z.strictObject({});
const oneFolder = z.strictObject({ folder: name });
const oneDevice = z.strictObject({ device: name });
const folderAction = z.strictObject({ folder: name, dryRun: z.boolean().default(false) });
const folderAndDevice = z.strictObject({ folder: name, device: name });
const deviceAndAddress = z.strictObject({ device: name, address: name });
const historyQuery = z.strictObject({
  path,
  at: time.optional(),
  version: name.optional(),
  storeId: name.optional(),
});

export const requestSchemas = {
  status: nothing,
  shutdown: nothing,

  devices: nothing,
  invite: z.strictObject({
    expiresMs: z.int().positive().max(maxWaitMs).optional(),
    mine: z.boolean().optional(),
  }),
  join: z.strictObject({
    invite: z.string().min(1).max(maxInviteCharacters),
    mine: z.boolean().optional(),
  }),
  renameDevice: z.strictObject({ device: name, name }),
  removeDevice: oneDevice,
  pendingDevices: nothing,
  acceptDevice: oneDevice.extend({ mine: z.boolean().optional() }),
  markDevice: oneDevice.extend({ mine: z.boolean() }),
  revokeDevice: oneDevice,
  confirmDevice: oneDevice,
  liftDevice: oneDevice.extend({ mine: z.boolean().optional() }),
  addDeviceAddress: deviceAndAddress,
  removeDeviceAddress: deviceAndAddress,

  folders: nothing,
  folderOffers: nothing,
  ignorePatterns: oneFolder,
  testIgnored: z.strictObject({ folder: name, path }),
  setIgnorePatterns: z.strictObject({ folder: name, text: z.string().max(maxPatternCharacters) }),
  heldVersions: oneFolder,
  releaseHeld: folderAction,
  conflicts: oneFolder,
  problems: oneFolder,
  addFolder: z.strictObject({ path, label: name.optional(), mode: mode.optional() }),
  shareFolder: folderAndDevice,
  unshareFolder: folderAndDevice,
  acceptFolder: z.strictObject({
    folder: name,
    path: path.optional(),
    mode: mode.optional(),
    archive: z.boolean().default(false),
  }),
  removeFolder: oneFolder,
  rescanFolder: oneFolder,
  pauseFolder: oneFolder,
  resumeFolder: oneFolder,
  setMode: z.strictObject({ folder: name, mode, confirmed: z.boolean().default(false) }),
  overrideFolder: folderAction,
  revertFolder: folderAction,
  confirmFolder: oneFolder,
  rejectFolder: oneFolder,
  setGuard: z.strictObject({
    folder: name,
    guard: z
      .strictObject({
        files: z.number().optional(),
        sharePercent: z.number().optional(),
        windowMinutes: z.number().optional(),
      })
      .nullable(),
  }),
  setWatch: z.strictObject({ folder: name, watch: z.enum(['auto', 'native', 'polling']) }),
  setCopies: z.strictObject({ folder: name, copies: z.int().min(0).max(100) }),
  wait: z.strictObject({
    folder: name.optional(),
    archived: z.boolean().default(false),
    timeoutMs: z.int().min(0).max(maxWaitMs).optional(),
  }),

  log: historyQuery,
  list: historyQuery.extend({ deleted: queryFlag.default(false) }),
  timeline: z.strictObject({
    path,
    from: time.optional(),
    to: time.optional(),
    buckets: queryInteger.pipe(z.int().min(1).max(maxTimelineBuckets)).default(120),
    storeId: name.optional(),
  }),
  cat: historyQuery,
  where: z.strictObject({ path }),
  diff: z.strictObject({ path, from: name, to: name, storeId: name.optional() }),
  undo: z.strictObject({
    device: name,
    since: time,
    folder: name.optional(),
    storeId: name.optional(),
    dryRun: z.boolean().default(false),
    confirmed: z.boolean().default(false),
  }),
  restores: nothing,
  restore: historyQuery.extend({
    to: path.optional(),
    overwrite: z.enum(['never', 'if-changed', 'always']).optional(),
    dryRun: z.boolean().default(false),
  }),
  archiveStatus: nothing,
  verify: z.strictObject({ samplePercent: z.number().min(0).max(100).default(5) }),
  drill: z.strictObject({ folder: name.optional(), files: z.int().min(1).default(100) }),
  thinArchive: z.strictObject({
    folder: name,
    keep: z.string().min(1).max(maxRulesCharacters),
    apply: z.boolean().default(false),
    delayMs: z.int().min(0).max(maxWaitMs).optional(),
  }),
  compactArchive: nothing,
  unthinArchive: oneFolder,
  rebuildArchiveIndex: nothing,

  events: z.strictObject({
    since: queryInteger.default(0),
    limit: queryInteger.pipe(z.int().min(1).max(maxEventsAnswered)).default(100),
    /** Seconds, unlike everything inside: it is a URL that people type. */
    wait: querySeconds.pipe(z.number().max(maxEventWaitMs)).default(0),
  }),
} satisfies Record<Operation, z.ZodType>;

export type RequestOf<Name extends Operation> = z.output<(typeof requestSchemas)[Name]>;
