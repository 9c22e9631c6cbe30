/**
 * Two Syncthing instances, real processes over loopback, with one folder between them. No
 * discovery, relays or upgrades; its watcher's delay is one second (ten by default).
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
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
  const one = await startSyncthing(place, 'one');
  const other = await startSyncthing(place, 'other');
  await one.join(from, other);
  await other.join(to, one);
  await until(async () => {
    const { connections } = await one.get('system/connections');
    return connections[other.device]?.connected === true;
  });
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
    ports: [one.port, other.port],
    cpuSeconds: () => [one.cpuSeconds(), other.cpuSeconds()],
    peakMemoryBytes: () => [one.peakMemoryBytes(), other.peakMemoryBytes()],
    stop: () => Promise.all([one.stop(), other.stop()]),
  };
}

async function startSyncthing(place, name) {
  const home = join(place, `${name}-home`);
  const env = { ...process.env, STNOUPGRADE: '1', STNODEFAULTFOLDER: '1' };
  execFileSync('syncthing', ['generate', `--home=${home}`, '--no-default-folder'], {
    env,
    stdio: 'ignore',
  });
  const device = execFileSync('syncthing', [`--home=${home}`, '--device-id'], { encoding: 'utf8' });
  const [gui, listen] = [await freePort(), await freePort()];
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
  await until(() =>
    get('system/ping').then(
      () => true,
      () => false,
    ),
  );
  await ask('PATCH', 'config/options', {
    listenAddresses: [address],
    globalAnnounceEnabled: false,
    localAnnounceEnabled: false,
    relaysEnabled: false,
    natEnabled: false,
    urAccepted: -1,
    crashReportingEnabled: false,
  });
  return {
    device: device.trim(),
    address,
    port: listen,
    get,
    async join(path, peer) {
      await ask('POST', 'config/devices', { deviceID: peer.device, addresses: [peer.address] });
      await ask('POST', 'config/folders', {
        id: 'bench',
        path,
        devices: [{ deviceID: device.trim() }, { deviceID: peer.device }],
        fsWatcherEnabled: true,
        fsWatcherDelayS: 1,
      });
    },
    cpuSeconds: () => cpuSeconds(workerOf(child.pid)),
    peakMemoryBytes() {
      const status = readFileSync(`/proc/${workerOf(child.pid)}/status`, 'utf8');
      return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    },
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

async function until(condition) {
  const deadline = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('Syncthing was not ready in a minute');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
