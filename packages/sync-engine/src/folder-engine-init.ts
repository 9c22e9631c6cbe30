/** What a folder's engine is given: the parts of the node that it uses, and who hears of what. */

import type { FolderIndex } from '@holdfast/folder-index';
import type { DeviceId, FolderId } from '@holdfast/model';
import type { ArchiveProof } from '@holdfast/sync-protocol';
import type { VersionArchive } from '@holdfast/version-archive';
import type { FolderConfig } from './folder-config.js';
import type { FolderSeams } from './local-tree-init.js';

/** What is known to have been done to prove archives, and passed on. */
export interface ProofExchange {
  announced(folder: FolderId, limit: number): readonly ArchiveProof[];
  /** What a member says; whoever implements it believes signatures only. */
  hear(
    folder: Pick<FolderConfig, 'id' | 'members'>,
    proofs: readonly ArchiveProof[],
  ): Promise<void>;
}

export interface FolderEngineInit extends FolderSeams {
  readonly config: FolderConfig;
  /** The device's store, where this folder's history is kept here. */
  readonly archive: VersionArchive | undefined;
  /** The index of the mirror, where an archive keeps one. */
  readonly mirrorIndex: FolderIndex | undefined;
  readonly proofs: ProofExchange;
  readonly nameOf: (device: DeviceId) => string;
  /** Something that people or scripts may watch has changed. */
  readonly onChange: (folder: FolderId) => void;
  /** Own numbers went backward: the folder has a new epoch, of which every member must hear. */
  readonly onNewEpoch: (folder: FolderId, message: string) => void;
  /** A question about a mass change, or its answer, is new: every member must hear of it. */
  readonly onMassChange: (folder: FolderId) => void;
}
