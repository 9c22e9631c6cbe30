/** The parts that prove that restores work, put together: drills, their schedule, their records. */
import { joinPath } from '@holdfast/platform';
import type { FolderEngine, SyncEngine } from '@holdfast/sync-engine';
import type { ChangeSignal } from './change-signal.js';
import { DrillRecords } from './drill-records.js';
import { DrillSchedule } from './drill-schedule.js';
import { DrillService } from './drill-service.js';
import type { EventLog } from './event-log.js';
import type { HistorySource } from './history-source.js';
import type { NodeSeams } from './node-seams.js';
import type { RestoreService } from './restore-service.js';

export interface DrillsInit {
  readonly seams: NodeSeams;
  readonly engine: SyncEngine;
  readonly choose: (folder: string) => FolderEngine;
  readonly sourceOf: (folder: FolderEngine) => HistorySource;
  readonly restore: RestoreService<FolderEngine>;
  readonly events: EventLog;
  readonly changes: ChangeSignal;
}

export interface Drills {
  readonly service: DrillService;
  readonly records: DrillRecords;
  readonly schedule: DrillSchedule;
}

export function assembleDrills(init: DrillsInit): Drills {
  const { seams, engine, events, changes } = init;
  const records = new DrillRecords(seams.keyValueStore);
  const folders = () => engine.folders.values();
  const service = new DrillService({
    ...seams,
    ...init,
    scratch: joinPath(seams.home, 'drill'),
    folders,
    onDrilled: async (_folder, { problems, ...drill }) => {
      await records.note({ ...drill, problems });
      events.add('drilled', drill);
      changes.changed();
    },
  });
  const drill: DrillService['drill'] = (request) => service.drill(request);
  return { service, records, schedule: new DrillSchedule({ ...seams, records, folders, drill }) };
}
