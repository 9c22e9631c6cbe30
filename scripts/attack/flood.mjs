/**
 * A host with thirty addresses that opens idle TCP connections, 20 a second, while a paired device
 * dials the same node from another address: every dial of the paired device must get in. Linux only:
 * all of 127.0.0.0/8 is this machine.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLibp2pNetwork, identityFrom } from '../../packages/network-libp2p/dist/index.js';
import { cryptoRandom, systemClock } from '../../packages/platform-node/dist/index.js';
import { startNode } from '../node-process.mjs';

const idleEveryMs = 50;
const addresses = 30;
const dialEveryMs = 1_000;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

export async function attack({ seconds }) {
  const place = mkdtempSync(join(tmpdir(), 'holdfast-flood-'));
  const laptop = await startNode(place, 'laptop');
  const network = await pairedNetwork(place, laptop);
  const flood = new Flood(Number(laptop.addresses[0].split('/').at(-1)));
  try {
    flood.start();
    const dials = await dialAllTheWhile(network, laptop, seconds);
    return report(flood, dials);
  } finally {
    flood.stop();
    await network.stop();
    await laptop.stop();
    rmSync(place, { recursive: true, force: true });
  }
}

/** The network of a device that was paired as a node, in this process. */
async function pairedNetwork(place, laptop) {
  const desktop = await startNode(place, 'desktop');
  await desktop.control.join((await laptop.control.invite({})).invite);
  await desktop.stop();
  const network = createLibp2pNetwork({
    identity: await identityFrom(readFileSync(join(desktop.home, 'identity.key'))),
    listen: [],
    logger: silent,
    clock: systemClock,
    random: cryptoRandom,
    discovery: false,
  });
  const handlers = {
    admit: (device) => (device === laptop.device ? 'member' : 'refuse'),
    members: () => [laptop.device],
    inviteKeys: () => [],
    onConnection() {},
    onChannel() {},
  };
  await network.start(handlers, { members: [], pairing: '/holdfast/pair/1' });
  return network;
}

class Flood {
  opened = 0;
  ended = 0;
  mostOpen = 0;
  #port;
  #timer;
  #sockets = new Set();

  constructor(port) {
    this.#port = port;
  }

  start() {
    const beganMs = performance.now();
    this.#timer = setInterval(() => {
      const due = (performance.now() - beganMs) / idleEveryMs;
      while (this.opened < due) this.#open();
    }, idleEveryMs);
  }

  stop() {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
  }

  #open() {
    const localAddress = `127.0.1.${1 + (this.opened % addresses)}`;
    const socket = connect({ port: this.#port, host: '127.0.0.1', localAddress });
    this.opened += 1;
    this.#sockets.add(socket);
    // It is hung up on with a reset, in the end.
    socket.on('error', () => socket.destroy());
    socket.on('data', () => {
      this.mostOpen = Math.max(this.mostOpen, this.#sockets.size);
    });
    socket.on('close', () => {
      this.ended += 1;
      this.#sockets.delete(socket);
    });
  }
}

async function dialAllTheWhile(network, laptop, seconds) {
  const dials = [];
  const endMs = performance.now() + seconds * 1_000;
  while (performance.now() < endMs) {
    const beganMs = performance.now();
    try {
      const connection = await network.dial(laptop.device, laptop.addresses);
      dials.push({ tookMs: performance.now() - beganMs });
      await connection.close();
    } catch (error) {
      dials.push({ failed: error.message });
    }
    await new Promise((resolve) => setTimeout(resolve, dialEveryMs));
  }
  return dials;
}

function report(flood, dials) {
  const failed = dials.filter((dial) => dial.failed !== undefined);
  const took = dials.flatMap((dial) => dial.tookMs ?? []).sort((left, right) => left - right);
  const [median, most] = [took[took.length >> 1] ?? 0, took.at(-1) ?? 0];
  console.log(
    `${flood.opened} idle connections from ${addresses} addresses, ${flood.ended} of them ended by the node, at most ${flood.mostOpen} at once`,
  );
  console.log(
    `${dials.length - failed.length} of ${dials.length} dials of the paired device got in: median ${median.toFixed(0)} ms, at most ${most.toFixed(0)} ms`,
  );
  const none = dials.length === 0 || flood.opened === 0 ? ['nothing was tried'] : [];
  return [...none, ...failed.map((dial) => `a paired device was kept out: ${dial.failed}`)];
}
