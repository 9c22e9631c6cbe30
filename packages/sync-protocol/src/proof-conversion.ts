/** Proofs between their domain and wire forms. Layout: SPEC.md, "folders". */
import type { StoreId } from '@holdfast/model';
import type { ArchiveProof, ProofKind } from './archive-proof.js';
import { type WireProof, WireProofKind } from './generated/wire.js';
import { limits } from './limits.js';
import { refuse } from './malformed.js';
import { readDeviceId, readHex, readName, readSafe, readTime } from './wire-reading.js';
import { writeCount, writeDeviceId, writeHex, writeSafe } from './wire-writing.js';

const wireKinds: Readonly<Record<ProofKind, WireProofKind>> = {
  verified: WireProofKind.PROOF_VERIFIED,
  drilled: WireProofKind.PROOF_DRILLED,
};
const kinds: ReadonlyMap<string, ProofKind> = new Map([
  [WireProofKind.PROOF_VERIFIED, 'verified'],
  [WireProofKind.PROOF_DRILLED, 'drilled'],
]);

export function wireProofsOf(proofs: readonly ArchiveProof[]): WireProof[] {
  writeCount(proofs, limits.folderProofs, 'proofs');
  return proofs.map((proof) => ({
    kind: wireKinds[proof.kind],
    device: writeDeviceId(proof.device),
    storeId: writeHex(proof.storeId, 8),
    atMs: writeSafe(proof.atMs),
    items: writeSafe(proof.items),
    bytes: writeSafe(proof.bytes),
    bad: writeSafe(proof.bad),
    tookMs: writeSafe(proof.tookMs),
    allWouldTakeMs: writeSafe(proof.allWouldTakeMs),
    signature: writeHex(proof.signature, 64),
  }));
}

export function proofsFrom(wire: readonly WireProof[]): ArchiveProof[] {
  if (wire.length > limits.folderProofs) refuse('too many proofs');
  return wire.map((proof) => ({
    kind: readName(kinds, proof.kind, 'kind of proof'),
    device: readDeviceId(proof.device),
    storeId: readHex<StoreId>(proof.storeId, 8, 'store id'),
    atMs: readTime(proof.atMs, 'time of a proof'),
    items: readSafe(proof.items, 'items of a proof'),
    bytes: readSafe(proof.bytes, 'bytes of a proof'),
    bad: readSafe(proof.bad, 'bad items of a proof'),
    tookMs: readSafe(proof.tookMs, 'duration of a proof'),
    allWouldTakeMs: readSafe(proof.allWouldTakeMs, 'duration of everything'),
    signature: readHex(proof.signature, 64, 'signature'),
  }));
}
