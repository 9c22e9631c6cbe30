/** Every message that a correct device may send, for property tests. */
import type {
  DeviceId,
  EpochId,
  FolderId,
  FolderPath,
  HistoryEntry,
  HistoryMoment,
  HistoryPage,
  HistoryQuery,
  MassChange,
  StoreId,
  VersionId,
} from '@holdfast/model';
import type {
  ArchiveProof,
  BlockRequest,
  BlockResponse,
  ControlMessage,
  FolderAnnouncement,
  HistoryAnswer,
  HistoryRequest,
  IndexDeltaMessage,
  IndexPosition,
  Invite,
  PairAnswer,
  PairRequest,
  TrustStatement,
} from '@holdfast/sync-protocol';
import fc from 'fast-check';

const safe = fc.oneof(
  fc.maxSafeNat(),
  fc.constantFrom(0, 127, 128, 2 ** 31, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
);
/** Milliseconds: what a date can be. */
const timeMs = fc.oneof(fc.integer({ min: 0, max: 8.64e15 }), fc.constantFrom(0, 8.64e15));
const u32 = fc.oneof(fc.nat(0xffff_ffff), fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1));
const bits = fc.bigInt(0n, 2n ** 64n - 1n);

function digits(byteCount: number): fc.Arbitrary<string> {
  return fc
    .uint8Array({ minLength: byteCount, maxLength: byteCount })
    .map((bytes) => Buffer.from(bytes).toString('hex'));
}

function bytes(minLength: number, maxLength: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength, maxLength });
}

function text(limitBytes: number): fc.Arbitrary<string> {
  return fc
    .string({ unit: 'grapheme', maxLength: limitBytes })
    .filter((it) => Buffer.byteLength(it) <= limitBytes && !/[\p{Cc}\p{Cs}]/u.test(it));
}

const folderId = fc
  .string({
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz234567'.split('')),
    minLength: 16,
    maxLength: 16,
  })
  .map((it) => it as FolderId);
const device = fc
  .string({
    unit: fc.constantFrom(...'123456789ABCDEFGHJKLMNPQR'.split('')),
    minLength: 8,
    maxLength: 128,
  })
  .map((it) => it as DeviceId);
const versionId = digits(32).map((it) => it as VersionId);
const epoch = digits(8).map((it) => it as EpochId);
const storeId = digits(8).map((it) => it as StoreId);
const path = fc
  .string({
    unit: fc.constantFrom('a', 'b', ' ', '\xc3', '\xbc', '\xff'),
    minLength: 1,
    maxLength: 40,
  })
  .map((it) => `x${it}/y${it}` as FolderPath);
const address = text(60).filter((it) => it !== '');
const addresses = fc.array(address, { maxLength: 16 });
const code = fc.constantFrom('folder_unknown', 'message_malformed', 'x');

const position: fc.Arbitrary<IndexPosition> = fc.record({
  epoch,
  sequence: safe,
  hash: digits(32),
});

const progress = {
  type: fc.constant('progress' as const),
  folderId,
  seen: position,
  sequence: safe,
  needFiles: safe,
  needBytes: safe,
};

const massChange: fc.Arbitrary<MassChange> = fc.record({
  id: digits(8),
  holder: device,
  author: device,
  sinceMs: timeMs,
  lastMs: timeMs,
  deleted: safe,
  rewritten: safe,
  files: safe,
  answer: fc.constantFrom('open', 'over', 'confirmed', 'rejected'),
});

const proof: fc.Arbitrary<ArchiveProof> = fc.record({
  kind: fc.constantFrom('verified', 'drilled'),
  device,
  storeId,
  atMs: timeMs,
  items: safe,
  bytes: safe,
  bad: safe,
  tookMs: safe,
  allWouldTakeMs: safe,
  signature: digits(64),
});

const announcement: fc.Arbitrary<FolderAnnouncement> = fc
  .record(
    {
      folderId,
      label: text(255),
      accepted: fc.boolean(),
      position,
      seen: position,
      archive: fc.record({ storeId, generation: safe }),
      mode: fc.constantFrom('send-receive', 'send-only', 'receive-only'),
      massChanges: fc.uniqueArray(massChange, { maxLength: 16, selector: ({ id }) => id }),
      proofs: fc.array(proof, { maxLength: 16 }),
    },
    {
      requiredKeys: ['folderId', 'label', 'accepted', 'position', 'mode', 'massChanges', 'proofs'],
    },
  )
  .map((it) => ({ ...it, epoch: it.position.epoch }));

const delta: fc.Arbitrary<IndexDeltaMessage> = fc
  .record({
    folderId,
    position,
    complete: fc.boolean(),
    more: fc.boolean(),
    rows: fc.uniqueArray(
      fc.record({
        sequence: safe.filter((it) => it > 0),
        state: fc.constantFrom('current' as const, 'side' as const),
        checked: fc.boolean(),
        record: bytes(1, 200),
      }),
      { maxLength: 20, selector: (row) => row.sequence },
    ),
  })
  .map(({ folderId: folder, position: at, complete, more, rows }) => {
    const sorted = rows.sort((a, b) => a.sequence - b.sequence);
    const sequence = Math.max(at.sequence, sorted.at(-1)?.sequence ?? 0);
    const after = (sorted.at(0)?.sequence ?? 1) - 1;
    const base = {
      type: 'index-delta' as const,
      folderId: folder,
      epoch: at.epoch,
      after,
      rows: sorted,
      ...(more ? { more: true as const } : {}),
    };
    return complete ? { ...base, position: { ...at, sequence } } : base;
  });

const statement: fc.Arbitrary<TrustStatement> = fc
  .record({
    issuer: device,
    subject: device,
    mark: fc.constantFrom('mine' as const, 'other' as const, 'revoked' as const),
    wasMine: fc.boolean(),
    counter: safe.filter((it) => it > 0),
    atMs: timeMs,
    name: text(64),
    addresses: fc.array(address, { maxLength: 4 }),
    overruled: fc.array(fc.record({ issuer: device, counter: safe }), { maxLength: 32 }),
    signature: digits(64),
  })
  .filter(({ issuer, subject }) => issuer !== subject)
  .map((it) => (it.mark === 'revoked' ? { ...it, overruled: [] } : { ...it, wasMine: false }));

export const controlMessage: fc.Arbitrary<ControlMessage> = fc.oneof(
  fc.record({
    type: fc.constant('trust' as const),
    statements: fc.array(statement, { maxLength: 20 }),
  }),
  fc.record({
    type: fc.constant('hello' as const),
    protocolMajor: fc.constant(1 as const),
    requiredFeatures: fc.constant(0n),
    supportedFeatures: bits,
    deviceName: text(64),
    softwareVersion: text(64),
    addresses,
  }),
  fc.record({
    type: fc.constant('folders' as const),
    folders: fc.uniqueArray(announcement, { maxLength: 10, selector: (it) => it.folderId }),
  }),
  delta,
  fc.record(progress),
  fc.record({
    ...progress,
    trouble: fc.constantFrom('disk-full' as const, 'disk-failed' as const, 'content-lost' as const),
  }),
  fc.record({
    type: fc.constant('receipt' as const),
    folderId,
    storeId,
    generation: safe,
    position,
    exceptions: fc.array(versionId, { maxLength: 20 }),
    logPosition: safe,
    logHead: digits(32),
  }),
  fc.record(
    { type: fc.constant('error' as const), code, message: text(1024), folderId },
    { requiredKeys: ['type', 'code', 'message'] },
  ),
);

export const blockRequest: fc.Arbitrary<BlockRequest> = fc.record({
  requestId: u32,
  folderId,
  items: fc.array(
    fc.record({
      versionId,
      level: fc.nat(4),
      first: u32,
      count: fc.integer({ min: 1, max: 1024 }),
    }),
    { minLength: 1, maxLength: 20 },
  ),
});

export const blockResponse: fc.Arbitrary<BlockResponse> = fc
  .record({
    requestId: u32,
    blocks: fc.array(fc.record({ item: fc.nat(4095), index: u32, envelope: bytes(1, 500) }), {
      maxLength: 20,
    }),
    missing: fc.array(
      fc.record({
        item: fc.nat(4095),
        reason: fc.constantFrom('gone', 'unknown', 'unreadable', 'not-member'),
      }),
      { maxLength: 20 },
    ),
    done: fc.boolean(),
  })
  .filter((it) => it.done || it.blocks.length + it.missing.length > 0);

const moment: fc.Arbitrary<HistoryMoment> = fc.oneof(
  fc.constant({ type: 'head' as const }),
  fc.record({ type: fc.constant('time' as const), atMs: timeMs }),
  fc.record({ type: fc.constant('position' as const), position: safe }),
);
const limit = fc.integer({ min: 1, max: 1000 });

const query: fc.Arbitrary<HistoryQuery> = fc.oneof(
  fc.record({ type: fc.constant('moment' as const), at: moment }),
  fc.record(
    { type: fc.constant('log' as const), path, cursor: bytes(1, 300), limit },
    { requiredKeys: ['type', 'path', 'limit'] },
  ),
  fc.record({ type: fc.constant('entry' as const), path, at: moment }),
  fc.record(
    {
      type: fc.constant('list' as const),
      directory: fc.oneof(path, fc.constant('' as const)),
      at: moment,
      recursive: fc.boolean(),
      deleted: fc.boolean(),
      cursor: bytes(1, 300),
      limit,
    },
    { requiredKeys: ['type', 'directory', 'at', 'recursive', 'deleted', 'limit'] },
  ),
  fc.record({ type: fc.constant('chain' as const), position: safe }),
  fc.record(
    { type: fc.constant('versions' as const), since: safe, cursor: bytes(1, 300), limit },
    { requiredKeys: ['type', 'since', 'limit'] },
  ),
  fc.record({
    type: fc.constant('version' as const),
    path,
    prefix: digits(32).map((it) => it.slice(0, 9)),
  }),
);

export const historyRequest: fc.Arbitrary<HistoryRequest> = fc.record({ folderId, query });

export const historyEntry: fc.Arbitrary<HistoryEntry> = fc.record({
  position: safe,
  versionId,
  recordBytes: bytes(1, 300),
  receivedAtMs: timeMs,
  clockSynchronised: fc.boolean(),
  becameCurrent: fc.boolean(),
  thinned: fc.boolean(),
  sender: device,
});

const page: fc.Arbitrary<HistoryPage> = fc.record(
  {
    storeId,
    generation: safe,
    position: safe,
    entries: fc.array(historyEntry, { maxLength: 10 }),
    head: digits(32),
    next: bytes(1, 300),
  },
  { requiredKeys: ['storeId', 'generation', 'position', 'entries'] },
);

export const historyAnswer: fc.Arbitrary<HistoryAnswer> = fc.oneof(
  fc.record({ type: fc.constant('page' as const), page }),
  fc.record({ type: fc.constant('error' as const), code, message: text(1024) }),
);

export const pairRequest: fc.Arbitrary<PairRequest> = fc.record({
  inviteId: digits(16),
  secret: bytes(16, 16),
  deviceName: text(64),
  addresses,
});

export const pairAnswer: fc.Arbitrary<PairAnswer> = fc
  .record({
    code: fc.constantFrom('' as const, 'invite_refused', 'invite_expired', 'invite_used'),
    mine: fc.boolean(),
    deviceName: text(64),
    addresses,
  })
  .map((it) => ({ accepted: it.code === '', ...it }));

export const invite: fc.Arbitrary<Invite> = fc.record({
  inviteId: digits(16),
  secret: bytes(16, 16),
  device,
  expiresAtMs: safe,
  addresses,
});
