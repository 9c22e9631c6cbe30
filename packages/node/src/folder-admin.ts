/**
 * Adding, sharing, accepting and removing folders: each step is durable in the configuration before
 * the engine acts on it.
 */
import { createMarker, heldDirectory, ownDirectory } from '@holdfast/folder-scanner';
import { type DeviceId, type FolderId, folderIdFrom } from '@holdfast/model';
import {
  AppError,
  ensureDirectory,
  type FilePath,
  type FileSystem,
  fileErrorCode,
  filePathFrom,
  fileTrouble,
  joinPath,
  lastName,
  type RandomSource,
  textOf,
} from '@holdfast/platform';
import type { FolderEngine, SyncEngine } from '@holdfast/sync-engine';
import { chooseDevice } from './choose-device.js';
import { type FolderPlaceInit, folderPlace, futureFolderPlace } from './folder-place.js';
import { watchSuggestion } from './folder-watch.js';
import { changedGuard } from './guard-settings.js';
import { folderUnknown } from './history-path.js';
import type { GuardChange } from './mass-change-answers.js';
import { acceptedMode, checkModeChange, noFiles } from './mode-change.js';
import { didYouMean } from './near-names.js';
import { defaultGuard, type NodeConfig, type StoredFolder } from './node-config.js';
import type { AcceptFolderRequest, FolderMode, FolderOffer, WatchMode } from './node-control.js';
import type { OwnStore } from './own-store.js';

export interface FolderAdminInit {
  readonly config: NodeConfig;
  readonly engine: SyncEngine;
  readonly fileSystem: FileSystem;
  readonly random: RandomSource;
  readonly home: FilePath;
  readonly realPath: (path: string) => string;
  readonly store: Pick<OwnStore, 'open' | 'problem'>;
  /** Builds and starts the engine of a stored folder. */
  readonly openFolder: (stored: StoredFolder) => Promise<FolderEngine>;
  /** Takes a changed configuration over into the running engine. */
  readonly reconfigure: (stored: StoredFolder) => Promise<void>;
  readonly onRemoved: (folder: string) => void;
}

export class FolderAdmin {
  readonly #init: FolderAdminInit;

  constructor(init: FolderAdminInit) {
    this.#init = init;
  }

  /** The kept folder that a label or id names. Throws `folder_unknown`, `folder_stopped`. */
  choose(text: string): FolderEngine {
    const stored = this.#stored(text);
    const folder = this.#init.engine.folders.get(stored.id as FolderId);
    if (folder === undefined) throw this.#init.store.problem ?? this.#unknown(text);
    return folder;
  }

  async add(request: {
    readonly path: string;
    readonly label?: string | undefined;
    readonly mode?: FolderMode | undefined;
  }): Promise<{ id: string; label: string; path: string; notes: string[] }> {
    const { config, fileSystem, random } = this.#init;
    const { mode = 'send-receive' } = request;
    const root = folderPlace(request.path, this.#place());
    const label = request.label ?? textOf(lastName(root));
    checkLabel(label);
    if (config.current.folders.some((folder) => folder.label === label)) throw labelTaken(label);
    const id = folderIdFrom(random.bytes(10));
    const marker = this.#makeMarker(() => createMarker(fileSystem, root, id, random), root);
    const stored: StoredFolder = {
      id,
      label,
      path: textOf(root),
      markerInstance: marker.instance,
      mode,
      archive: false,
      members: [],
      copies: 1,
      paused: false,
      watch: 'auto',
      guard: defaultGuard,
    };
    await this.#store(stored);
    return { id, label, path: textOf(root), notes: this.#notes(stored) };
  }

  async share(text: string, device: string): Promise<void> {
    const stored = this.#stored(text);
    const { id } = chooseDevice(device, this.#init.config.current.devices);
    if (stored.members.includes(id)) return;
    await this.#change(stored.id, (folder) => ({ ...folder, members: [...folder.members, id] }));
  }

  async unshare(text: string, device: string): Promise<void> {
    const stored = this.#stored(text);
    const { id } = chooseDevice(device, this.#init.config.current.devices);
    await this.#change(stored.id, (folder) => ({
      ...folder,
      members: folder.members.filter((member) => member !== id),
    }));
  }

  offers(): FolderOffer[] {
    const { config, engine } = this.#init;
    const names = new Map(config.current.devices.map((device) => [device.id, device.name]));
    const byId = new Map<string, FolderOffer & { devices: { id: string; name: string }[] }>();
    for (const { device, announcement } of engine.offers()) {
      const { folderId, label } = announcement;
      const known = config.current.folders.find((folder) => folder.id === folderId);
      const offer = byId.get(folderId) ?? {
        id: folderId,
        label: known?.label ?? label,
        devices: [],
        known: known !== undefined,
      };
      offer.devices.push({ id: device, name: names.get(device) ?? device });
      byId.set(folderId, offer);
    }
    return [...byId.values()];
  }

  async accept(request: AcceptFolderRequest) {
    const known = this.#init.config.current.folders.find(
      (folder) => folder.id === request.folder || folder.label === request.folder,
    );
    const offer = this.#chooseOffer(request.folder, known);
    const members = offer?.devices.map((device) => device.id) ?? [];
    if (known !== undefined && offer === undefined) throw alreadyKept(known.label);
    if (known !== undefined) {
      const joined = [...new Set([...known.members, ...members])];
      const stored = await this.#change(known.id, (folder) => ({ ...folder, members: joined }));
      return this.#accepted(stored);
    }
    if (request.path === undefined && !request.archive) throw neitherPathNorArchive();
    if (offer === undefined) throw noOffer(request.folder, this.offers());
    if (request.archive) await this.#init.store.open();
    const stored = this.#newMember(offer, members, request);
    await this.#store(stored);
    return this.#accepted(stored);
  }

  /** Files stay; what is still held stays too, in the folder's own area. */
  async remove(text: string): Promise<void> {
    const stored = this.#stored(text);
    const folder = this.#init.engine.folders.get(stored.id as FolderId);
    const holdsNothing = folder?.treeIndex.counts.held === 0;
    await this.#init.config.update((config) => ({
      ...config,
      folders: config.folders.filter((one) => one.id !== stored.id),
    }));
    await this.#init.engine.removeFolder(stored.id as FolderId);
    await folder?.index.destroy();
    await folder?.mirror?.index.destroy();
    if (stored.path !== null && holdsNothing) this.#removeOwnArea(filePathFrom(stored.path));
    this.#init.onRemoved(stored.id);
  }

  async setPaused(text: string, paused: boolean): Promise<void> {
    await this.#change(this.#stored(text).id, (folder) => ({ ...folder, paused }));
  }

  async setCopies(text: string, copies: number): Promise<void> {
    await this.#change(this.#stored(text).id, (folder) => ({ ...folder, copies }));
  }

  async setWatch(text: string, watch: WatchMode): Promise<void> {
    const stored = this.#stored(text);
    if (stored.path === null) throw noFiles(stored.label);
    await this.#change(stored.id, (folder) => ({ ...folder, watch }));
  }

  /** What a change of the mode does to files is asked about first. */
  async setMode(text: string, mode: FolderMode, confirmed: boolean): Promise<void> {
    const stored = this.#stored(text);
    const counts = this.choose(text).treeIndex.counts;
    checkModeChange({ ...stored, ...counts, hasTree: stored.path !== null }, mode, confirmed);
    await this.#change(stored.id, (folder) => ({ ...folder, mode }));
  }

  async setGuard(text: string, wanted: GuardChange | null): Promise<void> {
    const stored = this.#stored(text);
    const guard = changedGuard(stored.guard, wanted);
    await this.#change(stored.id, (folder) => ({ ...folder, guard }));
  }

  /** A device was forgotten: no folder is shared with it any more. */
  async dropMember(device: DeviceId): Promise<void> {
    for (const folder of this.#init.config.current.folders) {
      if (!folder.members.includes(device)) continue;
      await this.#change(folder.id, (one) => ({
        ...one,
        members: one.members.filter((member) => member !== device),
      }));
    }
  }

  #accepted(stored: StoredFolder) {
    const { id, label, path, archive } = stored;
    return { id, label, path, archive, notes: this.#notes(stored) };
  }

  #notes(stored: StoredFolder): string[] {
    const tree = this.#init.engine.folders.get(stored.id as FolderId)?.tree;
    const suggestion = tree === undefined ? '' : watchSuggestion(tree.watchState, stored);
    return suggestion === '' ? [] : [suggestion];
  }

  #newMember(
    offer: FolderOffer,
    members: readonly string[],
    request: AcceptFolderRequest,
  ): StoredFolder {
    const { config, fileSystem, random } = this.#init;
    const label = freeLabel(
      offer.label,
      config.current.folders.map((folder) => folder.label),
    );
    const base = {
      id: offer.id,
      label,
      mode: acceptedMode(request),
      archive: request.archive,
      members: [...members],
      copies: 1,
      paused: false,
      watch: 'auto' as const,
      guard: defaultGuard,
    };
    if (request.path === undefined) return { ...base, path: null, markerInstance: null };
    const root = futureFolderPlace(request.path, this.#place());
    const marker = this.#makeMarker(() => {
      ensureDirectory(fileSystem, root, 0o755);
      return createMarker(fileSystem, root, offer.id as FolderId, random);
    }, root);
    return { ...base, path: textOf(root), markerInstance: marker.instance };
  }

  #makeMarker<Result>(make: () => Result, root: FilePath): Result {
    try {
      return make();
    } catch (cause) {
      if (fileErrorCode(cause) === undefined) throw cause;
      const message = `${textOf(root)} cannot be written to: ${fileTrouble(cause)}.`;
      throw new AppError('path_invalid', message, { hint: writeHint(cause), cause });
    }
  }

  #removeOwnArea(root: FilePath): void {
    const { fileSystem } = this.#init;
    try {
      fileSystem.unlink(joinPath(ownDirectory(root), 'marker.json'));
      fileSystem.removeDirectory(heldDirectory(root));
      fileSystem.removeDirectory(ownDirectory(root));
    } catch (error) {
      // The disk may be away, or something may lie there that is not ours: it stays.
      if (fileErrorCode(error) === undefined) throw error;
    }
  }

  #chooseOffer(text: string, known: StoredFolder | undefined): FolderOffer | undefined {
    const offers = this.offers();
    const exact = offers.filter(
      (offer) => offer.id === text || offer.label === text || offer.id === known?.id,
    );
    const matching =
      exact.length > 0 || text.length < 4
        ? exact
        : offers.filter((offer) => offer.id.startsWith(text));
    if (matching.length > 1) {
      const names = matching.map((offer) => `${offer.label} (${offer.id})`).join(', ');
      throw new AppError('ambiguous', `"${text}" may be any of: ${names}.`, {
        hint: 'Write the id of the folder.',
      });
    }
    return matching[0];
  }

  #unknown(text: string): AppError {
    const labels = this.#init.config.current.folders.map(({ label }) => label);
    return folderUnknown(text, labels);
  }

  #stored(text: string): StoredFolder {
    const { folders } = this.#init.config.current;
    const stored = folders.find((folder) => folder.label === text || folder.id === text);
    if (stored === undefined) throw this.#unknown(text);
    return stored;
  }

  #place(): FolderPlaceInit {
    const others = this.#init.config.current.folders.flatMap((folder) =>
      folder.path === null ? [] : [{ label: folder.label, root: filePathFrom(folder.path) }],
    );
    return { ...this.#init, others };
  }

  async #store(stored: StoredFolder): Promise<void> {
    const { config, engine, openFolder } = this.#init;
    await config.update((current) => ({ ...current, folders: [...current.folders, stored] }));
    await engine.addFolder(await openFolder(stored));
  }

  async #change(id: string, change: (folder: StoredFolder) => StoredFolder): Promise<StoredFolder> {
    const { config, engine, reconfigure } = this.#init;
    await config.updateFolder(id, change);
    const stored = this.#stored(id);
    await reconfigure(stored);
    engine.announce();
    return stored;
  }
}

/** A unit of systemd shows everything that it was not given as read-only. */
function writeHint(cause: unknown): string {
  const hint = 'Nothing was changed. The node needs to be able to write there.';
  if (fileErrorCode(cause) !== 'EROFS') return hint;
  return `${hint} Where it runs as a service: holdfast install-service --writable DIR, then restart it.`;
}

function checkLabel(label: string): void {
  const tooLong = Buffer.byteLength(label, 'utf8') > 255;
  if (label.trim() !== '' && !tooLong && !/\p{Cc}/u.test(label)) return;
  throw new AppError('usage', 'A label has 1 to 255 bytes and no control characters.', {
    hint: 'Choose another with --label.',
  });
}

function labelTaken(label: string): AppError {
  return new AppError('label_taken', `Another folder here is called "${label}".`, {
    hint: 'Nothing was changed. Choose another with --label.',
  });
}

function freeLabel(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted;
  for (let number = 2; ; number += 1) {
    const label = `${wanted} (${number})`;
    if (!taken.includes(label)) return label;
  }
}

function noOffer(text: string, offers: readonly FolderOffer[]): AppError {
  const meant = didYouMean(
    text,
    offers.map(({ label }) => label),
  );
  return new AppError('folder_unknown', `No connected device offers a folder "${text}".`, {
    hint: `${meant}See what is offered with: holdfast folder offers. It is offered while the other device is connected and shares it with this one.`,
  });
}

function alreadyKept(label: string): AppError {
  return new AppError(
    'folder_exists',
    `"${label}" is kept here already, and no other device offers it.`,
    {
      hint: 'Nothing was changed. A device offers it once it has shared it with this one and is connected.',
    },
  );
}

function neitherPathNorArchive(): AppError {
  return new AppError('usage', 'Say where the files go, or that this device keeps the history.', {
    hint: 'holdfast folder accept FOLDER PATH, or holdfast folder accept FOLDER --archive',
  });
}
