/**
 * Somebody on the local network who is paired with nobody: asks by mDNS who is there, prints all
 * that it hears and who dials it, and says what it is told to on stdin. One JSON document a line.
 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

const group = '224.0.0.251';
const port = 5353;
const askEveryMs = 500;
const say = (document) => console.log(JSON.stringify(document));

/** RFC 1035: which services are there (RFC 6763, section 9), and who is libp2p's. */
const questions = ['_services._dns-sd._udp.local', '_p2p._udp.local'].map((name) => {
  const labels = name.split('.').map((label) => Buffer.from(label));
  return Buffer.concat([
    Buffer.of(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0),
    ...labels.flatMap((label) => [Buffer.of(label.length), label]),
    Buffer.of(0, 0, 12, 0, 1),
  ]);
});

const server = createServer((dialler) => {
  say({ event: 'dialled', by: dialler.remoteAddress });
  dialler.destroy();
});
const socket = createSocket({ type: 'udp4', reuseAddr: true });
socket.on('message', (bytes, { address }) => {
  say({ event: 'heard', from: address, bytes: bytes.toString('base64') });
});
socket.bind(port, () => {
  socket.addMembership(group);
  setInterval(() => {
    for (const question of questions) socket.send(question, port, group);
  }, askEveryMs);
  server.listen(22600, '0.0.0.0', () => say({ event: 'listening' }));
});
createInterface({ input: process.stdin }).on('line', (line) => {
  socket.send(Buffer.from(JSON.parse(line), 'base64'), port, group);
});
