/** Whether other devices can reach this one: its ports, and finding each other by mDNS. Pure. */
import { type Finding, ok, problem, warning } from './finding.js';

export interface PortFacts {
  readonly port: number;
  /** `page` is for people here, `devices` for other devices. */
  readonly use: 'page' | 'devices';
  /** The system's code for why it cannot be had, such as EADDRINUSE; empty where it is free. */
  readonly refused: string;
}

/** A default port, while no node runs. */
export function checkPort({ port, use, refused }: PortFacts): Finding {
  const topic = { name: 'port', subject: String(port) };
  const whose = use === 'page' ? 'the page' : 'other devices';
  if (refused === '') return ok(topic, `Port ${port} for ${whose} is free.`);
  if (refused !== 'EADDRINUSE') {
    return problem(topic, `Port ${port} for ${whose} cannot be used (${refused}).`, {
      hint: 'Choose another one.',
      command: use === 'page' ? 'npx holdfast up --gui 127.0.0.1:0' : listenElsewhere,
    });
  }
  return warning(topic, `Another program has port ${port}, which is for ${whose}.`, {
    hint: 'The node takes a free one instead, another at each start. See who has it, or name one.',
    command: `ss -ltnp 'sport = :${port}'`,
  });
}

const listenElsewhere = 'npx holdfast up --listen /ip4/0.0.0.0/tcp/22601';

/** `addresses`: where the running node can be dialled. */
export function checkAddresses(addresses: readonly string[]): Finding {
  const topic = { name: 'port' };
  const far = addresses.filter((address) => !/^\/ip4\/127\.|^\/ip6\/::1\//.test(address));
  if (far.length > 0) return ok(topic, `Other devices can dial this one at ${far.join(', ')}.`);
  return warning(topic, 'No other machine can dial this node; it can only dial others.', {
    hint: 'Start it without a --listen that names this machine alone, or connect the network.',
  });
}

export interface MulticastFacts {
  /** Whether the configuration lets the node look for devices on the local network. */
  readonly wanted: boolean;
  /** Network interfaces with an IPv4 address that others can see. */
  readonly interfaces: readonly string[];
  /** Why the system refuses multicast; empty where it does not. */
  readonly refused: string;
  /** Names of paired devices that are heard at the moment, as the running node says. */
  readonly heard: readonly string[];
}

export function checkMulticast({ wanted, interfaces, refused, heard }: MulticastFacts): Finding {
  const topic = { name: 'mdns' };
  if (!wanted) return ok(topic, 'Looking for devices on the local network is switched off.');
  if (interfaces.length === 0) {
    return warning(topic, 'This machine has no network with an IPv4 address.', {
      hint: 'Connect it; until then no device can be reached.',
      command: 'ip -4 address',
    });
  }
  if (refused !== '') {
    return warning(topic, `The system refuses multicast (${refused}).`, {
      hint: 'Devices are not found by themselves then. Name an address of each other device.',
      command: 'npx holdfast device address DEVICE add /ip4/192.168.1.7/tcp/22600',
    });
  }
  const found = heard.length === 0 ? '' : `; it hears ${heard.join(', ')}`;
  return ok(topic, `Devices can be looked for by mDNS on ${interfaces.join(', ')}${found}.`);
}
