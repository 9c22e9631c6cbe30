/**
 * Somebody on the local network who is paired with nobody: asks by mDNS who is there, prints what it
 * hears and who dials it, and claims what it is told to on stdin. One JSON document a line.
 *
 * The packets are RFC 1035 messages, as libp2p's mdns specification has them.
 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

const group = '224.0.0.251';
const port = 5353;
const service = '_p2p._udp.local';
const askEveryMs = 500;
const say = (document) => console.log(JSON.stringify(document));

function nameBytes(name) {
  const labels = name.split('.').map((label) => Buffer.from(label));
  return Buffer.concat([
    ...labels.flatMap((label) => [Buffer.of(label.length), label]),
    Buffer.of(0),
  ]);
}

function header(flags, questions, answers) {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16BE(flags, 2);
  bytes.writeUInt16BE(questions, 4);
  bytes.writeUInt16BE(answers, 6);
  return bytes;
}

function answer(name, type, data) {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(120, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([nameBytes(name), fixed, data]);
}

const question = Buffer.concat([header(0, 1, 0), nameBytes(service), Buffer.of(0, 12, 0, 1)]);

function claim({ device, address }) {
  const instance = `stranger.${service}`;
  const text = Buffer.from(`dnsaddr=${address}/p2p/${device}`);
  return Buffer.concat([
    header(0x8400, 0, 2),
    answer(service, 12, nameBytes(instance)),
    answer(instance, 16, Buffer.concat([Buffer.of(text.length), text])),
  ]);
}

const servers = [1, 2].map(() =>
  createServer((dialler) => {
    say({ event: 'dialled', by: dialler.remoteAddress, port: dialler.localPort });
    dialler.destroy();
  }),
);
const socket = createSocket({ type: 'udp4', reuseAddr: true });
socket.on('message', (bytes) => {
  for (const [, address] of bytes.toString('latin1').matchAll(/dnsaddr=([\x21-\x7e]+)/g)) {
    say({ event: 'heard', address });
  }
});
socket.bind(port, () => {
  socket.addMembership(group);
  setInterval(() => socket.send(question, port, group), askEveryMs);
  for (const server of servers) {
    server.listen(0, '0.0.0.0', () => say({ event: 'listening', port: server.address().port }));
  }
});
createInterface({ input: process.stdin }).on('line', (line) => {
  socket.send(claim(JSON.parse(line)), port, group);
});
