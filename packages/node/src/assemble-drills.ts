/** The parts that prove that restores work, put together: drills, their schedule, their records. */
import type { DeviceId, StoreId } from '@holdfast/model';
import { joinPath } from '@holdfast/platform';
import type { FolderEngine, SyncEngine } from '@holdfast/sync-engine';
import type { FolderDrill } from './archive-care.js';
import type { ChangeSignal } from './change-signal.js';
import { DrillSchedule } from './drill-schedule.js';
import { DrillService } from './drill-service.js';
import type { EventLog } from './event-log.js';
import type { HistorySource } from './history-source.js';
import type { NodeSeams } from './node-seams.js';
import type { ProofLedger } from './proof-ledger.js';
import type { RestoreService } from './restore-service.js';

export interface DrillsInit {
  readonly seams: NodeSeams;
  readonly engine: SyncEngine;
  readonly choose: (folder: string) => FolderEngine;
  readonly sourceOf: (folder: FolderEngine) => HistorySource;
  readonly restore: RestoreService<FolderEngine>;
  readonly proofs: ProofLedger;
  readonly localDevice: DeviceId;
  readonly events: EventLog;
  readonly changes: ChangeSignal;
}

export interface Drills {
  readonly service: DrillService;
  readonly schedule: DrillSchedule;
}

export function assembleDrills(init: DrillsInit): Drills {
  const { seams, engine, proofs, events, changes } = init;
  const folders = () => engine.folders.values();
  const service = new DrillService({
    ...seams,
    ...init,
    scratch: joinPath(seams.home, 'drill'),
    folders,
    onDrilled: async ({ config }, { problems: _problems, ...drill }) => {
      await proofs.add(config.id, proofOf(drill));
      events.add('drilled', drill);
      changes.changed();
    },
  });
  const drill: DrillService['drill'] = (request) => service.drill(request);
  return { service, schedule: new DrillSchedule({ ...seams, ...init, folders, drill }) };
}

function proofOf(drill: Omit<FolderDrill, 'problems'>) {
  return {
    kind: 'drilled' as const,
    storeId: drill.store as StoreId,
    items: drill.files,
    bytes: drill.bytes,
    bad: drill.mismatched,
    tookMs: Math.round(drill.seconds * 1000),
    allWouldTakeMs: Math.round(drill.fullRestoreSeconds * 1000),
  };
}
