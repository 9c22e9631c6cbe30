/** Three canonical records with their version ids, and the rolling hash over them in that order. */
import {
  type ActorId,
  type ContentId,
  type DeviceId,
  type FileRecord,
  type FolderPath,
  maxVectorCounter,
} from '@holdfast/model';

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
      vector: [{ actor: 'ffffffffffffffff' as ActorId, counter: maxVectorCounter }],
      author,
    },
    hex: '010404676f6e6501ffffffffffffffff8080808080804010313244334b6f6f576162636465666768',
    versionId: 'b0ff39a66410b220c1fa8e5e1da9038dc26194f09365ba17d5e1951dec71cda8',
    rollingHash: 'd66a42c36452090a1d0ccd963e9847ddeb62041ae0548c352744c56426bd1a09',
  },
];
