import type { DeviceId } from '@holdfast/model';
import { type PeerConnection, silentLogger } from '@holdfast/platform';
import { SeededRandom, VirtualWorldClock } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';
import { ConnectionKeeper, newsPauseMs } from '../src/connection-keeper.js';

const pi = 'pi' as DeviceId;
const old = '/ip4/192.168.1.2/tcp/1';
const given = '/dns4/pi.example/tcp/2';
const heardAt = (host: number) => `/ip4/192.168.1.${host}/tcp/3`;
const longestPauseMs = 60_000 * 1.25;

/** A keeper with one paired device, and a network in which only `answering` answers. */
class KeeperWorld {
  readonly clock = new VirtualWorldClock();
  readonly dials: { readonly atMs: number; readonly addresses: readonly string[] }[] = [];
  answering: string | undefined;
  connected = false;
  dialMs = 10;
  devices = [{ id: pi, staticAddresses: [given], learnedAddresses: [old] }];
  readonly keeper: ConnectionKeeper;

  constructor() {
    const nodeClock = this.clock.nodeClock();
    this.keeper = new ConnectionKeeper({
      network: { dial: (_device, addresses) => this.#dial(addresses) },
      clock: nodeClock,
      random: new SeededRandom('keeper'),
      logger: silentLogger,
      devices: () => this.devices,
      isConnected: () => this.connected,
    });
  }

  async #dial(addresses: readonly string[]): Promise<PeerConnection> {
    this.dials.push({ atMs: this.clock.nowMs, addresses });
    await new Promise<void>((resolve) => this.clock.schedule(this.dialMs, resolve));
    this.connected = this.answering !== undefined && addresses.includes(this.answering);
    if (!this.connected) throw new Error('nobody answers');
    return {} as PeerConnection;
  }

  async pass(ms: number): Promise<void> {
    await this.clock.runUntil(() => false, { deadlineMs: this.clock.nowMs + ms });
  }

  /** Started long ago, so that the pause between dials has become long. */
  static async afterLong(): Promise<KeeperWorld> {
    const world = new KeeperWorld();
    world.keeper.start();
    await world.pass(600_000);
    return world;
  }
}

describe('a device that is about to dial this one', () => {
  test('is not dialled from here while it has its turn, nor once it is there', async () => {
    const world = await KeeperWorld.afterLong();
    const before = world.dials.length;
    world.keeper.expected(pi);
    await world.pass(1_900);
    expect(world.dials).toHaveLength(before);
    world.connected = true;
    await world.pass(60_000);
    expect(world.dials).toHaveLength(before);
  });

  test('is dialled where it does not come', async () => {
    const world = await KeeperWorld.afterLong();
    const before = world.dials.length;
    world.answering = given;
    world.keeper.expected(pi);
    await world.pass(2_100);
    expect(world.dials).toHaveLength(before + 1);
    expect(world.connected).toBe(true);
  });
});

describe('a device that is heard on the local network', () => {
  test('is dialled at once, at its known addresses as well', async () => {
    const world = await KeeperWorld.afterLong();
    const atMs = world.clock.nowMs;
    world.answering = heardAt(7);
    world.keeper.heard(pi, [heardAt(7)]);
    await world.pass(newsPauseMs + 100);
    const last = world.dials.at(-1);
    expect(last?.addresses).toEqual([old, heardAt(7), given]);
    expect((last?.atMs ?? 0) - atMs).toBeLessThanOrEqual(newsPauseMs);
    expect(world.connected).toBe(true);
  });

  test('is dialled though no address of it was known', async () => {
    const world = new KeeperWorld();
    world.devices = [{ id: pi, staticAddresses: [], learnedAddresses: [] }];
    world.keeper.start();
    await world.pass(1_000);
    expect(world.dials).toEqual([]);
    world.answering = heardAt(7);
    world.keeper.heard(pi, [heardAt(7)]);
    await world.pass(100);
    expect(world.dials.map((dial) => dial.addresses)).toEqual([[heardAt(7)]]);
    expect(world.connected).toBe(true);
  });

  test('is not dialled while it is connected, and is where it was heard once it is lost', async () => {
    const world = await KeeperWorld.afterLong();
    world.connected = true;
    const before = world.dials.length;
    world.keeper.heard(pi, [heardAt(7)]);
    await world.pass(10_000);
    expect(world.dials).toHaveLength(before);
    world.connected = false;
    world.keeper.lost(pi);
    await world.pass(1_000);
    expect(world.dials[before]?.addresses).toEqual([old, heardAt(7), given]);
  });

  test('is not dialled before it is paired, nor where it was heard until then', async () => {
    const world = await KeeperWorld.afterLong();
    const stranger = 'stranger' as DeviceId;
    world.keeper.heard(stranger, [heardAt(7)]);
    await world.pass(longestPauseMs);
    world.devices.push({ id: stranger, staticAddresses: [heardAt(8)], learnedAddresses: [] });
    world.keeper.nudge();
    await world.pass(1_000);
    const dialled = world.dials.flatMap((dial) => dial.addresses);
    expect(dialled).toContain(heardAt(8));
    expect(dialled).not.toContain(heardAt(7));
  });

  test('is not dialled more often because the same is said again', async () => {
    const world = await KeeperWorld.afterLong();
    world.keeper.heard(pi, [heardAt(7)]);
    await world.pass(longestPauseMs);
    const before = world.dials.length;
    for (let times = 0; times < 20; times++) {
      world.keeper.heard(pi, [heardAt(7)]);
      await world.pass(longestPauseMs / 20);
    }
    expect(world.dials.length - before).toBeLessThanOrEqual(2);
  });
});

describe('a liar on the local network', () => {
  test('with new claims all the time causes a bounded number of dials', async () => {
    const world = await KeeperWorld.afterLong();
    const before = world.dials.length;
    for (let second = 0; second < 60; second++) {
      for (let times = 0; times < 20; times++) {
        world.keeper.heard(pi, [heardAt(1 + ((second * 20 + times) % 250))]);
      }
      await world.pass(1_000);
    }
    const dials = world.dials.slice(before);
    expect(dials.length).toBeGreaterThan(1);
    expect(dials.length).toBeLessThanOrEqual(60_000 / newsPauseMs + 2);
    for (const { addresses } of dials) {
      expect(addresses).toEqual(expect.arrayContaining([old, given]));
      expect(addresses.length).toBeLessThanOrEqual(10);
    }
  });

  test('cannot keep the device from being reached at the address that a person gave', async () => {
    const world = await KeeperWorld.afterLong();
    world.answering = given;
    for (let second = 0; second < 120 && !world.connected; second++) {
      world.keeper.heard(pi, [heardAt(1 + second)]);
      await world.pass(1_000);
    }
    expect(world.connected).toBe(true);
  });
});

test('what is heard during a dial leads to the next one soon', async () => {
  const world = await KeeperWorld.afterLong();
  world.dialMs = 20_000;
  const before = world.dials.length;
  const hasBegun = () => world.dials.length > before;
  await world.clock.runUntil(hasBegun, { deadlineMs: world.clock.nowMs + longestPauseMs });
  world.answering = heardAt(7);
  world.keeper.heard(pi, [heardAt(7)]);
  await world.pass(2 * world.dialMs);
  const dials = world.dials.slice(before).map((dial) => dial.addresses);
  expect(dials).toEqual([
    [old, given],
    [old, heardAt(7), given],
  ]);
  expect(world.connected).toBe(true);
});

test('nothing is dialled after the end', async () => {
  const world = await KeeperWorld.afterLong();
  world.keeper.stop();
  const before = world.dials.length;
  world.keeper.heard(pi, [heardAt(7)]);
  await world.pass(longestPauseMs);
  expect(world.dials).toHaveLength(before);
});

test('a device is heard for as long as somebody repeats where it is', async () => {
  const world = await KeeperWorld.afterLong();
  expect(world.keeper.isHeard(pi)).toBe(false);
  world.keeper.heard(pi, [heardAt(1)]);
  await world.pass(90_000);
  expect(world.keeper.isHeard(pi)).toBe(true);
  await world.pass(10_000);
  expect(world.keeper.isHeard(pi)).toBe(false);
});
