/**
 * What a stranger learns: one who connects with libp2p's own packages or with a bare socket, and one
 * who sits on the way between two paired devices and keeps every byte, from the pairing on. The
 * same search over libp2p as it is without a door must find something, or it proves nothing.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBlake3 } from '../../packages/platform-node/dist/index.js';
import { decodeInvite, encodeInvite } from '../../packages/sync-protocol/dist/index.js';
import { loadSource } from '../load-source.mjs';
import { startNode } from '../node-process.mjs';
import { RecordingProxy } from './recording-proxy.mjs';

const { connects, createPlainNode } = await loadSource(
  'packages/network-libp2p/test/plain-node.ts',
);
const { conversation } = await loadSource('packages/network-libp2p/test/door-by-spec.ts');
const { encodingsOfId } = await loadSource('test/end-to-end/encodings-of-id.ts');

const dialsOnly = fileURLToPath(new URL('../../test/end-to-end/dials-only.cjs', import.meta.url));
const names = {
  laptop: 'quiet-laptop',
  desktop: 'quiet-desktop',
  label: 'tax-returns-label',
  file: 'letter-to-the-bank.txt',
  content: 'The content of this file is nobody else’s business.',
};
/** What libp2p, and we, are called on a wire. */
const words = [
  'multistream',
  '/noise',
  'yamux',
  'libp2p',
  'holdfast',
  '12D3Koo',
  '/p2p/',
  '/1.0.0',
];
const utterances = {
  nothing: undefined,
  'multistream-select': Buffer.from('\x13/multistream/1.0.0\n\x03ls\n', 'latin1'),
  '64 random bytes': Buffer.from(crypto.getRandomValues(new Uint8Array(64))),
  'too much': Buffer.alloc(100_000, 1),
  HTTP: Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
};

export async function attack() {
  const place = mkdtempSync(join(tmpdir(), 'holdfast-stranger-'));
  const ending = [];
  const broken = [];
  try {
    const laptop = await started(place, names.laptop, [], ending);
    const proxy = new RecordingProxy(portOf(laptop.addresses[0]));
    const port = await proxy.start();
    ending.push(() => proxy.stop());
    const desktop = await started(place, names.desktop, [port], ending);
    const known = await syncThrough(place, laptop, desktop, port);
    broken.push(...(await searchCapture(proxy, [laptop.device, desktop.device], known)));
    broken.push(...printedKeys(place, [laptop, desktop]));
    broken.push(...(await knockAtNode(laptop)));
    await laptop.control.invite({});
    broken.push(...(await knockAtNode(laptop, 'while an invite is open, ')));
    broken.push(...(await searchWithoutDoor(ending)));
    return broken;
  } finally {
    for (const end of ending.reverse()) await end();
    rmSync(place, { recursive: true, force: true });
  }
}

/** A node that dials these ports and no other, so that everything passes the proxy. */
async function started(place, name, ports, ending) {
  const env = {
    HOLDFAST_TEST_DIALS: ports.join(','),
    NODE_OPTIONS: `--require=${dialsOnly}`,
    // What makes libp2p and Noise print their keys, where nobody sees to it.
    DEBUG: '*',
    DUMP_SESSION_KEYS: '1',
  };
  const node = await startNode(place, name, { env });
  ending.push(() => node.stop());
  return node;
}

/** Pairs the two and syncs a file, through the proxy; resolves with the secrets that were used. */
async function syncThrough(place, laptop, desktop, port) {
  const { blake3 } = createBlake3();
  const tree = join(place, 'files');
  mkdirSync(tree);
  writeFileSync(join(tree, names.file), names.content);
  const { id } = await laptop.control.addFolder({ path: tree, label: names.label });
  const invite = decodeInvite((await laptop.control.invite({})).invite, blake3);
  const addresses = [`/ip4/127.0.0.1/tcp/${port}`];
  await desktop.control.join(encodeInvite({ ...invite, addresses }, blake3));
  await laptop.control.shareFolder(id, names.desktop);
  const there = join(place, 'there');
  await until('the folder is offered', async () => {
    const offers = await desktop.control.folderOffers();
    return offers.some((offer) => offer.id === id);
  });
  await desktop.control.acceptFolder({ folder: id, path: there, archive: false });
  await desktop.control.wait({ folder: id });
  await until('the file has come', () => readFileSync(join(there, names.file)).length > 0);
  return [Buffer.from(id), Buffer.from(invite.secret), Buffer.from(invite.inviteId, 'hex')];
}

async function searchCapture(proxy, devices, known) {
  const secrets = [
    ...devices.flatMap((device) => encodingsOfId(device)),
    ...[...Object.values(names), ...words].map((text) => Buffer.from(text)),
    ...known,
  ];
  const streams = proxy.streams();
  const bytes = streams.reduce((sum, stream) => sum + stream.length, 0);
  const found = secrets.filter((secret) => streams.some((stream) => stream.includes(secret)));
  console.log(
    `between two devices: ${proxy.connections.length} connections, ${bytes} bytes kept, searched for ${secrets.length} texts and ids, found ${found.length}`,
  );
  const missing = bytes < 2_000 ? ['too little was captured to say anything'] : [];
  return [
    ...missing,
    ...found.map((secret) => `the capture holds ${JSON.stringify(String(secret))}`),
  ];
}

/** Whoever may set a node's environment, and read what it prints, does not get its keys. */
function printedKeys(place, nodes) {
  const printed = nodes.flatMap((node) => [
    readFileSync(join(place, `${node.name}.stderr`), 'utf8'),
    readFileSync(join(node.home, 'logs', 'holdfast.log'), 'utf8'),
  ]);
  const found = printed.filter((text) => /PRIVATE|STATIC|EPHEMERAL|CIPHER_STATE/.test(text));
  console.log(
    `asked for keys by the environment: ${found.length} of ${printed.length} logs have any`,
  );
  return found.length === 0 ? [] : ['a node printed its keys'];
}

/** Everyone who knows the address and nothing, or the id as well. */
async function knockAtNode(laptop, when = '') {
  const broken = [];
  const proxy = new RecordingProxy(portOf(laptop.addresses[0]));
  const port = await proxy.start();
  for (const suffix of ['', `/p2p/${laptop.device}`]) {
    if (await connects(`/ip4/127.0.0.1/tcp/${port}${suffix}`)) {
      broken.push(`${when}a plain libp2p node got a connection${suffix}`);
    }
  }
  const heard = proxy.streams().filter((_, at) => at % 2 === 1);
  console.log(
    `${when}libp2p's own packages: refused; heard ${heard.map((one) => one.length).join(', ')} bytes`,
  );
  broken.push(...oddChallenges(heard, `${when}libp2p's own packages`));
  const said = Object.values(utterances);
  const target = portOf(laptop.addresses[0]);
  const all = await Promise.all(
    said.map((bytes) => conversation(target, () => bytes, '127.0.0.3')),
  );
  for (const [at, name] of Object.keys(utterances).entries()) {
    const { heard: bytes, lastedMs } = all[at];
    console.log(
      `${when}a socket that says ${name}: heard ${bytes.length} bytes in ${lastedMs.toFixed(0)} ms`,
    );
  }
  broken.push(
    ...oddChallenges(
      all.map((one) => one.heard),
      `${when}a bare socket`,
    ),
  );
  await proxy.stop();
  return broken;
}

function oddChallenges(heard, who) {
  const fresh = new Set(heard.map((bytes) => bytes.toString('hex'))).size === heard.length;
  return [
    ...heard
      .filter((bytes) => bytes.length !== 32)
      .map((bytes) => `${who} heard ${bytes.length} bytes`),
    ...(fresh ? [] : [`${who} heard a challenge twice`]),
  ];
}

/** The search finds what libp2p says by default: so it would have found it above. */
async function searchWithoutDoor(ending) {
  const open = await createPlainNode({ addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] } });
  ending.push(() => open.stop());
  const [address] = open.getMultiaddrs().map((one) => one.toString().replace(/\/p2p\/.*$/, ''));
  const proxy = new RecordingProxy(portOf(address));
  const port = await proxy.start();
  ending.push(() => proxy.stop());
  const connected = await connects(`/ip4/127.0.0.1/tcp/${port}`);
  const streams = proxy.streams();
  const found = words.filter((word) => streams.some((stream) => stream.includes(word)));
  console.log(`libp2p without a door, for comparison: found ${found.join(', ')}`);
  return connected && found.includes('multistream') ? [] : ['the search finds nothing anywhere'];
}

async function until(what, look) {
  const endMs = performance.now() + 120_000;
  while (!(await tried(look))) {
    if (performance.now() > endMs) throw new Error(`It never came to be: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function tried(look) {
  try {
    return await look();
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

function portOf(address) {
  return Number(address.split('/').at(-1));
}
