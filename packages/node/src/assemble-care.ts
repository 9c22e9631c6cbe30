/** The parts that care for this device's store, put together: verifying, scrubbing, healing, filling. */
import type { DeviceId } from '@holdfast/model';
import { errorMessage } from '@holdfast/platform';
import type { FolderEngine, SyncEngine } from '@holdfast/sync-engine';
import type { VersionArchive } from '@holdfast/version-archive';
import { ArchiveCareService } from './archive-care-service.js';
import { ArchiveFilling } from './archive-filling.js';
import { ArchiveScrubber } from './archive-scrubber.js';
import { CareState } from './care-state.js';
import type { ChangeSignal } from './change-signal.js';
import { ContentCare } from './content-care.js';
import type { EventLog } from './event-log.js';
import type { NodeSeams } from './node-seams.js';
import type { ProofLedger } from './proof-ledger.js';
import { ThinService } from './thin-service.js';
import { ThinningRecord } from './thinning-record.js';

export interface CareInit {
  readonly seams: NodeSeams;
  readonly engine: SyncEngine;
  readonly localDevice: DeviceId;
  readonly archive: () => VersionArchive | undefined;
  /** Throws where the store cannot be opened. */
  readonly checkStore: () => void;
  /** Throws `folder_unknown` or `ambiguous`. */
  readonly choose: (folder: string) => FolderEngine;
  readonly proofs: ProofLedger;
  readonly events: EventLog;
  readonly changes: ChangeSignal;
  readonly nameOf: (device: string) => string;
}

export interface Care {
  readonly service: ArchiveCareService;
  readonly thinning: ThinService;
  readonly content: ContentCare;
  readonly thinned: ThinningRecord;
  readonly filling: ArchiveFilling;
  /** The store is open from now on. */
  opened(archive: VersionArchive): Promise<void>;
  stop(): Promise<void>;
}

export function assembleCare(init: CareInit): Care {
  const { seams, events, changes, nameOf } = init;
  const state = new CareState(seams.keyValueStore);
  const content = new ContentCare({
    ...seams,
    ...init,
    state,
    onChange: ({ blocks, versions }, liars) => {
      const badDevices = liars.map(nameOf);
      events.add('content-lost', { blocks: blocks.length, versions: versions.length, badDevices });
      changes.changed();
    },
  });
  const keptArchive = () => {
    init.checkStore();
    return init.archive();
  };
  const service = new ArchiveCareService({
    ...seams,
    ...init,
    keptArchive,
    content,
    state,
    onVerified: async (storeId, { records, bytes, bad, repaired }, tookMs) => {
      events.add('verified', { bad, repaired });
      changes.changed();
      if (bad > repaired) return;
      const done = { items: records, bytes, bad: 0, tookMs, allWouldTakeMs: 0 };
      for (const { config } of init.engine.folders.values()) {
        if (config.archive)
          await init.proofs.add(config.id, { kind: 'verified', storeId, ...done });
      }
    },
  });
  const scrubber = new ArchiveScrubber({
    ...seams,
    state,
    onRot: () => content.met(),
    onRound: async (archive, findings) => {
      await service.settle(archive, findings);
    },
    isBusy: () => service.isVerifying,
  });
  const filling = new ArchiveFilling({
    ...seams,
    ...init,
    hash: (bytes) => seams.hasher.blake3(bytes),
    onFilled: (folder, from, versions) => {
      events.add('history-filled', { folder, from, versions });
      changes.changed();
    },
    onChange: () => changes.changed(),
  });
  const thinned = new ThinningRecord(seams.keyValueStore, seams.clock);
  const thinning = new ThinService({
    ...seams,
    record: thinned,
    changes,
    archive: keptArchive,
    choose: init.choose,
    nameOf,
    folders: () => init.engine.folders.values(),
    onWithdrawn: () => {
      content.met();
      changes.changed();
    },
    onThinned: (what) => {
      events.add('thinned', { ...what });
      changes.changed();
    },
    onCompacted: ({ segments, freedBytes }) => {
      events.add('compacted', { segments, freedBytes });
      changes.changed();
    },
  });
  return {
    service,
    thinning,
    content,
    thinned,
    filling,
    async opened(archive) {
      await thinned.load(archive.storeId);
      await content.opened(archive);
      scrubber.start(archive);
    },
    async stop() {
      content.stop();
      filling.stop();
      await scrubber.stop();
      const archive = init.archive();
      const kept = [...init.engine.folders.keys()];
      if (archive === undefined) return;
      try {
        await thinned.noteTime(archive, kept);
      } catch (error) {
        // Whatever stops after this must stop; without the note, what waits is freed later.
        seams.logger.warn('how long this node ran is not noted', { reason: errorMessage(error) });
      }
    },
  };
}
