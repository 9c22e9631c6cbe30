/**
 * What is known to have been done to prove a folder's archives, here and elsewhere: the newest of each
 * kind by each device. Owns its keys of the database, of which nothing depends. Invariant: nothing is
 * kept, shown or passed on that its device did not sign.
 */
import { bytesFromHex, type DeviceId, type FolderId, hexFrom } from '@holdfast/model';
import {
  byteStringFromText,
  bytesOf,
  type Clock,
  type KeyValueStore,
  Mutex,
  type Signer,
} from '@holdfast/platform';
import type { ProofExchange } from '@holdfast/sync-engine';
import {
  type ArchiveProof,
  limits,
  type ProofKind,
  signedProofBytes,
} from '@holdfast/sync-protocol';
import { z } from 'zod';
import { fromStoredJson, storedJson } from './stored-json.js';
import { drillSentence } from './trouble-words.js';

const number = z.number().int().nonnegative();
const schema = z.array(
  z.strictObject({
    kind: z.enum(['verified', 'drilled']),
    device: z.string(),
    storeId: z.string(),
    atMs: number,
    items: number,
    bytes: number,
    bad: number,
    tookMs: number,
    allWouldTakeMs: number,
    signature: z.string(),
  }),
);

export interface ProofLedgerInit {
  readonly keyValueStore: KeyValueStore;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly localDevice: DeviceId;
  /** Something is known that was not: members are to hear of it. */
  readonly onNews: (folder: FolderId) => void;
}

/** Clocks differ; a day further ahead than this nobody is. */
const maxAheadMs = 24 * 60 * 60_000;

export class ProofLedger implements ProofExchange {
  readonly #init: ProofLedgerInit;
  readonly #folders = new Map<FolderId, readonly ArchiveProof[]>();
  readonly #changing = new Mutex();

  constructor(init: ProofLedgerInit) {
    this.#init = init;
  }

  /** What was known before; to be read before a folder is announced. */
  async open(folder: FolderId): Promise<void> {
    const stored = await this.#init.keyValueStore.get(keyOf(folder));
    const proofs = (fromStoredJson(schema, stored) ?? []) as ArchiveProof[];
    if (!this.#folders.has(folder)) this.#folders.set(folder, proofs);
  }

  announced(folder: FolderId, limit: number): readonly ArchiveProof[] {
    return (this.#folders.get(folder) ?? []).slice(0, Math.max(0, limit));
  }

  /** The newest of a kind, by anybody or by one device. */
  latest(folder: FolderId, kind: ProofKind, by?: DeviceId): ArchiveProof | undefined {
    return this.announced(folder, limits.folderProofs)
      .filter((proof) => proof.kind === kind && (by === undefined || proof.device === by))
      .sort((a, b) => b.atMs - a.atMs)[0];
  }

  /** What a person is told of it. */
  shown(folder: FolderId, nameOf: (device: string) => string) {
    return {
      lastVerified: this.dateOf(folder, 'verified'),
      lastDrill: this.dateOf(folder, 'drilled'),
      drillProblem: drillSentence(this.failedDrill(folder), nameOf),
    };
  }

  /** When the newest of a kind was that found everything in order; null where there is none. */
  dateOf(folder: FolderId, kind: ProofKind): string | null {
    const good = this.announced(folder, limits.folderProofs).filter(
      (proof) => proof.kind === kind && proof.bad === 0,
    );
    return good.length === 0 ? null : isoOf(Math.max(...good.map(({ atMs }) => atMs)));
  }

  /** The newest drill, where it did not find everything in order. */
  failedDrill(folder: FolderId): ArchiveProof | undefined {
    const drill = this.latest(folder, 'drilled');
    return drill === undefined || drill.bad === 0 ? undefined : drill;
  }

  /** Something was done here: signs it, keeps it, and tells others. */
  async add(
    folder: FolderId,
    done: Omit<ArchiveProof, 'device' | 'atMs' | 'signature'>,
  ): Promise<void> {
    const { clock, localDevice, signer } = this.#init;
    const unsigned = { ...done, device: localDevice, atMs: Math.max(0, Math.floor(clock.now())) };
    const signature = hexFrom(await signer.sign(signedProofBytes(folder, unsigned)));
    await this.#keep(folder, [{ ...unsigned, signature }]);
  }

  async hear(
    { id, members }: Parameters<ProofExchange['hear']>[0],
    proofs: readonly ArchiveProof[],
  ): Promise<void> {
    const { localDevice, clock } = this.#init;
    const believable: ArchiveProof[] = [];
    for (const proof of proofs) {
      const isOfMember = proof.device === localDevice || members.includes(proof.device);
      if (!isOfMember || proof.atMs > clock.now() + maxAheadMs) continue;
      if (isNewer(proof, this.#folders.get(id) ?? []) && (await this.#isSigned(id, proof))) {
        believable.push(proof);
      }
    }
    if (believable.length > 0) await this.#keep(id, believable);
  }

  async #isSigned(folder: FolderId, proof: ArchiveProof): Promise<boolean> {
    const { signature, device } = proof;
    const signed = signedProofBytes(folder, proof);
    return this.#init.signer.verify(device, signed, bytesFromHex(signature));
  }

  async #keep(folder: FolderId, proofs: readonly ArchiveProof[]): Promise<void> {
    const isChanged = await this.#changing.run(async () => {
      const before = this.#folders.get(folder) ?? [];
      const after = withNewer(before, proofs, this.#init.localDevice);
      if (after.length === before.length && after.every((one) => before.includes(one)))
        return false;
      const write = { type: 'put', key: keyOf(folder), value: storedJson(after) } as const;
      await this.#init.keyValueStore.batch([write], { sync: true });
      this.#folders.set(folder, after);
      return true;
    });
    if (isChanged) this.#init.onNews(folder);
  }
}

/** What others say may be beyond all dates. */
function isoOf(atMs: number): string | null {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function isNewer(proof: ArchiveProof, known: readonly ArchiveProof[]): boolean {
  return !known.some((one) => isSameKind(one, proof) && one.atMs >= proof.atMs);
}

/** The own ones first, then the newest: as many as may be told. */
function withNewer(
  known: readonly ArchiveProof[],
  proofs: readonly ArchiveProof[],
  localDevice: DeviceId,
): ArchiveProof[] {
  let kept = [...known];
  for (const proof of proofs) {
    if (!isNewer(proof, kept)) continue;
    kept = [...kept.filter((one) => !isSameKind(one, proof)), proof];
  }
  const isOwn = ({ device }: ArchiveProof) => Number(device === localDevice);
  kept.sort((a, b) => isOwn(b) - isOwn(a) || b.atMs - a.atMs);
  return kept.slice(0, limits.folderProofs);
}

function isSameKind(one: ArchiveProof, other: ArchiveProof): boolean {
  return one.kind === other.kind && one.device === other.device;
}

function keyOf(folder: FolderId): Uint8Array {
  return bytesOf(byteStringFromText(`Proof${folder}`));
}
