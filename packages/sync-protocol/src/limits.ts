/**
 * Every bound of the protocol, in one place. What a peer sends beyond one is refused as
 * `message_malformed`; what we would send beyond one is a bug of ours.
 */
import { maxHistoryPageEntries, maxListDepth, maxRecordBytes } from '@holdfast/model';
import { maxFrameBytes } from '@holdfast/platform';

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

export const limits = {
  frameBytes: maxFrameBytes,

  deviceNameBytes: 64,
  softwareVersionBytes: 64,
  addresses: 16,
  addressBytes: 256,
  deviceIdBytes: 128,
  errorCodeBytes: 64,
  errorMessageBytes: kibibyte,

  folders: 1024,
  labelBytes: 255,
  massChanges: 16,
  /** Of all folders in one announcement together. */
  announcedMassChanges: 4000,
  folderProofs: 16,
  /** Of all folders in one announcement together. */
  announcedProofs: 500,

  /** Of one message; a sender with more says them in several. */
  trustStatements: 256,
  trustAddresses: 4,
  trustOverruled: 32,

  deltaRows: 2000,
  /** The rows of one delta together, as `indexRowBytes` counts them. */
  deltaRowsBytes: maxFrameBytes - kibibyte,
  recordBytes: maxRecordBytes,
  receiptExceptions: 1000,

  requestItems: 4096,
  itemBlocks: 1024,
  listDepth: maxListDepth,

  /** The largest block and the largest header that an envelope puts before it. */
  envelopeBytes: mebibyte + 64,
  /** The envelopes of one response together. */
  responseEnvelopeBytes: 1.5 * mebibyte,
  /** Blocks in one response; smaller ones than this leaves room for wait for the next. */
  responseBlocks: 4096,

  historyEntries: maxHistoryPageEntries,
  /** The entries of one page together, as `historyEntryBytes` counts them. */
  historyEntriesBytes: maxFrameBytes - 9 * kibibyte,
  cursorBytes: 8 * kibibyte,

  inviteTextBytes: 8 * kibibyte,
} as const;
