/** Three canonical records with their version ids, and the rolling hash over them in that order. */
import type { ActorId, ContentId, DeviceId, FileRecord, FolderPath } from '@holdfast/model';

const author = '12D3KooWabcdefgh' as DeviceId;
const vector = [
  { actor: '0011223344556677' as ActorId, counter: 1 },
  { actor: '8899aabbccddeeff' as ActorId, counter: 300 },
];

interface GoldenRecord {
  readonly record: FileRecord;
  readonly hex: string;
  readonly versionId: string;
  /** After this record's row. */
  readonly rollingHash: string;
}

export const goldenRecords: readonly GoldenRecord[] = [
  {
    record: {
      kind: 'file',
      path: 'notes/a.txt' as FolderPath,
      vector,
      author,
      permissions: 0o644,
      mtimeNs: 1_700_000_000_123_456_789n,
      sizeBytes: 262_149,
      chunker: 'fastcdc-256k',
      blocks: {
        depth: 0,
        entries: [
          { contentId: 'ab'.repeat(32) as ContentId, lengthBytes: 262_144 },
          { contentId: 'cd'.repeat(32) as ContentId, lengthBytes: 5 },
        ],
      },
    },
    hex: [
      '01010b6e6f7465732f612e747874020011223344556677018899aabbccddeeffac0210313244334b6f6f',
      '57616263646566676801a417979cfe3d85cd15858010010002ababababababababababababababababab',
      'ababababababababababababababab808010cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',
      'cdcdcdcdcdcdcdcd05',
    ].join(''),
    versionId: '8a46af8de3c66265a97b7afb9c62d59c5367cb7e2b9e2b013da5c7c08d1b31a5',
    rollingHash: 'c759ac866079397b9cf78ace60726a1c9c20f3e54828d3ee941aed584dec075e',
  },
  {
    record: {
      kind: 'symlink',
      path: 'caf\xc3\xa9' as FolderPath,
      vector,
      author,
      target: '../x\xff',
    },
    hex: [
      '010305636166c3a9020011223344556677018899aabbccddeeffac0210313244334b6f6f576162636465',
      '666768052e2e2f78ff',
    ].join(''),
    versionId: '5e3837ef8d22f3dc3d914fa73f64f776019a9d8112294fbda837c8f34e966da9',
    rollingHash: '5313ef070bac1f21df694dac1e0df63850d130cf1928234cea4b4ad0d91b8d6e',
  },
  {
    record: {
      kind: 'tombstone',
      path: 'gone' as FolderPath,
      vector: [{ actor: 'ffffffffffffffff' as ActorId, counter: Number.MAX_SAFE_INTEGER }],
      author,
    },
    hex: '010404676f6e6501ffffffffffffffffffffffffffffff0f10313244334b6f6f576162636465666768',
    versionId: 'df686f6a13b6b5b30d99ea1c663881fe38561558caf5a47388ac6ec6dcf6232a',
    rollingHash: 'f2794f34c729a70af52ce8de6f1f3f28a3189b1c68486ac3526693215b8d71c5',
  },
];
