/** Nodes of one person that introduce, revoke and lift each other, in virtual time. */
import type { DeviceId } from '@holdfast/model';
import { MemorySigner } from '@holdfast/simulation';
import { signedTrustBytes, type TrustStatement } from '@holdfast/sync-protocol';
import { expect, test } from 'vitest';
import { TrustExchange } from '../src/trust-exchange.js';
import { NodeWorld, SharedWorld } from './node-world.js';

const ids = ['SimLaptop', 'SimDesktop', 'SimPhone'] as const;

async function startNodes(shared: SharedWorld): Promise<[NodeWorld, NodeWorld, NodeWorld]> {
  const [laptop, desktop, phone] = ids.map((id) => new NodeWorld(shared, id));
  return [await laptop!.start(), await desktop!.start(), await phone!.start()];
}

async function pair(shared: SharedWorld, host: NodeWorld, guest: NodeWorld): Promise<void> {
  const { invite } = await shared.complete(host.node.control.invite({}));
  await shared.complete(guest.node.control.join(invite));
}

/** All three are devices of one person, and connected with each other. */
async function oneUser(shared: SharedWorld): Promise<[NodeWorld, NodeWorld, NodeWorld]> {
  const nodes = await startNodes(shared);
  const [laptop, desktop, phone] = nodes;
  await pair(shared, desktop, phone);
  await pair(shared, desktop, laptop);
  for (const one of nodes) {
    for (const other of nodes) if (one !== other) await connected(shared, one, other);
  }
  return nodes;
}

function connected(shared: SharedWorld, one: NodeWorld, other: NodeWorld): Promise<void> {
  return shared.until(() => one.node.engine.isConnected(other.device as never));
}

async function stateAt(shared: SharedWorld, node: NodeWorld, of: NodeWorld): Promise<string> {
  const devices = await shared.complete(node.node.control.devices());
  return devices.find(({ id }) => id === of.device)?.state ?? 'unknown';
}

/** Waits until a node's configuration holds what another one said of a third. */
function heard(
  shared: SharedWorld,
  node: NodeWorld,
  issuer: NodeWorld,
  mark: string,
  subject: NodeWorld,
): Promise<void> {
  return shared.until(() =>
    node.node.config.current.trust.some(
      (one) => one.issuer === issuer.device && one.subject === subject.device && one.mark === mark,
    ),
  );
}

test('pairing once makes all devices of one person known to each other', async () => {
  const shared = new SharedWorld();
  const [laptop, , phone] = await oneUser(shared);
  expect(await stateAt(shared, laptop, phone)).toBe('mine');
  expect(await stateAt(shared, phone, laptop)).toBe('mine');
});

test('a revocation cuts the device off here, and suspends it on other devices', async () => {
  const shared = new SharedWorld();
  const [laptop, desktop, phone] = await oneUser(shared);
  await shared.complete(desktop.node.control.revokeDevice('SimLaptop'));
  expect(desktop.node.engine.isConnected('SimLaptop' as never)).toBe(false);
  await heard(shared, phone, desktop, 'revoked', laptop);
  await shared.until(() => !phone.node.engine.isConnected('SimLaptop' as never));
  expect(await stateAt(shared, desktop, laptop)).toBe('revoked');
  expect(await stateAt(shared, phone, laptop)).toBe('suspended');
  await shared.complete(phone.node.control.confirmDevice('SimLaptop'));
  expect(await stateAt(shared, phone, laptop)).toBe('revoked');
  await expect(
    shared.complete(phone.node.control.confirmDevice('SimLaptop')),
  ).rejects.toMatchObject({ code: 'nothing_to_confirm' });
});

test('a thief’s revocations only suspend, and a person undoes them from one device', async () => {
  const shared = new SharedWorld();
  const [thief, desktop, phone] = await oneUser(shared);
  await shared.complete(thief.node.control.revokeDevice('SimPhone'));
  await heard(shared, desktop, thief, 'revoked', phone);
  await shared.until(() => !desktop.node.engine.isConnected('SimPhone' as never));
  expect(await stateAt(shared, desktop, phone)).toBe('suspended');

  await shared.complete(desktop.node.control.liftDevice('SimPhone'));
  await shared.complete(desktop.node.control.revokeDevice('SimLaptop'));
  await connected(shared, desktop, phone);
  await heard(shared, phone, desktop, 'revoked', thief);
  expect(await stateAt(shared, desktop, phone)).toBe('mine');
  expect(await stateAt(shared, phone, thief)).toBe('suspended');
});

test('devices that revoke each other, one after the other, are both suspended on a third one', async () => {
  const shared = new SharedWorld();
  const [laptop, desktop, phone] = await oneUser(shared);
  await shared.complete(desktop.node.control.revokeDevice('SimLaptop'));
  await heard(shared, phone, desktop, 'revoked', laptop);
  await shared.complete(phone.node.control.liftDevice('SimLaptop'));
  expect(await stateAt(shared, phone, laptop)).toBe('mine');
  await connected(shared, laptop, phone);
  await connected(shared, phone, laptop);
  await shared.complete(laptop.node.control.revokeDevice('SimDesktop'));
  await heard(shared, phone, laptop, 'revoked', desktop);
  expect(await stateAt(shared, phone, desktop)).toBe('suspended');
  await shared.complete(phone.node.control.liftDevice('SimDesktop'));
  await connected(shared, phone, desktop);
  expect(await stateAt(shared, phone, desktop)).toBe('mine');
});

test('what is said of nobody’s own device by a stranger’s is not taken', async () => {
  const shared = new SharedWorld();
  const [friend, desktop, phone] = await startNodes(shared);
  await pair(shared, desktop, phone);
  const { invite } = await shared.complete(desktop.node.control.invite({ mine: false }));
  await shared.complete(friend.node.control.join(invite, true));
  await connected(shared, friend, desktop);
  // The friend's node says it of its own accord; the desktop takes only introductions of it.
  await pair(shared, friend, phone);
  await shared.complete(friend.node.control.revokeDevice('SimPhone'));
  await connected(shared, desktop, phone);
  expect(await stateAt(shared, desktop, phone)).toBe('mine');
  const said = desktop.node.config.current.trust.filter(({ issuer }) => issuer === friend.device);
  expect(said.filter(({ mark }) => mark === 'revoked')).toEqual([]);
});

test('a revoked device that is paired anew is admitted', async () => {
  const shared = new SharedWorld();
  const [laptop, desktop] = await oneUser(shared);
  await shared.complete(desktop.node.control.revokeDevice('SimLaptop'));
  await pair(shared, desktop, laptop);
  await connected(shared, desktop, laptop);
  expect(await stateAt(shared, desktop, laptop)).toBe('mine');
});

test('devices that met over one that is revoked go on, and the person is told which they are', async () => {
  const shared = new SharedWorld();
  const [laptop, desktop, phone] = await oneUser(shared);
  const revoked = await shared.complete(laptop.node.control.revokeDevice('SimDesktop'));
  expect(revoked.introduced).toEqual(['SimPhone']);
  expect(laptop.node.engine.isConnected('SimPhone' as never)).toBe(true);
  await heard(shared, phone, laptop, 'revoked', desktop);
  await shared.until(() => !phone.node.engine.isConnected('SimDesktop' as never));
  expect(await stateAt(shared, phone, laptop)).toBe('mine');
  // Who is kept is said to be so only then: on other devices it is no witness for the revoked one.
  const counterOf = (subject: NodeWorld) =>
    laptop.node.config.current.trust.find(
      (one) => one.issuer === laptop.device && one.subject === subject.device,
    )?.counter ?? 0;
  expect(counterOf(phone)).toBeGreaterThan(counterOf(desktop));
});

test('a folder that could not take over a revocation does so with the next statement', async () => {
  const states = new Map([['SimThief', { state: 'mine', by: [] }]]);
  let isFailing = true;
  const config = { current: { devices: [], folders: [] }, update: async () => undefined };
  const taken: string[] = [];
  const exchange = new TrustExchange({
    config: config as never,
    ledger: { standings: { devices: states }, statements: [], isAdmitted: () => true } as never,
    engine: { session: () => undefined, disconnect: () => undefined, announce: () => undefined },
    localDevice: 'SimDesktop' as DeviceId,
    reconfigure: async () => {
      if (isFailing) throw new Error('the disk is full');
    },
    onStanding: (device) => taken.push(device),
    onSettled: () => undefined,
  });
  states.set('SimThief', { state: 'revoked', by: [] });
  await expect(exchange.settle()).rejects.toThrow('the disk is full');
  isFailing = false;
  await exchange.settle();
  expect(taken).toEqual(['SimThief']);
});

test('a revocation counts elsewhere too in a home that was put back from before it was lifted', async () => {
  const shared = new SharedWorld();
  const [laptop, desktop, phone] = await oneUser(shared);
  const copy = desktop.node.config.current;
  await shared.complete(desktop.node.control.revokeDevice('SimLaptop'));
  await shared.complete(desktop.node.control.liftDevice('SimLaptop'));
  const lifted = desktop.node.config.current.trust.find(
    ({ issuer, subject }) => issuer === desktop.device && subject === laptop.device,
  );
  await shared.until(() =>
    phone.node.config.current.trust.some(({ signature }) => signature === lifted?.signature),
  );
  await shared.clock.runUntil(shared.clock.nowMs + 1_000);
  await shared.complete(desktop.node.config.update(() => copy));
  await shared.complete(desktop.node.control.revokeDevice('SimLaptop'));
  await heard(shared, phone, desktop, 'revoked', laptop);
  await shared.until(() => !phone.node.engine.isConnected('SimLaptop' as never));
});

test('a revocation stands elsewhere when its device is removed here', async () => {
  const shared = new SharedWorld();
  const [laptop, desktop, phone] = await oneUser(shared);
  await shared.complete(desktop.node.control.revokeDevice('SimLaptop'));
  await heard(shared, phone, desktop, 'revoked', laptop);
  await shared.complete(desktop.node.control.removeDevice('SimLaptop'));
  await shared.clock.runUntil(shared.clock.nowMs + 10_000);
  expect(await stateAt(shared, phone, laptop)).toBe('suspended');
});

/** What a hostile device says, with counters as it likes. */
function forger(): (
  issuer: string,
  subject: string,
  mark: TrustStatement['mark'],
) => Promise<TrustStatement> {
  let counter = Number.MAX_SAFE_INTEGER - 10_000;
  return async (issuer, subject, mark) => {
    counter += 1;
    const whom = { issuer: issuer as DeviceId, subject: subject as DeviceId, mark, counter };
    const statement = {
      ...whom,
      wasMine: false,
      atMs: 0,
      name: 'pi',
      addresses: [],
      overruled: [],
    };
    const signature = await new MemorySigner(issuer).sign(signedTrustBytes(statement));
    return { ...statement, signature: Buffer.from(signature).toString('hex') };
  };
}

/** A node is told something, and has taken the last of it. */
async function tell(
  shared: SharedWorld,
  from: NodeWorld,
  to: NodeWorld,
  said: readonly Promise<TrustStatement>[],
): Promise<void> {
  const statements = await Promise.all(said);
  await from.node.engine.session(to.device as DeviceId)?.send({ type: 'trust', statements });
  const last = statements.at(-1)?.signature;
  await shared.until(() => to.node.config.current.trust.some((one) => one.signature === last));
}

function helpersOf(round: number): string[] {
  return Array.from({ length: 9 }, (_, at) => `SimGuest${round}${at + 1}`);
}

test('a thief that introduces one device after the other does not fill the configuration', async () => {
  const shared = new SharedWorld();
  const [thief, desktop] = await oneUser(shared);
  const says = forger();
  for (let round = 1; round < 9; round += 1) {
    for (const mark of ['mine', 'other'] as const) {
      const said = helpersOf(round).map((helper) => says(thief.device, helper, mark));
      await tell(shared, thief, desktop, said);
    }
  }
  await shared.until(() => desktop.node.config.current.devices.length < 36);
});

test('however many helpers of a thief revoke a device, a person lifts all of it at once', async () => {
  const shared = new SharedWorld();
  const [thief, desktop, phone] = await oneUser(shared);
  const says = forger();
  for (let round = 1; round < 6; round += 1) {
    const helpers = helpersOf(round);
    const introduced = helpers.map((helper) => says(thief.device, helper, 'mine'));
    await tell(shared, thief, desktop, introduced);
    await tell(
      shared,
      thief,
      desktop,
      helpers.map((helper) => says(helper, phone.device, 'revoked')),
    );
    await tell(
      shared,
      thief,
      desktop,
      helpers.map((helper) => says(thief.device, helper, 'other')),
    );
  }
  expect(await stateAt(shared, desktop, phone)).toBe('suspended');
  await shared.complete(desktop.node.control.liftDevice('SimPhone'));
  expect(await stateAt(shared, desktop, phone)).toBe('mine');
});

test('what helpers of a thief say in turn is kept within bounds, and known devices go on being heard', async () => {
  const shared = new SharedWorld();
  const [thief, desktop, phone] = await oneUser(shared);
  const says = forger();
  for (const round of [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17]) {
    const helpers = helpersOf(round);
    const said = [
      ...helpers.map((helper) => says(thief.device, helper, 'mine')),
      ...helpers.map((helper) => says(helper, 'SimGuest', 'revoked')),
    ];
    await thief.node.engine
      .session(desktop.device as DeviceId)
      ?.send({ type: 'trust', statements: await Promise.all(said) });
    const withdrawn = helpers.map((helper) => says(thief.device, helper, 'other'));
    await tell(shared, thief, desktop, withdrawn);
  }
  const issuers = new Set(desktop.node.config.current.trust.map(({ issuer }) => issuer));
  expect(issuers.size).toBe(128);
  await shared.complete(phone.node.control.revokeDevice('SimLaptop'));
  await heard(shared, desktop, phone, 'revoked', thief);
});
