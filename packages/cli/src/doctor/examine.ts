/** Gathers the facts and has each check decide: the one list of what `doctor` looks at. */
import type { FolderStatus, InspectedHome, NodeStatus, StoredFolder } from '@holdfast/node';
import { type Clock, errorMessage } from '@holdfast/platform';
import type { VerbContext } from '../verb.js';
import { checkFolder, checkStore, type FolderFacts, spaceFindings } from './disk-checks.js';
import { diskFacts, privateEntries } from './disk-facts.js';
import type { Finding } from './finding.js';
import {
  checkDatabase,
  checkDevice,
  checkHome,
  checkNode,
  checkPermissions,
  type DeviceFacts,
  type NodeFacts,
} from './home-checks.js';
import {
  checkClock,
  checkComputing,
  checkInstances,
  checkNodeVersion,
  checkPower,
  checkTimeSync,
  checkWatches,
} from './machine-checks.js';
import { countDirectories, inotifyFacts, powerFacts, timeSyncFacts } from './machine-facts.js';
import { checkAddresses, checkMulticast, checkPort } from './network-checks.js';
import { multicastFacts, whyPortRefused } from './network-facts.js';

/** What is looked for below `/`: /proc, /sys and /run. */
const systemRootVariable = 'HOLDFAST_SYSTEM_ROOT';
const answerWaitMs = 10_000;
const countingMs = 10_000;

/** What was learned before anything is decided. */
interface Patient {
  readonly context: VerbContext;
  readonly systemRoot: string;
  readonly userId: number | undefined;
  readonly inspected: InspectedHome;
  readonly node: NodeFacts;
  readonly live: NodeStatus | undefined;
  readonly typeOf: (path: string) => Promise<string | undefined>;
}

/** Rejects for bugs of our own only. */
export async function examine(context: VerbContext, ownVersion: string): Promise<Finding[]> {
  const runner = await context.loadRunner();
  const inspected = await runner.inspectHome(context.paths.home);
  const { node, live } = await askNode(context, ownVersion);
  const patient: Patient = {
    context,
    inspected,
    node,
    live,
    systemRoot: context.environment.variables[systemRootVariable] || '/',
    userId: process.getuid?.(),
    typeOf: runner.inspectFileSystemType,
  };
  return [
    checkNodeVersion(process.versions.node),
    checkComputing(inspected.computing),
    ...(await machineFindings(patient)),
    ...(await homeFindings(patient)),
    ...(await folderFindings(patient)),
    ...(await networkFindings(patient)),
    ...deviceFindings(patient),
  ];
}

async function askNode(context: VerbContext, ownVersion: string) {
  let pid: number | undefined;
  const facts = (state: NodeFacts['state'], reason = '', version?: string): NodeFacts => {
    return { state, pid, version, ownVersion, reason };
  };
  try {
    const connection = context.connection();
    pid = connection.pid;
    const live = await inTime(context.environment.clock, connection.client.status());
    if (live === undefined) {
      const reason = `nothing came within ${answerWaitMs / 1000} seconds.`;
      return { node: facts('silent', reason), live };
    }
    return { node: facts('running', '', live.version), live };
  } catch (error) {
    const isAway = pid === undefined || isNotRunning(error);
    return { node: facts(isAway ? 'not-running' : 'silent', errorMessage(error)), live: undefined };
  }
}

function isNotRunning(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'node_not_running';
}

/** Undefined where time is up. */
async function inTime<Value>(clock: Clock, work: Promise<Value>): Promise<Value | undefined> {
  let cancel = () => {};
  const late = new Promise<undefined>((resolve) => {
    const timer = clock.setTimer(answerWaitMs, () => resolve(undefined));
    cancel = () => timer.cancel();
  });
  return Promise.race([work, late]).finally(cancel);
}

async function machineFindings(patient: Patient): Promise<Finding[]> {
  const { context, systemRoot, userId, inspected, node } = patient;
  const { clock } = context.environment;
  const ownPid = node.state === 'running' ? node.pid : undefined;
  const seen = (inspected.config?.devices ?? []).flatMap(({ lastSeenMs }) => lastSeenMs ?? []);
  const newestSeenMs = seen.length === 0 ? undefined : Math.max(...seen);
  const watches = {
    ...inotifyFacts(systemRoot, userId, ownPid),
    ...(await neededWatches(patient)),
  };
  return [
    checkWatches(watches),
    checkInstances(watches),
    checkClock({ nowMs: clock.now(), newestSeenMs }),
    checkTimeSync(timeSyncFacts(systemRoot)),
    ...checkPower(powerFacts(systemRoot)),
  ];
}

async function neededWatches({ context, inspected }: Patient) {
  const { clock } = context.environment;
  const beganMs = clock.monotonic();
  const isInTime = () => clock.monotonic() - beganMs < countingMs;
  let neededWatches = 0;
  let countedAll = true;
  for (const { path, watch } of inspected.config?.folders ?? []) {
    if (path === null || watch === 'polling') continue;
    const { count, isWhole } = await countDirectories(path, isInTime);
    neededWatches += count;
    countedAll &&= isWhole;
  }
  return { neededWatches, countedAll };
}

async function homeFindings(patient: Patient): Promise<Finding[]> {
  const { context, userId, inspected, node, typeOf } = patient;
  const { home, config, identity, token, index } = context.paths;
  const { isMade, fault, isDatabaseHeadless, setAside } = inspected;
  const found = [
    checkHome({ home, isMade, fault }),
    checkNode(node),
    ...(isMade ? checkPermissions(privateEntries([home, config, identity, token], userId)) : []),
  ];
  if (!isMade) return found;
  const nodeRuns = node.state === 'running';
  const isHeadless = isDatabaseHeadless;
  return [
    ...found,
    checkDatabase({ isHeadless, setAside, home, nodeRuns }),
    ...spaceFindings(await diskFacts(index, typeOf), { name: 'home-disk' }),
  ];
}

async function folderFindings(patient: Patient): Promise<Finding[]> {
  const { context, inspected, live, typeOf } = patient;
  const stored = inspected.config?.folders ?? [];
  const found: Finding[] = [];
  for (const folder of stored) {
    const now = live?.folders.find(({ id }) => id === folder.id);
    const facts = await folderFacts(patient, folder, now);
    if (facts !== undefined) found.push(...checkFolder(facts));
  }
  if (!stored.some(({ archive }) => archive)) return found;
  const disk = await diskFacts(context.paths.store, typeOf);
  return [...found, ...checkStore({ disk, fault: inspected.storeFault })];
}

/** Undefined where only history is kept. */
async function folderFacts(
  { inspected, typeOf }: Patient,
  { id, label, path, paused }: StoredFolder,
  now: FolderStatus | undefined,
): Promise<FolderFacts | undefined> {
  if (path === null) return undefined;
  return {
    label,
    paused,
    disk: await diskFacts(path, typeOf),
    rootFault: inspected.rootFaults.get(id) ?? '',
    live: now && {
      state: now.state,
      stateReason: now.stateReason,
      problemFiles: now.problemFiles,
      watchReason: now.watch?.reason ?? '',
      watchSuggestion: now.watch?.suggestion ?? '',
    },
  };
}

/** As `up` takes them where nothing else is asked for. */
const defaultPorts = [
  { use: 'devices', host: '0.0.0.0', port: 22_600 },
  { use: 'page', host: '127.0.0.1', port: 8686 },
] as const;

async function networkFindings({ inspected, live }: Patient): Promise<Finding[]> {
  const heard = (live?.devices ?? []).filter((device) => device.heard).map(({ name }) => name);
  const multicast = checkMulticast({
    ...(await multicastFacts(inspected.config?.mdns ?? true)),
    heard,
  });
  if (live !== undefined) return [checkAddresses(live.addresses), multicast];
  const ports: Finding[] = [];
  for (const { use, host, port } of defaultPorts) {
    ports.push(checkPort({ use, port, refused: await whyPortRefused(host, port) }));
  }
  return [...ports, multicast];
}

function deviceFindings({ context, inspected, live }: Patient): Finding[] {
  const nowMs = context.environment.clock.now();
  const devices: readonly DeviceFacts[] =
    live === undefined
      ? (inspected.config?.devices ?? []).map(({ name, lastSeenMs, softwareVersion }) => {
          return { name, lastSeenMs, connected: false, reason: '', version: softwareVersion };
        })
      : live.devices.map(({ name, connected, lastSeen, problem, version }) => {
          const lastSeenMs = lastSeen === null ? null : Date.parse(lastSeen);
          return { name, connected, lastSeenMs, reason: problem, version: version ?? undefined };
        });
  return devices.map((device) => checkDevice(device, nowMs, live !== undefined));
}
