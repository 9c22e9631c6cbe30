/**
 * Where a file, a directory or a folder is: which devices have it, as this device's index knows, and
 * which archives hold which of its versions, as they say. Changes nothing.
 */
import { Coverage, localCurrent, type PathEntry, peerCurrents } from '@holdfast/folder-index';
import {
  contentBytesOf,
  type DeviceId,
  displayPath,
  type FolderPath,
  type Version,
  type VersionId,
} from '@holdfast/model';
import { type FolderEngine, receiptsOf, type SyncEngine } from '@holdfast/sync-engine';
import type { VersionArchive } from '@holdfast/version-archive';
import { parseHistoryPath } from './history-path.js';
import { pathUnknown } from './history-service.js';
import { allEntries, folderSources } from './history-source.js';
import type { WhereArchive, WhereDevice, WhereResult } from './where-control.js';

export interface WhereServiceInit {
  readonly engine: SyncEngine;
  readonly archive: () => VersionArchive | undefined;
  readonly localDevice: DeviceId;
  readonly nameOf: (device: string) => string;
  /** Devices that the folder was shared with and that may not talk to this one any more. */
  readonly cutOff: (folder: string) => readonly DeviceId[];
}

/** What one device has of what is asked about. */
interface Share {
  readonly device: DeviceId;
  readonly coverage: Coverage;
  /** Versions that an archive may show and that its disk lost since. */
  readonly lost: ReadonlySet<VersionId>;
  readonly keepsHistory: boolean;
  files: number;
  archivedFiles: number;
}

/** More versions of one file than this are not named. */
const maxVersions = 1_000;

export class WhereService {
  readonly #init: WhereServiceInit;

  constructor(init: WhereServiceInit) {
    this.#init = init;
  }

  /** Codes: `folder_unknown`, `path_unknown`, `usage`. */
  async where(path: string): Promise<WhereResult> {
    const { folder, inside } = parseHistoryPath(path, this.#init.engine.folders.values());
    const shares = await this.#shares(folder);
    let only: Version | undefined;
    let files = 0;
    let bytes = 0;
    const take = (entry: PathEntry, version: Version) => {
      files += 1;
      bytes += contentBytesOf(version.record);
      for (const share of shares) this.#count(share, entry, version);
    };
    if (inside !== '') {
      const entry = await folder.index.entry(inside);
      only = shownOf(entry);
      if (only !== undefined && only.record.kind !== 'directory') take(entry, only);
    }
    if (only === undefined || only.record.kind === 'directory') {
      for await (const entry of folder.index.below(inside)) {
        const version = shownOf(entry);
        if (version !== undefined && isContent(version)) take(entry, version);
      }
    }
    if (inside !== '' && only === undefined && files === 0) throw pathUnknown(path);
    const devices = shares.map((share) => this.#device(folder, share, files));
    return {
      path: inside === '' ? folder.config.label : displayPath(inside),
      kind: inside === '' ? 'folder' : (only?.record.kind ?? 'directory'),
      version: only?.id ?? null,
      files,
      bytes,
      devices,
      copies: devices.filter(({ has, admitted }) => has && admitted).length,
      archives: await this.#archives(folder, devices, inside, only),
    };
  }

  async #shares({ config, index, links }: FolderEngine): Promise<Share[]> {
    const { localDevice } = this.#init;
    const shares: Share[] = [];
    for (const device of [localDevice, ...config.members, ...this.#init.cutOff(config.id)]) {
      const announced = links.get(device)?.announcement.archive;
      const keepsHistory = device === localDevice ? config.archive : announced !== undefined;
      const coverage = new Coverage(await receiptsOf(index, [device]), 1);
      const lost = coverage.exceptedVersions();
      shares.push({ device, coverage, lost, keepsHistory, files: 0, archivedFiles: 0 });
    }
    return shares;
  }

  #count(share: Share, { rows }: PathEntry, { id }: Version): void {
    const row = rows.find(({ version }) => version.id === id);
    const { local, peers = [], archived = false } = row ?? {};
    const isHere = share.device === this.#init.localDevice;
    const isCovered = local !== undefined && share.coverage.covers(id, local.sequence);
    const isOffered = !share.lost.has(id) && peers.some((one) => one.device === share.device);
    const offers = isHere ? local !== undefined : isOffered;
    // An archive offers only what stands in its log.
    const isArchived = isHere ? archived : isCovered || (share.keepsHistory && offers);
    if (offers || isArchived) share.files += 1;
    if (isArchived) share.archivedFiles += 1;
  }

  #device({ config, links }: FolderEngine, share: Share, files: number): WhereDevice {
    const { device, files: had, archivedFiles } = share;
    const { localDevice, nameOf } = this.#init;
    const thisDevice = device === localDevice;
    return {
      device: nameOf(device),
      deviceId: device,
      thisDevice,
      connected: thisDevice || links.has(device),
      admitted: thisDevice || config.members.includes(device),
      has: files > 0 && had === files,
      archived: files > 0 && archivedFiles === files,
      files: had,
      archivedFiles,
    };
  }

  async #archives(
    folder: FolderEngine,
    devices: readonly WhereDevice[],
    inside: FolderPath | '',
    only: Version | undefined,
  ): Promise<WhereArchive[]> {
    const { engine, archive, localDevice } = this.#init;
    const sources = folderSources(folder, engine, archive());
    const found: WhereArchive[] = [];
    for (const { device, deviceId, connected, archived, admitted } of devices) {
      if (!admitted) continue;
      const { receipt } = folder.index.peer(deviceId as DeviceId);
      const source = sources.find(({ device: of = localDevice }) => of === deviceId)?.source;
      const store = source?.storeId ?? receipt?.storeId;
      if (store === undefined) continue;
      const asked = source !== undefined && only !== undefined && inside !== '';
      found.push({
        device,
        deviceId,
        store,
        connected,
        has: archived,
        versions: asked ? await versionsIn(source, folder, inside) : null,
        asOf: receipt === undefined ? null : new Date(receipt.receivedAtMs).toISOString(),
      });
    }
    return found;
  }
}

/** What this device shows, else what another one does. */
function shownOf(entry: PathEntry): Version | undefined {
  return (localCurrent(entry) ?? peerCurrents(entry)[0])?.version;
}

function isContent({ record }: Version): boolean {
  return record.kind === 'file' || record.kind === 'symlink';
}

async function versionsIn(
  source: Parameters<typeof allEntries>[0],
  folder: FolderEngine,
  path: FolderPath,
): Promise<string[]> {
  const versions: string[] = [];
  const asked = { type: 'log' as const, path, limit: maxVersions };
  for await (const { entry } of allEntries(source, folder.config.id, asked)) {
    if (entry.thinned) continue;
    versions.push(entry.versionId);
    if (versions.length === maxVersions) break;
  }
  return versions;
}
