/**
 * The composition root: the whole node, what there is of it and in what order it starts and, in
 * reverse, stops. It takes every seam; `run-node.ts` supplies the real ones, the simulation its
 * own.
 */
import { ListBlockStore, observeContext } from '@holdfast/folder-scanner';
import type { DeviceId, FolderId } from '@holdfast/model';
import { bytesOf, errorMessage, joinPath, type PeerConnection } from '@holdfast/platform';
import { FolderEngine, SyncEngine } from '@holdfast/sync-engine';
import {
  blocksProtocol,
  controlProtocol,
  historyProtocol,
  pairingProtocol,
} from '@holdfast/sync-protocol';
import { VersionArchive } from '@holdfast/version-archive';
import { assembleCare } from './assemble-care.js';
import { assembleDrills } from './assemble-drills.js';
import { assembleTrust } from './assemble-trust.js';
import { ChangeSignal } from './change-signal.js';
import { ConnectionKeeper } from './connection-keeper.js';
import { learnAddresses } from './device-addresses.js';
import { EventLog } from './event-log.js';
import { FolderAdmin } from './folder-admin.js';
import { openFolderIndices } from './folder-indices.js';
import { hello } from './hello.js';
import { HistoryService } from './history-service.js';
import { chooseSource, folderSources } from './history-source.js';
import { massChangeEvent } from './mass-change-status.js';
import {
  NodeConfig,
  newConfig,
  readConfig,
  type StoredDevice,
  type StoredFolder,
} from './node-config.js';
import type { NodeControl } from './node-control.js';
import type { NodeSeams } from './node-seams.js';
import { NodeService } from './node-service.js';
import { OwnStore } from './own-store.js';
import { Pairing } from './pairing.js';
import { ProgressWatch } from './progress-watch.js';
import { ProofLedger } from './proof-ledger.js';
import { RestoreInPlace } from './restore-in-place.js';
import { RestoreService } from './restore-service.js';
import { folderConfig } from './stored-folder-config.js';
import { TrustLedger } from './trust-ledger.js';
import { UndoService } from './undo-service.js';

export interface AssembledNode {
  readonly control: NodeControl;
  readonly config: NodeConfig;
  readonly engine: SyncEngine;
  /** The device's store, once a folder's history is kept here. */
  readonly archive: () => VersionArchive | undefined;
  /** Archive, folders, network, connections, in this order. */
  start(): Promise<void>;
  /** The reverse; idempotent. */
  stop(): Promise<void>;
  /** Resolves when the node was asked to end. */
  readonly shutdownRequested: Promise<void>;
}

export interface AssembleOptions {
  /** The page's address; known only after the page is served. */
  readonly gui: () => string;
  /** For a home without a configuration. */
  readonly defaultName: string;
}

export function assembleNode(seams: NodeSeams, options: AssembleOptions): AssembledNode {
  const { clock, random, hasher, logger, network, fileSystem, home, keyValueStore } = seams;
  const hash = (bytes: Uint8Array) => hasher.blake3(bytes);
  const localDevice = network.localDevice as DeviceId;
  const stored = readConfig(fileSystem, home) ?? newConfig(options.defaultName);
  const config = new NodeConfig(fileSystem, home, stored);
  const events = new EventLog(clock);
  const changes = new ChangeSignal();
  const listBlocks = new ListBlockStore(keyValueStore, 'L');

  const ledger = new TrustLedger({ ...seams, config, localDevice });
  const isMember = (device: string) => ledger.isAdmitted(device);
  const nameOf = (device: string) =>
    device === localDevice
      ? config.current.name
      : (config.current.devices.find((known) => known.id === device)?.name ?? device);

  /** What is only convenient to know: a disk that is full must not end the node for it. */
  const noteDevice = async (device: string, change: (known: StoredDevice) => StoredDevice) => {
    await config.updateDevice(device, change).catch((error: unknown) => {
      const reason = errorMessage(error);
      logger.warn('the configuration cannot be written', { device, reason });
    });
  };

  const engine = new SyncEngine(localDevice, {
    hello: () => hello(config.current.name, network.addresses()),
    archive: () => store.archive,
    clock,
    logger,
    isMember,
    onSession: (session, said) => {
      const { device, connection } = session;
      const { direction, remoteAddress } = connection;
      logger.info('device connected', { device, direction, remoteAddress });
      const dialled = direction === 'outbound' ? remoteAddress : undefined;
      const met = { dialled, remoteAddress, told: said.addresses };
      const { softwareVersion } = said;
      const noted = noteDevice(device, (known) => {
        const learnedAddresses = learnAddresses(known.learnedAddresses, met);
        return { ...known, learnedAddresses, softwareVersion };
      });
      void noted.then(() => trust.readdressed(device));
      exchange.began(session);
      events.add('device-connected', { device, name: nameOf(device) });
      care.content.connected();
      changes.changed();
    },
    onSessionEnd: (device, spoke) => {
      keeper.lost(device, spoke);
      if (!spoke) return;
      events.add('device-disconnected', { device, name: nameOf(device) });
      const lastSeenMs = clock.now();
      void noteDevice(device, (known) => ({ ...known, lastSeenMs }));
      changes.changed();
    },
    onTrust: (session, message) => exchange.heard(session, message),
    onOffers: () => {
      events.add('folder-offers', {});
      changes.changed();
    },
  });

  const progress = new ProgressWatch({
    clock,
    folder: (id) => engine.folders.get(id),
    onChange: (folder, live) => events.add('folder-changed', { folder, ...live }),
    onProgress: (folder, live) => events.add('folder-progress', { folder, ...live }),
  });

  const proofs = new ProofLedger({
    ...seams,
    localDevice,
    onNews: () => {
      engine.announce();
      changes.changed();
    },
  });
  const care = assembleCare({
    seams,
    proofs,
    engine,
    localDevice,
    archive: () => store.archive,
    checkStore: () => store.check(),
    choose: (folder) => admin.choose(folder),
    events,
    changes,
    nameOf,
  });

  const keeper = new ConnectionKeeper({
    network,
    clock,
    random,
    logger,
    isConnected: (device) => engine.isConnected(device),
    devices: () =>
      config.current.devices
        .filter(({ id }) => isMember(id))
        .map((device) => ({ ...device, id: device.id as DeviceId })),
  });

  const pairing = new Pairing({
    config,
    network,
    clock,
    random,
    hash,
    mark: (device, mine) => trust.paired(device, mine),
    onPaired: (device, by) => {
      events.add('device-paired', { device, name: nameOf(device) });
      if (by === 'joining') keeper.nudge();
      else keeper.expected(device);
      changes.changed();
    },
  });

  const store = new OwnStore({
    config,
    clock,
    logger,
    openArchive: async (expected) => {
      const opened = await VersionArchive.open({
        ...seams,
        directory: joinPath(home, 'store'),
        expected,
        keyPrefix: bytesOf('A'),
        hash,
        onDamage: () => care.content.met(),
      });
      await care.opened(opened);
      return opened;
    },
    onBack: async () => {
      await openKept();
      changes.changed();
    },
  });

  const openFolder = async (folder: StoredFolder, wasBegun: boolean): Promise<FolderEngine> => {
    const archive = folder.archive ? await store.open() : undefined;
    const init = { store: keyValueStore, hash, random, wasBegun };
    await proofs.open(folder.id as FolderId);
    const { index, mirrorIndex } = await openFolderIndices(folder, archive, init);
    const opened = new FolderEngine({
      ...seams,
      config: folderConfig(folder, isMember),
      index,
      mirrorIndex,
      archive,
      listBlocks,
      context: observeContext(localDevice, mirrorIndex ?? index, hash),
      hash,
      nameOf,
      proofs,
      onNewEpoch: (changed, message) => {
        events.add('folder-renumbered', { folder: changed, message });
        engine.announce();
        changes.changed();
      },
      onMassChange: (changed) => {
        events.add('mass-change', massChangeEvent(changed, engine.folders.get(changed)));
        engine.announce();
        changes.changed();
      },
      onChange: (changed) => {
        progress.changed(changed);
        care.filling.changed(changed);
        changes.changed();
      },
    });
    if (care.content.isUnknown) opened.losses.doubt();
    if (archive !== undefined) await care.thinning.askMembers(opened, archive);
    return opened;
  };

  /** Folders that were kept here before, but those whose store cannot be opened. */
  const openKept = async () => {
    for (const folder of config.current.folders) {
      if (engine.folders.has(folder.id as FolderId)) continue;
      if (folder.archive && store.archive === undefined) continue;
      await engine.addFolder(await openFolder(folder, true));
    }
  };

  const reconfigure = async (folder: StoredFolder) => {
    await engine.folders.get(folder.id as FolderId)?.reconfigure(folderConfig(folder, isMember));
  };
  const admin = new FolderAdmin({
    ...seams,
    config,
    engine,
    store,
    openFolder: (folder) => openFolder(folder, false),
    reconfigure,
    onRemoved: (removed) => {
      progress.removed(removed as FolderId);
      events.add('folder-removed', { folder: removed });
      changes.changed();
    },
  });
  const { trust, exchange } = assembleTrust({
    config,
    clock,
    engine,
    keeper,
    ledger,
    localDevice,
    nameOf,
    events,
    changes,
    reconfigure,
    dropMember: (device) => admin.dropMember(device),
  });
  const history = new HistoryService<FolderEngine>({
    folders: () => engine.folders.values(),
    chooseSource: (folder, storeId) => chooseSource(folder, engine, store.archive, storeId),
    sourcesOf: (folder) => folderSources(folder, engine, store.archive).map(({ source }) => source),
    ...seams,
    hash,
    nameOf,
  });
  const withHistory = { ...seams, history, hash };
  const restore = new RestoreService<FolderEngine>({
    ...withHistory,
    inPlace: (folder) => new RestoreInPlace(folder, clock),
    onProgress: (far) => events.add('restore-progress', { ...far }),
  });
  const drills = assembleDrills({
    seams,
    proofs,
    localDevice,
    engine,
    choose: (folder) => admin.choose(folder),
    sourceOf: (folder) => chooseSource(folder, engine, store.archive, undefined),
    restore,
    events,
    changes,
  });
  const undo = new UndoService({
    ...withHistory,
    engine,
    localDevice,
    devices: () => [{ id: localDevice, name: config.current.name }, ...config.current.devices],
  });
  const service = new NodeService({
    seams,
    config,
    engine,
    keeper,
    pairing,
    trust,
    admin,
    history,
    restore,
    undo,
    events,
    changes,
    progress,
    store,
    care: care.service,
    thinning: care.thinning,
    thinned: care.thinned,
    filling: care.filling,
    drills,
    proofs,
    gui: options.gui,
    nameOf,
  });

  let stopping: Promise<void> | undefined;
  return {
    control: service,
    config,
    engine,
    archive: () => store.archive,
    shutdownRequested: service.shutdownRequested,
    async start() {
      if (config.current.folders.some((folder) => folder.archive)) await store.resume();
      await openKept();
      await network.start(
        {
          admit: (device) => (isMember(device) ? 'member' : pairing.isOpen ? 'pairing' : 'refuse'),
          members: () => config.current.devices.map((device) => device.id).filter(isMember),
          inviteKeys: () => pairing.inviteKeys(),
          onConnection: (connection: PeerConnection) => {
            if (!pairing.isJoining(connection.remoteDevice)) engine.connected(connection);
          },
          onDiscovered: (device, addresses) => keeper.heard(device as DeviceId, addresses),
          onChannel: (connection, channel) => {
            if (channel.protocol !== pairingProtocol) engine.channel(connection, channel);
            else {
              pairing.answer(connection, channel).catch((error: unknown) => {
                channel.abort(error instanceof Error ? error : new Error(String(error)));
              });
            }
          },
        },
        { members: [controlProtocol, blocksProtocol, historyProtocol], pairing: pairingProtocol },
      );
      keeper.start();
      drills.schedule.start();
    },
    stop() {
      stopping ??= (async () => {
        keeper.stop();
        progress.stop();
        await care.stop();
        await drills.schedule.stop();
        await network.stop();
        await engine.stop();
        await care.filling.ended();
        await store.stop();
        await seams.runner.stop();
        await keyValueStore.close();
      })();
      return stopping;
    },
  };
}
