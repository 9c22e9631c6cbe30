/**
 * A unit of systemd (systemd.exec(5), systemd.service(5)), for a user or for the machine. It shuts the
 * node in: of the machine, it can write to its home and its folders, and nowhere else. Memory that is both writable
 * and executable stays allowed, as V8 compiles while it runs. Pure.
 */
import { join } from 'node:path';
import { markFor, nodeCommand, type Service, type ServiceFacts } from './service.js';

const unitName = 'holdfast.service';
const memoryMax = '1G';

/**
 * Seen with systemd 252: without a namespace of users (`PrivateUsers`) it mounts nothing for a user's
 * unit, and with one the unit does not start everywhere.
 */
const onlyOfTheMachine =
  'That last limit holds for a unit of the machine (--system); many a systemd of a user passes it over.';

/** What a unit with PrivateTmp has of its own. */
const temporary = ['/tmp', '/var/tmp'];

export function systemdUnit(facts: ServiceFacts): Service {
  const { isSystem, configuration, home, writable, owner } = facts;
  const directory = isSystem ? '/etc/systemd/system' : join(configuration, 'systemd/user');
  const wanted = isSystem ? 'multi-user.target' : 'default.target';
  const places = writablePlaces([home, ...writable]);
  return {
    path: join(directory, unitName),
    text: unitText(facts, places, wanted),
    mark: oneLine(markFor(home)),
    encoding: 'utf8',
    traces: [join(directory, `${wanted}.wants`, unitName)],
    about: [
      ...(isSystem && owner === 'root'
        ? [`A home of a user of its own would put less at stake.`]
        : []),
      `It runs as ${owner}, is started again when it ends badly, and gets at most ${memoryMax} of memory.`,
      `It can write in these places only: ${places.join(', ')}.`,
      ...(isSystem ? [] : [onlyOfTheMachine]),
      'Before you keep a folder elsewhere, repeat this command with --writable DIR and restart it.',
    ],
    start: startSteps(isSystem),
    stop: stopSteps(isSystem),
  };
}

function startSteps(isSystem: boolean) {
  const systemctl = isSystem ? 'sudo systemctl' : 'systemctl --user';
  const common = [
    { command: `${systemctl} daemon-reload`, why: 'has systemd read it' },
    { command: `${systemctl} enable --now ${unitName}`, why: 'starts it, now and at every start' },
  ];
  if (isSystem) return common;
  return [
    ...common,
    { command: 'loginctl enable-linger', why: 'keeps it running while you are logged out' },
  ];
}

function stopSteps(isSystem: boolean) {
  const systemctl = isSystem ? 'sudo systemctl' : 'systemctl --user';
  return [
    { command: `${systemctl} stop ${unitName}`, why: 'ends the node, if it runs' },
    { command: `${systemctl} daemon-reload`, why: 'has systemd forget it' },
  ];
}

/**
 * Nothing that lies in another place is named twice. A disk that is mounted on one of them later shows
 * through, writable: mounts propagate into the unit, and one that is new is not made read-only.
 */
export function writablePlaces(paths: readonly string[]): string[] {
  const unique = [...new Set(paths)];
  return unique.filter((place) => !unique.some((other) => isInside(place, other)));
}

function isInside(path: string, directory: string): boolean {
  return path.startsWith(directory === '/' ? '/' : `${directory}/`) && path !== directory;
}

function unitText(facts: ServiceFacts, places: readonly string[], wanted: string): string {
  const { isSystem, home, owner } = facts;
  const hasTemporary = places.some((place) =>
    temporary.some((directory) => place === directory || isInside(place, directory)),
  );
  return [
    `# ${oneLine(markFor(home))}`,
    '[Unit]',
    'Description=Holdfast, which syncs folders and never forgets',
    ...(isSystem ? ['After=network.target', `RequiresMountsFor=${unitWord(home)}`] : []),
    '',
    '[Service]',
    'Type=exec',
    ...(isSystem ? [`User=${owner}`] : []),
    `ExecStart=${nodeCommand(facts).map(commandWord).join(' ')}`,
    'Restart=on-failure',
    'RestartSec=5',
    `MemoryMax=${memoryMax}`,
    '',
    'ProtectSystem=strict',
    ...places.map((place) => `ReadWritePaths=${unitWord(`-${place}`)}`),
    ...(hasTemporary ? [] : ['PrivateTmp=yes']),
    ...sandbox,
    ...(isSystem ? machineSandbox : []),
    '',
    '[Install]',
    `WantedBy=${wanted}`,
    '',
  ].join('\n');
}

/** What a user's own systemd can do as well. Netlink tells of the network's interfaces. */
const sandbox: readonly string[] = [
  'NoNewPrivileges=yes',
  'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
  'RestrictNamespaces=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'LockPersonality=yes',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallErrorNumber=EPERM',
];

/** What takes away rights that only the machine's systemd can take. */
const machineSandbox: readonly string[] = [
  'CapabilityBoundingSet=',
  'PrivateDevices=yes',
  'ProtectClock=yes',
  'ProtectControlGroups=yes',
  'ProtectHostname=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  'ProtectProc=invisible',
  'RemoveIPC=yes',
];

function oneLine(text: string): string {
  return text.replaceAll('\n', '\\n');
}

/** One word of a setting: quoted, and with no `%` that would stand for something. */
function unitWord(text: string): string {
  const plain = text.replaceAll('%', '%%');
  if (/^[\w%+=:,./-]+$/.test(plain)) return plain;
  return `"${oneLine(plain.replace(/[\\"]/g, '\\$&'))}"`;
}

/** One word of a command, where `$` would stand for a variable, too. */
function commandWord(text: string): string {
  return unitWord(text.replaceAll('$', '$$$$'));
}
