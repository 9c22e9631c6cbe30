/**
 * Care for this device's store: verifying it, and making whole what rotted. One run at a time. Owns
 * no data: what is found is in the store's index and log, and in the answer.
 */
import type { FolderId, StoreId } from '@holdfast/model';
import { AppError, type Clock, type RandomSource } from '@holdfast/platform';
import type { SyncEngine } from '@holdfast/sync-engine';
import type { ArchiveFindings, VersionArchive } from '@holdfast/version-archive';
import type { RebuiltIndex, VerifyRequest, VerifyResult } from './archive-care.js';
import { noStore } from './archive-status.js';
import type { CareState } from './care-state.js';
import type { ContentCare } from './content-care.js';
import { verifyReport } from './verify-report.js';

export interface ArchiveCareServiceInit {
  /** Throws where it cannot be opened; undefined where there is none. */
  readonly keptArchive: () => VersionArchive | undefined;
  readonly engine: SyncEngine;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly content: ContentCare;
  readonly state: CareState;
  /** A run over the whole store ended, and what could be made whole is. */
  readonly onVerified: (
    storeId: StoreId,
    found: Pick<VerifyResult, 'records' | 'bytes' | 'bad' | 'repaired'>,
    tookMs: number,
  ) => Promise<void>;
  readonly nameOf: (device: string) => string;
}

export class ArchiveCareService {
  readonly #init: ArchiveCareServiceInit;
  #isVerifying = false;

  constructor(init: ArchiveCareServiceInit) {
    this.#init = init;
  }

  async verify(request: VerifyRequest): Promise<VerifyResult> {
    const archive = this.#store();
    if (this.#isVerifying) throw running();
    this.#isVerifying = true;
    try {
      return await this.#verify(archive, request);
    } finally {
      this.#isVerifying = false;
    }
  }

  async rebuildIndex(): Promise<RebuiltIndex> {
    const archive = this.#store();
    const { clock } = this.#init;
    const beganMs = clock.monotonic();
    await archive.rebuildIndex();
    return {
      store: archive.storeId,
      records: archive.head().position + 1,
      blocks: archive.blocks.stats().blocks,
      seconds: secondsSince(beganMs, clock),
    };
  }

  async #verify(archive: VersionArchive, request: VerifyRequest): Promise<VerifyResult> {
    const { clock } = this.#init;
    const beganMs = clock.monotonic();
    const findings = await this.#read(archive, request);
    const found = await this.settle(archive, findings, clock.monotonic() - beganMs);
    return { store: archive.storeId, ...found, seconds: secondsSince(beganMs, clock) };
  }

  /**
   * Makes whole what a run found to be bad, as far as that is possible, and says what is left.
   * `tookMs`: how long it read, where it did nothing else.
   */
  async settle(
    archive: VersionArchive,
    findings: ArchiveFindings,
    tookMs = 0,
  ): Promise<Omit<VerifyResult, 'store' | 'seconds'>> {
    const { engine, nameOf, content, state, clock, onVerified } = this.#init;
    const rewritten = await archive.repair(findings);
    const { lost: stillLost, liars } = await content.heal(archive, findings.lost);
    const labelOf = (id: FolderId) => engine.folders.get(id)?.config.label ?? id;
    const report = verifyReport({ findings, rewritten, stillLost }, labelOf);
    const isSound = report.bad <= report.repaired;
    const verifiedAtMs = isSound ? { verifiedAtMs: clock.now() } : {};
    await state.note(archive.storeId, { isSound, ...verifiedAtMs });
    await onVerified(archive.storeId, report, Math.round(tookMs));
    return { ...report, badDevices: liars.map(nameOf) };
  }

  /** Whether everything is being read because somebody asked. */
  get isVerifying(): boolean {
    return this.#isVerifying;
  }

  async #read(
    archive: VersionArchive,
    { samplePercent, signal }: VerifyRequest,
  ): Promise<ArchiveFindings> {
    const verification = archive.verification();
    const sample = Math.ceil((samplePercent / 100) * 2 ** 32);
    const [seed = 0] = new Uint32Array(this.#init.random.bytes(4).slice().buffer);
    for await (const _ of verification.run({ sample, seed })) {
      if (signal?.aborted) throw new AppError('interrupted', 'The verification was interrupted.');
    }
    const { findings } = verification;
    if (findings === undefined) throw new Error('a run that ended has findings');
    return findings;
  }

  #store(): VersionArchive {
    const archive = this.#init.keptArchive();
    if (archive === undefined) throw noStore();
    return archive;
  }
}

function secondsSince(beganMs: number, clock: Clock): number {
  return Math.round(clock.monotonic() - beganMs) / 1000;
}

function running(): AppError {
  return new AppError('verify_running', 'The store is being verified already.', {
    kind: 'retry',
    hint: 'Wait for that run to end, then ask again.',
  });
}
