/**
 * What a device says it has done to prove that an archive is worth something: read all of it again,
 * or brought files back and compared them. Signed by that device, so that others can pass it on. The
 * signed bytes: SPEC.md, "Proofs".
 */
import { ByteWriter, type DeviceId, type FolderId, type StoreId } from '@holdfast/model';

export type ProofKind = 'verified' | 'drilled';

export interface ArchiveProof {
  readonly kind: ProofKind;
  /** Who did it, and signs. */
  readonly device: DeviceId;
  readonly storeId: StoreId;
  /** When it ended, by that device's clock: milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** Entries of the log that were read; files that were brought back. */
  readonly items: number;
  readonly bytes: number;
  /** Of these, what was not in order and is not; 0 is what people hope for. */
  readonly bad: number;
  readonly tookMs: number;
  /** Of a drill: how long everything would take. */
  readonly allWouldTakeMs: number;
  /** Ed25519, 64 bytes as hexadecimal digits. */
  readonly signature: string;
}

const context = 'holdfast archive proof 1';
const kindCodes: Readonly<Record<ProofKind, number>> = { verified: 1, drilled: 2 };

/** What the device signs. */
export function signedProofBytes(
  folder: FolderId,
  proof: Omit<ArchiveProof, 'signature'>,
): Uint8Array {
  const writer = new ByteWriter(256).byteString(context).byteString(folder);
  writer.u8(kindCodes[proof.kind]).byteString(proof.device).hex(proof.storeId).u64(proof.atMs);
  writer.u64(proof.items).u64(proof.bytes).u64(proof.bad);
  return writer.u64(proof.tookMs).u64(proof.allWouldTakeMs).bytes();
}
