import type { FrameChannel, PeerConnection } from '@holdfast/platform';
import {
  KillSwitch,
  MemoryNetworkFabric,
  SeededRandom,
  VirtualWorldClock,
} from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';

const protocol = '/test/1';

class Scene {
  readonly world = new VirtualWorldClock();
  readonly fabric: MemoryNetworkFabric;
  readonly received: string[] = [];
  readonly trace: string[] = [];
  readonly killSwitch = new KillSwitch();
  connection: PeerConnection | undefined;
  channel: FrameChannel | undefined;

  constructor(seed = 'scene') {
    this.fabric = new MemoryNetworkFabric({
      schedule: this.world.schedule,
      random: new SeededRandom(seed),
      latency: { minMs: 5, maxMs: 100 },
    });
  }

  /** Bob listens; Alice, whose node is behind the kill switch, dials and opens a channel. */
  async connect(): Promise<void> {
    await this.start('bob', new KillSwitch());
    const alice = await this.start('alice', this.killSwitch);
    void alice.dial('bob', [this.fabric.addressOf('bob')]).then(async (connection) => {
      this.connection = connection;
      this.channel = await connection.openChannel(protocol);
    });
    expect(await this.world.runUntil(() => this.channel !== undefined)).toBe('reached');
  }

  async start(device: string, killSwitch: KillSwitch) {
    const network = this.fabric.createNetwork(device, killSwitch);
    const handlers = {
      admit: () => 'member' as const,
      members: () => [],
      inviteKeys: () => [],
      onConnection: (connection: PeerConnection) => {
        this.trace.push(`${device} connected`);
        void connection.closed.then(() => this.trace.push(`${device} lost it`));
      },
      onChannel: (_connection: PeerConnection, channel: FrameChannel) => void this.#read(channel),
    };
    await network.start(handlers, { members: [protocol], pairing: '/pairing/1' });
    return network;
  }

  async #read(channel: FrameChannel): Promise<void> {
    try {
      for await (const frame of channel.frames()) {
        this.received.push(`${Buffer.from(frame).toString()}@${this.world.nowMs.toFixed(3)}`);
      }
      this.trace.push('channel ended');
    } catch {
      this.trace.push('channel broke');
    }
  }

  async send(...texts: string[]): Promise<void> {
    for (const text of texts) await this.channel?.send(Buffer.from(text));
  }

  texts(): string[] {
    return this.received.map((entry) => entry.split('@')[0]!);
  }
}

const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');

describe('links', () => {
  test('frames keep their order whatever each one takes', async () => {
    const scene = new Scene();
    await scene.connect();
    await scene.send(...letters);
    await scene.world.runUntil(() => scene.received.length === letters.length);
    expect(scene.texts()).toEqual(letters);
  });

  test('the same seed gives every frame the same moment, another seed another one', async () => {
    const momentsWith = async (seed: string) => {
      const scene = new Scene(seed);
      await scene.connect();
      await scene.send(...letters);
      await scene.world.runUntil(10_000);
      return scene.received;
    };
    expect(await momentsWith('one')).toEqual(await momentsWith('one'));
    expect(await momentsWith('one')).not.toEqual(await momentsWith('two'));
  });

  test('a stalled link delivers nothing until it is healed, then everything', async () => {
    const scene = new Scene();
    await scene.connect();
    scene.fabric.partition('alice', 'bob', 'stall');
    await scene.send(...letters);
    await scene.world.runUntil(scene.world.nowMs + 60_000);
    expect(scene.received).toEqual([]);
    scene.fabric.heal('alice', 'bob');
    await scene.world.runUntil(scene.world.nowMs + 1000);
    expect(scene.texts()).toEqual(letters);
  });

  test('a reset breaks the channel on both sides and loses what is under way', async () => {
    const scene = new Scene();
    await scene.connect();
    await scene.send('lost');
    scene.fabric.reset('bob', 'alice');
    await scene.world.runUntil(scene.world.nowMs + 1000);
    expect(scene.received).toEqual([]);
    expect(scene.trace.toSorted()).toEqual(
      ['bob connected', 'alice connected', 'channel broke', 'bob lost it', 'alice lost it'].sort(),
    );
    await expect(scene.send('more')).rejects.toMatchObject({ code: 'channel_closed' });
  });

  test('a dial across a partition fails after its time, and works once healed', async () => {
    const scene = new Scene();
    await scene.start('bob', new KillSwitch());
    const alice = await scene.start('alice', new KillSwitch());
    scene.fabric.partition('alice', 'bob', 'reset');
    const outcomes: string[] = [];
    const dial = () =>
      alice.dial('bob', ['/memory/1']).then(
        () => outcomes.push('connected'),
        (error: { code: string }) => outcomes.push(error.code),
      );
    void dial();
    await scene.world.runUntil(() => outcomes.length === 1);
    expect(scene.world.nowMs).toBeGreaterThan(5000);
    scene.fabric.heal('alice', 'bob');
    void dial();
    await scene.world.runUntil(() => outcomes.length === 2);
    expect(outcomes).toEqual(['dial_failed', 'connected']);
  });
});

test('a second pairing channel is refused while the first is open, and granted after it', async () => {
  const scene = new Scene();
  await scene.connect();
  const outcomes: string[] = [];
  const open = () =>
    scene.connection!.openChannel('/pairing/1').then(
      (channel) => {
        outcomes.push('opened');
        return channel;
      },
      (error: { code: string }) => {
        outcomes.push(error.code);
        return undefined;
      },
    );
  const first = open();
  void open();
  await scene.world.runUntil(() => outcomes.length === 2);
  expect(outcomes).toEqual(['opened', 'protocol_unsupported']);
  (await first)?.abort(new Error('enough'));
  await scene.world.runUntil(scene.world.nowMs + 1000);
  void open();
  await scene.world.runUntil(() => outcomes.length === 3);
  expect(outcomes[2]).toBe('opened');
});

describe('a node that ended', () => {
  test('the other side loses the connection after a while; the dead one hears nothing', async () => {
    const scene = new Scene();
    await scene.connect();
    scene.killSwitch.kill();
    const killedAt = scene.world.nowMs;
    expect(scene.trace).not.toContain('bob lost it');
    expect(await scene.world.runUntil(() => scene.trace.includes('bob lost it'))).toBe('reached');
    expect(scene.world.nowMs).toBeGreaterThanOrEqual(killedAt + 5);
    await scene.world.runUntil(scene.world.nowMs + 1000);
    expect(scene.trace).not.toContain('alice lost it');
    let settled = false;
    void scene.send('from the dead').then(
      () => (settled = true),
      () => (settled = true),
    );
    await scene.world.runUntil(scene.world.nowMs + 1000);
    expect([settled, scene.received]).toEqual([false, []]);
  });

  test('a node that ends while its dial is under way leaves no connection behind', async () => {
    const scene = new Scene();
    await scene.start('bob', new KillSwitch());
    const alice = await scene.start('alice', scene.killSwitch);
    void alice.dial('bob', ['/memory/1']);
    await scene.world.runUntil(() => scene.trace.includes('bob connected'));
    scene.killSwitch.kill();
    expect(await scene.world.runUntil(() => scene.trace.includes('bob lost it'))).toBe('reached');
    expect(scene.trace).toEqual(['bob connected', 'bob lost it']);
  });

  test('its device starts again at the same address, which a living one holds alone', async () => {
    const scene = new Scene();
    await scene.connect();
    await expect(scene.start('bob', new KillSwitch())).rejects.toMatchObject({
      code: 'address_in_use',
    });
    scene.killSwitch.kill();
    const again = await scene.start('alice', new KillSwitch());
    expect(again.addresses()).toEqual(['/memory/2']);
  });
});
