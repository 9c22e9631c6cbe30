/** Who is admitted, given what was chosen here and what was said: the rules and their laws. */
import type { DeviceId } from '@holdfast/model';
import {
  type DeviceState,
  foldTrust,
  type KnownTrust,
  maxSpeakers,
  type TrustStatement,
} from '@holdfast/sync-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const [me, desktop, pi, phone, thief, friend] = [
  'me',
  'desktop',
  'pi',
  'phone',
  'thief',
  'friend',
] as DeviceId[] as [DeviceId, DeviceId, DeviceId, DeviceId, DeviceId, DeviceId];

let nextCounter = 0;

function says(
  issuer: DeviceId,
  mark: TrustStatement['mark'],
  subject: DeviceId,
  changes: Partial<TrustStatement> = {},
): TrustStatement {
  nextCounter += 1;
  const counter = changes.counter ?? nextCounter;
  const base = {
    atMs: 0,
    name: subject,
    addresses: [],
    overruled: [],
    wasMine: mark === 'revoked',
  };
  return { ...base, issuer, subject, mark, counter, signature: `${counter}`, ...changes };
}

/** A judgement by someone who knew of these revocations. */
function lifts(
  issuer: DeviceId,
  subject: DeviceId,
  ...revocations: readonly TrustStatement[]
): TrustStatement {
  const overruled = revocations.map((one) => ({ issuer: one.issuer, counter: one.counter }));
  return says(issuer, 'mine', subject, { overruled });
}

function knowing(
  statements: readonly TrustStatement[],
  changes: Partial<KnownTrust> = {},
): KnownTrust {
  return { self: me, paired: new Set(), removed: new Set(), statements, ...changes };
}

function stateIn(known: KnownTrust, device: DeviceId): DeviceState | undefined {
  return foldTrust(known).devices.get(device)?.state;
}

function isAdmitted(state: DeviceState | undefined): boolean {
  return state === 'mine' || state === 'other';
}

test('a device that was paired and not marked is someone else’s', () => {
  expect(stateIn(knowing([], { paired: new Set([friend]) }), friend)).toBe('other');
});

test('whom my device introduces is mine, over any number of steps', () => {
  const known = knowing([
    says(me, 'mine', desktop),
    says(desktop, 'mine', pi),
    says(pi, 'mine', phone),
  ]);
  expect([desktop, pi, phone].map((one) => stateIn(known, one))).toEqual(['mine', 'mine', 'mine']);
});

test('whom somebody else introduces waits for a person', () => {
  const paired = new Set([friend]);
  expect(stateIn(knowing([says(friend, 'mine', phone)], { paired }), phone)).toBe('pending');
});

test('a device that its user here calls someone else’s introduces nobody, whatever others call it', () => {
  const known = knowing(
    [says(me, 'mine', desktop), says(desktop, 'mine', friend), says(friend, 'mine', phone)],
    { paired: new Set([friend]) },
  );
  expect(stateIn(known, friend)).toBe('other');
  expect(stateIn(known, phone)).toBe('pending');
});

test('a device that was removed by hand is not introduced again, and introduces nobody', () => {
  const known = knowing(
    [says(me, 'mine', desktop), says(desktop, 'mine', pi), says(pi, 'mine', phone)],
    { removed: new Set([pi]) },
  );
  expect(stateIn(known, pi)).toBeUndefined();
  expect(stateIn(known, phone)).toBe('pending');
});

test('what a person revoked here is revoked, and what another device of mine revoked is suspended', () => {
  const both = [says(me, 'mine', desktop), says(me, 'mine', pi)];
  expect(stateIn(knowing([...both, says(me, 'revoked', pi)]), pi)).toBe('revoked');
  const known = knowing([...both, says(desktop, 'revoked', pi)]);
  expect(foldTrust(known).devices.get(pi)).toEqual({ state: 'suspended', by: [desktop] });
});

test('a revocation reaches someone else’s device too', () => {
  const statements = [says(me, 'mine', desktop), says(desktop, 'revoked', friend)];
  expect(stateIn(knowing(statements, { paired: new Set([friend]) }), friend)).toBe('suspended');
});

test('two devices that revoke each other are both suspended until a person decides', () => {
  const mutual = [says(desktop, 'revoked', thief), says(thief, 'revoked', desktop)];
  const before = [says(me, 'mine', desktop), says(me, 'mine', thief), ...mutual];
  expect(stateIn(knowing(before), desktop)).toBe('suspended');
  expect(stateIn(knowing(before), thief)).toBe('suspended');
  const after = [...before, lifts(me, desktop, mutual[1]!), says(me, 'revoked', thief)];
  expect(stateIn(knowing(after), desktop)).toBe('mine');
  expect(stateIn(knowing(after), thief)).toBe('revoked');
});

test('another device of mine may lift a suspension, but neither its subject nor one that is suspended', () => {
  const base = [says(me, 'mine', desktop), says(me, 'mine', pi), says(me, 'mine', thief)];
  const accusation = says(desktop, 'revoked', thief);
  const known = [...base, accusation];
  expect(stateIn(knowing([...known, lifts(pi, thief, accusation)]), thief)).toBe('mine');
  expect(stateIn(knowing([...known, lifts(thief, thief, accusation)]), thief)).toBe('suspended');
  const helper = [says(thief, 'mine', phone), lifts(phone, thief, accusation)];
  expect(stateIn(knowing([...known, ...helper]), thief)).toBe('suspended');
});

test('whom a device keeps as it turns away from the one that introduced them does not judge that one', () => {
  const base = [says(me, 'mine', desktop), says(me, 'mine', pi), says(thief, 'mine', phone)];
  const accusation = says(desktop, 'revoked', thief);
  const known = [...base, says(me, 'mine', thief), accusation, says(desktop, 'mine', phone)];
  const lifted = [...known, lifts(phone, thief, accusation)];
  expect(stateIn(knowing(lifted), phone)).toBe('mine');
  expect(stateIn(knowing(lifted), thief)).toBe('suspended');
  // What it said of its helper it may take back; that changes nothing.
  expect(stateIn(knowing([...lifted, says(thief, 'other', phone)]), thief)).toBe('suspended');
  // The same where another device had only forgotten it.
  const forgot = [says(pi, 'other', thief), says(pi, 'mine', phone)];
  expect(stateIn(knowing([...lifted, ...forgot]), thief)).toBe('suspended');
});

test('a revocation that nobody knew of when it was lifted suspends again', () => {
  const base = [says(me, 'mine', desktop), says(me, 'mine', pi)];
  const first = says(desktop, 'revoked', pi);
  const lifted = [...base, lifts(me, pi, first)];
  expect(stateIn(knowing([...lifted, first]), pi)).toBe('mine');
  expect(stateIn(knowing([...lifted, says(desktop, 'revoked', pi)]), pi)).toBe('suspended');
});

test('devices do not lose each other with the one over which they met', () => {
  const base = [says(me, 'mine', thief), says(thief, 'mine', desktop)];
  const revoked = says(desktop, 'revoked', thief);
  expect(stateIn(knowing([...base, revoked]), thief)).toBe('suspended');
  expect(stateIn(knowing([...base, revoked]), desktop)).toBe('mine');
});

test('a device that its introducer revokes is suspended, and whom it introduced goes on', () => {
  const statements = [
    says(me, 'mine', desktop),
    says(desktop, 'revoked', thief),
    says(thief, 'mine', pi),
  ];
  expect(stateIn(knowing(statements), thief)).toBe('suspended');
  expect(stateIn(knowing(statements), pi)).toBe('mine');
  expect(stateIn(knowing([...statements, lifts(me, thief, statements[1]!)]), thief)).toBe('mine');
});

test('whom only a device introduced that a person revoked here waits for that person', () => {
  const base = [says(me, 'mine', thief), says(thief, 'mine', phone)];
  expect(stateIn(knowing([...base, says(me, 'revoked', thief)]), phone)).toBe('pending');
});

test('who introduces devices by the hundred crowds out none that is introduced over fewer steps', () => {
  const many = Array.from({ length: 200 }, (_, at) => says(thief, 'mine', `0${at}` as DeviceId));
  const known = knowing([says(me, 'mine', thief), says(me, 'mine', desktop), ...many]);
  const { speakers } = foldTrust(known);
  expect(speakers.size).toBe(maxSpeakers);
  expect(speakers.has(desktop)).toBe(true);
});

test('nor one that another device introduces over as many steps', () => {
  const many = Array.from({ length: 64 }, (_, at) => says(phone, 'mine', `0${at}` as DeviceId));
  const both = [says(me, 'mine', phone), says(me, 'mine', thief)];
  const { speakers } = foldTrust(knowing([...both, ...many, says(thief, 'mine', friend)]));
  expect(speakers.size).toBe(maxSpeakers);
  expect(speakers.has(friend)).toBe(true);
});

const names = [me, desktop, pi, phone, thief] as const;
const anyName = fc.constantFrom(...names);
const anyStatement: fc.Arbitrary<TrustStatement> = fc
  .record({
    issuer: anyName,
    subject: anyName,
    mark: fc.constantFrom('mine' as const, 'other' as const, 'revoked' as const),
    counter: fc.integer({ min: 1, max: 6 }),
    overruled: fc.array(fc.record({ issuer: anyName, counter: fc.integer({ min: 1, max: 6 }) }), {
      maxLength: 2,
    }),
  })
  .filter(({ issuer, subject }) => issuer !== subject)
  .map((one) => {
    const wasMine = one.mark === 'revoked' && one.counter % 2 === 0;
    return { ...one, wasMine, atMs: 0, name: '', addresses: [], signature: JSON.stringify(one) };
  });
const anyStatements = fc.array(anyStatement, { maxLength: 14 });
const anyNames = fc.uniqueArray(anyName, { maxLength: 3 }).map((some) => new Set<DeviceId>(some));

test('neither the order of statements nor their repetition changes anything', () => {
  fc.assert(
    fc.property(
      anyStatements,
      fc.infiniteStream(fc.nat()),
      anyNames,
      anyNames,
      (all, keys, a, b) => {
        const choices = { paired: a, removed: b };
        const keyed = [...all, ...all].map((one) => ({ one, key: keys.next().value as number }));
        const shuffled = keyed.sort((left, right) => left.key - right.key).map(({ one }) => one);
        const before = foldTrust(knowing(all, choices));
        const after = foldTrust(knowing(shuffled, choices));
        expect(after.devices).toEqual(before.devices);
        expect(after.speakers).toEqual(before.speakers);
      },
    ),
  );
});

test('an older statement never undoes a newer one of the same issuer', () => {
  fc.assert(
    fc.property(anyStatements, fc.nat(), (all, at) => {
      const chosen = all[at % Math.max(1, all.length)];
      if (chosen === undefined || chosen.counter === 1) return;
      const replayed: TrustStatement = { ...chosen, mark: 'mine', counter: chosen.counter - 1 };
      expect(foldTrust(knowing([...all, replayed]))).toEqual(foldTrust(knowing(all)));
    }),
  );
});

test('a removed device has no standing, whatever is said', () => {
  fc.assert(
    fc.property(anyStatements, anyName, (all, device) => {
      const removed = new Set([device]);
      expect(stateIn(knowing(all, { removed }), device)).toBeUndefined();
    }),
  );
});

test('nothing that others say revokes a device for good, and all of it can be lifted here', () => {
  fc.assert(
    fc.property(anyStatements, (all) => {
      const others = all.filter(({ issuer }) => issuer !== me);
      const statements = [says(me, 'mine', desktop), ...others];
      const state = stateIn(knowing(statements), desktop);
      expect(['mine', 'suspended']).toContain(state);
      const accusations = others.filter((one) => one.mark === 'revoked' && one.subject === desktop);
      const decided = [...statements, lifts(me, desktop, ...accusations)];
      expect(stateIn(knowing(decided), desktop)).toBe('mine');
    }),
  );
});

test('what a person revoked here stays out, whatever others say', () => {
  fc.assert(
    fc.property(anyStatements, (all) => {
      const others = all.filter(({ issuer }) => issuer !== me);
      const statements = [...others, says(me, 'revoked', thief)];
      const standings = foldTrust(knowing(statements, { paired: new Set([thief]) }));
      expect(standings.devices.get(thief)?.state).toBe('revoked');
      expect(standings.speakers.has(thief)).toBe(false);
    }),
  );
});

test('without an own mark or pairing nobody is admitted', () => {
  fc.assert(
    fc.property(anyStatements, (all) => {
      const others = all.filter(({ issuer }) => issuer !== me);
      const { devices } = foldTrust(knowing(others));
      expect([...devices.values()].some(({ state }) => isAdmitted(state))).toBe(false);
    }),
  );
});
