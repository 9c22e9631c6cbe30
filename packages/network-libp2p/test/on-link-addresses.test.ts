import { describe, expect, test } from 'vitest';
import { onLinkAddresses } from '../src/on-link-addresses.js';

const home = { address: '192.168.1.7', netmask: '255.255.255.0' };
const office = { address: '10.20.30.40', netmask: '255.255.240.0' };
const tunnel = { address: '10.9.0.1', netmask: '255.255.255.255' };

describe('of the addresses that a packet claims', () => {
  test('those in a network of this machine are worth a dial, in their order', () => {
    const claimed = ['/ip4/10.20.31.1/tcp/22600', '/ip4/192.168.1.9/tcp/1', '/ip4/10.9.0.1/tcp/2'];
    expect(onLinkAddresses(claimed, [home, office, tunnel], 4)).toEqual(claimed);
  });

  test.each([
    ['of another network', '/ip4/192.168.2.9/tcp/22600'],
    ['just beyond the netmask', '/ip4/10.20.48.1/tcp/22600'],
    ['of the internet', '/ip4/203.0.113.5/tcp/22600'],
    ["of this machine's own services", '/ip4/127.0.0.1/tcp/22600'],
    ['that is the network itself', '/ip4/192.168.1.0/tcp/22600'],
    ['that is everyone', '/ip4/192.168.1.255/tcp/22600'],
    ['that is a name', '/dns4/printer.local/tcp/22600'],
    ['of another transport', '/ip4/192.168.1.9/udp/22600'],
    ['with an identity', '/ip4/192.168.1.9/tcp/22600/p2p/12D3KooW'],
    ['with a port that is none', '/ip4/192.168.1.9/tcp/65536'],
    ['with port 0', '/ip4/192.168.1.9/tcp/0'],
    ['with a part that is none', '/ip4/192.168.1.999/tcp/22600'],
    ['that is nonsense', 'nonsense'],
  ])('one %s is not', (_what, claimed) => {
    expect(onLinkAddresses([claimed], [home, office], 4)).toEqual([]);
  });

  test('repetitions and those beyond the bound are passed over', () => {
    const many = Array.from({ length: 200 }, (_, at) => `/ip4/192.168.1.9/tcp/${1 + (at >> 1)}`);
    expect(onLinkAddresses(many, [home], 3)).toEqual(
      [1, 2, 3].map((port) => `/ip4/192.168.1.9/tcp/${port}`),
    );
  });
});
