/**
 * A paired device that keeps to no rule: it dials, says every message in any order on any channel,
 * answers what it is asked with the truth, with lies or not at all, and hangs up. Owns its connections.
 * Invariant: it sends no faster than a channel takes it, as over a real network.
 */
import { type DeviceId, MalformedBytes, type VersionId } from '@holdfast/model';
import { AppError, type FrameChannel, type PeerConnection } from '@holdfast/platform';
import {
  blocksProtocol,
  controlProtocol,
  decodeBlockRequest,
  decodeControl,
  decodeInvite,
  decodePairAnswer,
  encodeBlockResponse,
  encodePairRequest,
  historyProtocol,
  pairingProtocol,
} from '@holdfast/sync-protocol';
import type {
  MemoryNetworkFabric,
  SeededRandom,
  VirtualWorldClock,
} from '../../src/seams/index.js';
import { HostileKnowledge, hash } from './hostile-knowledge.js';
import { HostileMessages } from './hostile-messages.js';

const memberProtocols = [controlProtocol, blocksProtocol, historyProtocol];
const maxConnections = 5;
const longestPauseMs = 120;
/** So many items of a question it answers; what else was asked stays open. */
const maxItemsAnswered = 50;

export interface HostileCounts {
  connections: number;
  messages: number;
  questions: number;
}

export class HostilePeer {
  readonly device: DeviceId;
  readonly counts: HostileCounts = { connections: 0, messages: 0, questions: 0 };
  readonly #random: SeededRandom;
  readonly #clock: VirtualWorldClock;
  readonly #network;
  readonly #known: HostileKnowledge;
  readonly #say: HostileMessages;
  readonly #connections = new Set<PeerConnection>();
  readonly #channels = new Set<FrameChannel>();
  readonly #busy = new WeakSet<FrameChannel>();
  readonly #deviceOf = new WeakMap<FrameChannel, DeviceId>();
  /** Those that were told what the other side keeps. */
  readonly #told = new WeakSet<FrameChannel>();
  #isAwake = true;

  constructor(
    device: DeviceId,
    init: {
      readonly fabric: MemoryNetworkFabric;
      readonly clock: VirtualWorldClock;
      readonly random: SeededRandom;
    },
  ) {
    this.device = device;
    this.#random = init.random;
    this.#clock = init.clock;
    this.#network = init.fabric.createNetwork(device);
    this.#known = new HostileKnowledge(device, init.random);
    this.#say = new HostileMessages(init.random, this.#known);
  }

  async start(): Promise<void> {
    await this.#network.start(
      {
        admit: () => (this.#isAwake ? 'member' : 'refuse'),
        members: () => [],
        inviteKeys: () => [],
        onConnection: (connection) => this.#keep(connection),
        onChannel: (connection, channel) => this.#answer(connection, channel),
      },
      { members: memberProtocols, pairing: pairingProtocol },
    );
  }

  /** Redeems an invite as any device would. */
  async pair(text: string): Promise<void> {
    const invite = decodeInvite(text, hash);
    this.#known.devices.push(invite.device);
    const connection = await this.#network.dial(invite.device, invite.addresses);
    const channel = await connection.openChannel(pairingProtocol);
    const { inviteId, secret } = invite;
    const addresses = this.#network.addresses();
    await channel.send(encodePairRequest({ inviteId, secret, deviceName: 'mallory', addresses }));
    for await (const frame of channel.frames()) {
      if (!decodePairAnswer(frame).accepted) throw new Error('the invite was refused');
    }
    await connection.close();
  }

  /** Does so many things, each at a random moment after the one before. */
  attack(acts: number): void {
    this.#isAwake = true;
    if (acts <= 0) return;
    this.#clock.schedule(this.#random.integer(0, longestPauseMs), () => {
      this.#act();
      this.attack(acts - 1);
    });
  }

  /** Hangs up, and answers nobody. */
  async rest(): Promise<void> {
    this.#isAwake = false;
    await Promise.all([...this.#connections].map((connection) => connection.close()));
  }

  #act(): void {
    const control = this.#channelOf(controlProtocol);
    if (control === undefined || this.#random.chance(0.03)) {
      this.#dial();
      return;
    }
    const device = this.#deviceOf.get(control);
    if (device !== undefined) this.#known.face(device);
    const { lies } = this.#known;
    const acts: readonly (readonly [weight: number, act: () => void])[] = [
      [60, () => this.#send(control, this.#say.controlBytes())],
      [4, () => this.#send(control, this.#say.controlBytes(this.#say.folders(true)))],
      [lies, () => this.#send(control, this.#say.noise())],
      [8, () => this.#ask(blocksProtocol, () => this.#say.blockRequest())],
      [8, () => this.#ask(historyProtocol, () => this.#say.historyRequest())],
      [2, () => this.#ask(pairingProtocol, () => this.#say.pairRequest())],
      [1, () => this.#ask('/holdfast/erase/1', () => this.#say.noise())],
      [2, () => this.#ask(this.#random.pick(memberProtocols), () => this.#say.noise())],
      [
        lies * 10,
        () => this.#random.pick([...this.#channels]).abort(new AppError('no_more', 'No more.')),
      ],
      [lies, () => this.#known.beginAnew()],
      [lies * 5, () => this.#hangUp()],
    ];
    let at = this.#random.fraction() * acts.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, act] of acts) {
      at -= weight;
      if (at >= 0) continue;
      act();
      return;
    }
  }

  #hangUp(): void {
    const [...connections] = this.#connections;
    if (connections.length > 0) this.#meanwhile(this.#random.pick(connections).close());
  }

  #channelOf(protocol: string): FrameChannel | undefined {
    const found = [...this.#channels].filter(
      (channel) => channel.protocol === protocol && !this.#busy.has(channel),
    );
    const told = found.filter((channel) => this.#told.has(channel));
    if (told.length > 0 && !this.#random.chance(this.#known.lies)) return this.#random.pick(told);
    return found.length === 0 ? undefined : this.#random.pick(found);
  }

  #dial(): void {
    if (this.#connections.size >= maxConnections || this.#known.devices.length === 0) return;
    this.#meanwhile(this.#dialNow(this.#random.pick(this.#known.devices)));
  }

  async #dialNow(device: DeviceId): Promise<void> {
    const connection = await this.#network.dial(device, ['/memory/1', '/memory/2']);
    this.#keep(connection);
    if (this.#random.chance(0.05)) return;
    const channel = await connection.openChannel(controlProtocol);
    this.#hearControl(device, channel);
  }

  #hearControl(device: DeviceId, channel: FrameChannel): void {
    this.#deviceOf.set(channel, device);
    this.#listen(channel, async (frame) => {
      const message = decodeControl(frame);
      this.#known.hear(device, message, !this.#told.has(channel));
      if (message.type !== 'folders' || this.#told.has(channel)) return;
      this.#known.face(device);
      await channel.send(this.#say.controlBytes(this.#say.folders(true)));
      this.#told.add(channel);
    });
    this.#greet(channel);
  }

  #greet(channel: FrameChannel): void {
    this.#meanwhile(
      (async () => {
        if (this.#random.chance(0.95))
          await channel.send(this.#say.controlBytes(this.#say.hello()));
        await channel.send(this.#say.controlBytes(this.#say.folders(true)));
      })(),
    );
  }

  #keep(connection: PeerConnection): void {
    if (this.#connections.has(connection)) return;
    this.counts.connections += 1;
    this.#connections.add(connection);
    this.#meanwhile(connection.closed.then(() => void this.#connections.delete(connection)));
  }

  /** A node opened a channel here. */
  #answer(connection: PeerConnection, channel: FrameChannel): void {
    this.#keep(connection);
    const { protocol } = channel;
    if (protocol === controlProtocol) {
      this.#hearControl(connection.remoteDevice as DeviceId, channel);
    } else if (protocol === blocksProtocol) {
      this.#listen(channel, (frame) => this.#answerBlocks(channel, frame));
    } else {
      this.#listen(channel, async () => {
        this.counts.questions += 1;
        if (this.#random.chance(0.9)) await channel.send(this.#say.historyAnswer());
      });
    }
  }

  async #answerBlocks(channel: FrameChannel, frame: Uint8Array): Promise<void> {
    this.counts.questions += 1;
    const { requestId, items } = decodeBlockRequest(frame);
    if (this.#random.chance(0.2)) return;
    if (this.#random.chance(0.25)) {
      await channel.send(this.#say.blockResponse(requestId, items.length));
      return;
    }
    for (const [item, { versionId, first, count }] of items.slice(0, maxItemsAnswered).entries()) {
      const blocks = this.#blocksOf(versionId, first, count);
      const there = blocks.map((block) => ({ item, ...block }));
      const missing = there.length === 0 ? [{ item, reason: 'gone' as const }] : [];
      await channel.send(
        ...encodeBlockResponse({ requestId, blocks: there, missing, done: false }),
      );
    }
    await channel.send(...encodeBlockResponse({ requestId, blocks: [], missing: [], done: true }));
  }

  #blocksOf(versionId: VersionId, first: number, count: number) {
    const version = this.#known.made(versionId);
    const entries = version?.record.kind === 'file' ? version.record.blocks.entries : [];
    return entries.slice(first, first + count).flatMap(({ contentId }, at) => {
      const envelope = this.#known.block(contentId);
      return envelope === undefined ? [] : [{ index: first + at, envelope }];
    });
  }

  #ask(protocol: string, frame: () => Uint8Array): void {
    const open = this.#random.chance(0.5) ? this.#channelOf(protocol) : undefined;
    if (open !== undefined) {
      this.#send(open, frame());
      return;
    }
    const [...connections] = this.#connections;
    if (connections.length === 0) return;
    const connection = this.#random.pick(connections);
    this.#meanwhile(
      (async () => {
        const channel = await connection.openChannel(protocol);
        // Some are never read: their answers wait at the node.
        if (this.#random.chance(0.8)) this.#listen(channel, async () => undefined);
        else this.#channels.add(channel);
        this.#send(channel, frame());
      })(),
    );
  }

  #listen(channel: FrameChannel, hear: (frame: Uint8Array) => Promise<void>): void {
    this.#channels.add(channel);
    this.#meanwhile(
      (async () => {
        try {
          for await (const frame of channel.frames()) await hear(frame);
        } finally {
          this.#channels.delete(channel);
        }
      })(),
    );
  }

  #send(channel: FrameChannel, frame: Uint8Array): void {
    if (this.#busy.has(channel)) return;
    this.counts.messages += 1;
    this.#busy.add(channel);
    const sent = channel.send(frame).then(
      () => void this.#busy.delete(channel),
      () => void this.#channels.delete(channel),
    );
    this.#meanwhile(sent);
  }

  /** What goes wrong for this peer is the answer that it deserves. */
  #meanwhile(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (!(error instanceof AppError) && !(error instanceof MalformedBytes)) throw error;
    });
  }
}
