/**
 * All folders and all connected devices of this node: which session carries which folder, who is
 * offered what, and who is answered. Network and pairing are the caller's; this takes connections
 * with devices that are paired already.
 */
import type { DeviceId, FolderId } from '@holdfast/model';
import {
  AppError,
  type Clock,
  errorMessage,
  errorSentences,
  type FrameChannel,
  frameLength,
  type Logger,
  type PeerConnection,
} from '@holdfast/platform';
import {
  blocksProtocol,
  type ControlMessage,
  controlProtocol,
  decodeBlockRequest,
  decodeHistoryRequest,
  encodeBlockResponse,
  encodeHistoryAnswer,
  type FolderAnnouncement,
  type HelloMessage,
  historyProtocol,
  limits,
  type TrustMessage,
} from '@holdfast/sync-protocol';
import type { VersionArchive } from '@holdfast/version-archive';
import type { FolderEngine } from './folder-engine.js';
import { PeerSession } from './peer-session.js';

/** A folder that a device lists us for and that is not kept here, or not with that device. */
export interface ReceivedOffer {
  readonly device: DeviceId;
  readonly announcement: FolderAnnouncement;
}

export interface SyncEngineInit {
  readonly hello: () => HelloMessage;
  readonly archive: () => VersionArchive | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onSession: (session: PeerSession, hello: HelloMessage) => void;
  /** `spoke`: whether hellos were exchanged before it ended. */
  readonly onSessionEnd: (device: DeviceId, spoke: boolean) => void;
  readonly onOffers: () => void;
  /** What a device says of others; awaited before its next message is read. */
  readonly onTrust: (session: PeerSession, message: TrustMessage) => Promise<void>;
  readonly isMember: (device: DeviceId) => boolean;
}

/** Two connections that begin within this time were dialled at the same time from both sides. */
const simultaneousMs = 5_000;
const maxOffersPerDevice = 1_024;

interface SessionEntry {
  readonly session: PeerSession;
  readonly sinceMs: number;
}

export class SyncEngine {
  readonly #init: SyncEngineInit;
  readonly #folders = new Map<FolderId, FolderEngine>();
  readonly #sessions = new Map<DeviceId, SessionEntry>();
  readonly #byConnection = new Map<PeerConnection, PeerSession>();
  readonly #announced = new Map<DeviceId, ReadonlyMap<FolderId, FolderAnnouncement>>();
  readonly #refusals = new Map<DeviceId, string>();
  readonly #localDevice: DeviceId;

  constructor(localDevice: DeviceId, init: SyncEngineInit) {
    this.#localDevice = localDevice;
    this.#init = init;
  }

  get clock(): Clock {
    return this.#init.clock;
  }

  get folders(): ReadonlyMap<FolderId, FolderEngine> {
    return this.#folders;
  }

  /** The session with a device, once hellos were exchanged. */
  session(device: DeviceId): PeerSession | undefined {
    const session = this.#sessions.get(device)?.session;
    return session?.isReady ? session : undefined;
  }

  /** Why this device and the other cannot talk, as of their last attempt; empty where they can. */
  refusalOf(device: DeviceId): string {
    return this.#refusals.get(device) ?? '';
  }

  isConnected(device: DeviceId): boolean {
    return this.session(device) !== undefined;
  }

  /**
   * Whether a member is connected, or about to be, of which it is not known yet what it keeps; or one
   * that keeps the folder has no link yet.
   */
  isLinking({ config, links, renumbering }: FolderEngine): boolean {
    return config.members.some((device) => {
      const session = this.#sessions.get(device)?.session;
      if (session === undefined || links.has(device)) return false;
      const announced = session.isReady ? this.#announced.get(device) : undefined;
      if (announced === undefined) return true;
      return announced.get(config.id)?.accepted === true && !renumbering.refuses(session);
    });
  }

  /** Folders that devices offer and that are not shared with them here. */
  offers(): ReceivedOffer[] {
    const offers: ReceivedOffer[] = [];
    for (const [device, announced] of this.#announced) {
      for (const announcement of announced.values()) {
        const folder = this.#folders.get(announcement.folderId);
        if (folder?.config.members.includes(device)) continue;
        offers.push({ device, announcement });
      }
    }
    return offers;
  }

  /** Begins to keep a folder; members that are connected hear of it. */
  async addFolder(folder: FolderEngine): Promise<void> {
    this.#folders.set(folder.config.id, folder);
    await folder.start();
    this.announce();
  }

  async removeFolder(id: FolderId): Promise<void> {
    const folder = this.#folders.get(id);
    this.#folders.delete(id);
    await folder?.stop();
    this.announce();
  }

  /**
   * Tells every connected device again what is shared with it. Links begin only when the device
   * answers with what it says now: what it said earlier may be out of date.
   */
  announce(): void {
    for (const { session } of this.#sessions.values()) {
      if (!session.isReady) continue;
      this.#sendFolders(session);
      for (const folder of this.#folders.values()) {
        if (!folder.config.members.includes(session.device)) folder.unlink(session);
      }
    }
  }

  /** Takes a new connection with a member; one of two with the same device is closed. */
  connected(connection: PeerConnection): void {
    const session = new PeerSession({
      connection,
      clock: this.#init.clock,
      logger: this.#init.logger,
      handlers: {
        onHello: (one, hello) => this.#begin(one, hello),
        onMessage: (one, message) => this.#receive(one, message),
        onEnd: (one, reason) => this.#end(one, reason),
      },
    });
    const known = this.#sessions.get(session.device);
    if (known !== undefined && !this.#replaces(connection, known)) {
      connection.close().catch((error: unknown) => this.#warn(session.device, error));
      return;
    }
    this.#byConnection.set(connection, session);
    this.#sessions.set(session.device, { session, sinceMs: this.#init.clock.monotonic() });
    known?.session.end(new AppError('replaced', 'A newer connection took its place.'));
    if (connection.direction === 'outbound') void session.open(this.#init.hello());
  }

  /** A channel that a member opened on one of its connections. */
  channel(connection: PeerConnection, channel: FrameChannel): void {
    const session = this.#byConnection.get(connection);
    const device = connection.remoteDevice as DeviceId;
    if (session === undefined || !this.#init.isMember(device)) {
      channel.abort(new AppError('channel_refused', 'No session is open for this connection.'));
      return;
    }
    if (channel.protocol === controlProtocol) session.accept(channel, this.#init.hello());
    else if (channel.protocol === blocksProtocol)
      void this.#serve(channel, device, (frame) => this.#blocks(channel, device, frame));
    else if (channel.protocol === historyProtocol)
      void this.#serve(channel, device, (frame) => this.#history(channel, device, frame));
    else channel.abort(new AppError('channel_refused', 'The protocol is not spoken here.'));
  }

  /** Drops a device at once: it was removed or revoked. */
  disconnect(device: DeviceId): void {
    this.#announced.delete(device);
    this.#refusals.delete(device);
    this.#sessions.get(device)?.session.end(new AppError('removed', 'The device was removed.'));
  }

  async stop(): Promise<void> {
    for (const { session } of [...this.#sessions.values()]) session.end(undefined);
    await Promise.all([...this.#folders.values()].map((folder) => folder.stop()));
  }

  /** Both sides keep the same one of two simultaneous connections; otherwise the newer is kept. */
  #replaces(connection: PeerConnection, known: SessionEntry): boolean {
    const ageMs = this.#init.clock.monotonic() - known.sinceMs;
    const { direction } = known.session.connection;
    if (ageMs > simultaneousMs || direction === connection.direction) return true;
    const dialler =
      connection.direction === 'outbound' ? this.#localDevice : connection.remoteDevice;
    const other = connection.direction === 'outbound' ? connection.remoteDevice : this.#localDevice;
    return dialler < other;
  }

  #begin(session: PeerSession, hello: HelloMessage): void {
    this.#refusals.delete(session.device);
    this.#init.onSession(session, hello);
    this.#sendFolders(session);
  }

  /** Queued at once; a session that cannot send ends by itself. */
  #sendFolders(session: PeerSession): void {
    let room: number = limits.announcedMassChanges;
    let proofRoom: number = limits.announcedProofs;
    const folders = [...this.#folders.values()]
      .filter((folder) => folder.config.members.includes(session.device))
      .map((folder) => {
        const announcement = folder.announcementFor(session.device, room, proofRoom);
        room -= announcement.massChanges.length;
        proofRoom -= announcement.proofs.length;
        return announcement;
      });
    void session.send({ type: 'folders', folders });
  }

  async #receive(
    session: PeerSession,
    message: Exclude<ControlMessage, HelloMessage>,
  ): Promise<void> {
    switch (message.type) {
      case 'folders': {
        const announced = message.folders.slice(0, maxOffersPerDevice);
        this.#announced.set(session.device, new Map(announced.map((one) => [one.folderId, one])));
        await this.#linkFolders(session);
        this.#init.onOffers();
        return;
      }
      case 'trust': {
        await this.#init.onTrust(session, message);
        return;
      }
      case 'error': {
        this.#warn(session.device, new AppError(message.code, message.message));
        return;
      }
      default: {
        await this.#memberFolder(message.folderId, session.device)?.receive(session, message);
      }
    }
  }

  /**
   * Data crosses only an edge that both sides list. Before a new link begins, the device is told
   * afresh where this one stands, so that it can begin its own.
   */
  async #linkFolders(session: PeerSession): Promise<void> {
    const announced = this.#announced.get(session.device);
    if (announced === undefined || this.#sessions.get(session.device)?.session !== session) return;
    const both = [...this.#folders.values()].filter(
      (folder) =>
        !folder.renumbering.refuses(session) &&
        folder.config.members.includes(session.device) &&
        announced.get(folder.config.id)?.accepted === true,
    );
    for (const folder of this.#folders.values()) {
      if (!both.includes(folder)) folder.unlink(session);
    }
    const links = both.flatMap((folder) => {
      const announcement = announced.get(folder.config.id);
      return announcement === undefined ? [] : [{ folder, announcement }];
    });
    if (links.some(({ folder, announcement }) => !folder.isLinked(session, announcement))) {
      this.#sendFolders(session);
    }
    for (const { folder, announcement } of links) await folder.link(session, announcement);
  }

  #memberFolder(id: FolderId, device: DeviceId): FolderEngine | undefined {
    const folder = this.#folders.get(id);
    return folder?.config.members.includes(device) ? folder : undefined;
  }

  /** Answers each frame of a channel in order until the other side ends it. */
  async #serve(
    channel: FrameChannel,
    device: DeviceId,
    answer: (frame: Uint8Array) => Promise<void>,
  ): Promise<void> {
    try {
      for await (const frame of channel.frames()) {
        if (!this.#init.isMember(device)) throw new AppError('removed', 'The device was removed.');
        await answer(frame);
      }
      await channel.close();
    } catch (error) {
      channel.abort(error instanceof Error ? error : new Error(errorMessage(error)));
      this.#init.logger.debug('channel ended', { device, reason: errorMessage(error) });
    }
  }

  async #blocks(channel: FrameChannel, device: DeviceId, frame: Uint8Array): Promise<void> {
    const { requestId, folderId, items } = decodeBlockRequest(frame);
    const folder = this.#memberFolder(folderId, device);
    const linked = folder?.links.has(device) === true;
    if (folder === undefined || !linked) {
      const missing = items.map((_, item) => ({ item, reason: 'not-member' as const }));
      await channel.send(...encodeBlockResponse({ requestId, blocks: [], missing, done: true }));
      return;
    }
    for await (const batch of folder.blockServer.serve(items)) {
      const response = encodeBlockResponse({ requestId, ...batch, done: false });
      await channel.send(...response);
      folder.links.get(device)?.noteServed(frameLength(response));
    }
    await channel.send(...encodeBlockResponse({ requestId, blocks: [], missing: [], done: true }));
  }

  async #history(channel: FrameChannel, device: DeviceId, frame: Uint8Array): Promise<void> {
    const { folderId, query } = decodeHistoryRequest(frame);
    const folder = this.#memberFolder(folderId, device);
    const archive = folder?.config.archive ? this.#init.archive() : undefined;
    try {
      if (archive === undefined) {
        throw new AppError('not_archive', 'This device keeps no history of that folder for you.');
      }
      const page = await archive.query(folderId, query);
      await channel.send(encodeHistoryAnswer({ type: 'page', page }));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { code, message } = error;
      await channel.send(encodeHistoryAnswer({ type: 'error', code, message }));
    }
  }

  #end(session: PeerSession, reason: unknown): void {
    if (reason instanceof AppError && reason.code === 'protocol_incompatible') {
      this.#refusals.set(session.device, errorSentences(reason));
    }
    this.#byConnection.delete(session.connection);
    for (const folder of this.#folders.values()) folder.unlink(session);
    if (this.#sessions.get(session.device)?.session !== session) return;
    this.#announced.delete(session.device);
    this.#sessions.delete(session.device);
    this.#init.onSessionEnd(session.device, session.hasSpoken);
  }

  #warn(device: DeviceId, error: unknown): void {
    this.#init.logger.warn('peer', { device, reason: errorMessage(error) });
  }
}
