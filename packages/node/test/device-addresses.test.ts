import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  dialOrder,
  freshOf,
  type HeardAddress,
  hear,
  heardLifetimeMs,
  learnAddresses,
  maxHeardAddresses,
  maxLearnedAddresses,
} from '../src/device-addresses.js';

const at = (host: number) => `/ip4/192.168.1.${host}/tcp/22600`;
const own = '/ip4/127.0.0.1/tcp/22600';
const arbitraryAddress = fc.integer({ min: 1, max: 40 }).map(at);

describe('what is heard of a device', () => {
  test('is news once, and again only after it was silent for long', () => {
    const first = hear([], [at(1)], 0);
    expect(first.isNews).toBe(true);
    const again = hear(first.heard, [at(1)], heardLifetimeMs - 1);
    expect(again.isNews).toBe(false);
    expect(hear(again.heard, [at(1)], 2 * heardLifetimeMs - 2).isNews).toBe(false);
    expect(hear(again.heard, [at(1)], 2 * heardLifetimeMs - 1).isNews).toBe(true);
  });

  test('is news where one address of several is', () => {
    const { heard } = hear([], [at(1)], 0);
    expect(hear(heard, [at(1), at(2)], 1).isNews).toBe(true);
  });

  test('is bounded, newest first, whatever is claimed', () => {
    const claims = fc.array(fc.array(arbitraryAddress, { maxLength: 20 }), { maxLength: 20 });
    fc.assert(
      fc.property(claims, (packets) => {
        let heard: readonly HeardAddress[] = [];
        packets.forEach((claimed, nowMs) => {
          ({ heard } = hear(heard, claimed, nowMs));
          expect(heard.length).toBeLessThanOrEqual(maxHeardAddresses);
          expect(heard.map((one) => -one.atMs)).toEqual(
            heard.map((one) => -one.atMs).sort((a, b) => a - b),
          );
          if (claimed[0] !== undefined) expect(heard[0]?.address).toBe(claimed[0]);
        });
      }),
    );
  });

  const flood = (first: number) => [0, 4].map((by) => [0, 1, 2, 3].map((n) => at(first + by + n)));
  const addressesOf = (packets: readonly (readonly string[])[]) => {
    let heard: readonly HeardAddress[] = [];
    packets.forEach((claimed, nowMs) => {
      ({ heard } = hear(heard, claimed, nowMs));
    });
    return heard.map((one) => one.address);
  };

  test('stays known however many false claims others make then', () => {
    expect(addressesOf([[at(1)], ...flood(10), ...flood(20)])).toContain(at(1));
  });

  test('becomes known though others made false claims before, and go on with some', () => {
    const heard = addressesOf([...flood(10), [at(1)], ...flood(10).slice(0, 1)]);
    expect(heard).toContain(at(1));
    expect(heard).toHaveLength(maxHeardAddresses);
  });

  test('is forgotten when it is not repeated', () => {
    const { heard } = hear([], [at(1)], 0);
    expect(freshOf(heard, heardLifetimeMs - 1)).toEqual(heard);
    expect(freshOf(heard, heardLifetimeMs)).toEqual([]);
  });
});

describe('the order of dialling', () => {
  test('has where it was last, what is heard, what a person gave, and the rest', () => {
    const order = dialOrder({
      staticAddresses: [at(1), at(4)],
      learnedAddresses: [at(2), at(3)],
      heardAddresses: [at(5), at(2)],
    });
    expect(order).toEqual([at(2), at(5), at(1), at(4), at(3)]);
  });

  test('leaves no address out and names none twice', () => {
    const list = fc.array(arbitraryAddress);
    fc.assert(
      fc.property(list, list, list, (staticAddresses, learnedAddresses, heardAddresses) => {
        const order = dialOrder({ staticAddresses, learnedAddresses, heardAddresses });
        const all = new Set([...staticAddresses, ...learnedAddresses, ...heardAddresses]);
        expect(order.toSorted()).toEqual([...all].toSorted());
      }),
    );
  });
});

describe('the learned addresses', () => {
  test('begin with where the device answered, then what it says, then what was known', () => {
    const met = { dialled: at(9), remoteAddress: at(9), told: [at(1), at(2)] };
    expect(learnAddresses([at(3), at(2)], met)).toEqual([at(9), at(1), at(2), at(3)]);
  });

  test('have no port that a device merely dialled from', () => {
    const met = { dialled: undefined, remoteAddress: '/ip4/192.168.1.9/tcp/40000', told: [at(9)] };
    expect(learnAddresses([], met)).toEqual([at(9)]);
  });

  test("have another machine's loopback never, this machine's only where it is meant", () => {
    const elsewhere = { dialled: undefined, remoteAddress: at(9), told: [at(9), own] };
    expect(learnAddresses([], elsewhere)).toEqual([at(9)]);
    const here = { dialled: own, remoteAddress: own, told: [at(9), own] };
    expect(learnAddresses([], here)).toEqual([own, at(9)]);
  });

  test('lose the stalest first', () => {
    const known = Array.from({ length: maxLearnedAddresses }, (_, host) => at(host + 100));
    const met = { dialled: undefined, remoteAddress: at(1), told: [at(1), at(2)] };
    expect(learnAddresses(known, met)).toEqual([at(1), at(2), ...known.slice(0, -2)]);
  });
});
