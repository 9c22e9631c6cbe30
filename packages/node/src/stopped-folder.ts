/** What is said of a folder whose history cannot be opened: it has no engine, and everything else goes on. */
import type { FolderId } from '@holdfast/model';
import { type AppError, errorMessage } from '@holdfast/platform';
import type { SyncEngine } from '@holdfast/sync-engine';
import { guardSettings, massChangeLimits } from './guard-settings.js';
import type { NodeConfig, StoredFolder } from './node-config.js';
import type { FolderStatus } from './node-control.js';
import type { OwnStore } from './own-store.js';

/** Of all folders that were kept here and whose history cannot be opened now. */
export function stoppedFolders(init: {
  readonly store: Pick<OwnStore, 'problem'>;
  readonly config: NodeConfig;
  readonly engine: Pick<SyncEngine, 'folders'>;
}): FolderStatus[] {
  const { problem } = init.store;
  if (problem === undefined) return [];
  return init.config.current.folders
    .filter(({ id, archive }) => archive && !init.engine.folders.has(id as FolderId))
    .map((folder) => stoppedFolderStatus(folder, problem));
}

/** Nothing is known of what it holds: the figures are none, not the old ones. */
function stoppedFolderStatus(stored: StoredFolder, problem: AppError): FolderStatus {
  const { id, label, path, mode, members } = stored;
  return {
    id,
    label,
    path,
    mode,
    archive: true,
    state: 'stopped',
    stateReason: errorMessage(problem),
    files: 0,
    bytes: 0,
    needFiles: 0,
    needBytes: 0,
    unarchivedFiles: 0,
    receiveOnlyChangedFiles: 0,
    heldFiles: 0,
    overwrittenVersions: 0,
    conflictCopies: 0,
    problemFiles: 0,
    leftOutFiles: 0,
    copies: 0,
    ifLost: {
      files: 0,
      olderVersions: 0,
      historyVersions: 0,
      bytes: 0,
      exact: false,
      sentence: 'What would be lost with this device is not known while the folder is stopped.',
    },
    thinned: null,
    lastArchived: null,
    lastVerified: null,
    lastDrill: null,
    members,
    archives: [],
    connectedMembers: [],
    watch: null,
    massChanges: [],
    guard: guardSettings(massChangeLimits(stored.guard)),
    progress: null,
  };
}
