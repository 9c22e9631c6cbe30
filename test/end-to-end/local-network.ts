/**
 * A local network of its own: hosts that are network namespaces, joined by veth and a bridge. Owns
 * the namespaces, and touches no interface of the machine. Needs root and iproute2.
 */
import { execFileSync } from 'node:child_process';

/** Private to the namespaces: nothing outside them routes it. */
const network = '10.77.0';

export class LocalNetwork {
  readonly #name = `holdfast-${process.pid}-${Date.now() % 100_000}`;
  readonly #namespaces: string[] = [];

  constructor() {
    const bridge = this.#namespace('bridge');
    ip('-n', bridge, 'link', 'add', 'br0', 'type', 'bridge');
    ip('-n', bridge, 'link', 'set', 'br0', 'up');
  }

  /** A host at `10.77.0.NUMBER`; the result is a command that runs the rest in its place there. */
  host(number: number): readonly string[] {
    const [bridge] = this.#namespaces as [string];
    const name = this.#namespace(String(number));
    const port = `port${number}`;
    const peer = ['type', 'veth', 'peer', 'name', port, 'netns', bridge];
    ip('link', 'add', 'eth0', 'netns', name, ...peer);
    ip('-n', bridge, 'link', 'set', port, 'master', 'br0', 'up');
    ip('-n', name, 'link', 'set', 'lo', 'up');
    ip('-n', name, 'link', 'set', 'eth0', 'up');
    this.#addAddress(name, number);
    return ['ip', 'netns', 'exec', name];
  }

  /** The host has another address from now on. */
  move(number: number, to: number): void {
    const name = `${this.#name}-${number}`;
    ip('-n', name, 'address', 'flush', 'dev', 'eth0');
    this.#addAddress(name, to);
  }

  /** Everything that ran in it must have ended. */
  close(): void {
    for (const name of this.#namespaces.splice(0)) ip('netns', 'delete', name);
  }

  #namespace(suffix: string): string {
    const name = `${this.#name}-${suffix}`;
    ip('netns', 'add', name);
    this.#namespaces.push(name);
    return name;
  }

  #addAddress(name: string, number: number): void {
    ip('-n', name, 'address', 'add', `${network}.${number}/24`, 'dev', 'eth0');
    // Without a default route, multicast needs one of its own.
    ip('-n', name, 'route', 'replace', '224.0.0.0/4', 'dev', 'eth0');
  }
}

/** Why there can be no local network here; undefined where there can. */
export function missingForLocalNetwork(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces exist on Linux only';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const probe = `holdfast-probe-${process.pid}`;
  try {
    ip('netns', 'add', probe);
    ip('netns', 'delete', probe);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'the command `ip` is missing: install iproute2';
    return `no network namespace can be made here: ${message.trim().split('\n').at(-1)}`;
  }
}

function ip(...given: readonly string[]): void {
  execFileSync('ip', given, { stdio: ['ignore', 'ignore', 'pipe'] });
}
