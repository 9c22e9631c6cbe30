// Throughput of a FrameChannel between two processes over loopback, by frame size.
// Ends with the processor time of each process, its start included; frame sizes in KiB may be given.
// Run `npx tsc -b packages/network-libp2p` first, then `node bench/network-throughput.mjs [MiB [KiB...]]`.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createLibp2pNetwork, generateIdentity } from '@holdfast/network-libp2p';

const protocol = '/holdfast/bench/1';
const given = process.argv.slice(3).map((kibibytes) => Number(kibibytes) * 1024);
const frameSizes = given.length > 0 ? given : [1, 8, 64, 256, 1024].map((size) => size * 1024);
const mebibyte = 1024 * 1024;
const totalBytes = Number(process.argv[2] ?? 512) * mebibyte;

const clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
const logger = { debug() {}, info() {}, warn: console.warn, error: console.error };

async function createNetwork(members, onChannel) {
  const network = createLibp2pNetwork({
    identity: await generateIdentity(),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    logger,
    clock,
    random: { bytes: (length) => new Uint8Array(randomBytes(length)) },
    discovery: false,
  });
  const handlers = {
    admit: () => 'member',
    members: () => members,
    inviteKeys: () => [],
    onConnection() {},
    onChannel,
  };
  await network.start(handlers, { members: [protocol], pairing: '/holdfast/bench-pairing/1' });
  return network;
}

/** The receiver answers with one frame once it has everything. */
async function receive(channel) {
  let received = 0;
  for await (const frame of channel.frames()) received += frame.length;
  const answer = new Uint8Array(8);
  new DataView(answer.buffer).setBigUint64(0, BigInt(received));
  await channel.send(answer);
  await channel.close();
}

async function measure(connection, frameBytes, bytes) {
  const frame = new Uint8Array(frameBytes).fill(7);
  const count = Math.ceil(bytes / frameBytes);
  const channel = await connection.openChannel(protocol);
  const startedMs = performance.now();
  for (let sent = 0; sent < count; sent++) await channel.send(frame);
  await channel.close();
  for await (const answer of channel.frames()) {
    const received = Number(new DataView(answer.buffer, answer.byteOffset).getBigUint64(0));
    if (received !== count * frameBytes) throw new Error(`only ${received} bytes arrived`);
  }
  return (count * frameBytes) / 1000 / (performance.now() - startedMs);
}

function reportProcessorTime(side) {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const seconds = ((userCPUTime + systemCPUTime) / 1e6).toFixed(2);
  console.log(`${side}: ${seconds} s of processor time`);
}

if (process.send === undefined) {
  const network = await createNetwork([], () => {});
  const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2), { stdio: 'inherit' });
  child.send(network.localDevice);
  const [device, addresses] = await new Promise((resolve) => child.once('message', resolve));
  const connection = await network.dial(device, addresses);
  await measure(connection, 256 * 1024, 64 * mebibyte);
  for (const frameBytes of frameSizes) {
    const bytes = frameBytes < 64 * 1024 ? totalBytes / 4 : totalBytes;
    const rate = await measure(connection, frameBytes, bytes);
    console.log(`${String(frameBytes / 1024).padStart(5)} KB frames: ${rate.toFixed(0)} MB/s`);
  }
  await network.stop();
  reportProcessorTime('sender');
  child.disconnect();
} else {
  const [sender] = await once(process, 'message');
  const network = await createNetwork([sender], (_connection, channel) => receive(channel));
  process.send([network.localDevice, network.addresses()]);
  process.once('disconnect', () => {
    reportProcessorTime('receiver');
    void network.stop();
  });
}
