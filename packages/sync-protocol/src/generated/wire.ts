/* Generated from schema/wire.proto by scripts/generate.mjs; never edited by hand. */
/* oxlint-disable */
import { decodeMessage, encodeMessage, enumeration, MaxLengthError, message, streamMessage } from 'protons-runtime'
import type { Codec, DecodeOptions } from 'protons-runtime'

const noBytes = new Uint8Array(0)

export interface WirePosition {
  epoch: Uint8Array<ArrayBuffer>
  sequence: number
  hash: Uint8Array<ArrayBuffer>
}

export namespace WirePosition {
  let _codec: Codec<WirePosition>

  export const codec = (): Codec<WirePosition> => {
    if (_codec == null) {
      _codec = message<WirePosition>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.epoch != null && obj.epoch.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.epoch)
        }

        if ((obj.sequence != null && obj.sequence !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.sequence)
        }

        if ((obj.hash != null && obj.hash.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.hash)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: noBytes,
          sequence: 0,
          hash: noBytes
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.epoch = reader.bytes()
              break
            }
            case 2: {
              obj.sequence = reader.uint64Number()
              break
            }
            case 3: {
              obj.hash = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.sequence`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.hash`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WirePositionEpochFieldEvent {
    field: '$.epoch'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WirePositionSequenceFieldEvent {
    field: '$.sequence'
    value: number
  }

  export interface WirePositionHashFieldEvent {
    field: '$.hash'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WirePosition>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WirePosition.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WirePosition>): WirePosition {
    return decodeMessage(buf, WirePosition.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WirePosition>): Generator<WirePositionEpochFieldEvent | WirePositionSequenceFieldEvent | WirePositionHashFieldEvent> {
    return streamMessage(buf, WirePosition.codec(), opts)
  }
}

export interface WireControl {
  hello?: WireHello
  folders?: WireFolders
  indexDelta?: WireIndexDelta
  progress?: WireProgress
  receipt?: WireReceipt
  error?: WireError
  trust?: WireTrust
}

export namespace WireControl {
  let _codec: Codec<WireControl>

  export const codec = (): Codec<WireControl> => {
    if (_codec == null) {
      _codec = message<WireControl>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.trust != null) {
          obj.error = undefined
          obj.receipt = undefined
          obj.progress = undefined
          obj.indexDelta = undefined
          obj.folders = undefined
          obj.hello = undefined
        }

        if (obj.error != null) {
          obj.trust = undefined
          obj.receipt = undefined
          obj.progress = undefined
          obj.indexDelta = undefined
          obj.folders = undefined
          obj.hello = undefined
        }

        if (obj.receipt != null) {
          obj.trust = undefined
          obj.error = undefined
          obj.progress = undefined
          obj.indexDelta = undefined
          obj.folders = undefined
          obj.hello = undefined
        }

        if (obj.progress != null) {
          obj.trust = undefined
          obj.error = undefined
          obj.receipt = undefined
          obj.indexDelta = undefined
          obj.folders = undefined
          obj.hello = undefined
        }

        if (obj.indexDelta != null) {
          obj.trust = undefined
          obj.error = undefined
          obj.receipt = undefined
          obj.progress = undefined
          obj.folders = undefined
          obj.hello = undefined
        }

        if (obj.folders != null) {
          obj.trust = undefined
          obj.error = undefined
          obj.receipt = undefined
          obj.progress = undefined
          obj.indexDelta = undefined
          obj.hello = undefined
        }

        if (obj.hello != null) {
          obj.trust = undefined
          obj.error = undefined
          obj.receipt = undefined
          obj.progress = undefined
          obj.indexDelta = undefined
          obj.folders = undefined
        }

        if (obj.hello != null) {
          w.uint32(10)
          WireHello.codec().encode(obj.hello, w)
        }

        if (obj.folders != null) {
          w.uint32(18)
          WireFolders.codec().encode(obj.folders, w)
        }

        if (obj.indexDelta != null) {
          w.uint32(26)
          WireIndexDelta.codec().encode(obj.indexDelta, w)
        }

        if (obj.progress != null) {
          w.uint32(34)
          WireProgress.codec().encode(obj.progress, w)
        }

        if (obj.receipt != null) {
          w.uint32(42)
          WireReceipt.codec().encode(obj.receipt, w)
        }

        if (obj.error != null) {
          w.uint32(50)
          WireError.codec().encode(obj.error, w)
        }

        if (obj.trust != null) {
          w.uint32(58)
          WireTrust.codec().encode(obj.trust, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.hello = WireHello.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.hello
              })
              break
            }
            case 2: {
              obj.folders = WireFolders.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.folders
              })
              break
            }
            case 3: {
              obj.indexDelta = WireIndexDelta.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.indexDelta
              })
              break
            }
            case 4: {
              obj.progress = WireProgress.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.progress
              })
              break
            }
            case 5: {
              obj.receipt = WireReceipt.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.receipt
              })
              break
            }
            case 6: {
              obj.error = WireError.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.error
              })
              break
            }
            case 7: {
              obj.trust = WireTrust.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.trust
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.trust != null) {
          delete obj.error
          delete obj.receipt
          delete obj.progress
          delete obj.indexDelta
          delete obj.folders
          delete obj.hello
        }

        if (obj.error != null) {
          delete obj.trust
          delete obj.receipt
          delete obj.progress
          delete obj.indexDelta
          delete obj.folders
          delete obj.hello
        }

        if (obj.receipt != null) {
          delete obj.trust
          delete obj.error
          delete obj.progress
          delete obj.indexDelta
          delete obj.folders
          delete obj.hello
        }

        if (obj.progress != null) {
          delete obj.trust
          delete obj.error
          delete obj.receipt
          delete obj.indexDelta
          delete obj.folders
          delete obj.hello
        }

        if (obj.indexDelta != null) {
          delete obj.trust
          delete obj.error
          delete obj.receipt
          delete obj.progress
          delete obj.folders
          delete obj.hello
        }

        if (obj.folders != null) {
          delete obj.trust
          delete obj.error
          delete obj.receipt
          delete obj.progress
          delete obj.indexDelta
          delete obj.hello
        }

        if (obj.hello != null) {
          delete obj.trust
          delete obj.error
          delete obj.receipt
          delete obj.progress
          delete obj.indexDelta
          delete obj.folders
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * WireHello.codec().stream(reader, reader.uint32(), `${prefix}.hello`, {
                limits: opts.limits?.hello
              })

              break
            }
            case 2: {
              yield * WireFolders.codec().stream(reader, reader.uint32(), `${prefix}.folders`, {
                limits: opts.limits?.folders
              })

              break
            }
            case 3: {
              yield * WireIndexDelta.codec().stream(reader, reader.uint32(), `${prefix}.indexDelta`, {
                limits: opts.limits?.indexDelta
              })

              break
            }
            case 4: {
              yield * WireProgress.codec().stream(reader, reader.uint32(), `${prefix}.progress`, {
                limits: opts.limits?.progress
              })

              break
            }
            case 5: {
              yield * WireReceipt.codec().stream(reader, reader.uint32(), `${prefix}.receipt`, {
                limits: opts.limits?.receipt
              })

              break
            }
            case 6: {
              yield * WireError.codec().stream(reader, reader.uint32(), `${prefix}.error`, {
                limits: opts.limits?.error
              })

              break
            }
            case 7: {
              yield * WireTrust.codec().stream(reader, reader.uint32(), `${prefix}.trust`, {
                limits: opts.limits?.trust
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireControlHelloProtocolMajorFieldEvent {
    field: '$.hello.protocolMajor'
    value: number
  }

  export interface WireControlHelloRequiredFeaturesFieldEvent {
    field: '$.hello.requiredFeatures'
    value: bigint
  }

  export interface WireControlHelloSupportedFeaturesFieldEvent {
    field: '$.hello.supportedFeatures'
    value: bigint
  }

  export interface WireControlHelloDeviceNameFieldEvent {
    field: '$.hello.deviceName'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlHelloSoftwareVersionFieldEvent {
    field: '$.hello.softwareVersion'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlHelloAddressesFieldEvent {
    field: '$.hello.addresses[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlFoldersFoldersFolderIdFieldEvent {
    field: '$.folders.folders[].folderId'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlFoldersFoldersLabelFieldEvent {
    field: '$.folders.folders[].label'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlFoldersFoldersAcceptedFieldEvent {
    field: '$.folders.folders[].accepted'
    value: boolean
    index: number
  }

  export interface WireControlFoldersFoldersEpochFieldEvent {
    field: '$.folders.folders[].epoch'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlFoldersFoldersPositionEpochFieldEvent {
    field: '$.folders.folders[].position.epoch'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlFoldersFoldersPositionSequenceFieldEvent {
    field: '$.folders.folders[].position.sequence'
    value: number
    index: number
  }

  export interface WireControlFoldersFoldersPositionHashFieldEvent {
    field: '$.folders.folders[].position.hash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlFoldersFoldersSeenEpochFieldEvent {
    field: '$.folders.folders[].seen.epoch'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlFoldersFoldersSeenSequenceFieldEvent {
    field: '$.folders.folders[].seen.sequence'
    value: number
    index: number
  }

  export interface WireControlFoldersFoldersSeenHashFieldEvent {
    field: '$.folders.folders[].seen.hash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlFoldersFoldersArchiveStoreIdFieldEvent {
    field: '$.folders.folders[].archive.storeId'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlFoldersFoldersArchiveGenerationFieldEvent {
    field: '$.folders.folders[].archive.generation'
    value: number
    index: number
  }

  export interface WireControlFoldersFoldersModeFieldEvent {
    field: '$.folders.folders[].mode'
    value: WireMode
    index: number
  }

  export interface WireControlFoldersFoldersMassChangesIdFieldEvent {
    field: '$.folders.folders[].massChanges[].id'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlFoldersFoldersMassChangesHolderFieldEvent {
    field: '$.folders.folders[].massChanges[].holder'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlFoldersFoldersMassChangesAuthorFieldEvent {
    field: '$.folders.folders[].massChanges[].author'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlFoldersFoldersMassChangesSinceMsFieldEvent {
    field: '$.folders.folders[].massChanges[].sinceMs'
    value: number
    index: number
  }

  export interface WireControlFoldersFoldersMassChangesLastMsFieldEvent {
    field: '$.folders.folders[].massChanges[].lastMs'
    value: number
    index: number
  }

  export interface WireControlFoldersFoldersMassChangesDeletedFieldEvent {
    field: '$.folders.folders[].massChanges[].deleted'
    value: number
    index: number
  }

  export interface WireControlFoldersFoldersMassChangesRewrittenFieldEvent {
    field: '$.folders.folders[].massChanges[].rewritten'
    value: number
    index: number
  }

  export interface WireControlFoldersFoldersMassChangesFilesFieldEvent {
    field: '$.folders.folders[].massChanges[].files'
    value: number
    index: number
  }

  export interface WireControlFoldersFoldersMassChangesAnswerFieldEvent {
    field: '$.folders.folders[].massChanges[].answer'
    value: WireAnswer
    index: number
  }

  export interface WireControlFoldersFoldersProofsKindFieldEvent {
    field: '$.folders.folders[].proofs[].kind'
    value: WireProofKind
    index: number
  }

  export interface WireControlFoldersFoldersProofsDeviceFieldEvent {
    field: '$.folders.folders[].proofs[].device'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlFoldersFoldersProofsStoreIdFieldEvent {
    field: '$.folders.folders[].proofs[].storeId'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlFoldersFoldersProofsAtMsFieldEvent {
    field: '$.folders.folders[].proofs[].atMs'
    value: number
    index: number
  }

  export interface WireControlFoldersFoldersProofsItemsFieldEvent {
    field: '$.folders.folders[].proofs[].items'
    value: number
    index: number
  }

  export interface WireControlFoldersFoldersProofsBytesFieldEvent {
    field: '$.folders.folders[].proofs[].bytes'
    value: number
    index: number
  }

  export interface WireControlFoldersFoldersProofsBadFieldEvent {
    field: '$.folders.folders[].proofs[].bad'
    value: number
    index: number
  }

  export interface WireControlFoldersFoldersProofsTookMsFieldEvent {
    field: '$.folders.folders[].proofs[].tookMs'
    value: number
    index: number
  }

  export interface WireControlFoldersFoldersProofsAllWouldTakeMsFieldEvent {
    field: '$.folders.folders[].proofs[].allWouldTakeMs'
    value: number
    index: number
  }

  export interface WireControlFoldersFoldersProofsSignatureFieldEvent {
    field: '$.folders.folders[].proofs[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlIndexDeltaFolderIdFieldEvent {
    field: '$.indexDelta.folderId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlIndexDeltaEpochFieldEvent {
    field: '$.indexDelta.epoch'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlIndexDeltaRowsSequenceFieldEvent {
    field: '$.indexDelta.rows[].sequence'
    value: number
    index: number
  }

  export interface WireControlIndexDeltaRowsStateFieldEvent {
    field: '$.indexDelta.rows[].state'
    value: WireRowState
    index: number
  }

  export interface WireControlIndexDeltaRowsRecordFieldEvent {
    field: '$.indexDelta.rows[].record'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlIndexDeltaRowsCheckedFieldEvent {
    field: '$.indexDelta.rows[].checked'
    value: boolean
    index: number
  }

  export interface WireControlIndexDeltaPositionEpochFieldEvent {
    field: '$.indexDelta.position.epoch'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlIndexDeltaPositionSequenceFieldEvent {
    field: '$.indexDelta.position.sequence'
    value: number
  }

  export interface WireControlIndexDeltaPositionHashFieldEvent {
    field: '$.indexDelta.position.hash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlIndexDeltaAfterFieldEvent {
    field: '$.indexDelta.after'
    value: number
  }

  export interface WireControlIndexDeltaMoreFieldEvent {
    field: '$.indexDelta.more'
    value: boolean
  }

  export interface WireControlProgressFolderIdFieldEvent {
    field: '$.progress.folderId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlProgressSeenEpochFieldEvent {
    field: '$.progress.seen.epoch'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlProgressSeenSequenceFieldEvent {
    field: '$.progress.seen.sequence'
    value: number
  }

  export interface WireControlProgressSeenHashFieldEvent {
    field: '$.progress.seen.hash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlProgressSequenceFieldEvent {
    field: '$.progress.sequence'
    value: number
  }

  export interface WireControlProgressNeedFilesFieldEvent {
    field: '$.progress.needFiles'
    value: number
  }

  export interface WireControlProgressNeedBytesFieldEvent {
    field: '$.progress.needBytes'
    value: number
  }

  export interface WireControlProgressTroubleFieldEvent {
    field: '$.progress.trouble'
    value: number
  }

  export interface WireControlReceiptFolderIdFieldEvent {
    field: '$.receipt.folderId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlReceiptStoreIdFieldEvent {
    field: '$.receipt.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlReceiptGenerationFieldEvent {
    field: '$.receipt.generation'
    value: number
  }

  export interface WireControlReceiptPositionEpochFieldEvent {
    field: '$.receipt.position.epoch'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlReceiptPositionSequenceFieldEvent {
    field: '$.receipt.position.sequence'
    value: number
  }

  export interface WireControlReceiptPositionHashFieldEvent {
    field: '$.receipt.position.hash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlReceiptExceptionsFieldEvent {
    field: '$.receipt.exceptions[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlReceiptLogPositionFieldEvent {
    field: '$.receipt.logPosition'
    value: number
  }

  export interface WireControlReceiptLogHeadFieldEvent {
    field: '$.receipt.logHead'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlErrorCodeFieldEvent {
    field: '$.error.code'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlErrorMessageFieldEvent {
    field: '$.error.message'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlErrorFolderIdFieldEvent {
    field: '$.error.folderId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlTrustStatementsIssuerFieldEvent {
    field: '$.trust.statements[].issuer'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlTrustStatementsSubjectFieldEvent {
    field: '$.trust.statements[].subject'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlTrustStatementsMarkFieldEvent {
    field: '$.trust.statements[].mark'
    value: WireTrustMark
    index: number
  }

  export interface WireControlTrustStatementsCounterFieldEvent {
    field: '$.trust.statements[].counter'
    value: number
    index: number
  }

  export interface WireControlTrustStatementsAtMsFieldEvent {
    field: '$.trust.statements[].atMs'
    value: number
    index: number
  }

  export interface WireControlTrustStatementsNameFieldEvent {
    field: '$.trust.statements[].name'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlTrustStatementsAddressesFieldEvent {
    field: '$.trust.statements[].addresses[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireControlTrustStatementsOverruledIssuerFieldEvent {
    field: '$.trust.statements[].overruled[].issuer'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlTrustStatementsOverruledCounterFieldEvent {
    field: '$.trust.statements[].overruled[].counter'
    value: number
    index: number
  }

  export interface WireControlTrustStatementsSignatureFieldEvent {
    field: '$.trust.statements[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireControlTrustStatementsWasMineFieldEvent {
    field: '$.trust.statements[].wasMine'
    value: boolean
    index: number
  }

  export function encode (obj: Partial<WireControl>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireControl.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireControl>): WireControl {
    return decodeMessage(buf, WireControl.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireControl>): Generator<WireControlHelloProtocolMajorFieldEvent | WireControlHelloRequiredFeaturesFieldEvent | WireControlHelloSupportedFeaturesFieldEvent | WireControlHelloDeviceNameFieldEvent | WireControlHelloSoftwareVersionFieldEvent | WireControlHelloAddressesFieldEvent | WireControlFoldersFoldersFolderIdFieldEvent | WireControlFoldersFoldersLabelFieldEvent | WireControlFoldersFoldersAcceptedFieldEvent | WireControlFoldersFoldersEpochFieldEvent | WireControlFoldersFoldersPositionEpochFieldEvent | WireControlFoldersFoldersPositionSequenceFieldEvent | WireControlFoldersFoldersPositionHashFieldEvent | WireControlFoldersFoldersSeenEpochFieldEvent | WireControlFoldersFoldersSeenSequenceFieldEvent | WireControlFoldersFoldersSeenHashFieldEvent | WireControlFoldersFoldersArchiveStoreIdFieldEvent | WireControlFoldersFoldersArchiveGenerationFieldEvent | WireControlFoldersFoldersModeFieldEvent | WireControlFoldersFoldersMassChangesIdFieldEvent | WireControlFoldersFoldersMassChangesHolderFieldEvent | WireControlFoldersFoldersMassChangesAuthorFieldEvent | WireControlFoldersFoldersMassChangesSinceMsFieldEvent | WireControlFoldersFoldersMassChangesLastMsFieldEvent | WireControlFoldersFoldersMassChangesDeletedFieldEvent | WireControlFoldersFoldersMassChangesRewrittenFieldEvent | WireControlFoldersFoldersMassChangesFilesFieldEvent | WireControlFoldersFoldersMassChangesAnswerFieldEvent | WireControlFoldersFoldersProofsKindFieldEvent | WireControlFoldersFoldersProofsDeviceFieldEvent | WireControlFoldersFoldersProofsStoreIdFieldEvent | WireControlFoldersFoldersProofsAtMsFieldEvent | WireControlFoldersFoldersProofsItemsFieldEvent | WireControlFoldersFoldersProofsBytesFieldEvent | WireControlFoldersFoldersProofsBadFieldEvent | WireControlFoldersFoldersProofsTookMsFieldEvent | WireControlFoldersFoldersProofsAllWouldTakeMsFieldEvent | WireControlFoldersFoldersProofsSignatureFieldEvent | WireControlIndexDeltaFolderIdFieldEvent | WireControlIndexDeltaEpochFieldEvent | WireControlIndexDeltaRowsSequenceFieldEvent | WireControlIndexDeltaRowsStateFieldEvent | WireControlIndexDeltaRowsRecordFieldEvent | WireControlIndexDeltaRowsCheckedFieldEvent | WireControlIndexDeltaPositionEpochFieldEvent | WireControlIndexDeltaPositionSequenceFieldEvent | WireControlIndexDeltaPositionHashFieldEvent | WireControlIndexDeltaAfterFieldEvent | WireControlIndexDeltaMoreFieldEvent | WireControlProgressFolderIdFieldEvent | WireControlProgressSeenEpochFieldEvent | WireControlProgressSeenSequenceFieldEvent | WireControlProgressSeenHashFieldEvent | WireControlProgressSequenceFieldEvent | WireControlProgressNeedFilesFieldEvent | WireControlProgressNeedBytesFieldEvent | WireControlProgressTroubleFieldEvent | WireControlReceiptFolderIdFieldEvent | WireControlReceiptStoreIdFieldEvent | WireControlReceiptGenerationFieldEvent | WireControlReceiptPositionEpochFieldEvent | WireControlReceiptPositionSequenceFieldEvent | WireControlReceiptPositionHashFieldEvent | WireControlReceiptExceptionsFieldEvent | WireControlReceiptLogPositionFieldEvent | WireControlReceiptLogHeadFieldEvent | WireControlErrorCodeFieldEvent | WireControlErrorMessageFieldEvent | WireControlErrorFolderIdFieldEvent | WireControlTrustStatementsIssuerFieldEvent | WireControlTrustStatementsSubjectFieldEvent | WireControlTrustStatementsMarkFieldEvent | WireControlTrustStatementsCounterFieldEvent | WireControlTrustStatementsAtMsFieldEvent | WireControlTrustStatementsNameFieldEvent | WireControlTrustStatementsAddressesFieldEvent | WireControlTrustStatementsOverruledIssuerFieldEvent | WireControlTrustStatementsOverruledCounterFieldEvent | WireControlTrustStatementsSignatureFieldEvent | WireControlTrustStatementsWasMineFieldEvent> {
    return streamMessage(buf, WireControl.codec(), opts)
  }
}

export interface WireTrust {
  statements: WireTrustStatement[]
}

export namespace WireTrust {
  let _codec: Codec<WireTrust>

  export const codec = (): Codec<WireTrust> => {
    if (_codec == null) {
      _codec = message<WireTrust>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.statements != null && obj.statements.length > 0) {
          for (const value of obj.statements) {
            w.uint32(10)
            WireTrustStatement.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          statements: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.statements != null && obj.statements.length === opts.limits.statements) {
                throw new MaxLengthError('Decode error - repeated field "statements" had too many elements')
              }

              obj.statements.push(WireTrustStatement.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.statements$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          statements: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.statements != null && obj.statements === opts.limits.statements) {
                throw new MaxLengthError('Streaming decode error - repeated field "statements" had too many elements')
              }

              for (const evt of WireTrustStatement.codec().stream(reader, reader.uint32(), `${prefix}.statements[]`, {
                limits: opts.limits?.statements$
              })) {
                yield {
                  ...evt,
                  index: obj.statements
                }
              }

              obj.statements++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireTrustStatementsIssuerFieldEvent {
    field: '$.statements[].issuer'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireTrustStatementsSubjectFieldEvent {
    field: '$.statements[].subject'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireTrustStatementsMarkFieldEvent {
    field: '$.statements[].mark'
    value: WireTrustMark
    index: number
  }

  export interface WireTrustStatementsCounterFieldEvent {
    field: '$.statements[].counter'
    value: number
    index: number
  }

  export interface WireTrustStatementsAtMsFieldEvent {
    field: '$.statements[].atMs'
    value: number
    index: number
  }

  export interface WireTrustStatementsNameFieldEvent {
    field: '$.statements[].name'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireTrustStatementsAddressesFieldEvent {
    field: '$.statements[].addresses[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireTrustStatementsOverruledIssuerFieldEvent {
    field: '$.statements[].overruled[].issuer'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireTrustStatementsOverruledCounterFieldEvent {
    field: '$.statements[].overruled[].counter'
    value: number
    index: number
  }

  export interface WireTrustStatementsSignatureFieldEvent {
    field: '$.statements[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireTrustStatementsWasMineFieldEvent {
    field: '$.statements[].wasMine'
    value: boolean
    index: number
  }

  export function encode (obj: Partial<WireTrust>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireTrust.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireTrust>): WireTrust {
    return decodeMessage(buf, WireTrust.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireTrust>): Generator<WireTrustStatementsIssuerFieldEvent | WireTrustStatementsSubjectFieldEvent | WireTrustStatementsMarkFieldEvent | WireTrustStatementsCounterFieldEvent | WireTrustStatementsAtMsFieldEvent | WireTrustStatementsNameFieldEvent | WireTrustStatementsAddressesFieldEvent | WireTrustStatementsOverruledIssuerFieldEvent | WireTrustStatementsOverruledCounterFieldEvent | WireTrustStatementsSignatureFieldEvent | WireTrustStatementsWasMineFieldEvent> {
    return streamMessage(buf, WireTrust.codec(), opts)
  }
}

export enum WireTrustMark {
  MARK_UNSPECIFIED = 'MARK_UNSPECIFIED',
  MARK_MINE = 'MARK_MINE',
  MARK_OTHER = 'MARK_OTHER',
  MARK_REVOKED = 'MARK_REVOKED'
}

enum __WireTrustMarkValues {
  MARK_UNSPECIFIED = 0,
  MARK_MINE = 1,
  MARK_OTHER = 2,
  MARK_REVOKED = 3
}

export namespace WireTrustMark {
  export const codec = (): Codec<WireTrustMark> => {
    return enumeration<WireTrustMark>(__WireTrustMarkValues)
  }
}

export interface WireTrustStatement {
  issuer: Uint8Array<ArrayBuffer>
  subject: Uint8Array<ArrayBuffer>
  mark: WireTrustMark
  counter: number
  atMs: number
  name: Uint8Array<ArrayBuffer>
  addresses: Uint8Array<ArrayBuffer>[]
  overruled: WireOverruled[]
  signature: Uint8Array<ArrayBuffer>
  wasMine: boolean
}

export namespace WireTrustStatement {
  let _codec: Codec<WireTrustStatement>

  export const codec = (): Codec<WireTrustStatement> => {
    if (_codec == null) {
      _codec = message<WireTrustStatement>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.issuer != null && obj.issuer.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.issuer)
        }

        if ((obj.subject != null && obj.subject.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.subject)
        }

        if (obj.mark != null && __WireTrustMarkValues[obj.mark] !== 0) {
          w.uint32(24)
          WireTrustMark.codec().encode(obj.mark, w)
        }

        if ((obj.counter != null && obj.counter !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.counter)
        }

        if ((obj.atMs != null && obj.atMs !== 0)) {
          w.uint32(40)
          w.uint64Number(obj.atMs)
        }

        if ((obj.name != null && obj.name.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.name)
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(58)
            w.bytes(value)
          }
        }

        if (obj.overruled != null && obj.overruled.length > 0) {
          for (const value of obj.overruled) {
            w.uint32(66)
            WireOverruled.codec().encode(value, w)
          }
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(74)
          w.bytes(obj.signature)
        }

        if ((obj.wasMine != null && obj.wasMine !== false)) {
          w.uint32(80)
          w.bool(obj.wasMine)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          issuer: noBytes,
          subject: noBytes,
          mark: WireTrustMark.MARK_UNSPECIFIED,
          counter: 0,
          atMs: 0,
          name: noBytes,
          addresses: [],
          overruled: [],
          signature: noBytes,
          wasMine: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.issuer = reader.bytes()
              break
            }
            case 2: {
              obj.subject = reader.bytes()
              break
            }
            case 3: {
              obj.mark = WireTrustMark.codec().decode(reader)
              break
            }
            case 4: {
              obj.counter = reader.uint64Number()
              break
            }
            case 5: {
              obj.atMs = reader.uint64Number()
              break
            }
            case 6: {
              obj.name = reader.bytes()
              break
            }
            case 7: {
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(reader.bytes())
              break
            }
            case 8: {
              if (opts.limits?.overruled != null && obj.overruled.length === opts.limits.overruled) {
                throw new MaxLengthError('Decode error - repeated field "overruled" had too many elements')
              }

              obj.overruled.push(WireOverruled.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.overruled$
              }))
              break
            }
            case 9: {
              obj.signature = reader.bytes()
              break
            }
            case 10: {
              obj.wasMine = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          addresses: 0,
          overruled: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.issuer`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.subject`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.mark`,
                value: WireTrustMark.codec().decode(reader)
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.counter`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.atMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.name`,
                value: reader.bytes()
              }
              break
            }
            case 7: {
              if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements')
              }

              yield {
                field: `${prefix}.addresses[]`,
                index: obj.addresses,
                value: reader.bytes()
              }

              obj.addresses++

              break
            }
            case 8: {
              if (opts.limits?.overruled != null && obj.overruled === opts.limits.overruled) {
                throw new MaxLengthError('Streaming decode error - repeated field "overruled" had too many elements')
              }

              for (const evt of WireOverruled.codec().stream(reader, reader.uint32(), `${prefix}.overruled[]`, {
                limits: opts.limits?.overruled$
              })) {
                yield {
                  ...evt,
                  index: obj.overruled
                }
              }

              obj.overruled++

              break
            }
            case 9: {
              yield {
                field: `${prefix}.signature`,
                value: reader.bytes()
              }
              break
            }
            case 10: {
              yield {
                field: `${prefix}.wasMine`,
                value: reader.bool()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireTrustStatementIssuerFieldEvent {
    field: '$.issuer'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireTrustStatementSubjectFieldEvent {
    field: '$.subject'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireTrustStatementMarkFieldEvent {
    field: '$.mark'
    value: WireTrustMark
  }

  export interface WireTrustStatementCounterFieldEvent {
    field: '$.counter'
    value: number
  }

  export interface WireTrustStatementAtMsFieldEvent {
    field: '$.atMs'
    value: number
  }

  export interface WireTrustStatementNameFieldEvent {
    field: '$.name'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireTrustStatementAddressesFieldEvent {
    field: '$.addresses[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireTrustStatementOverruledIssuerFieldEvent {
    field: '$.overruled[].issuer'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireTrustStatementOverruledCounterFieldEvent {
    field: '$.overruled[].counter'
    value: number
    index: number
  }

  export interface WireTrustStatementSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireTrustStatementWasMineFieldEvent {
    field: '$.wasMine'
    value: boolean
  }

  export function encode (obj: Partial<WireTrustStatement>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireTrustStatement.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireTrustStatement>): WireTrustStatement {
    return decodeMessage(buf, WireTrustStatement.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireTrustStatement>): Generator<WireTrustStatementIssuerFieldEvent | WireTrustStatementSubjectFieldEvent | WireTrustStatementMarkFieldEvent | WireTrustStatementCounterFieldEvent | WireTrustStatementAtMsFieldEvent | WireTrustStatementNameFieldEvent | WireTrustStatementAddressesFieldEvent | WireTrustStatementOverruledIssuerFieldEvent | WireTrustStatementOverruledCounterFieldEvent | WireTrustStatementSignatureFieldEvent | WireTrustStatementWasMineFieldEvent> {
    return streamMessage(buf, WireTrustStatement.codec(), opts)
  }
}

export interface WireOverruled {
  issuer: Uint8Array<ArrayBuffer>
  counter: number
}

export namespace WireOverruled {
  let _codec: Codec<WireOverruled>

  export const codec = (): Codec<WireOverruled> => {
    if (_codec == null) {
      _codec = message<WireOverruled>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.issuer != null && obj.issuer.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.issuer)
        }

        if ((obj.counter != null && obj.counter !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.counter)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          issuer: noBytes,
          counter: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.issuer = reader.bytes()
              break
            }
            case 2: {
              obj.counter = reader.uint64Number()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.issuer`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.counter`,
                value: reader.uint64Number()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireOverruledIssuerFieldEvent {
    field: '$.issuer'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireOverruledCounterFieldEvent {
    field: '$.counter'
    value: number
  }

  export function encode (obj: Partial<WireOverruled>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireOverruled.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireOverruled>): WireOverruled {
    return decodeMessage(buf, WireOverruled.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireOverruled>): Generator<WireOverruledIssuerFieldEvent | WireOverruledCounterFieldEvent> {
    return streamMessage(buf, WireOverruled.codec(), opts)
  }
}

export interface WireHello {
  protocolMajor: number
  requiredFeatures: bigint
  supportedFeatures: bigint
  deviceName: Uint8Array<ArrayBuffer>
  softwareVersion: Uint8Array<ArrayBuffer>
  addresses: Uint8Array<ArrayBuffer>[]
}

export namespace WireHello {
  let _codec: Codec<WireHello>

  export const codec = (): Codec<WireHello> => {
    if (_codec == null) {
      _codec = message<WireHello>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.protocolMajor != null && obj.protocolMajor !== 0)) {
          w.uint32(8)
          w.uint32(obj.protocolMajor)
        }

        if ((obj.requiredFeatures != null && obj.requiredFeatures !== 0n)) {
          w.uint32(17)
          w.fixed64(obj.requiredFeatures)
        }

        if ((obj.supportedFeatures != null && obj.supportedFeatures !== 0n)) {
          w.uint32(25)
          w.fixed64(obj.supportedFeatures)
        }

        if ((obj.deviceName != null && obj.deviceName.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.deviceName)
        }

        if ((obj.softwareVersion != null && obj.softwareVersion.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.softwareVersion)
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(50)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          protocolMajor: 0,
          requiredFeatures: 0n,
          supportedFeatures: 0n,
          deviceName: noBytes,
          softwareVersion: noBytes,
          addresses: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.protocolMajor = reader.uint32()
              break
            }
            case 2: {
              obj.requiredFeatures = reader.fixed64()
              break
            }
            case 3: {
              obj.supportedFeatures = reader.fixed64()
              break
            }
            case 4: {
              obj.deviceName = reader.bytes()
              break
            }
            case 5: {
              obj.softwareVersion = reader.bytes()
              break
            }
            case 6: {
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(reader.bytes())
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          addresses: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.protocolMajor`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.requiredFeatures`,
                value: reader.fixed64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.supportedFeatures`,
                value: reader.fixed64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.deviceName`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.softwareVersion`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements')
              }

              yield {
                field: `${prefix}.addresses[]`,
                index: obj.addresses,
                value: reader.bytes()
              }

              obj.addresses++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireHelloProtocolMajorFieldEvent {
    field: '$.protocolMajor'
    value: number
  }

  export interface WireHelloRequiredFeaturesFieldEvent {
    field: '$.requiredFeatures'
    value: bigint
  }

  export interface WireHelloSupportedFeaturesFieldEvent {
    field: '$.supportedFeatures'
    value: bigint
  }

  export interface WireHelloDeviceNameFieldEvent {
    field: '$.deviceName'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHelloSoftwareVersionFieldEvent {
    field: '$.softwareVersion'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHelloAddressesFieldEvent {
    field: '$.addresses[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireHello>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireHello.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireHello>): WireHello {
    return decodeMessage(buf, WireHello.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireHello>): Generator<WireHelloProtocolMajorFieldEvent | WireHelloRequiredFeaturesFieldEvent | WireHelloSupportedFeaturesFieldEvent | WireHelloDeviceNameFieldEvent | WireHelloSoftwareVersionFieldEvent | WireHelloAddressesFieldEvent> {
    return streamMessage(buf, WireHello.codec(), opts)
  }
}

export interface WireFolders {
  folders: WireFolder[]
}

export namespace WireFolders {
  let _codec: Codec<WireFolders>

  export const codec = (): Codec<WireFolders> => {
    if (_codec == null) {
      _codec = message<WireFolders>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.folders != null && obj.folders.length > 0) {
          for (const value of obj.folders) {
            w.uint32(10)
            WireFolder.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          folders: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.folders != null && obj.folders.length === opts.limits.folders) {
                throw new MaxLengthError('Decode error - repeated field "folders" had too many elements')
              }

              obj.folders.push(WireFolder.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.folders$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          folders: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.folders != null && obj.folders === opts.limits.folders) {
                throw new MaxLengthError('Streaming decode error - repeated field "folders" had too many elements')
              }

              for (const evt of WireFolder.codec().stream(reader, reader.uint32(), `${prefix}.folders[]`, {
                limits: opts.limits?.folders$
              })) {
                yield {
                  ...evt,
                  index: obj.folders
                }
              }

              obj.folders++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireFoldersFoldersFolderIdFieldEvent {
    field: '$.folders[].folderId'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireFoldersFoldersLabelFieldEvent {
    field: '$.folders[].label'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireFoldersFoldersAcceptedFieldEvent {
    field: '$.folders[].accepted'
    value: boolean
    index: number
  }

  export interface WireFoldersFoldersEpochFieldEvent {
    field: '$.folders[].epoch'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireFoldersFoldersPositionEpochFieldEvent {
    field: '$.folders[].position.epoch'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireFoldersFoldersPositionSequenceFieldEvent {
    field: '$.folders[].position.sequence'
    value: number
    index: number
  }

  export interface WireFoldersFoldersPositionHashFieldEvent {
    field: '$.folders[].position.hash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireFoldersFoldersSeenEpochFieldEvent {
    field: '$.folders[].seen.epoch'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireFoldersFoldersSeenSequenceFieldEvent {
    field: '$.folders[].seen.sequence'
    value: number
    index: number
  }

  export interface WireFoldersFoldersSeenHashFieldEvent {
    field: '$.folders[].seen.hash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireFoldersFoldersArchiveStoreIdFieldEvent {
    field: '$.folders[].archive.storeId'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireFoldersFoldersArchiveGenerationFieldEvent {
    field: '$.folders[].archive.generation'
    value: number
    index: number
  }

  export interface WireFoldersFoldersModeFieldEvent {
    field: '$.folders[].mode'
    value: WireMode
    index: number
  }

  export interface WireFoldersFoldersMassChangesIdFieldEvent {
    field: '$.folders[].massChanges[].id'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireFoldersFoldersMassChangesHolderFieldEvent {
    field: '$.folders[].massChanges[].holder'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireFoldersFoldersMassChangesAuthorFieldEvent {
    field: '$.folders[].massChanges[].author'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireFoldersFoldersMassChangesSinceMsFieldEvent {
    field: '$.folders[].massChanges[].sinceMs'
    value: number
    index: number
  }

  export interface WireFoldersFoldersMassChangesLastMsFieldEvent {
    field: '$.folders[].massChanges[].lastMs'
    value: number
    index: number
  }

  export interface WireFoldersFoldersMassChangesDeletedFieldEvent {
    field: '$.folders[].massChanges[].deleted'
    value: number
    index: number
  }

  export interface WireFoldersFoldersMassChangesRewrittenFieldEvent {
    field: '$.folders[].massChanges[].rewritten'
    value: number
    index: number
  }

  export interface WireFoldersFoldersMassChangesFilesFieldEvent {
    field: '$.folders[].massChanges[].files'
    value: number
    index: number
  }

  export interface WireFoldersFoldersMassChangesAnswerFieldEvent {
    field: '$.folders[].massChanges[].answer'
    value: WireAnswer
    index: number
  }

  export interface WireFoldersFoldersProofsKindFieldEvent {
    field: '$.folders[].proofs[].kind'
    value: WireProofKind
    index: number
  }

  export interface WireFoldersFoldersProofsDeviceFieldEvent {
    field: '$.folders[].proofs[].device'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireFoldersFoldersProofsStoreIdFieldEvent {
    field: '$.folders[].proofs[].storeId'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireFoldersFoldersProofsAtMsFieldEvent {
    field: '$.folders[].proofs[].atMs'
    value: number
    index: number
  }

  export interface WireFoldersFoldersProofsItemsFieldEvent {
    field: '$.folders[].proofs[].items'
    value: number
    index: number
  }

  export interface WireFoldersFoldersProofsBytesFieldEvent {
    field: '$.folders[].proofs[].bytes'
    value: number
    index: number
  }

  export interface WireFoldersFoldersProofsBadFieldEvent {
    field: '$.folders[].proofs[].bad'
    value: number
    index: number
  }

  export interface WireFoldersFoldersProofsTookMsFieldEvent {
    field: '$.folders[].proofs[].tookMs'
    value: number
    index: number
  }

  export interface WireFoldersFoldersProofsAllWouldTakeMsFieldEvent {
    field: '$.folders[].proofs[].allWouldTakeMs'
    value: number
    index: number
  }

  export interface WireFoldersFoldersProofsSignatureFieldEvent {
    field: '$.folders[].proofs[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<WireFolders>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireFolders.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireFolders>): WireFolders {
    return decodeMessage(buf, WireFolders.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireFolders>): Generator<WireFoldersFoldersFolderIdFieldEvent | WireFoldersFoldersLabelFieldEvent | WireFoldersFoldersAcceptedFieldEvent | WireFoldersFoldersEpochFieldEvent | WireFoldersFoldersPositionEpochFieldEvent | WireFoldersFoldersPositionSequenceFieldEvent | WireFoldersFoldersPositionHashFieldEvent | WireFoldersFoldersSeenEpochFieldEvent | WireFoldersFoldersSeenSequenceFieldEvent | WireFoldersFoldersSeenHashFieldEvent | WireFoldersFoldersArchiveStoreIdFieldEvent | WireFoldersFoldersArchiveGenerationFieldEvent | WireFoldersFoldersModeFieldEvent | WireFoldersFoldersMassChangesIdFieldEvent | WireFoldersFoldersMassChangesHolderFieldEvent | WireFoldersFoldersMassChangesAuthorFieldEvent | WireFoldersFoldersMassChangesSinceMsFieldEvent | WireFoldersFoldersMassChangesLastMsFieldEvent | WireFoldersFoldersMassChangesDeletedFieldEvent | WireFoldersFoldersMassChangesRewrittenFieldEvent | WireFoldersFoldersMassChangesFilesFieldEvent | WireFoldersFoldersMassChangesAnswerFieldEvent | WireFoldersFoldersProofsKindFieldEvent | WireFoldersFoldersProofsDeviceFieldEvent | WireFoldersFoldersProofsStoreIdFieldEvent | WireFoldersFoldersProofsAtMsFieldEvent | WireFoldersFoldersProofsItemsFieldEvent | WireFoldersFoldersProofsBytesFieldEvent | WireFoldersFoldersProofsBadFieldEvent | WireFoldersFoldersProofsTookMsFieldEvent | WireFoldersFoldersProofsAllWouldTakeMsFieldEvent | WireFoldersFoldersProofsSignatureFieldEvent> {
    return streamMessage(buf, WireFolders.codec(), opts)
  }
}

export enum WireMode {
  MODE_UNSPECIFIED = 'MODE_UNSPECIFIED',
  MODE_SEND_RECEIVE = 'MODE_SEND_RECEIVE',
  MODE_SEND_ONLY = 'MODE_SEND_ONLY',
  MODE_RECEIVE_ONLY = 'MODE_RECEIVE_ONLY'
}

enum __WireModeValues {
  MODE_UNSPECIFIED = 0,
  MODE_SEND_RECEIVE = 1,
  MODE_SEND_ONLY = 2,
  MODE_RECEIVE_ONLY = 3
}

export namespace WireMode {
  export const codec = (): Codec<WireMode> => {
    return enumeration<WireMode>(__WireModeValues)
  }
}

export interface WireFolder {
  folderId: Uint8Array<ArrayBuffer>
  label: Uint8Array<ArrayBuffer>
  accepted: boolean
  epoch: Uint8Array<ArrayBuffer>
  position?: WirePosition
  seen?: WirePosition
  archive?: WireArchive
  mode: WireMode
  massChanges: WireMassChange[]
  proofs: WireProof[]
}

export namespace WireFolder {
  let _codec: Codec<WireFolder>

  export const codec = (): Codec<WireFolder> => {
    if (_codec == null) {
      _codec = message<WireFolder>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.folderId != null && obj.folderId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.folderId)
        }

        if ((obj.label != null && obj.label.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.label)
        }

        if ((obj.accepted != null && obj.accepted !== false)) {
          w.uint32(24)
          w.bool(obj.accepted)
        }

        if ((obj.epoch != null && obj.epoch.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.epoch)
        }

        if (obj.position != null) {
          w.uint32(42)
          WirePosition.codec().encode(obj.position, w)
        }

        if (obj.seen != null) {
          w.uint32(50)
          WirePosition.codec().encode(obj.seen, w)
        }

        if (obj.archive != null) {
          w.uint32(58)
          WireArchive.codec().encode(obj.archive, w)
        }

        if (obj.mode != null && __WireModeValues[obj.mode] !== 0) {
          w.uint32(64)
          WireMode.codec().encode(obj.mode, w)
        }

        if (obj.massChanges != null && obj.massChanges.length > 0) {
          for (const value of obj.massChanges) {
            w.uint32(74)
            WireMassChange.codec().encode(value, w)
          }
        }

        if (obj.proofs != null && obj.proofs.length > 0) {
          for (const value of obj.proofs) {
            w.uint32(82)
            WireProof.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          folderId: noBytes,
          label: noBytes,
          accepted: false,
          epoch: noBytes,
          mode: WireMode.MODE_UNSPECIFIED,
          massChanges: [],
          proofs: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.folderId = reader.bytes()
              break
            }
            case 2: {
              obj.label = reader.bytes()
              break
            }
            case 3: {
              obj.accepted = reader.bool()
              break
            }
            case 4: {
              obj.epoch = reader.bytes()
              break
            }
            case 5: {
              obj.position = WirePosition.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.position
              })
              break
            }
            case 6: {
              obj.seen = WirePosition.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.seen
              })
              break
            }
            case 7: {
              obj.archive = WireArchive.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.archive
              })
              break
            }
            case 8: {
              obj.mode = WireMode.codec().decode(reader)
              break
            }
            case 9: {
              if (opts.limits?.massChanges != null && obj.massChanges.length === opts.limits.massChanges) {
                throw new MaxLengthError('Decode error - repeated field "massChanges" had too many elements')
              }

              obj.massChanges.push(WireMassChange.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.massChanges$
              }))
              break
            }
            case 10: {
              if (opts.limits?.proofs != null && obj.proofs.length === opts.limits.proofs) {
                throw new MaxLengthError('Decode error - repeated field "proofs" had too many elements')
              }

              obj.proofs.push(WireProof.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.proofs$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          massChanges: 0,
          proofs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.folderId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.label`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.accepted`,
                value: reader.bool()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield * WirePosition.codec().stream(reader, reader.uint32(), `${prefix}.position`, {
                limits: opts.limits?.position
              })

              break
            }
            case 6: {
              yield * WirePosition.codec().stream(reader, reader.uint32(), `${prefix}.seen`, {
                limits: opts.limits?.seen
              })

              break
            }
            case 7: {
              yield * WireArchive.codec().stream(reader, reader.uint32(), `${prefix}.archive`, {
                limits: opts.limits?.archive
              })

              break
            }
            case 8: {
              yield {
                field: `${prefix}.mode`,
                value: WireMode.codec().decode(reader)
              }
              break
            }
            case 9: {
              if (opts.limits?.massChanges != null && obj.massChanges === opts.limits.massChanges) {
                throw new MaxLengthError('Streaming decode error - repeated field "massChanges" had too many elements')
              }

              for (const evt of WireMassChange.codec().stream(reader, reader.uint32(), `${prefix}.massChanges[]`, {
                limits: opts.limits?.massChanges$
              })) {
                yield {
                  ...evt,
                  index: obj.massChanges
                }
              }

              obj.massChanges++

              break
            }
            case 10: {
              if (opts.limits?.proofs != null && obj.proofs === opts.limits.proofs) {
                throw new MaxLengthError('Streaming decode error - repeated field "proofs" had too many elements')
              }

              for (const evt of WireProof.codec().stream(reader, reader.uint32(), `${prefix}.proofs[]`, {
                limits: opts.limits?.proofs$
              })) {
                yield {
                  ...evt,
                  index: obj.proofs
                }
              }

              obj.proofs++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireFolderFolderIdFieldEvent {
    field: '$.folderId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireFolderLabelFieldEvent {
    field: '$.label'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireFolderAcceptedFieldEvent {
    field: '$.accepted'
    value: boolean
  }

  export interface WireFolderEpochFieldEvent {
    field: '$.epoch'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireFolderPositionEpochFieldEvent {
    field: '$.position.epoch'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireFolderPositionSequenceFieldEvent {
    field: '$.position.sequence'
    value: number
  }

  export interface WireFolderPositionHashFieldEvent {
    field: '$.position.hash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireFolderSeenEpochFieldEvent {
    field: '$.seen.epoch'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireFolderSeenSequenceFieldEvent {
    field: '$.seen.sequence'
    value: number
  }

  export interface WireFolderSeenHashFieldEvent {
    field: '$.seen.hash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireFolderArchiveStoreIdFieldEvent {
    field: '$.archive.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireFolderArchiveGenerationFieldEvent {
    field: '$.archive.generation'
    value: number
  }

  export interface WireFolderModeFieldEvent {
    field: '$.mode'
    value: WireMode
  }

  export interface WireFolderMassChangesIdFieldEvent {
    field: '$.massChanges[].id'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireFolderMassChangesHolderFieldEvent {
    field: '$.massChanges[].holder'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireFolderMassChangesAuthorFieldEvent {
    field: '$.massChanges[].author'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireFolderMassChangesSinceMsFieldEvent {
    field: '$.massChanges[].sinceMs'
    value: number
    index: number
  }

  export interface WireFolderMassChangesLastMsFieldEvent {
    field: '$.massChanges[].lastMs'
    value: number
    index: number
  }

  export interface WireFolderMassChangesDeletedFieldEvent {
    field: '$.massChanges[].deleted'
    value: number
    index: number
  }

  export interface WireFolderMassChangesRewrittenFieldEvent {
    field: '$.massChanges[].rewritten'
    value: number
    index: number
  }

  export interface WireFolderMassChangesFilesFieldEvent {
    field: '$.massChanges[].files'
    value: number
    index: number
  }

  export interface WireFolderMassChangesAnswerFieldEvent {
    field: '$.massChanges[].answer'
    value: WireAnswer
    index: number
  }

  export interface WireFolderProofsKindFieldEvent {
    field: '$.proofs[].kind'
    value: WireProofKind
    index: number
  }

  export interface WireFolderProofsDeviceFieldEvent {
    field: '$.proofs[].device'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireFolderProofsStoreIdFieldEvent {
    field: '$.proofs[].storeId'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireFolderProofsAtMsFieldEvent {
    field: '$.proofs[].atMs'
    value: number
    index: number
  }

  export interface WireFolderProofsItemsFieldEvent {
    field: '$.proofs[].items'
    value: number
    index: number
  }

  export interface WireFolderProofsBytesFieldEvent {
    field: '$.proofs[].bytes'
    value: number
    index: number
  }

  export interface WireFolderProofsBadFieldEvent {
    field: '$.proofs[].bad'
    value: number
    index: number
  }

  export interface WireFolderProofsTookMsFieldEvent {
    field: '$.proofs[].tookMs'
    value: number
    index: number
  }

  export interface WireFolderProofsAllWouldTakeMsFieldEvent {
    field: '$.proofs[].allWouldTakeMs'
    value: number
    index: number
  }

  export interface WireFolderProofsSignatureFieldEvent {
    field: '$.proofs[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<WireFolder>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireFolder.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireFolder>): WireFolder {
    return decodeMessage(buf, WireFolder.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireFolder>): Generator<WireFolderFolderIdFieldEvent | WireFolderLabelFieldEvent | WireFolderAcceptedFieldEvent | WireFolderEpochFieldEvent | WireFolderPositionEpochFieldEvent | WireFolderPositionSequenceFieldEvent | WireFolderPositionHashFieldEvent | WireFolderSeenEpochFieldEvent | WireFolderSeenSequenceFieldEvent | WireFolderSeenHashFieldEvent | WireFolderArchiveStoreIdFieldEvent | WireFolderArchiveGenerationFieldEvent | WireFolderModeFieldEvent | WireFolderMassChangesIdFieldEvent | WireFolderMassChangesHolderFieldEvent | WireFolderMassChangesAuthorFieldEvent | WireFolderMassChangesSinceMsFieldEvent | WireFolderMassChangesLastMsFieldEvent | WireFolderMassChangesDeletedFieldEvent | WireFolderMassChangesRewrittenFieldEvent | WireFolderMassChangesFilesFieldEvent | WireFolderMassChangesAnswerFieldEvent | WireFolderProofsKindFieldEvent | WireFolderProofsDeviceFieldEvent | WireFolderProofsStoreIdFieldEvent | WireFolderProofsAtMsFieldEvent | WireFolderProofsItemsFieldEvent | WireFolderProofsBytesFieldEvent | WireFolderProofsBadFieldEvent | WireFolderProofsTookMsFieldEvent | WireFolderProofsAllWouldTakeMsFieldEvent | WireFolderProofsSignatureFieldEvent> {
    return streamMessage(buf, WireFolder.codec(), opts)
  }
}

export enum WireProofKind {
  PROOF_UNSPECIFIED = 'PROOF_UNSPECIFIED',
  PROOF_VERIFIED = 'PROOF_VERIFIED',
  PROOF_DRILLED = 'PROOF_DRILLED'
}

enum __WireProofKindValues {
  PROOF_UNSPECIFIED = 0,
  PROOF_VERIFIED = 1,
  PROOF_DRILLED = 2
}

export namespace WireProofKind {
  export const codec = (): Codec<WireProofKind> => {
    return enumeration<WireProofKind>(__WireProofKindValues)
  }
}

export interface WireProof {
  kind: WireProofKind
  device: Uint8Array<ArrayBuffer>
  storeId: Uint8Array<ArrayBuffer>
  atMs: number
  items: number
  bytes: number
  bad: number
  tookMs: number
  allWouldTakeMs: number
  signature: Uint8Array<ArrayBuffer>
}

export namespace WireProof {
  let _codec: Codec<WireProof>

  export const codec = (): Codec<WireProof> => {
    if (_codec == null) {
      _codec = message<WireProof>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.kind != null && __WireProofKindValues[obj.kind] !== 0) {
          w.uint32(8)
          WireProofKind.codec().encode(obj.kind, w)
        }

        if ((obj.device != null && obj.device.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.device)
        }

        if ((obj.storeId != null && obj.storeId.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.storeId)
        }

        if ((obj.atMs != null && obj.atMs !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.atMs)
        }

        if ((obj.items != null && obj.items !== 0)) {
          w.uint32(40)
          w.uint64Number(obj.items)
        }

        if ((obj.bytes != null && obj.bytes !== 0)) {
          w.uint32(48)
          w.uint64Number(obj.bytes)
        }

        if ((obj.bad != null && obj.bad !== 0)) {
          w.uint32(56)
          w.uint64Number(obj.bad)
        }

        if ((obj.tookMs != null && obj.tookMs !== 0)) {
          w.uint32(64)
          w.uint64Number(obj.tookMs)
        }

        if ((obj.allWouldTakeMs != null && obj.allWouldTakeMs !== 0)) {
          w.uint32(72)
          w.uint64Number(obj.allWouldTakeMs)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(82)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          kind: WireProofKind.PROOF_UNSPECIFIED,
          device: noBytes,
          storeId: noBytes,
          atMs: 0,
          items: 0,
          bytes: 0,
          bad: 0,
          tookMs: 0,
          allWouldTakeMs: 0,
          signature: noBytes
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.kind = WireProofKind.codec().decode(reader)
              break
            }
            case 2: {
              obj.device = reader.bytes()
              break
            }
            case 3: {
              obj.storeId = reader.bytes()
              break
            }
            case 4: {
              obj.atMs = reader.uint64Number()
              break
            }
            case 5: {
              obj.items = reader.uint64Number()
              break
            }
            case 6: {
              obj.bytes = reader.uint64Number()
              break
            }
            case 7: {
              obj.bad = reader.uint64Number()
              break
            }
            case 8: {
              obj.tookMs = reader.uint64Number()
              break
            }
            case 9: {
              obj.allWouldTakeMs = reader.uint64Number()
              break
            }
            case 10: {
              obj.signature = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.kind`,
                value: WireProofKind.codec().decode(reader)
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.device`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.storeId`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.atMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.items`,
                value: reader.uint64Number()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.bytes`,
                value: reader.uint64Number()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.bad`,
                value: reader.uint64Number()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.tookMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.allWouldTakeMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 10: {
              yield {
                field: `${prefix}.signature`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireProofKindFieldEvent {
    field: '$.kind'
    value: WireProofKind
  }

  export interface WireProofDeviceFieldEvent {
    field: '$.device'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireProofStoreIdFieldEvent {
    field: '$.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireProofAtMsFieldEvent {
    field: '$.atMs'
    value: number
  }

  export interface WireProofItemsFieldEvent {
    field: '$.items'
    value: number
  }

  export interface WireProofBytesFieldEvent {
    field: '$.bytes'
    value: number
  }

  export interface WireProofBadFieldEvent {
    field: '$.bad'
    value: number
  }

  export interface WireProofTookMsFieldEvent {
    field: '$.tookMs'
    value: number
  }

  export interface WireProofAllWouldTakeMsFieldEvent {
    field: '$.allWouldTakeMs'
    value: number
  }

  export interface WireProofSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireProof>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireProof.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireProof>): WireProof {
    return decodeMessage(buf, WireProof.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireProof>): Generator<WireProofKindFieldEvent | WireProofDeviceFieldEvent | WireProofStoreIdFieldEvent | WireProofAtMsFieldEvent | WireProofItemsFieldEvent | WireProofBytesFieldEvent | WireProofBadFieldEvent | WireProofTookMsFieldEvent | WireProofAllWouldTakeMsFieldEvent | WireProofSignatureFieldEvent> {
    return streamMessage(buf, WireProof.codec(), opts)
  }
}

export enum WireAnswer {
  ANSWER_UNSPECIFIED = 'ANSWER_UNSPECIFIED',
  ANSWER_OPEN = 'ANSWER_OPEN',
  ANSWER_OVER = 'ANSWER_OVER',
  ANSWER_CONFIRMED = 'ANSWER_CONFIRMED',
  ANSWER_REJECTED = 'ANSWER_REJECTED'
}

enum __WireAnswerValues {
  ANSWER_UNSPECIFIED = 0,
  ANSWER_OPEN = 1,
  ANSWER_OVER = 2,
  ANSWER_CONFIRMED = 3,
  ANSWER_REJECTED = 4
}

export namespace WireAnswer {
  export const codec = (): Codec<WireAnswer> => {
    return enumeration<WireAnswer>(__WireAnswerValues)
  }
}

export interface WireMassChange {
  id: Uint8Array<ArrayBuffer>
  holder: Uint8Array<ArrayBuffer>
  author: Uint8Array<ArrayBuffer>
  sinceMs: number
  lastMs: number
  deleted: number
  rewritten: number
  files: number
  answer: WireAnswer
}

export namespace WireMassChange {
  let _codec: Codec<WireMassChange>

  export const codec = (): Codec<WireMassChange> => {
    if (_codec == null) {
      _codec = message<WireMassChange>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.id != null && obj.id.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.id)
        }

        if ((obj.holder != null && obj.holder.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.holder)
        }

        if ((obj.author != null && obj.author.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.author)
        }

        if ((obj.sinceMs != null && obj.sinceMs !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.sinceMs)
        }

        if ((obj.lastMs != null && obj.lastMs !== 0)) {
          w.uint32(40)
          w.uint64Number(obj.lastMs)
        }

        if ((obj.deleted != null && obj.deleted !== 0)) {
          w.uint32(48)
          w.uint64Number(obj.deleted)
        }

        if ((obj.rewritten != null && obj.rewritten !== 0)) {
          w.uint32(56)
          w.uint64Number(obj.rewritten)
        }

        if ((obj.files != null && obj.files !== 0)) {
          w.uint32(64)
          w.uint64Number(obj.files)
        }

        if (obj.answer != null && __WireAnswerValues[obj.answer] !== 0) {
          w.uint32(72)
          WireAnswer.codec().encode(obj.answer, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          id: noBytes,
          holder: noBytes,
          author: noBytes,
          sinceMs: 0,
          lastMs: 0,
          deleted: 0,
          rewritten: 0,
          files: 0,
          answer: WireAnswer.ANSWER_UNSPECIFIED
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.id = reader.bytes()
              break
            }
            case 2: {
              obj.holder = reader.bytes()
              break
            }
            case 3: {
              obj.author = reader.bytes()
              break
            }
            case 4: {
              obj.sinceMs = reader.uint64Number()
              break
            }
            case 5: {
              obj.lastMs = reader.uint64Number()
              break
            }
            case 6: {
              obj.deleted = reader.uint64Number()
              break
            }
            case 7: {
              obj.rewritten = reader.uint64Number()
              break
            }
            case 8: {
              obj.files = reader.uint64Number()
              break
            }
            case 9: {
              obj.answer = WireAnswer.codec().decode(reader)
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.id`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.holder`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.author`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.sinceMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.lastMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.deleted`,
                value: reader.uint64Number()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.rewritten`,
                value: reader.uint64Number()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.files`,
                value: reader.uint64Number()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.answer`,
                value: WireAnswer.codec().decode(reader)
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireMassChangeIdFieldEvent {
    field: '$.id'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireMassChangeHolderFieldEvent {
    field: '$.holder'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireMassChangeAuthorFieldEvent {
    field: '$.author'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireMassChangeSinceMsFieldEvent {
    field: '$.sinceMs'
    value: number
  }

  export interface WireMassChangeLastMsFieldEvent {
    field: '$.lastMs'
    value: number
  }

  export interface WireMassChangeDeletedFieldEvent {
    field: '$.deleted'
    value: number
  }

  export interface WireMassChangeRewrittenFieldEvent {
    field: '$.rewritten'
    value: number
  }

  export interface WireMassChangeFilesFieldEvent {
    field: '$.files'
    value: number
  }

  export interface WireMassChangeAnswerFieldEvent {
    field: '$.answer'
    value: WireAnswer
  }

  export function encode (obj: Partial<WireMassChange>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireMassChange.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireMassChange>): WireMassChange {
    return decodeMessage(buf, WireMassChange.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireMassChange>): Generator<WireMassChangeIdFieldEvent | WireMassChangeHolderFieldEvent | WireMassChangeAuthorFieldEvent | WireMassChangeSinceMsFieldEvent | WireMassChangeLastMsFieldEvent | WireMassChangeDeletedFieldEvent | WireMassChangeRewrittenFieldEvent | WireMassChangeFilesFieldEvent | WireMassChangeAnswerFieldEvent> {
    return streamMessage(buf, WireMassChange.codec(), opts)
  }
}

export interface WireArchive {
  storeId: Uint8Array<ArrayBuffer>
  generation: number
}

export namespace WireArchive {
  let _codec: Codec<WireArchive>

  export const codec = (): Codec<WireArchive> => {
    if (_codec == null) {
      _codec = message<WireArchive>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.storeId != null && obj.storeId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.storeId)
        }

        if ((obj.generation != null && obj.generation !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.generation)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          storeId: noBytes,
          generation: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.storeId = reader.bytes()
              break
            }
            case 2: {
              obj.generation = reader.uint64Number()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.storeId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.generation`,
                value: reader.uint64Number()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireArchiveStoreIdFieldEvent {
    field: '$.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireArchiveGenerationFieldEvent {
    field: '$.generation'
    value: number
  }

  export function encode (obj: Partial<WireArchive>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireArchive.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireArchive>): WireArchive {
    return decodeMessage(buf, WireArchive.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireArchive>): Generator<WireArchiveStoreIdFieldEvent | WireArchiveGenerationFieldEvent> {
    return streamMessage(buf, WireArchive.codec(), opts)
  }
}

export interface WireIndexDelta {
  folderId: Uint8Array<ArrayBuffer>
  epoch: Uint8Array<ArrayBuffer>
  rows: WireIndexRow[]
  position?: WirePosition
  after: number
  more: boolean
}

export namespace WireIndexDelta {
  let _codec: Codec<WireIndexDelta>

  export const codec = (): Codec<WireIndexDelta> => {
    if (_codec == null) {
      _codec = message<WireIndexDelta>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.folderId != null && obj.folderId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.folderId)
        }

        if ((obj.epoch != null && obj.epoch.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.epoch)
        }

        if (obj.rows != null && obj.rows.length > 0) {
          for (const value of obj.rows) {
            w.uint32(26)
            WireIndexRow.codec().encode(value, w)
          }
        }

        if (obj.position != null) {
          w.uint32(34)
          WirePosition.codec().encode(obj.position, w)
        }

        if ((obj.after != null && obj.after !== 0)) {
          w.uint32(40)
          w.uint64Number(obj.after)
        }

        if ((obj.more != null && obj.more !== false)) {
          w.uint32(48)
          w.bool(obj.more)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          folderId: noBytes,
          epoch: noBytes,
          rows: [],
          after: 0,
          more: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.folderId = reader.bytes()
              break
            }
            case 2: {
              obj.epoch = reader.bytes()
              break
            }
            case 3: {
              if (opts.limits?.rows != null && obj.rows.length === opts.limits.rows) {
                throw new MaxLengthError('Decode error - repeated field "rows" had too many elements')
              }

              obj.rows.push(WireIndexRow.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.rows$
              }))
              break
            }
            case 4: {
              obj.position = WirePosition.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.position
              })
              break
            }
            case 5: {
              obj.after = reader.uint64Number()
              break
            }
            case 6: {
              obj.more = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          rows: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.folderId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              if (opts.limits?.rows != null && obj.rows === opts.limits.rows) {
                throw new MaxLengthError('Streaming decode error - repeated field "rows" had too many elements')
              }

              for (const evt of WireIndexRow.codec().stream(reader, reader.uint32(), `${prefix}.rows[]`, {
                limits: opts.limits?.rows$
              })) {
                yield {
                  ...evt,
                  index: obj.rows
                }
              }

              obj.rows++

              break
            }
            case 4: {
              yield * WirePosition.codec().stream(reader, reader.uint32(), `${prefix}.position`, {
                limits: opts.limits?.position
              })

              break
            }
            case 5: {
              yield {
                field: `${prefix}.after`,
                value: reader.uint64Number()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.more`,
                value: reader.bool()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireIndexDeltaFolderIdFieldEvent {
    field: '$.folderId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireIndexDeltaEpochFieldEvent {
    field: '$.epoch'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireIndexDeltaRowsSequenceFieldEvent {
    field: '$.rows[].sequence'
    value: number
    index: number
  }

  export interface WireIndexDeltaRowsStateFieldEvent {
    field: '$.rows[].state'
    value: WireRowState
    index: number
  }

  export interface WireIndexDeltaRowsRecordFieldEvent {
    field: '$.rows[].record'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireIndexDeltaRowsCheckedFieldEvent {
    field: '$.rows[].checked'
    value: boolean
    index: number
  }

  export interface WireIndexDeltaPositionEpochFieldEvent {
    field: '$.position.epoch'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireIndexDeltaPositionSequenceFieldEvent {
    field: '$.position.sequence'
    value: number
  }

  export interface WireIndexDeltaPositionHashFieldEvent {
    field: '$.position.hash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireIndexDeltaAfterFieldEvent {
    field: '$.after'
    value: number
  }

  export interface WireIndexDeltaMoreFieldEvent {
    field: '$.more'
    value: boolean
  }

  export function encode (obj: Partial<WireIndexDelta>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireIndexDelta.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireIndexDelta>): WireIndexDelta {
    return decodeMessage(buf, WireIndexDelta.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireIndexDelta>): Generator<WireIndexDeltaFolderIdFieldEvent | WireIndexDeltaEpochFieldEvent | WireIndexDeltaRowsSequenceFieldEvent | WireIndexDeltaRowsStateFieldEvent | WireIndexDeltaRowsRecordFieldEvent | WireIndexDeltaRowsCheckedFieldEvent | WireIndexDeltaPositionEpochFieldEvent | WireIndexDeltaPositionSequenceFieldEvent | WireIndexDeltaPositionHashFieldEvent | WireIndexDeltaAfterFieldEvent | WireIndexDeltaMoreFieldEvent> {
    return streamMessage(buf, WireIndexDelta.codec(), opts)
  }
}

export enum WireRowState {
  STATE_UNSPECIFIED = 'STATE_UNSPECIFIED',
  STATE_CURRENT = 'STATE_CURRENT',
  STATE_SIDE = 'STATE_SIDE'
}

enum __WireRowStateValues {
  STATE_UNSPECIFIED = 0,
  STATE_CURRENT = 1,
  STATE_SIDE = 2
}

export namespace WireRowState {
  export const codec = (): Codec<WireRowState> => {
    return enumeration<WireRowState>(__WireRowStateValues)
  }
}

export interface WireIndexRow {
  sequence: number
  state: WireRowState
  record: Uint8Array<ArrayBuffer>
  checked: boolean
}

export namespace WireIndexRow {
  let _codec: Codec<WireIndexRow>

  export const codec = (): Codec<WireIndexRow> => {
    if (_codec == null) {
      _codec = message<WireIndexRow>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.sequence != null && obj.sequence !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.sequence)
        }

        if (obj.state != null && __WireRowStateValues[obj.state] !== 0) {
          w.uint32(16)
          WireRowState.codec().encode(obj.state, w)
        }

        if ((obj.record != null && obj.record.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.record)
        }

        if ((obj.checked != null && obj.checked !== false)) {
          w.uint32(32)
          w.bool(obj.checked)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          sequence: 0,
          state: WireRowState.STATE_UNSPECIFIED,
          record: noBytes,
          checked: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.sequence = reader.uint64Number()
              break
            }
            case 2: {
              obj.state = WireRowState.codec().decode(reader)
              break
            }
            case 3: {
              obj.record = reader.bytes()
              break
            }
            case 4: {
              obj.checked = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.sequence`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.state`,
                value: WireRowState.codec().decode(reader)
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.record`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.checked`,
                value: reader.bool()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireIndexRowSequenceFieldEvent {
    field: '$.sequence'
    value: number
  }

  export interface WireIndexRowStateFieldEvent {
    field: '$.state'
    value: WireRowState
  }

  export interface WireIndexRowRecordFieldEvent {
    field: '$.record'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireIndexRowCheckedFieldEvent {
    field: '$.checked'
    value: boolean
  }

  export function encode (obj: Partial<WireIndexRow>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireIndexRow.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireIndexRow>): WireIndexRow {
    return decodeMessage(buf, WireIndexRow.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireIndexRow>): Generator<WireIndexRowSequenceFieldEvent | WireIndexRowStateFieldEvent | WireIndexRowRecordFieldEvent | WireIndexRowCheckedFieldEvent> {
    return streamMessage(buf, WireIndexRow.codec(), opts)
  }
}

export interface WireProgress {
  folderId: Uint8Array<ArrayBuffer>
  seen?: WirePosition
  sequence: number
  needFiles: number
  needBytes: number
  trouble: number
}

export namespace WireProgress {
  let _codec: Codec<WireProgress>

  export const codec = (): Codec<WireProgress> => {
    if (_codec == null) {
      _codec = message<WireProgress>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.folderId != null && obj.folderId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.folderId)
        }

        if (obj.seen != null) {
          w.uint32(18)
          WirePosition.codec().encode(obj.seen, w)
        }

        if ((obj.sequence != null && obj.sequence !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.sequence)
        }

        if ((obj.needFiles != null && obj.needFiles !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.needFiles)
        }

        if ((obj.needBytes != null && obj.needBytes !== 0)) {
          w.uint32(40)
          w.uint64Number(obj.needBytes)
        }

        if ((obj.trouble != null && obj.trouble !== 0)) {
          w.uint32(48)
          w.uint32(obj.trouble)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          folderId: noBytes,
          sequence: 0,
          needFiles: 0,
          needBytes: 0,
          trouble: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.folderId = reader.bytes()
              break
            }
            case 2: {
              obj.seen = WirePosition.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.seen
              })
              break
            }
            case 3: {
              obj.sequence = reader.uint64Number()
              break
            }
            case 4: {
              obj.needFiles = reader.uint64Number()
              break
            }
            case 5: {
              obj.needBytes = reader.uint64Number()
              break
            }
            case 6: {
              obj.trouble = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.folderId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield * WirePosition.codec().stream(reader, reader.uint32(), `${prefix}.seen`, {
                limits: opts.limits?.seen
              })

              break
            }
            case 3: {
              yield {
                field: `${prefix}.sequence`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.needFiles`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.needBytes`,
                value: reader.uint64Number()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.trouble`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireProgressFolderIdFieldEvent {
    field: '$.folderId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireProgressSeenEpochFieldEvent {
    field: '$.seen.epoch'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireProgressSeenSequenceFieldEvent {
    field: '$.seen.sequence'
    value: number
  }

  export interface WireProgressSeenHashFieldEvent {
    field: '$.seen.hash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireProgressSequenceFieldEvent {
    field: '$.sequence'
    value: number
  }

  export interface WireProgressNeedFilesFieldEvent {
    field: '$.needFiles'
    value: number
  }

  export interface WireProgressNeedBytesFieldEvent {
    field: '$.needBytes'
    value: number
  }

  export interface WireProgressTroubleFieldEvent {
    field: '$.trouble'
    value: number
  }

  export function encode (obj: Partial<WireProgress>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireProgress.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireProgress>): WireProgress {
    return decodeMessage(buf, WireProgress.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireProgress>): Generator<WireProgressFolderIdFieldEvent | WireProgressSeenEpochFieldEvent | WireProgressSeenSequenceFieldEvent | WireProgressSeenHashFieldEvent | WireProgressSequenceFieldEvent | WireProgressNeedFilesFieldEvent | WireProgressNeedBytesFieldEvent | WireProgressTroubleFieldEvent> {
    return streamMessage(buf, WireProgress.codec(), opts)
  }
}

export interface WireReceipt {
  folderId: Uint8Array<ArrayBuffer>
  storeId: Uint8Array<ArrayBuffer>
  generation: number
  position?: WirePosition
  exceptions: Uint8Array<ArrayBuffer>[]
  logPosition: number
  logHead: Uint8Array<ArrayBuffer>
}

export namespace WireReceipt {
  let _codec: Codec<WireReceipt>

  export const codec = (): Codec<WireReceipt> => {
    if (_codec == null) {
      _codec = message<WireReceipt>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.folderId != null && obj.folderId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.folderId)
        }

        if ((obj.storeId != null && obj.storeId.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.storeId)
        }

        if ((obj.generation != null && obj.generation !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.generation)
        }

        if (obj.position != null) {
          w.uint32(34)
          WirePosition.codec().encode(obj.position, w)
        }

        if (obj.exceptions != null && obj.exceptions.length > 0) {
          for (const value of obj.exceptions) {
            w.uint32(42)
            w.bytes(value)
          }
        }

        if ((obj.logPosition != null && obj.logPosition !== 0)) {
          w.uint32(48)
          w.uint64Number(obj.logPosition)
        }

        if ((obj.logHead != null && obj.logHead.byteLength > 0)) {
          w.uint32(58)
          w.bytes(obj.logHead)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          folderId: noBytes,
          storeId: noBytes,
          generation: 0,
          exceptions: [],
          logPosition: 0,
          logHead: noBytes
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.folderId = reader.bytes()
              break
            }
            case 2: {
              obj.storeId = reader.bytes()
              break
            }
            case 3: {
              obj.generation = reader.uint64Number()
              break
            }
            case 4: {
              obj.position = WirePosition.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.position
              })
              break
            }
            case 5: {
              if (opts.limits?.exceptions != null && obj.exceptions.length === opts.limits.exceptions) {
                throw new MaxLengthError('Decode error - repeated field "exceptions" had too many elements')
              }

              obj.exceptions.push(reader.bytes())
              break
            }
            case 6: {
              obj.logPosition = reader.uint64Number()
              break
            }
            case 7: {
              obj.logHead = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          exceptions: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.folderId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.storeId`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.generation`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield * WirePosition.codec().stream(reader, reader.uint32(), `${prefix}.position`, {
                limits: opts.limits?.position
              })

              break
            }
            case 5: {
              if (opts.limits?.exceptions != null && obj.exceptions === opts.limits.exceptions) {
                throw new MaxLengthError('Streaming decode error - repeated field "exceptions" had too many elements')
              }

              yield {
                field: `${prefix}.exceptions[]`,
                index: obj.exceptions,
                value: reader.bytes()
              }

              obj.exceptions++

              break
            }
            case 6: {
              yield {
                field: `${prefix}.logPosition`,
                value: reader.uint64Number()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.logHead`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireReceiptFolderIdFieldEvent {
    field: '$.folderId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireReceiptStoreIdFieldEvent {
    field: '$.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireReceiptGenerationFieldEvent {
    field: '$.generation'
    value: number
  }

  export interface WireReceiptPositionEpochFieldEvent {
    field: '$.position.epoch'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireReceiptPositionSequenceFieldEvent {
    field: '$.position.sequence'
    value: number
  }

  export interface WireReceiptPositionHashFieldEvent {
    field: '$.position.hash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireReceiptExceptionsFieldEvent {
    field: '$.exceptions[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireReceiptLogPositionFieldEvent {
    field: '$.logPosition'
    value: number
  }

  export interface WireReceiptLogHeadFieldEvent {
    field: '$.logHead'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireReceipt>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireReceipt.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireReceipt>): WireReceipt {
    return decodeMessage(buf, WireReceipt.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireReceipt>): Generator<WireReceiptFolderIdFieldEvent | WireReceiptStoreIdFieldEvent | WireReceiptGenerationFieldEvent | WireReceiptPositionEpochFieldEvent | WireReceiptPositionSequenceFieldEvent | WireReceiptPositionHashFieldEvent | WireReceiptExceptionsFieldEvent | WireReceiptLogPositionFieldEvent | WireReceiptLogHeadFieldEvent> {
    return streamMessage(buf, WireReceipt.codec(), opts)
  }
}

export interface WireError {
  code: Uint8Array<ArrayBuffer>
  message: Uint8Array<ArrayBuffer>
  folderId?: Uint8Array<ArrayBuffer>
}

export namespace WireError {
  let _codec: Codec<WireError>

  export const codec = (): Codec<WireError> => {
    if (_codec == null) {
      _codec = message<WireError>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.code != null && obj.code.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.code)
        }

        if ((obj.message != null && obj.message.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.message)
        }

        if (obj.folderId != null) {
          w.uint32(26)
          w.bytes(obj.folderId)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          code: noBytes,
          message: noBytes
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.code = reader.bytes()
              break
            }
            case 2: {
              obj.message = reader.bytes()
              break
            }
            case 3: {
              obj.folderId = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.code`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.message`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.folderId`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireErrorCodeFieldEvent {
    field: '$.code'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireErrorMessageFieldEvent {
    field: '$.message'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireErrorFolderIdFieldEvent {
    field: '$.folderId'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireError>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireError.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireError>): WireError {
    return decodeMessage(buf, WireError.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireError>): Generator<WireErrorCodeFieldEvent | WireErrorMessageFieldEvent | WireErrorFolderIdFieldEvent> {
    return streamMessage(buf, WireError.codec(), opts)
  }
}

export interface WireBlockRequest {
  requestId: number
  folderId: Uint8Array<ArrayBuffer>
  items: WireBlockItem[]
}

export namespace WireBlockRequest {
  let _codec: Codec<WireBlockRequest>

  export const codec = (): Codec<WireBlockRequest> => {
    if (_codec == null) {
      _codec = message<WireBlockRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.requestId != null && obj.requestId !== 0)) {
          w.uint32(8)
          w.uint32(obj.requestId)
        }

        if ((obj.folderId != null && obj.folderId.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.folderId)
        }

        if (obj.items != null && obj.items.length > 0) {
          for (const value of obj.items) {
            w.uint32(26)
            WireBlockItem.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          requestId: 0,
          folderId: noBytes,
          items: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.requestId = reader.uint32()
              break
            }
            case 2: {
              obj.folderId = reader.bytes()
              break
            }
            case 3: {
              if (opts.limits?.items != null && obj.items.length === opts.limits.items) {
                throw new MaxLengthError('Decode error - repeated field "items" had too many elements')
              }

              obj.items.push(WireBlockItem.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.items$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          items: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.requestId`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.folderId`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              if (opts.limits?.items != null && obj.items === opts.limits.items) {
                throw new MaxLengthError('Streaming decode error - repeated field "items" had too many elements')
              }

              for (const evt of WireBlockItem.codec().stream(reader, reader.uint32(), `${prefix}.items[]`, {
                limits: opts.limits?.items$
              })) {
                yield {
                  ...evt,
                  index: obj.items
                }
              }

              obj.items++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireBlockRequestRequestIdFieldEvent {
    field: '$.requestId'
    value: number
  }

  export interface WireBlockRequestFolderIdFieldEvent {
    field: '$.folderId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireBlockRequestItemsVersionIdFieldEvent {
    field: '$.items[].versionId'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireBlockRequestItemsLevelFieldEvent {
    field: '$.items[].level'
    value: number
    index: number
  }

  export interface WireBlockRequestItemsFirstFieldEvent {
    field: '$.items[].first'
    value: number
    index: number
  }

  export interface WireBlockRequestItemsCountFieldEvent {
    field: '$.items[].count'
    value: number
    index: number
  }

  export function encode (obj: Partial<WireBlockRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireBlockRequest.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireBlockRequest>): WireBlockRequest {
    return decodeMessage(buf, WireBlockRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireBlockRequest>): Generator<WireBlockRequestRequestIdFieldEvent | WireBlockRequestFolderIdFieldEvent | WireBlockRequestItemsVersionIdFieldEvent | WireBlockRequestItemsLevelFieldEvent | WireBlockRequestItemsFirstFieldEvent | WireBlockRequestItemsCountFieldEvent> {
    return streamMessage(buf, WireBlockRequest.codec(), opts)
  }
}

export interface WireBlockItem {
  versionId: Uint8Array<ArrayBuffer>
  level: number
  first: number
  count: number
}

export namespace WireBlockItem {
  let _codec: Codec<WireBlockItem>

  export const codec = (): Codec<WireBlockItem> => {
    if (_codec == null) {
      _codec = message<WireBlockItem>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.versionId != null && obj.versionId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.versionId)
        }

        if ((obj.level != null && obj.level !== 0)) {
          w.uint32(16)
          w.uint32(obj.level)
        }

        if ((obj.first != null && obj.first !== 0)) {
          w.uint32(24)
          w.uint32(obj.first)
        }

        if ((obj.count != null && obj.count !== 0)) {
          w.uint32(32)
          w.uint32(obj.count)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          versionId: noBytes,
          level: 0,
          first: 0,
          count: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.versionId = reader.bytes()
              break
            }
            case 2: {
              obj.level = reader.uint32()
              break
            }
            case 3: {
              obj.first = reader.uint32()
              break
            }
            case 4: {
              obj.count = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.versionId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.level`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.first`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.count`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireBlockItemVersionIdFieldEvent {
    field: '$.versionId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireBlockItemLevelFieldEvent {
    field: '$.level'
    value: number
  }

  export interface WireBlockItemFirstFieldEvent {
    field: '$.first'
    value: number
  }

  export interface WireBlockItemCountFieldEvent {
    field: '$.count'
    value: number
  }

  export function encode (obj: Partial<WireBlockItem>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireBlockItem.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireBlockItem>): WireBlockItem {
    return decodeMessage(buf, WireBlockItem.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireBlockItem>): Generator<WireBlockItemVersionIdFieldEvent | WireBlockItemLevelFieldEvent | WireBlockItemFirstFieldEvent | WireBlockItemCountFieldEvent> {
    return streamMessage(buf, WireBlockItem.codec(), opts)
  }
}

export interface WireBlockResponse {
  requestId: number
  blocks: WireBlock[]
  missing: WireMissing[]
  done: boolean
}

export namespace WireBlockResponse {
  let _codec: Codec<WireBlockResponse>

  export const codec = (): Codec<WireBlockResponse> => {
    if (_codec == null) {
      _codec = message<WireBlockResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.requestId != null && obj.requestId !== 0)) {
          w.uint32(8)
          w.uint32(obj.requestId)
        }

        if (obj.blocks != null && obj.blocks.length > 0) {
          for (const value of obj.blocks) {
            w.uint32(18)
            WireBlock.codec().encode(value, w)
          }
        }

        if (obj.missing != null && obj.missing.length > 0) {
          for (const value of obj.missing) {
            w.uint32(26)
            WireMissing.codec().encode(value, w)
          }
        }

        if ((obj.done != null && obj.done !== false)) {
          w.uint32(32)
          w.bool(obj.done)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          requestId: 0,
          blocks: [],
          missing: [],
          done: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.requestId = reader.uint32()
              break
            }
            case 2: {
              if (opts.limits?.blocks != null && obj.blocks.length === opts.limits.blocks) {
                throw new MaxLengthError('Decode error - repeated field "blocks" had too many elements')
              }

              obj.blocks.push(WireBlock.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.blocks$
              }))
              break
            }
            case 3: {
              if (opts.limits?.missing != null && obj.missing.length === opts.limits.missing) {
                throw new MaxLengthError('Decode error - repeated field "missing" had too many elements')
              }

              obj.missing.push(WireMissing.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.missing$
              }))
              break
            }
            case 4: {
              obj.done = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          blocks: 0,
          missing: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.requestId`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              if (opts.limits?.blocks != null && obj.blocks === opts.limits.blocks) {
                throw new MaxLengthError('Streaming decode error - repeated field "blocks" had too many elements')
              }

              for (const evt of WireBlock.codec().stream(reader, reader.uint32(), `${prefix}.blocks[]`, {
                limits: opts.limits?.blocks$
              })) {
                yield {
                  ...evt,
                  index: obj.blocks
                }
              }

              obj.blocks++

              break
            }
            case 3: {
              if (opts.limits?.missing != null && obj.missing === opts.limits.missing) {
                throw new MaxLengthError('Streaming decode error - repeated field "missing" had too many elements')
              }

              for (const evt of WireMissing.codec().stream(reader, reader.uint32(), `${prefix}.missing[]`, {
                limits: opts.limits?.missing$
              })) {
                yield {
                  ...evt,
                  index: obj.missing
                }
              }

              obj.missing++

              break
            }
            case 4: {
              yield {
                field: `${prefix}.done`,
                value: reader.bool()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireBlockResponseRequestIdFieldEvent {
    field: '$.requestId'
    value: number
  }

  export interface WireBlockResponseBlocksItemFieldEvent {
    field: '$.blocks[].item'
    value: number
    index: number
  }

  export interface WireBlockResponseBlocksIndexFieldEvent {
    field: '$.blocks[].index'
    value: number
    index: number
  }

  export interface WireBlockResponseBlocksEnvelopeFieldEvent {
    field: '$.blocks[].envelope'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireBlockResponseMissingItemFieldEvent {
    field: '$.missing[].item'
    value: number
    index: number
  }

  export interface WireBlockResponseMissingReasonFieldEvent {
    field: '$.missing[].reason'
    value: WireMissingReason
    index: number
  }

  export interface WireBlockResponseDoneFieldEvent {
    field: '$.done'
    value: boolean
  }

  export function encode (obj: Partial<WireBlockResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireBlockResponse.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireBlockResponse>): WireBlockResponse {
    return decodeMessage(buf, WireBlockResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireBlockResponse>): Generator<WireBlockResponseRequestIdFieldEvent | WireBlockResponseBlocksItemFieldEvent | WireBlockResponseBlocksIndexFieldEvent | WireBlockResponseBlocksEnvelopeFieldEvent | WireBlockResponseMissingItemFieldEvent | WireBlockResponseMissingReasonFieldEvent | WireBlockResponseDoneFieldEvent> {
    return streamMessage(buf, WireBlockResponse.codec(), opts)
  }
}

export interface WireBlock {
  item: number
  index: number
  envelope: Uint8Array<ArrayBuffer>
}

export namespace WireBlock {
  let _codec: Codec<WireBlock>

  export const codec = (): Codec<WireBlock> => {
    if (_codec == null) {
      _codec = message<WireBlock>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.item != null && obj.item !== 0)) {
          w.uint32(8)
          w.uint32(obj.item)
        }

        if ((obj.index != null && obj.index !== 0)) {
          w.uint32(16)
          w.uint32(obj.index)
        }

        if ((obj.envelope != null && obj.envelope.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.envelope)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          item: 0,
          index: 0,
          envelope: noBytes
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.item = reader.uint32()
              break
            }
            case 2: {
              obj.index = reader.uint32()
              break
            }
            case 3: {
              obj.envelope = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.item`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.index`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.envelope`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireBlockItemFieldEvent {
    field: '$.item'
    value: number
  }

  export interface WireBlockIndexFieldEvent {
    field: '$.index'
    value: number
  }

  export interface WireBlockEnvelopeFieldEvent {
    field: '$.envelope'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireBlock>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireBlock.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireBlock>): WireBlock {
    return decodeMessage(buf, WireBlock.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireBlock>): Generator<WireBlockItemFieldEvent | WireBlockIndexFieldEvent | WireBlockEnvelopeFieldEvent> {
    return streamMessage(buf, WireBlock.codec(), opts)
  }
}

export enum WireMissingReason {
  REASON_UNSPECIFIED = 'REASON_UNSPECIFIED',
  REASON_GONE = 'REASON_GONE',
  REASON_UNKNOWN = 'REASON_UNKNOWN',
  REASON_UNREADABLE = 'REASON_UNREADABLE',
  REASON_NOT_MEMBER = 'REASON_NOT_MEMBER'
}

enum __WireMissingReasonValues {
  REASON_UNSPECIFIED = 0,
  REASON_GONE = 1,
  REASON_UNKNOWN = 2,
  REASON_UNREADABLE = 3,
  REASON_NOT_MEMBER = 4
}

export namespace WireMissingReason {
  export const codec = (): Codec<WireMissingReason> => {
    return enumeration<WireMissingReason>(__WireMissingReasonValues)
  }
}

export interface WireMissing {
  item: number
  reason: WireMissingReason
}

export namespace WireMissing {
  let _codec: Codec<WireMissing>

  export const codec = (): Codec<WireMissing> => {
    if (_codec == null) {
      _codec = message<WireMissing>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.item != null && obj.item !== 0)) {
          w.uint32(8)
          w.uint32(obj.item)
        }

        if (obj.reason != null && __WireMissingReasonValues[obj.reason] !== 0) {
          w.uint32(16)
          WireMissingReason.codec().encode(obj.reason, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          item: 0,
          reason: WireMissingReason.REASON_UNSPECIFIED
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.item = reader.uint32()
              break
            }
            case 2: {
              obj.reason = WireMissingReason.codec().decode(reader)
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.item`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.reason`,
                value: WireMissingReason.codec().decode(reader)
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireMissingItemFieldEvent {
    field: '$.item'
    value: number
  }

  export interface WireMissingReasonFieldEvent {
    field: '$.reason'
    value: WireMissingReason
  }

  export function encode (obj: Partial<WireMissing>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireMissing.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireMissing>): WireMissing {
    return decodeMessage(buf, WireMissing.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireMissing>): Generator<WireMissingItemFieldEvent | WireMissingReasonFieldEvent> {
    return streamMessage(buf, WireMissing.codec(), opts)
  }
}

export interface WireMoment {
  head?: boolean
  atMs?: number
  position?: number
}

export namespace WireMoment {
  let _codec: Codec<WireMoment>

  export const codec = (): Codec<WireMoment> => {
    if (_codec == null) {
      _codec = message<WireMoment>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.position != null) {
          obj.atMs = undefined
          obj.head = undefined
        }

        if (obj.atMs != null) {
          obj.position = undefined
          obj.head = undefined
        }

        if (obj.head != null) {
          obj.position = undefined
          obj.atMs = undefined
        }

        if (obj.head != null) {
          w.uint32(8)
          w.bool(obj.head)
        }

        if (obj.atMs != null) {
          w.uint32(16)
          w.uint64Number(obj.atMs)
        }

        if (obj.position != null) {
          w.uint32(24)
          w.uint64Number(obj.position)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.head = reader.bool()
              break
            }
            case 2: {
              obj.atMs = reader.uint64Number()
              break
            }
            case 3: {
              obj.position = reader.uint64Number()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.position != null) {
          delete obj.atMs
          delete obj.head
        }

        if (obj.atMs != null) {
          delete obj.position
          delete obj.head
        }

        if (obj.head != null) {
          delete obj.position
          delete obj.atMs
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.head`,
                value: reader.bool()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.atMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.position`,
                value: reader.uint64Number()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireMomentHeadFieldEvent {
    field: '$.head'
    value: boolean
  }

  export interface WireMomentAtMsFieldEvent {
    field: '$.atMs'
    value: number
  }

  export interface WireMomentPositionFieldEvent {
    field: '$.position'
    value: number
  }

  export function encode (obj: Partial<WireMoment>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireMoment.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireMoment>): WireMoment {
    return decodeMessage(buf, WireMoment.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireMoment>): Generator<WireMomentHeadFieldEvent | WireMomentAtMsFieldEvent | WireMomentPositionFieldEvent> {
    return streamMessage(buf, WireMoment.codec(), opts)
  }
}

export interface WireHistoryRequest {
  folderId: Uint8Array<ArrayBuffer>
  moment?: WireMomentQuery
  log?: WireLogQuery
  entry?: WireEntryQuery
  list?: WireListQuery
  version?: WireVersionQuery
  chain?: WireChainQuery
  versions?: WireVersionsQuery
}

export namespace WireHistoryRequest {
  let _codec: Codec<WireHistoryRequest>

  export const codec = (): Codec<WireHistoryRequest> => {
    if (_codec == null) {
      _codec = message<WireHistoryRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.versions != null) {
          obj.chain = undefined
          obj.version = undefined
          obj.list = undefined
          obj.entry = undefined
          obj.log = undefined
          obj.moment = undefined
        }

        if (obj.chain != null) {
          obj.versions = undefined
          obj.version = undefined
          obj.list = undefined
          obj.entry = undefined
          obj.log = undefined
          obj.moment = undefined
        }

        if (obj.version != null) {
          obj.versions = undefined
          obj.chain = undefined
          obj.list = undefined
          obj.entry = undefined
          obj.log = undefined
          obj.moment = undefined
        }

        if (obj.list != null) {
          obj.versions = undefined
          obj.chain = undefined
          obj.version = undefined
          obj.entry = undefined
          obj.log = undefined
          obj.moment = undefined
        }

        if (obj.entry != null) {
          obj.versions = undefined
          obj.chain = undefined
          obj.version = undefined
          obj.list = undefined
          obj.log = undefined
          obj.moment = undefined
        }

        if (obj.log != null) {
          obj.versions = undefined
          obj.chain = undefined
          obj.version = undefined
          obj.list = undefined
          obj.entry = undefined
          obj.moment = undefined
        }

        if (obj.moment != null) {
          obj.versions = undefined
          obj.chain = undefined
          obj.version = undefined
          obj.list = undefined
          obj.entry = undefined
          obj.log = undefined
        }

        if ((obj.folderId != null && obj.folderId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.folderId)
        }

        if (obj.moment != null) {
          w.uint32(18)
          WireMomentQuery.codec().encode(obj.moment, w)
        }

        if (obj.log != null) {
          w.uint32(26)
          WireLogQuery.codec().encode(obj.log, w)
        }

        if (obj.entry != null) {
          w.uint32(34)
          WireEntryQuery.codec().encode(obj.entry, w)
        }

        if (obj.list != null) {
          w.uint32(42)
          WireListQuery.codec().encode(obj.list, w)
        }

        if (obj.version != null) {
          w.uint32(50)
          WireVersionQuery.codec().encode(obj.version, w)
        }

        if (obj.chain != null) {
          w.uint32(58)
          WireChainQuery.codec().encode(obj.chain, w)
        }

        if (obj.versions != null) {
          w.uint32(66)
          WireVersionsQuery.codec().encode(obj.versions, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          folderId: noBytes
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.folderId = reader.bytes()
              break
            }
            case 2: {
              obj.moment = WireMomentQuery.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.moment
              })
              break
            }
            case 3: {
              obj.log = WireLogQuery.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.log
              })
              break
            }
            case 4: {
              obj.entry = WireEntryQuery.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.entry
              })
              break
            }
            case 5: {
              obj.list = WireListQuery.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.list
              })
              break
            }
            case 6: {
              obj.version = WireVersionQuery.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.version
              })
              break
            }
            case 7: {
              obj.chain = WireChainQuery.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.chain
              })
              break
            }
            case 8: {
              obj.versions = WireVersionsQuery.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.versions
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.versions != null) {
          delete obj.chain
          delete obj.version
          delete obj.list
          delete obj.entry
          delete obj.log
          delete obj.moment
        }

        if (obj.chain != null) {
          delete obj.versions
          delete obj.version
          delete obj.list
          delete obj.entry
          delete obj.log
          delete obj.moment
        }

        if (obj.version != null) {
          delete obj.versions
          delete obj.chain
          delete obj.list
          delete obj.entry
          delete obj.log
          delete obj.moment
        }

        if (obj.list != null) {
          delete obj.versions
          delete obj.chain
          delete obj.version
          delete obj.entry
          delete obj.log
          delete obj.moment
        }

        if (obj.entry != null) {
          delete obj.versions
          delete obj.chain
          delete obj.version
          delete obj.list
          delete obj.log
          delete obj.moment
        }

        if (obj.log != null) {
          delete obj.versions
          delete obj.chain
          delete obj.version
          delete obj.list
          delete obj.entry
          delete obj.moment
        }

        if (obj.moment != null) {
          delete obj.versions
          delete obj.chain
          delete obj.version
          delete obj.list
          delete obj.entry
          delete obj.log
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.folderId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield * WireMomentQuery.codec().stream(reader, reader.uint32(), `${prefix}.moment`, {
                limits: opts.limits?.moment
              })

              break
            }
            case 3: {
              yield * WireLogQuery.codec().stream(reader, reader.uint32(), `${prefix}.log`, {
                limits: opts.limits?.log
              })

              break
            }
            case 4: {
              yield * WireEntryQuery.codec().stream(reader, reader.uint32(), `${prefix}.entry`, {
                limits: opts.limits?.entry
              })

              break
            }
            case 5: {
              yield * WireListQuery.codec().stream(reader, reader.uint32(), `${prefix}.list`, {
                limits: opts.limits?.list
              })

              break
            }
            case 6: {
              yield * WireVersionQuery.codec().stream(reader, reader.uint32(), `${prefix}.version`, {
                limits: opts.limits?.version
              })

              break
            }
            case 7: {
              yield * WireChainQuery.codec().stream(reader, reader.uint32(), `${prefix}.chain`, {
                limits: opts.limits?.chain
              })

              break
            }
            case 8: {
              yield * WireVersionsQuery.codec().stream(reader, reader.uint32(), `${prefix}.versions`, {
                limits: opts.limits?.versions
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireHistoryRequestFolderIdFieldEvent {
    field: '$.folderId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryRequestMomentAtHeadFieldEvent {
    field: '$.moment.at.head'
    value: boolean
  }

  export interface WireHistoryRequestMomentAtAtMsFieldEvent {
    field: '$.moment.at.atMs'
    value: number
  }

  export interface WireHistoryRequestMomentAtPositionFieldEvent {
    field: '$.moment.at.position'
    value: number
  }

  export interface WireHistoryRequestLogPathFieldEvent {
    field: '$.log.path'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryRequestLogCursorFieldEvent {
    field: '$.log.cursor'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryRequestLogLimitFieldEvent {
    field: '$.log.limit'
    value: number
  }

  export interface WireHistoryRequestEntryPathFieldEvent {
    field: '$.entry.path'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryRequestEntryAtHeadFieldEvent {
    field: '$.entry.at.head'
    value: boolean
  }

  export interface WireHistoryRequestEntryAtAtMsFieldEvent {
    field: '$.entry.at.atMs'
    value: number
  }

  export interface WireHistoryRequestEntryAtPositionFieldEvent {
    field: '$.entry.at.position'
    value: number
  }

  export interface WireHistoryRequestListDirectoryFieldEvent {
    field: '$.list.directory'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryRequestListAtHeadFieldEvent {
    field: '$.list.at.head'
    value: boolean
  }

  export interface WireHistoryRequestListAtAtMsFieldEvent {
    field: '$.list.at.atMs'
    value: number
  }

  export interface WireHistoryRequestListAtPositionFieldEvent {
    field: '$.list.at.position'
    value: number
  }

  export interface WireHistoryRequestListRecursiveFieldEvent {
    field: '$.list.recursive'
    value: boolean
  }

  export interface WireHistoryRequestListDeletedFieldEvent {
    field: '$.list.deleted'
    value: boolean
  }

  export interface WireHistoryRequestListCursorFieldEvent {
    field: '$.list.cursor'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryRequestListLimitFieldEvent {
    field: '$.list.limit'
    value: number
  }

  export interface WireHistoryRequestVersionPathFieldEvent {
    field: '$.version.path'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryRequestVersionPrefixFieldEvent {
    field: '$.version.prefix'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryRequestChainPositionFieldEvent {
    field: '$.chain.position'
    value: number
  }

  export interface WireHistoryRequestVersionsSinceFieldEvent {
    field: '$.versions.since'
    value: number
  }

  export interface WireHistoryRequestVersionsCursorFieldEvent {
    field: '$.versions.cursor'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryRequestVersionsLimitFieldEvent {
    field: '$.versions.limit'
    value: number
  }

  export function encode (obj: Partial<WireHistoryRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireHistoryRequest.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireHistoryRequest>): WireHistoryRequest {
    return decodeMessage(buf, WireHistoryRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireHistoryRequest>): Generator<WireHistoryRequestFolderIdFieldEvent | WireHistoryRequestMomentAtHeadFieldEvent | WireHistoryRequestMomentAtAtMsFieldEvent | WireHistoryRequestMomentAtPositionFieldEvent | WireHistoryRequestLogPathFieldEvent | WireHistoryRequestLogCursorFieldEvent | WireHistoryRequestLogLimitFieldEvent | WireHistoryRequestEntryPathFieldEvent | WireHistoryRequestEntryAtHeadFieldEvent | WireHistoryRequestEntryAtAtMsFieldEvent | WireHistoryRequestEntryAtPositionFieldEvent | WireHistoryRequestListDirectoryFieldEvent | WireHistoryRequestListAtHeadFieldEvent | WireHistoryRequestListAtAtMsFieldEvent | WireHistoryRequestListAtPositionFieldEvent | WireHistoryRequestListRecursiveFieldEvent | WireHistoryRequestListDeletedFieldEvent | WireHistoryRequestListCursorFieldEvent | WireHistoryRequestListLimitFieldEvent | WireHistoryRequestVersionPathFieldEvent | WireHistoryRequestVersionPrefixFieldEvent | WireHistoryRequestChainPositionFieldEvent | WireHistoryRequestVersionsSinceFieldEvent | WireHistoryRequestVersionsCursorFieldEvent | WireHistoryRequestVersionsLimitFieldEvent> {
    return streamMessage(buf, WireHistoryRequest.codec(), opts)
  }
}

export interface WireMomentQuery {
  at?: WireMoment
}

export namespace WireMomentQuery {
  let _codec: Codec<WireMomentQuery>

  export const codec = (): Codec<WireMomentQuery> => {
    if (_codec == null) {
      _codec = message<WireMomentQuery>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.at != null) {
          w.uint32(10)
          WireMoment.codec().encode(obj.at, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.at = WireMoment.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.at
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * WireMoment.codec().stream(reader, reader.uint32(), `${prefix}.at`, {
                limits: opts.limits?.at
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireMomentQueryAtHeadFieldEvent {
    field: '$.at.head'
    value: boolean
  }

  export interface WireMomentQueryAtAtMsFieldEvent {
    field: '$.at.atMs'
    value: number
  }

  export interface WireMomentQueryAtPositionFieldEvent {
    field: '$.at.position'
    value: number
  }

  export function encode (obj: Partial<WireMomentQuery>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireMomentQuery.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireMomentQuery>): WireMomentQuery {
    return decodeMessage(buf, WireMomentQuery.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireMomentQuery>): Generator<WireMomentQueryAtHeadFieldEvent | WireMomentQueryAtAtMsFieldEvent | WireMomentQueryAtPositionFieldEvent> {
    return streamMessage(buf, WireMomentQuery.codec(), opts)
  }
}

export interface WireLogQuery {
  path: Uint8Array<ArrayBuffer>
  cursor?: Uint8Array<ArrayBuffer>
  limit: number
}

export namespace WireLogQuery {
  let _codec: Codec<WireLogQuery>

  export const codec = (): Codec<WireLogQuery> => {
    if (_codec == null) {
      _codec = message<WireLogQuery>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.path != null && obj.path.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.path)
        }

        if (obj.cursor != null) {
          w.uint32(18)
          w.bytes(obj.cursor)
        }

        if ((obj.limit != null && obj.limit !== 0)) {
          w.uint32(24)
          w.uint32(obj.limit)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          path: noBytes,
          limit: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.path = reader.bytes()
              break
            }
            case 2: {
              obj.cursor = reader.bytes()
              break
            }
            case 3: {
              obj.limit = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.path`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.cursor`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.limit`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireLogQueryPathFieldEvent {
    field: '$.path'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireLogQueryCursorFieldEvent {
    field: '$.cursor'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireLogQueryLimitFieldEvent {
    field: '$.limit'
    value: number
  }

  export function encode (obj: Partial<WireLogQuery>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireLogQuery.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireLogQuery>): WireLogQuery {
    return decodeMessage(buf, WireLogQuery.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireLogQuery>): Generator<WireLogQueryPathFieldEvent | WireLogQueryCursorFieldEvent | WireLogQueryLimitFieldEvent> {
    return streamMessage(buf, WireLogQuery.codec(), opts)
  }
}

export interface WireEntryQuery {
  path: Uint8Array<ArrayBuffer>
  at?: WireMoment
}

export namespace WireEntryQuery {
  let _codec: Codec<WireEntryQuery>

  export const codec = (): Codec<WireEntryQuery> => {
    if (_codec == null) {
      _codec = message<WireEntryQuery>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.path != null && obj.path.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.path)
        }

        if (obj.at != null) {
          w.uint32(18)
          WireMoment.codec().encode(obj.at, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          path: noBytes
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.path = reader.bytes()
              break
            }
            case 2: {
              obj.at = WireMoment.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.at
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.path`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield * WireMoment.codec().stream(reader, reader.uint32(), `${prefix}.at`, {
                limits: opts.limits?.at
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireEntryQueryPathFieldEvent {
    field: '$.path'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireEntryQueryAtHeadFieldEvent {
    field: '$.at.head'
    value: boolean
  }

  export interface WireEntryQueryAtAtMsFieldEvent {
    field: '$.at.atMs'
    value: number
  }

  export interface WireEntryQueryAtPositionFieldEvent {
    field: '$.at.position'
    value: number
  }

  export function encode (obj: Partial<WireEntryQuery>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireEntryQuery.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireEntryQuery>): WireEntryQuery {
    return decodeMessage(buf, WireEntryQuery.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireEntryQuery>): Generator<WireEntryQueryPathFieldEvent | WireEntryQueryAtHeadFieldEvent | WireEntryQueryAtAtMsFieldEvent | WireEntryQueryAtPositionFieldEvent> {
    return streamMessage(buf, WireEntryQuery.codec(), opts)
  }
}

export interface WireListQuery {
  directory: Uint8Array<ArrayBuffer>
  at?: WireMoment
  recursive: boolean
  deleted: boolean
  cursor?: Uint8Array<ArrayBuffer>
  limit: number
}

export namespace WireListQuery {
  let _codec: Codec<WireListQuery>

  export const codec = (): Codec<WireListQuery> => {
    if (_codec == null) {
      _codec = message<WireListQuery>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.directory != null && obj.directory.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.directory)
        }

        if (obj.at != null) {
          w.uint32(18)
          WireMoment.codec().encode(obj.at, w)
        }

        if ((obj.recursive != null && obj.recursive !== false)) {
          w.uint32(24)
          w.bool(obj.recursive)
        }

        if ((obj.deleted != null && obj.deleted !== false)) {
          w.uint32(32)
          w.bool(obj.deleted)
        }

        if (obj.cursor != null) {
          w.uint32(42)
          w.bytes(obj.cursor)
        }

        if ((obj.limit != null && obj.limit !== 0)) {
          w.uint32(48)
          w.uint32(obj.limit)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          directory: noBytes,
          recursive: false,
          deleted: false,
          limit: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.directory = reader.bytes()
              break
            }
            case 2: {
              obj.at = WireMoment.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.at
              })
              break
            }
            case 3: {
              obj.recursive = reader.bool()
              break
            }
            case 4: {
              obj.deleted = reader.bool()
              break
            }
            case 5: {
              obj.cursor = reader.bytes()
              break
            }
            case 6: {
              obj.limit = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.directory`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield * WireMoment.codec().stream(reader, reader.uint32(), `${prefix}.at`, {
                limits: opts.limits?.at
              })

              break
            }
            case 3: {
              yield {
                field: `${prefix}.recursive`,
                value: reader.bool()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.deleted`,
                value: reader.bool()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.cursor`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.limit`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireListQueryDirectoryFieldEvent {
    field: '$.directory'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireListQueryAtHeadFieldEvent {
    field: '$.at.head'
    value: boolean
  }

  export interface WireListQueryAtAtMsFieldEvent {
    field: '$.at.atMs'
    value: number
  }

  export interface WireListQueryAtPositionFieldEvent {
    field: '$.at.position'
    value: number
  }

  export interface WireListQueryRecursiveFieldEvent {
    field: '$.recursive'
    value: boolean
  }

  export interface WireListQueryDeletedFieldEvent {
    field: '$.deleted'
    value: boolean
  }

  export interface WireListQueryCursorFieldEvent {
    field: '$.cursor'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireListQueryLimitFieldEvent {
    field: '$.limit'
    value: number
  }

  export function encode (obj: Partial<WireListQuery>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireListQuery.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireListQuery>): WireListQuery {
    return decodeMessage(buf, WireListQuery.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireListQuery>): Generator<WireListQueryDirectoryFieldEvent | WireListQueryAtHeadFieldEvent | WireListQueryAtAtMsFieldEvent | WireListQueryAtPositionFieldEvent | WireListQueryRecursiveFieldEvent | WireListQueryDeletedFieldEvent | WireListQueryCursorFieldEvent | WireListQueryLimitFieldEvent> {
    return streamMessage(buf, WireListQuery.codec(), opts)
  }
}

export interface WireVersionQuery {
  path: Uint8Array<ArrayBuffer>
  prefix: Uint8Array<ArrayBuffer>
}

export namespace WireVersionQuery {
  let _codec: Codec<WireVersionQuery>

  export const codec = (): Codec<WireVersionQuery> => {
    if (_codec == null) {
      _codec = message<WireVersionQuery>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.path != null && obj.path.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.path)
        }

        if ((obj.prefix != null && obj.prefix.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.prefix)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          path: noBytes,
          prefix: noBytes
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.path = reader.bytes()
              break
            }
            case 2: {
              obj.prefix = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.path`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.prefix`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireVersionQueryPathFieldEvent {
    field: '$.path'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireVersionQueryPrefixFieldEvent {
    field: '$.prefix'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireVersionQuery>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireVersionQuery.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireVersionQuery>): WireVersionQuery {
    return decodeMessage(buf, WireVersionQuery.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireVersionQuery>): Generator<WireVersionQueryPathFieldEvent | WireVersionQueryPrefixFieldEvent> {
    return streamMessage(buf, WireVersionQuery.codec(), opts)
  }
}

export interface WireChainQuery {
  position: number
}

export namespace WireChainQuery {
  let _codec: Codec<WireChainQuery>

  export const codec = (): Codec<WireChainQuery> => {
    if (_codec == null) {
      _codec = message<WireChainQuery>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.position != null && obj.position !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.position)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          position: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.position = reader.uint64Number()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.position`,
                value: reader.uint64Number()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireChainQueryPositionFieldEvent {
    field: '$.position'
    value: number
  }

  export function encode (obj: Partial<WireChainQuery>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireChainQuery.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireChainQuery>): WireChainQuery {
    return decodeMessage(buf, WireChainQuery.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireChainQuery>): Generator<WireChainQueryPositionFieldEvent> {
    return streamMessage(buf, WireChainQuery.codec(), opts)
  }
}

export interface WireVersionsQuery {
  since: number
  cursor?: Uint8Array<ArrayBuffer>
  limit: number
}

export namespace WireVersionsQuery {
  let _codec: Codec<WireVersionsQuery>

  export const codec = (): Codec<WireVersionsQuery> => {
    if (_codec == null) {
      _codec = message<WireVersionsQuery>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.since != null && obj.since !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.since)
        }

        if (obj.cursor != null) {
          w.uint32(18)
          w.bytes(obj.cursor)
        }

        if ((obj.limit != null && obj.limit !== 0)) {
          w.uint32(24)
          w.uint32(obj.limit)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          since: 0,
          limit: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.since = reader.uint64Number()
              break
            }
            case 2: {
              obj.cursor = reader.bytes()
              break
            }
            case 3: {
              obj.limit = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.since`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.cursor`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.limit`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireVersionsQuerySinceFieldEvent {
    field: '$.since'
    value: number
  }

  export interface WireVersionsQueryCursorFieldEvent {
    field: '$.cursor'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireVersionsQueryLimitFieldEvent {
    field: '$.limit'
    value: number
  }

  export function encode (obj: Partial<WireVersionsQuery>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireVersionsQuery.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireVersionsQuery>): WireVersionsQuery {
    return decodeMessage(buf, WireVersionsQuery.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireVersionsQuery>): Generator<WireVersionsQuerySinceFieldEvent | WireVersionsQueryCursorFieldEvent | WireVersionsQueryLimitFieldEvent> {
    return streamMessage(buf, WireVersionsQuery.codec(), opts)
  }
}

export interface WireHistoryAnswer {
  page?: WireHistoryPage
  error?: WireError
}

export namespace WireHistoryAnswer {
  let _codec: Codec<WireHistoryAnswer>

  export const codec = (): Codec<WireHistoryAnswer> => {
    if (_codec == null) {
      _codec = message<WireHistoryAnswer>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.error != null) {
          obj.page = undefined
        }

        if (obj.page != null) {
          obj.error = undefined
        }

        if (obj.page != null) {
          w.uint32(10)
          WireHistoryPage.codec().encode(obj.page, w)
        }

        if (obj.error != null) {
          w.uint32(18)
          WireError.codec().encode(obj.error, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.page = WireHistoryPage.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.page
              })
              break
            }
            case 2: {
              obj.error = WireError.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.error
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.error != null) {
          delete obj.page
        }

        if (obj.page != null) {
          delete obj.error
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * WireHistoryPage.codec().stream(reader, reader.uint32(), `${prefix}.page`, {
                limits: opts.limits?.page
              })

              break
            }
            case 2: {
              yield * WireError.codec().stream(reader, reader.uint32(), `${prefix}.error`, {
                limits: opts.limits?.error
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireHistoryAnswerPageStoreIdFieldEvent {
    field: '$.page.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryAnswerPageGenerationFieldEvent {
    field: '$.page.generation'
    value: number
  }

  export interface WireHistoryAnswerPagePositionFieldEvent {
    field: '$.page.position'
    value: number
  }

  export interface WireHistoryAnswerPageEntriesPositionFieldEvent {
    field: '$.page.entries[].position'
    value: number
    index: number
  }

  export interface WireHistoryAnswerPageEntriesVersionIdFieldEvent {
    field: '$.page.entries[].versionId'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireHistoryAnswerPageEntriesRecordFieldEvent {
    field: '$.page.entries[].record'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireHistoryAnswerPageEntriesReceivedAtMsFieldEvent {
    field: '$.page.entries[].receivedAtMs'
    value: number
    index: number
  }

  export interface WireHistoryAnswerPageEntriesClockSynchronisedFieldEvent {
    field: '$.page.entries[].clockSynchronised'
    value: boolean
    index: number
  }

  export interface WireHistoryAnswerPageEntriesBecameCurrentFieldEvent {
    field: '$.page.entries[].becameCurrent'
    value: boolean
    index: number
  }

  export interface WireHistoryAnswerPageEntriesSenderFieldEvent {
    field: '$.page.entries[].sender'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireHistoryAnswerPageEntriesThinnedFieldEvent {
    field: '$.page.entries[].thinned'
    value: boolean
    index: number
  }

  export interface WireHistoryAnswerPageNextFieldEvent {
    field: '$.page.next'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryAnswerPageHeadFieldEvent {
    field: '$.page.head'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryAnswerErrorCodeFieldEvent {
    field: '$.error.code'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryAnswerErrorMessageFieldEvent {
    field: '$.error.message'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryAnswerErrorFolderIdFieldEvent {
    field: '$.error.folderId'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireHistoryAnswer>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireHistoryAnswer.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireHistoryAnswer>): WireHistoryAnswer {
    return decodeMessage(buf, WireHistoryAnswer.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireHistoryAnswer>): Generator<WireHistoryAnswerPageStoreIdFieldEvent | WireHistoryAnswerPageGenerationFieldEvent | WireHistoryAnswerPagePositionFieldEvent | WireHistoryAnswerPageEntriesPositionFieldEvent | WireHistoryAnswerPageEntriesVersionIdFieldEvent | WireHistoryAnswerPageEntriesRecordFieldEvent | WireHistoryAnswerPageEntriesReceivedAtMsFieldEvent | WireHistoryAnswerPageEntriesClockSynchronisedFieldEvent | WireHistoryAnswerPageEntriesBecameCurrentFieldEvent | WireHistoryAnswerPageEntriesSenderFieldEvent | WireHistoryAnswerPageEntriesThinnedFieldEvent | WireHistoryAnswerPageNextFieldEvent | WireHistoryAnswerPageHeadFieldEvent | WireHistoryAnswerErrorCodeFieldEvent | WireHistoryAnswerErrorMessageFieldEvent | WireHistoryAnswerErrorFolderIdFieldEvent> {
    return streamMessage(buf, WireHistoryAnswer.codec(), opts)
  }
}

export interface WireHistoryPage {
  storeId: Uint8Array<ArrayBuffer>
  generation: number
  position: number
  entries: WireHistoryEntry[]
  next?: Uint8Array<ArrayBuffer>
  head?: Uint8Array<ArrayBuffer>
}

export namespace WireHistoryPage {
  let _codec: Codec<WireHistoryPage>

  export const codec = (): Codec<WireHistoryPage> => {
    if (_codec == null) {
      _codec = message<WireHistoryPage>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.storeId != null && obj.storeId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.storeId)
        }

        if ((obj.generation != null && obj.generation !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.generation)
        }

        if ((obj.position != null && obj.position !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.position)
        }

        if (obj.entries != null && obj.entries.length > 0) {
          for (const value of obj.entries) {
            w.uint32(34)
            WireHistoryEntry.codec().encode(value, w)
          }
        }

        if (obj.next != null) {
          w.uint32(42)
          w.bytes(obj.next)
        }

        if (obj.head != null) {
          w.uint32(50)
          w.bytes(obj.head)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          storeId: noBytes,
          generation: 0,
          position: 0,
          entries: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.storeId = reader.bytes()
              break
            }
            case 2: {
              obj.generation = reader.uint64Number()
              break
            }
            case 3: {
              obj.position = reader.uint64Number()
              break
            }
            case 4: {
              if (opts.limits?.entries != null && obj.entries.length === opts.limits.entries) {
                throw new MaxLengthError('Decode error - repeated field "entries" had too many elements')
              }

              obj.entries.push(WireHistoryEntry.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.entries$
              }))
              break
            }
            case 5: {
              obj.next = reader.bytes()
              break
            }
            case 6: {
              obj.head = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          entries: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.storeId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.generation`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.position`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              if (opts.limits?.entries != null && obj.entries === opts.limits.entries) {
                throw new MaxLengthError('Streaming decode error - repeated field "entries" had too many elements')
              }

              for (const evt of WireHistoryEntry.codec().stream(reader, reader.uint32(), `${prefix}.entries[]`, {
                limits: opts.limits?.entries$
              })) {
                yield {
                  ...evt,
                  index: obj.entries
                }
              }

              obj.entries++

              break
            }
            case 5: {
              yield {
                field: `${prefix}.next`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.head`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireHistoryPageStoreIdFieldEvent {
    field: '$.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryPageGenerationFieldEvent {
    field: '$.generation'
    value: number
  }

  export interface WireHistoryPagePositionFieldEvent {
    field: '$.position'
    value: number
  }

  export interface WireHistoryPageEntriesPositionFieldEvent {
    field: '$.entries[].position'
    value: number
    index: number
  }

  export interface WireHistoryPageEntriesVersionIdFieldEvent {
    field: '$.entries[].versionId'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireHistoryPageEntriesRecordFieldEvent {
    field: '$.entries[].record'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireHistoryPageEntriesReceivedAtMsFieldEvent {
    field: '$.entries[].receivedAtMs'
    value: number
    index: number
  }

  export interface WireHistoryPageEntriesClockSynchronisedFieldEvent {
    field: '$.entries[].clockSynchronised'
    value: boolean
    index: number
  }

  export interface WireHistoryPageEntriesBecameCurrentFieldEvent {
    field: '$.entries[].becameCurrent'
    value: boolean
    index: number
  }

  export interface WireHistoryPageEntriesSenderFieldEvent {
    field: '$.entries[].sender'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireHistoryPageEntriesThinnedFieldEvent {
    field: '$.entries[].thinned'
    value: boolean
    index: number
  }

  export interface WireHistoryPageNextFieldEvent {
    field: '$.next'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryPageHeadFieldEvent {
    field: '$.head'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireHistoryPage>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireHistoryPage.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireHistoryPage>): WireHistoryPage {
    return decodeMessage(buf, WireHistoryPage.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireHistoryPage>): Generator<WireHistoryPageStoreIdFieldEvent | WireHistoryPageGenerationFieldEvent | WireHistoryPagePositionFieldEvent | WireHistoryPageEntriesPositionFieldEvent | WireHistoryPageEntriesVersionIdFieldEvent | WireHistoryPageEntriesRecordFieldEvent | WireHistoryPageEntriesReceivedAtMsFieldEvent | WireHistoryPageEntriesClockSynchronisedFieldEvent | WireHistoryPageEntriesBecameCurrentFieldEvent | WireHistoryPageEntriesSenderFieldEvent | WireHistoryPageEntriesThinnedFieldEvent | WireHistoryPageNextFieldEvent | WireHistoryPageHeadFieldEvent> {
    return streamMessage(buf, WireHistoryPage.codec(), opts)
  }
}

export interface WireHistoryEntry {
  position: number
  versionId: Uint8Array<ArrayBuffer>
  record: Uint8Array<ArrayBuffer>
  receivedAtMs: number
  clockSynchronised: boolean
  becameCurrent: boolean
  sender: Uint8Array<ArrayBuffer>
  thinned: boolean
}

export namespace WireHistoryEntry {
  let _codec: Codec<WireHistoryEntry>

  export const codec = (): Codec<WireHistoryEntry> => {
    if (_codec == null) {
      _codec = message<WireHistoryEntry>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.position != null && obj.position !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.position)
        }

        if ((obj.versionId != null && obj.versionId.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.versionId)
        }

        if ((obj.record != null && obj.record.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.record)
        }

        if ((obj.receivedAtMs != null && obj.receivedAtMs !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.receivedAtMs)
        }

        if ((obj.clockSynchronised != null && obj.clockSynchronised !== false)) {
          w.uint32(40)
          w.bool(obj.clockSynchronised)
        }

        if ((obj.becameCurrent != null && obj.becameCurrent !== false)) {
          w.uint32(48)
          w.bool(obj.becameCurrent)
        }

        if ((obj.sender != null && obj.sender.byteLength > 0)) {
          w.uint32(58)
          w.bytes(obj.sender)
        }

        if ((obj.thinned != null && obj.thinned !== false)) {
          w.uint32(64)
          w.bool(obj.thinned)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          position: 0,
          versionId: noBytes,
          record: noBytes,
          receivedAtMs: 0,
          clockSynchronised: false,
          becameCurrent: false,
          sender: noBytes,
          thinned: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.position = reader.uint64Number()
              break
            }
            case 2: {
              obj.versionId = reader.bytes()
              break
            }
            case 3: {
              obj.record = reader.bytes()
              break
            }
            case 4: {
              obj.receivedAtMs = reader.uint64Number()
              break
            }
            case 5: {
              obj.clockSynchronised = reader.bool()
              break
            }
            case 6: {
              obj.becameCurrent = reader.bool()
              break
            }
            case 7: {
              obj.sender = reader.bytes()
              break
            }
            case 8: {
              obj.thinned = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.position`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.versionId`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.record`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.receivedAtMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.clockSynchronised`,
                value: reader.bool()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.becameCurrent`,
                value: reader.bool()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.sender`,
                value: reader.bytes()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.thinned`,
                value: reader.bool()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireHistoryEntryPositionFieldEvent {
    field: '$.position'
    value: number
  }

  export interface WireHistoryEntryVersionIdFieldEvent {
    field: '$.versionId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryEntryRecordFieldEvent {
    field: '$.record'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryEntryReceivedAtMsFieldEvent {
    field: '$.receivedAtMs'
    value: number
  }

  export interface WireHistoryEntryClockSynchronisedFieldEvent {
    field: '$.clockSynchronised'
    value: boolean
  }

  export interface WireHistoryEntryBecameCurrentFieldEvent {
    field: '$.becameCurrent'
    value: boolean
  }

  export interface WireHistoryEntrySenderFieldEvent {
    field: '$.sender'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireHistoryEntryThinnedFieldEvent {
    field: '$.thinned'
    value: boolean
  }

  export function encode (obj: Partial<WireHistoryEntry>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireHistoryEntry.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WireHistoryEntry>): WireHistoryEntry {
    return decodeMessage(buf, WireHistoryEntry.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WireHistoryEntry>): Generator<WireHistoryEntryPositionFieldEvent | WireHistoryEntryVersionIdFieldEvent | WireHistoryEntryRecordFieldEvent | WireHistoryEntryReceivedAtMsFieldEvent | WireHistoryEntryClockSynchronisedFieldEvent | WireHistoryEntryBecameCurrentFieldEvent | WireHistoryEntrySenderFieldEvent | WireHistoryEntryThinnedFieldEvent> {
    return streamMessage(buf, WireHistoryEntry.codec(), opts)
  }
}

export interface WirePair {
  request?: WirePairRequest
  answer?: WirePairAnswer
}

export namespace WirePair {
  let _codec: Codec<WirePair>

  export const codec = (): Codec<WirePair> => {
    if (_codec == null) {
      _codec = message<WirePair>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.answer != null) {
          obj.request = undefined
        }

        if (obj.request != null) {
          obj.answer = undefined
        }

        if (obj.request != null) {
          w.uint32(10)
          WirePairRequest.codec().encode(obj.request, w)
        }

        if (obj.answer != null) {
          w.uint32(18)
          WirePairAnswer.codec().encode(obj.answer, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.request = WirePairRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.request
              })
              break
            }
            case 2: {
              obj.answer = WirePairAnswer.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.answer
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.answer != null) {
          delete obj.request
        }

        if (obj.request != null) {
          delete obj.answer
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * WirePairRequest.codec().stream(reader, reader.uint32(), `${prefix}.request`, {
                limits: opts.limits?.request
              })

              break
            }
            case 2: {
              yield * WirePairAnswer.codec().stream(reader, reader.uint32(), `${prefix}.answer`, {
                limits: opts.limits?.answer
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WirePairRequestInviteIdFieldEvent {
    field: '$.request.inviteId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WirePairRequestSecretFieldEvent {
    field: '$.request.secret'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WirePairRequestDeviceNameFieldEvent {
    field: '$.request.deviceName'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WirePairRequestAddressesFieldEvent {
    field: '$.request.addresses[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface WirePairAnswerAcceptedFieldEvent {
    field: '$.answer.accepted'
    value: boolean
  }

  export interface WirePairAnswerCodeFieldEvent {
    field: '$.answer.code'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WirePairAnswerDeviceNameFieldEvent {
    field: '$.answer.deviceName'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WirePairAnswerAddressesFieldEvent {
    field: '$.answer.addresses[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface WirePairAnswerMineFieldEvent {
    field: '$.answer.mine'
    value: boolean
  }

  export function encode (obj: Partial<WirePair>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WirePair.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WirePair>): WirePair {
    return decodeMessage(buf, WirePair.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WirePair>): Generator<WirePairRequestInviteIdFieldEvent | WirePairRequestSecretFieldEvent | WirePairRequestDeviceNameFieldEvent | WirePairRequestAddressesFieldEvent | WirePairAnswerAcceptedFieldEvent | WirePairAnswerCodeFieldEvent | WirePairAnswerDeviceNameFieldEvent | WirePairAnswerAddressesFieldEvent | WirePairAnswerMineFieldEvent> {
    return streamMessage(buf, WirePair.codec(), opts)
  }
}

export interface WirePairRequest {
  inviteId: Uint8Array<ArrayBuffer>
  secret: Uint8Array<ArrayBuffer>
  deviceName: Uint8Array<ArrayBuffer>
  addresses: Uint8Array<ArrayBuffer>[]
}

export namespace WirePairRequest {
  let _codec: Codec<WirePairRequest>

  export const codec = (): Codec<WirePairRequest> => {
    if (_codec == null) {
      _codec = message<WirePairRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.inviteId != null && obj.inviteId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.inviteId)
        }

        if ((obj.secret != null && obj.secret.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.secret)
        }

        if ((obj.deviceName != null && obj.deviceName.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.deviceName)
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(34)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          inviteId: noBytes,
          secret: noBytes,
          deviceName: noBytes,
          addresses: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.inviteId = reader.bytes()
              break
            }
            case 2: {
              obj.secret = reader.bytes()
              break
            }
            case 3: {
              obj.deviceName = reader.bytes()
              break
            }
            case 4: {
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(reader.bytes())
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          addresses: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.inviteId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.secret`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.deviceName`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements')
              }

              yield {
                field: `${prefix}.addresses[]`,
                index: obj.addresses,
                value: reader.bytes()
              }

              obj.addresses++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WirePairRequestInviteIdFieldEvent {
    field: '$.inviteId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WirePairRequestSecretFieldEvent {
    field: '$.secret'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WirePairRequestDeviceNameFieldEvent {
    field: '$.deviceName'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WirePairRequestAddressesFieldEvent {
    field: '$.addresses[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WirePairRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WirePairRequest.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WirePairRequest>): WirePairRequest {
    return decodeMessage(buf, WirePairRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WirePairRequest>): Generator<WirePairRequestInviteIdFieldEvent | WirePairRequestSecretFieldEvent | WirePairRequestDeviceNameFieldEvent | WirePairRequestAddressesFieldEvent> {
    return streamMessage(buf, WirePairRequest.codec(), opts)
  }
}

export interface WirePairAnswer {
  accepted: boolean
  code: Uint8Array<ArrayBuffer>
  deviceName: Uint8Array<ArrayBuffer>
  addresses: Uint8Array<ArrayBuffer>[]
  mine: boolean
}

export namespace WirePairAnswer {
  let _codec: Codec<WirePairAnswer>

  export const codec = (): Codec<WirePairAnswer> => {
    if (_codec == null) {
      _codec = message<WirePairAnswer>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.accepted != null && obj.accepted !== false)) {
          w.uint32(8)
          w.bool(obj.accepted)
        }

        if ((obj.code != null && obj.code.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.code)
        }

        if ((obj.deviceName != null && obj.deviceName.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.deviceName)
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(34)
            w.bytes(value)
          }
        }

        if ((obj.mine != null && obj.mine !== false)) {
          w.uint32(40)
          w.bool(obj.mine)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          accepted: false,
          code: noBytes,
          deviceName: noBytes,
          addresses: [],
          mine: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.accepted = reader.bool()
              break
            }
            case 2: {
              obj.code = reader.bytes()
              break
            }
            case 3: {
              obj.deviceName = reader.bytes()
              break
            }
            case 4: {
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(reader.bytes())
              break
            }
            case 5: {
              obj.mine = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          addresses: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.accepted`,
                value: reader.bool()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.code`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.deviceName`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements')
              }

              yield {
                field: `${prefix}.addresses[]`,
                index: obj.addresses,
                value: reader.bytes()
              }

              obj.addresses++

              break
            }
            case 5: {
              yield {
                field: `${prefix}.mine`,
                value: reader.bool()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WirePairAnswerAcceptedFieldEvent {
    field: '$.accepted'
    value: boolean
  }

  export interface WirePairAnswerCodeFieldEvent {
    field: '$.code'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WirePairAnswerDeviceNameFieldEvent {
    field: '$.deviceName'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WirePairAnswerAddressesFieldEvent {
    field: '$.addresses[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface WirePairAnswerMineFieldEvent {
    field: '$.mine'
    value: boolean
  }

  export function encode (obj: Partial<WirePairAnswer>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WirePairAnswer.codec())
  }

  export function decode (buf: Uint8Array, opts?: DecodeOptions<WirePairAnswer>): WirePairAnswer {
    return decodeMessage(buf, WirePairAnswer.codec(), opts)
  }

  export function stream (buf: Uint8Array, opts?: DecodeOptions<WirePairAnswer>): Generator<WirePairAnswerAcceptedFieldEvent | WirePairAnswerCodeFieldEvent | WirePairAnswerDeviceNameFieldEvent | WirePairAnswerAddressesFieldEvent | WirePairAnswerMineFieldEvent> {
    return streamMessage(buf, WirePairAnswer.codec(), opts)
  }
}
