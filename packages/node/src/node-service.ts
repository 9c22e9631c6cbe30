/** The operations of a running node: each one small, the work is done by the parts it was given. */

import type { DeviceId } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import type { FolderEngine, FolderModes, SyncEngine } from '@holdfast/sync-engine';
import type { ArchiveCareService } from './archive-care-service.js';
import type { ArchiveFilling } from './archive-filling.js';
import { archiveStatus } from './archive-status.js';
import { askAgain, askWhileLinking } from './ask-while-linking.js';
import type { Drills } from './assemble-drills.js';
import type { ChangeSignal } from './change-signal.js';
import { chooseDevice } from './choose-device.js';
import type { ConnectionKeeper } from './connection-keeper.js';
import { DeviceLosses } from './device-loss.js';
import { DeviceSettings } from './device-settings.js';
import type { DeviceTrust } from './device-trust.js';
import type { EventLog } from './event-log.js';
import type { FolderAdmin } from './folder-admin.js';
import { folderStatus, hasOtherArchive } from './folder-status.js';
import type { HistoryService } from './history-service.js';
import { IgnoreService } from './ignore-service.js';
import type { ReleaseRequest } from './kept-content.js';
import { KeptContentService } from './kept-content-service.js';
import type { GuardChange, MassChangeAnswers } from './mass-change-answers.js';
import { massChangeStatus } from './mass-change-status.js';
import { noFiles } from './mode-change.js';
import type { NodeConfig, StoredDevice } from './node-config.js';
import type {
  AcceptFolderRequest,
  ArchiveStatus,
  DeviceStatus,
  FolderMode,
  FolderStatus,
  ModeActionRequest,
  ModeActionResult,
  NodeControl,
  NodeStatus,
  RestoreRequest,
  WatchMode,
} from './node-control.js';
import type { NodeSeams } from './node-seams.js';
import type { OwnStore } from './own-store.js';
import type { Pairing } from './pairing.js';
import type { ProgressWatch } from './progress-watch.js';
import type { ProofLedger } from './proof-ledger.js';
import type { RestoreService } from './restore-service.js';
import { softwareVersion } from './software-version.js';
import { stoppedFolders } from './stopped-folder.js';
import type { ThinService } from './thin-service.js';
import type { ThinningRecord } from './thinning-record.js';
import type { UndoService } from './undo-service.js';
import { waitForSync } from './wait-for-sync.js';
import { WhereService } from './where-service.js';

export interface NodeServiceInit {
  readonly seams: NodeSeams;
  readonly config: NodeConfig;
  readonly engine: SyncEngine;
  readonly keeper: ConnectionKeeper;
  readonly pairing: Pairing;
  readonly trust: DeviceTrust;
  readonly admin: FolderAdmin;
  readonly history: HistoryService<FolderEngine>;
  readonly restore: RestoreService<FolderEngine>;
  readonly undo: UndoService;
  readonly events: EventLog;
  readonly changes: ChangeSignal;
  readonly progress: ProgressWatch;
  readonly store: Pick<OwnStore, 'archive' | 'problem' | 'check'>;
  readonly care: ArchiveCareService;
  readonly thinning: ThinService;
  readonly thinned: ThinningRecord;
  readonly filling: Pick<ArchiveFilling, 'reasonOf'>;
  readonly drills: Drills;
  readonly proofs: ProofLedger;
  readonly gui: () => string;
  /** A device by its name; its id where it is not known here. */
  readonly nameOf: (device: string) => string;
}

/** The answer to the request leaves first. */
const shutdownDelayMs = 100;
/** An offer may be on its way when a person or a script accepts it. */
const offerMayCome: ReadonlySet<string> = new Set(['folder_unknown', 'folder_exists']);

export class NodeService implements NodeControl {
  readonly shutdownRequested: Promise<void>;
  readonly log: NodeControl['log'];
  readonly list: NodeControl['list'];
  readonly timeline: NodeControl['timeline'];
  readonly diff: NodeControl['diff'];
  readonly cat: NodeControl['cat'];
  readonly drill: NodeControl['drill'];
  readonly rebuildArchiveIndex: NodeControl['rebuildArchiveIndex'];
  readonly thinArchive: NodeControl['thinArchive'];
  readonly compactArchive: NodeControl['compactArchive'];
  readonly unthinArchive: NodeControl['unthinArchive'];
  readonly verify: NodeControl['verify'];
  readonly where: NodeControl['where'];
  readonly undo: NodeControl['undo'];
  readonly restores: NodeControl['restores'];
  readonly pendingDevices: NodeControl['pendingDevices'];
  readonly acceptDevice: NodeControl['acceptDevice'];
  readonly markDevice: NodeControl['markDevice'];
  readonly revokeDevice: NodeControl['revokeDevice'];
  readonly confirmDevice: NodeControl['confirmDevice'];
  readonly liftDevice: NodeControl['liftDevice'];
  readonly removeDevice: NodeControl['removeDevice'];
  readonly #init: NodeServiceInit;
  readonly #ignore: IgnoreService;
  readonly #settings: DeviceSettings;
  readonly #kept: KeptContentService;
  readonly #losses: DeviceLosses;
  #requestShutdown: () => void = () => undefined;

  constructor(init: NodeServiceInit) {
    this.#init = init;
    this.#ignore = new IgnoreService(init.seams);
    this.#settings = new DeviceSettings(init.config, init.keeper);
    const { config, seams, nameOf } = init;
    const paired = () => config.current.devices.map(({ id }) => id);
    const knownDevices = () => [seams.network.localDevice, ...paired()];
    const localDevice = seams.network.localDevice as DeviceId;
    this.#losses = new DeviceLosses({ clock: seams.clock, localDevice });
    const archive = () => init.store.archive;
    const cutOff = (folder: string) => init.trust.cutOff(folder);
    const where = new WhereService({ ...init, localDevice, archive, cutOff });
    this.where = (path) => where.where(path);
    const { trust } = init;
    this.pendingDevices = () => trust.pendingDevices();
    this.acceptDevice = (device, mine) => trust.acceptDevice(device, mine);
    this.markDevice = (device, mine) => trust.markDevice(device, mine);
    this.revokeDevice = (device) => trust.revokeDevice(device);
    this.confirmDevice = (device) => trust.confirmDevice(device);
    this.liftDevice = (device, mine) => trust.liftDevice(device, mine);
    this.removeDevice = (device) => trust.removeDevice(device);
    this.log = (query) => this.#asked(() => init.history.log(query));
    this.list = (query) => this.#asked(() => init.history.list(query));
    this.timeline = (request) => this.#asked(() => init.history.timeline(request));
    this.diff = (request) => this.#asked(() => init.history.diff(request));
    this.cat = (query) => this.#asked(() => init.history.cat(query));
    this.drill = (request) => init.drills.service.drill(request);
    this.rebuildArchiveIndex = () => init.care.rebuildIndex();
    this.thinArchive = (request) => init.thinning.thin(request);
    this.compactArchive = (request) => init.thinning.compact(request);
    this.unthinArchive = (folder) => init.thinning.withdraw(folder);
    this.verify = (request) => init.care.verify(request);
    this.undo = (request) => init.undo.undo(request);
    this.restores = () => init.restore.restores();
    this.#kept = new KeptContentService({ nameOf, knownDevices });
    this.shutdownRequested = new Promise((resolve) => {
      this.#requestShutdown = resolve;
    });
  }

  async status(): Promise<NodeStatus> {
    const { seams, config, gui } = this.#init;
    return {
      device: seams.network.localDevice,
      name: config.current.name,
      gui: gui(),
      version: softwareVersion,
      addresses: seams.network.addresses(),
      folders: await this.folders(),
      devices: await this.devices(),
    };
  }

  async shutdown(): Promise<void> {
    this.#init.seams.clock.setTimer(shutdownDelayMs, () => this.#requestShutdown());
  }

  async invite({ expiresMs, mine = true }: Parameters<NodeControl['invite']>[0]) {
    const { invite, expiresAtMs } = await this.#init.pairing.invite(expiresMs, mine);
    return { invite, expires: new Date(expiresAtMs).toISOString(), mine };
  }

  join(invite: string, mine?: boolean) {
    return this.#init.pairing.join(invite, mine);
  }

  async devices(): Promise<readonly DeviceStatus[]> {
    return this.#init.trust.devices();
  }

  async renameDevice(device: string, name: string): Promise<DeviceStatus> {
    const { id } = this.#device(device);
    await this.#settings.rename(id, name);
    return this.#init.trust.status(this.#device(id));
  }

  async addDeviceAddress(device: string, address: string): Promise<DeviceStatus> {
    const { id } = this.#device(device);
    await this.#settings.addAddress(id, address);
    return this.#init.trust.status(this.#device(id));
  }

  async removeDeviceAddress(device: string, address: string): Promise<DeviceStatus> {
    const { id } = this.#device(device);
    await this.#settings.removeAddress(id, address);
    return this.#init.trust.status(this.#device(id));
  }

  addFolder(request: {
    readonly path: string;
    readonly label?: string | undefined;
    readonly mode?: FolderMode | undefined;
  }) {
    return this.#init.admin.add(request);
  }

  async shareFolder(folder: string, device: string): Promise<void> {
    this.#init.trust.checkAdmitted(device);
    return this.#init.admin.share(folder, device);
  }

  unshareFolder(folder: string, device: string): Promise<void> {
    return this.#init.admin.unshare(folder, device);
  }

  async folderOffers() {
    return this.#init.admin.offers();
  }

  /** An offer that is not here yet may arrive in a moment. */
  async acceptFolder(request: AcceptFolderRequest) {
    const { admin, config } = this.#init;
    const mayCome = ({ code }: AppError) =>
      offerMayCome.has(code) && config.current.devices.length > 0;
    return askAgain(() => admin.accept(request), mayCome, this.#init);
  }

  async folders(): Promise<readonly FolderStatus[]> {
    const kept = [...this.#init.engine.folders.values()].map((one) => this.#folder(one));
    return [...(await Promise.all(kept)), ...stoppedFolders(this.#init)];
  }

  removeFolder(folder: string): Promise<void> {
    return this.#init.admin.remove(folder);
  }

  async rescanFolder(folder: string): Promise<void> {
    await this.#init.admin.choose(folder).tree?.rescan();
  }

  pauseFolder(folder: string): Promise<void> {
    return this.#init.admin.setPaused(folder, true);
  }

  resumeFolder(folder: string): Promise<void> {
    return this.#init.admin.setPaused(folder, false);
  }

  async setCopies(folder: string, copies: number): Promise<FolderStatus> {
    if (!Number.isInteger(copies) || copies < 1 || copies > 100) {
      throw new AppError('usage', 'The number of copies is a whole number from 1 to 100.', {
        hint: 'Nothing was changed. For example: --copies 2',
      });
    }
    await this.#init.admin.setCopies(folder, copies);
    return this.#folder(this.#init.admin.choose(folder));
  }

  async setWatch(folder: string, watch: WatchMode): Promise<FolderStatus> {
    await this.#init.admin.setWatch(folder, watch);
    return this.#folder(this.#init.admin.choose(folder));
  }

  async ignorePatterns(folder: string) {
    return this.#ignore.patterns(this.#init.admin.choose(folder));
  }

  async setIgnorePatterns(folder: string, text: string) {
    return this.#ignore.replace(this.#init.admin.choose(folder), text);
  }

  async testIgnored(folder: string, path: string) {
    return this.#ignore.test(this.#init.admin.choose(folder), path);
  }

  async setMode({ folder, mode, confirmed }: Parameters<NodeControl['setMode']>[0]) {
    await this.#init.admin.setMode(folder, mode, confirmed);
    return this.#folder(this.#init.admin.choose(folder));
  }

  async overrideFolder({ folder, dryRun }: ModeActionRequest): Promise<ModeActionResult> {
    return { ...(await this.#modes(folder).override({ dryRun })), dryRun };
  }

  async revertFolder({ folder, dryRun }: ModeActionRequest): Promise<ModeActionResult> {
    return { ...(await this.#modes(folder).revert({ dryRun })), dryRun };
  }

  async setGuard(folder: string, guard: GuardChange | null): Promise<FolderStatus> {
    await this.#init.admin.setGuard(folder, guard);
    return this.#folder(this.#init.admin.choose(folder));
  }

  confirmFolder(folder: string): Promise<MassChangeAnswers> {
    return this.#answer(folder, 'confirmed');
  }

  rejectFolder(folder: string): Promise<MassChangeAnswers> {
    return this.#answer(folder, 'rejected');
  }

  async conflicts(folder: string) {
    return this.#kept.conflicts(this.#init.admin.choose(folder));
  }

  async heldVersions(folder: string) {
    return this.#kept.held(this.#init.admin.choose(folder));
  }

  async releaseHeld({ folder, dryRun }: ReleaseRequest) {
    return this.#kept.release(this.#init.admin.choose(folder), dryRun);
  }

  async problems(folder: string) {
    return this.#kept.problems(this.#init.admin.choose(folder));
  }

  wait(request: {
    readonly folder?: string | undefined;
    readonly archived: boolean;
    readonly timeoutMs?: number | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Promise<void> {
    const { admin, engine, seams, changes, store } = this.#init;
    if (request.folder === undefined) store.check();
    const folders =
      request.folder === undefined ? [...engine.folders.values()] : [admin.choose(request.folder)];
    const { archived, timeoutMs, signal } = request;
    const isLinking = (folder: FolderEngine) => engine.isLinking(folder);
    const asked = { folders, archived, timeoutMs, signal, isLinking };
    return waitForSync(asked, seams.clock, () => changes.next());
  }

  async restore(request: RestoreRequest) {
    await this.#asked(async () => this.#init.history.resolve({ path: request.path }));
    const result = await this.#init.restore.restore(request);
    this.#init.events.add('restored', {
      path: request.path,
      ...result,
      failed: result.failed.length,
    });
    return result;
  }

  archiveStatus(): Promise<ArchiveStatus> {
    const { store, engine, thinned } = this.#init;
    store.check();
    return archiveStatus(store.archive, engine.folders.values(), thinned);
  }

  events(request: Parameters<NodeControl['events']>[0]) {
    return this.#init.events.after(request);
  }

  #asked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    return askWhileLinking(ask, this.#init);
  }

  #modes(folder: string): FolderModes {
    const { modes } = this.#init.admin.choose(folder);
    if (modes === undefined) throw noFiles(folder);
    return modes;
  }

  async #answer(folder: string, answer: 'confirmed' | 'rejected'): Promise<MassChangeAnswers> {
    const { massChanges } = this.#init.admin.choose(folder);
    const answered = await massChanges.answer(answer);
    return { answered: answered.map((one) => massChangeStatus(one, this.#init.nameOf)) };
  }

  async #folder(folder: FolderEngine): Promise<FolderStatus> {
    const { progress, nameOf, store, proofs, thinned: record } = this.#init;
    const { id, archive } = folder.config;
    const isOnlyHistory = archive && !hasOtherArchive(folder);
    const thinned = archive && store.archive ? record.shown(store.archive, id) : null;
    const history = isOnlyHistory ? await store.archive?.folderStatus(id) : undefined;
    const ifLost = await this.#losses.of(folder, history?.versions ?? 0);
    const proven = proofs.shown(id, nameOf);
    const fillReason = this.#init.filling.reasonOf(id);
    const shown = { progress: progress.progressOf(id), ifLost, thinned, fillReason, ...proven };
    return folderStatus(folder, shown, nameOf);
  }

  #device(text: string): StoredDevice {
    return chooseDevice(text, this.#init.config.current.devices);
  }
}
