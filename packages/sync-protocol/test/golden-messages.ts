/**
 * One message of each kind with its frame, and three records with their version ids. The bytes are
 * the format: a change here breaks every device that runs an older version.
 */
import type { DeviceId, EpochId, FolderId, FolderPath, StoreId, VersionId } from '@holdfast/model';
import { bytesFromHex } from '@holdfast/model';
import type {
  BlockRequest,
  BlockResponse,
  ControlMessage,
  HistoryAnswer,
  HistoryRequest,
  IndexPosition,
  Invite,
  PairAnswer,
  PairRequest,
} from '@holdfast/sync-protocol';
import { goldenTrust } from './golden-trust.js';

/** A value and the bytes that stand for it, in hexadecimal digits. */
export interface Golden<T> {
  readonly name: string;
  readonly value: T;
  readonly hex: string;
}

const folderId = 'abcdefghijklmnop' as FolderId;
const epoch = '0102030405060708' as EpochId;
const storeId = '1112131415161718' as StoreId;
const device = '12D3KooWabcdefgh' as DeviceId;
const secret = bytesFromHex('404142434445464748494a4b4c4d4e4f');
const record = bytesFromHex('010401610101');
const position: IndexPosition = { epoch, sequence: 300, hash: 'aa'.repeat(32) };
const inviteId = '31323334353637383132333435363738';
const progress = {
  type: 'progress',
  folderId,
  seen: position,
  sequence: 4,
  needFiles: 2,
  needBytes: 3_000_000_000,
} as const;

export const controlMessages: readonly Golden<ControlMessage>[] = [
  {
    name: 'hello',
    value: {
      type: 'hello',
      protocolMajor: 1,
      requiredFeatures: 0n,
      supportedFeatures: 2n ** 63n + 1n,
      deviceName: 'Łaptop',
      softwareVersion: '0.1.0',
      addresses: ['/ip4/192.168.1.7/tcp/22600'],
    },
    hex: [
      '0a3708011901000000000000802207c5816170746f702a05302e312e30321a2f6970342f3139322e3136',
      '382e312e372f7463702f3232363030',
    ].join(''),
  },
  {
    name: 'folders',
    value: {
      type: 'folders',
      folders: [
        {
          folderId,
          label: 'Photos',
          accepted: true,
          epoch,
          position,
          seen: { epoch: '2122232425262728' as EpochId, sequence: 0, hash: '00'.repeat(32) },
          archive: { storeId, generation: 1 },
          mode: 'receive-only',
          massChanges: [],
          proofs: [],
        },
      ],
    },
    hex: [
      '1298010a95010a106162636465666768696a6b6c6d6e6f70120650686f746f7318012208010203040506',
      '07082a2f0a08010203040506070810ac021a20aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
      'aaaaaaaaaaaaaaaaaa322c0a0821222324252627281a2000000000000000000000000000000000000000',
      '000000000000000000000000003a0c0a08111213141516171810014003',
    ].join(''),
  },
  {
    name: 'folders with a mass change',
    value: {
      type: 'folders',
      folders: [
        {
          folderId,
          label: 'Photos',
          accepted: true,
          epoch,
          position,
          seen: { epoch: '2122232425262728' as EpochId, sequence: 0, hash: '00'.repeat(32) },
          archive: { storeId, generation: 1 },
          mode: 'receive-only',
          massChanges: [
            {
              id: '6162636465666768',
              holder: device,
              author: '12D3KooWhijkmnop' as DeviceId,
              sinceMs: 1_700_000_000_000,
              lastMs: 1_700_000_060_000,
              deleted: 300,
              rewritten: 1,
              files: 900,
              answer: 'rejected',
            },
          ],
          proofs: [],
        },
      ],
    },
    hex: [
      '12e0010add010a106162636465666768696a6b6c6d6e6f70120650686f746f7318012208010203040506',
      '07082a2f0a08010203040506070810ac021a20aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
      'aaaaaaaaaaaaaaaaaa322c0a0821222324252627281a2000000000000000000000000000000000000000',
      '000000000000000000000000003a0c0a081112131415161718100140034a460a08616263646566676812',
      '10313244334b6f6f5761626364656667681a10313244334b6f6f5768696a6b6d6e6f702080d095ffbc31',
      '28e0a499ffbc3130ac0238014084074804',
    ].join(''),
  },
  {
    name: 'folders with a proof',
    value: {
      type: 'folders',
      folders: [
        {
          folderId,
          label: 'Photos',
          accepted: true,
          epoch,
          position,
          mode: 'send-only',
          massChanges: [],
          proofs: [
            {
              kind: 'drilled',
              device,
              storeId,
              atMs: 1_700_000_000_000,
              items: 100,
              bytes: 5_000_000,
              bad: 0,
              tookMs: 1500,
              allWouldTakeMs: 600_000,
              signature: 'cc'.repeat(64),
            },
          ],
        },
      ],
    },
    hex: [
      '12d3010ad0010a106162636465666768696a6b6c6d6e6f70120650686f746f7318012208010203040506',
      '07082a2f0a08010203040506070810ac021a20aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
      'aaaaaaaaaaaaaaaaaa4002527508021210313244334b6f6f5761626364656667681a0811121314151617',
      '182080d095ffbc31286430c096b10240dc0b48c0cf245240cccccccccccccccccccccccccccccccccccc',
      'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',
      'cccccccc',
    ].join(''),
  },
  goldenTrust,
  {
    name: 'index-delta',
    value: {
      type: 'index-delta',
      folderId,
      epoch,
      after: 298,
      rows: [
        { sequence: 299, state: 'current', checked: false, record },
        { sequence: 300, state: 'side', checked: false, record },
      ],
      position,
    },
    hex: [
      '1a6e0a106162636465666768696a6b6c6d6e6f70120801020304050607081a0d08ab0210011a06010401',
      '6101011a0d08ac0210021a06010401610101222f0a08010203040506070810ac021a20aaaaaaaaaaaaaa',
      'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa28aa02',
    ].join(''),
  },
  {
    name: 'index-delta with a checked row',
    value: {
      type: 'index-delta',
      folderId,
      epoch,
      after: 298,
      rows: [
        { sequence: 299, state: 'current', checked: true, record },
        { sequence: 300, state: 'side', checked: false, record },
      ],
      position,
    },
    hex: [
      '1a700a106162636465666768696a6b6c6d6e6f70120801020304050607081a0f08ab0210011a06010401',
      '61010120011a0d08ac0210021a06010401610101222f0a08010203040506070810ac021a20aaaaaaaaaa',
      'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa28aa02',
    ].join(''),
  },
  {
    name: 'index-delta with more to come',
    value: { type: 'index-delta', folderId, epoch, after: 298, rows: [], more: true },
    hex: '1a210a106162636465666768696a6b6c6d6e6f7012080102030405060708' + '28aa023001',
  },
  {
    name: 'progress',
    value: progress,
    hex: [
      '224d0a106162636465666768696a6b6c6d6e6f70122f0a08010203040506070810ac021a20aaaaaaaaaa',
      'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa180420022880bcc1960b',
    ].join(''),
  },
  {
    name: 'progress of a device whose disk is full',
    value: { ...progress, trouble: 'disk-full' },
    hex: [
      '224f0a106162636465666768696a6b6c6d6e6f70122f0a08010203040506070810ac021a20aaaaaaaaaa',
      'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa180420022880bcc1960b3001',
    ].join(''),
  },
  {
    name: 'receipt',
    value: {
      type: 'receipt',
      folderId,
      storeId,
      generation: 1,
      position,
      exceptions: ['bb'.repeat(32) as VersionId],
      logPosition: Number.MAX_SAFE_INTEGER,
      logHead: 'cc'.repeat(32),
    },
    hex: [
      '2a9c010a106162636465666768696a6b6c6d6e6f70120811121314151617181801222f0a080102030405',
      '06070810ac021a20aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2a20',
      'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb30ffffffffffffff0f3a',
      '20cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',
    ].join(''),
  },
  {
    name: 'error',
    value: { type: 'error', code: 'folder_unknown', message: 'Not shared here.', folderId },
    hex: [
      '32340a0e666f6c6465725f756e6b6e6f776e12104e6f742073686172656420686572652e1a1061626364',
      '65666768696a6b6c6d6e6f70',
    ].join(''),
  },
];

export const blockRequest: Golden<BlockRequest> = {
  name: 'block request',
  value: {
    requestId: 7,
    folderId,
    items: [{ versionId: 'dd'.repeat(32) as VersionId, level: 0, first: 5, count: 1024 }],
  },
  hex: [
    '080712106162636465666768696a6b6c6d6e6f701a270a20dddddddddddddddddddddddddddddddddddd',
    'dddddddddddddddddddddddddddd1805208008',
  ].join(''),
};

export const blockResponse: Golden<BlockResponse> = {
  name: 'block response',
  value: {
    requestId: 7,
    blocks: [{ item: 0, index: 5, envelope: bytesFromHex('0000000568656c6c6f') }],
    missing: [{ item: 1, reason: 'gone' }],
    done: true,
  },
  hex: '0807120d10051a090000000568656c6c6f1a04080110012001',
};

export const historyRequest: Golden<HistoryRequest> = {
  name: 'history request',
  value: {
    folderId,
    query: {
      type: 'list',
      directory: 'a/b' as FolderPath,
      at: { type: 'time', atMs: 1_700_000_000_000 },
      recursive: true,
      deleted: false,
      cursor: bytesFromHex('0102'),
      limit: 1000,
    },
  },
  hex: [
    '0a106162636465666768696a6b6c6d6e6f702a170a03612f6212071080d095ffbc3118012a02010230e8',
    '07',
  ].join(''),
};

export const versionsRequest: Golden<HistoryRequest> = {
  name: 'request for all versions behind a position',
  value: {
    folderId,
    query: { type: 'versions', since: 300, cursor: bytesFromHex('0102'), limit: 1000 },
  },
  hex: '0a106162636465666768696a6b6c6d6e6f70420a08ac021202010218e807',
};

export const historyAnswers: readonly Golden<HistoryAnswer>[] = [
  {
    name: 'history page',
    value: {
      type: 'page',
      page: {
        storeId,
        generation: 1,
        position: 12,
        entries: [
          {
            position: 12,
            versionId: 'ee'.repeat(32) as VersionId,
            recordBytes: record,
            receivedAtMs: 1_700_000_000_000,
            clockSynchronised: true,
            becameCurrent: false,
            thinned: false,
            sender: device,
          },
        ],
        next: bytesFromHex('03'),
      },
    },
    hex: [
      '0a5a0a0811121314151617181001180c2247080c1220eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee',
      'eeeeeeeeeeeeeeeeeeeeeeee1a060104016101012080d095ffbc3128013a10313244334b6f6f57616263',
      '64656667682a0103',
    ].join(''),
  },
  {
    name: 'history error',
    value: { type: 'error', code: 'folder_unknown', message: 'Not kept here.' },
    hex: '12200a0e666f6c6465725f756e6b6e6f776e120e4e6f74206b65707420686572652e',
  },
];

export const pairRequest: Golden<PairRequest> = {
  name: 'pair request',
  value: { inviteId, secret, deviceName: 'desktop', addresses: ['/ip4/10.0.0.2/tcp/22600'] },
  hex: [
    '0a460a10313233343536373831323334353637381210404142434445464748494a4b4c4d4e4f1a076465',
    '736b746f7022172f6970342f31302e302e302e322f7463702f3232363030',
  ].join(''),
};

export const pairAnswer: Golden<PairAnswer> = {
  name: 'pair answer',
  value: { accepted: false, code: 'invite_expired', mine: false, deviceName: 'pi', addresses: [] },
  hex: '1214120e696e766974655f657870697265641a027069',
};

export const invite: { readonly value: Invite; readonly text: string } = {
  value: {
    inviteId,
    secret,
    device,
    expiresAtMs: 1_700_000_000_000,
    addresses: ['/ip4/10.0.0.2/tcp/22600'],
  },
  text: [
    'holdfast:AjEyMzQ1Njc4MTIzNDU2NzhAQUJDREVGR0hJSktMTU5PEDEyRDNLb29XYWJjZGVmZ2gAAAGLz-V',
    'oAAEXL2lwNC8xMC4wLjAuMi90Y3AvMjI2MDDdKt6D',
  ].join(''),
};
