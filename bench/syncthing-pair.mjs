/**
 * Two Syncthing instances, real processes over loopback, with one folder between them. No
 * discovery, relays or upgrades; its watcher's delay is one second (ten by default).
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { peakResidentBytes } from '../scripts/process-memory.mjs';
import { cpuSeconds } from './cpu-seconds.mjs';

const apiKey = 'bench';

/** Its version, or undefined where it is not installed. */
export function syncthingVersion() {
  try {
    return /v[\d.]+\S*/.exec(execFileSync('syncthing', ['--version'], { encoding: 'utf8' }))?.[0];
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function syncthingPair(place) {
  const from = join(place, 'from');
  const to = join(place, 'to');
  for (const directory of [from, to]) mkdirSync(directory);
  let one = await startSyncthing(place, 'one');
  let other = await startSyncthing(place, 'other');
  await one.join(from, other);
  await other.join(to, one);
  const both = () => [one, other];
  const connected = () =>
    until(async () => {
      const { connections } = await one.get('system/connections');
      return connections[other.device]?.connected === true;
    });
  await connected();
  const settle = () =>
    until(async () => {
      const { completion, needItems } = await one.get(
        `db/completion?folder=bench&device=${other.device}`,
      );
      const { state } = await other.get('db/status?folder=bench');
      return completion === 100 && needItems === 0 && state === 'idle';
    });
  await settle();
  return {
    name: 'Syncthing',
    from,
    to,
    settle,
    countsFiles: (files) => Promise.all(both().map((instance) => instance.countsFiles(files))),
    /** It asks nobody. */
    neverAsks: async () => {},
    stopBoth: () => Promise.all(both().map((instance) => instance.stop())),
    async startBoth() {
      [one, other] = await Promise.all(both().map(({ again }) => again()));
      await Promise.all(both().map((instance) => instance.scanned()));
      await connected();
      await settle();
    },
    ports: [one.port, other.port],
    processes: () => both().map((instance) => instance.worker()),
    cpuSeconds: () => both().map((instance) => instance.cpuSeconds()),
    peakMemoryBytes: () => both().map((instance) => instance.peakMemoryBytes()),
    stop: () => Promise.all(both().map((instance) => instance.stop())),
  };
}

async function startSyncthing(place, name) {
  const home = join(place, `${name}-home`);
  execFileSync('syncthing', ['generate', `--home=${home}`, '--no-default-folder'], {
    env,
    stdio: 'ignore',
  });
  const device = execFileSync('syncthing', [`--home=${home}`, '--device-id'], { encoding: 'utf8' });
  const ports = { gui: await freePort(), listen: await freePort() };
  const launched = launch(place, name, ports);
  await launched.isUp();
  await launched.ask('PATCH', 'config/options', {
    listenAddresses: [launched.address],
    globalAnnounceEnabled: false,
    localAnnounceEnabled: false,
    relaysEnabled: false,
    natEnabled: false,
    urAccepted: -1,
    crashReportingEnabled: false,
  });
  return instanceOf(launched, device.trim());
}

const env = { ...process.env, STNOUPGRADE: '1', STNODEFAULTFOLDER: '1' };

/** Starts the process of a home that is there. */
function launch(place, name, { gui, listen }) {
  const home = join(place, `${name}-home`);
  const log = openSync(join(place, `${name}.log`), 'a');
  const child = spawn(
    'syncthing',
    [
      'serve',
      `--home=${home}`,
      '--no-browser',
      '--no-restart',
      `--gui-address=127.0.0.1:${gui}`,
      `--gui-apikey=${apiKey}`,
    ],
    { env, stdio: ['ignore', log, log] },
  );
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const address = `tcp://127.0.0.1:${listen}`;
  const ask = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${gui}/rest/${path}`, {
      method,
      headers: { 'X-API-Key': apiKey },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`Syncthing answered ${answer.status} to ${path}`);
    const said = await answer.text();
    // What changes the configuration is answered with nothing.
    return said === '' ? undefined : JSON.parse(said);
  };
  const get = (path) => ask('GET', path);
  return {
    child,
    exited,
    address,
    port: listen,
    ask,
    get,
    again: () => launch(place, name, { gui, listen }),
    isUp: () =>
      until(() =>
        get('system/ping').then(
          () => true,
          () => false,
        ),
      ),
  };
}

function instanceOf({ child, exited, address, port, ask, get, again }, device) {
  return {
    device,
    address,
    port,
    get,
    async again() {
      const launched = again();
      await launched.isUp();
      return instanceOf(launched, device);
    },
    async join(path, peer) {
      await ask('POST', 'config/devices', { deviceID: peer.device, addresses: [peer.address] });
      await ask('POST', 'config/folders', {
        id: 'bench',
        path,
        devices: [{ deviceID: device }, { deviceID: peer.device }],
        fsWatcherEnabled: true,
        fsWatcherDelayS: 1,
      });
    },
    countsFiles: (files) =>
      until(async () => (await get('db/status?folder=bench')).localFiles === files, 600_000),
    /** The first scan since its start has ended. */
    scanned: () =>
      until(async () => {
        const events = await get('events?since=0&timeout=1');
        return events.some(({ type, data }) => type === 'StateChanged' && data.from === 'scanning');
      }, 600_000),
    worker: () => workerOf(child.pid),
    cpuSeconds: () => cpuSeconds(workerOf(child.pid)),
    peakMemoryBytes: () => peakResidentBytes(workerOf(child.pid)),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** The process that works: the one that was started only watches over it. */
function workerOf(pid) {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const worker = tasks
    .map((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim())
    .find((children) => children !== '');
  return worker ?? pid;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function until(condition, timeoutMs = 60_000) {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('Syncthing was not ready in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
