/** What a person decides about devices: whose they are, who gets in, who is out. */
import type { DeviceId } from '@holdfast/model';
import { AppError, type Clock } from '@holdfast/platform';
import type { SyncEngine } from '@holdfast/sync-engine';
import type { TrustMark } from '@holdfast/sync-protocol';
import { chooseDevice } from './choose-device.js';
import type { ConnectionKeeper } from './connection-keeper.js';
import { dialOrder } from './device-addresses.js';
import { freeName } from './device-name.js';
import type { DeviceStatus, DeviceTrustControl, RevokedDevice } from './device-trust-control.js';
import type { NodeConfig, StoredDevice } from './node-config.js';
import type { TrustExchange } from './trust-exchange.js';
import { type TrustLedger, toldAddresses } from './trust-ledger.js';

export interface DeviceTrustInit {
  readonly config: NodeConfig;
  readonly clock: Clock;
  readonly engine: Pick<SyncEngine, 'isConnected' | 'refusalOf' | 'disconnect'>;
  readonly keeper: Pick<ConnectionKeeper, 'nudge' | 'isHeard'>;
  readonly ledger: TrustLedger;
  readonly exchange: TrustExchange;
  readonly localDevice: DeviceId;
  readonly nameOf: (device: string) => string;
  /** No folder is shared with the device any more. */
  readonly dropMember: (device: DeviceId) => Promise<void>;
}

/** The oldest are forgotten. */
const maxRemoved = 1_024;

export class DeviceTrust implements DeviceTrustControl {
  readonly #init: DeviceTrustInit;

  constructor(init: DeviceTrustInit) {
    this.#init = init;
  }

  devices(): DeviceStatus[] {
    return this.#init.config.current.devices.map((device) => this.status(device));
  }

  async pendingDevices(): Promise<readonly DeviceStatus[]> {
    return this.#pending().map((device) => this.status(device));
  }

  /** A person paired with the device: it is admitted, whatever was said of it. */
  async paired(device: DeviceId, mine: boolean): Promise<void> {
    const { ledger } = this.#init;
    const wasJudged =
      ledger.ownMark(device) !== undefined || ledger.revocationsOf(device).length > 0;
    if (mine || wasJudged) await this.#say(device, mine ? 'mine' : 'other', true);
  }

  async acceptDevice(text: string, mine = false): Promise<DeviceStatus> {
    const device = chooseDevice(text, this.#pending());
    await this.#list(device);
    await this.#say(device.id as DeviceId, mine ? 'mine' : 'other');
    this.#init.keeper.nudge();
    return this.#statusOf(device.id);
  }

  async markDevice(text: string, mine: boolean): Promise<DeviceStatus> {
    const { ledger, engine, keeper } = this.#init;
    const device = this.#choose(text);
    const { id } = device;
    if (!ledger.isAdmitted(id)) throw notAdmitted(this.status(device));
    if (ledger.isMine(id) === mine) return this.status(device);
    await this.#list(device);
    await this.#say(id as DeviceId, mine ? 'mine' : 'other');
    // What each tells the other is said when a conversation begins.
    engine.disconnect(id as DeviceId);
    keeper.nudge();
    return this.#statusOf(id);
  }

  async revokeDevice(text: string): Promise<RevokedDevice> {
    const device = this.#choose(text);
    const id = device.id as DeviceId;
    const introduced = this.#init.ledger.knownOnlyBy(id);
    const kept = this.#toKeep(id, introduced);
    await this.#record(id, 'revoked');
    this.#init.engine.disconnect(id);
    await this.#list(device);
    for (const one of kept) await this.#recordOf(one, 'mine');
    await this.#takeOver(id, ...introduced);
    return { ...this.#statusOf(id), introduced: introduced.map(this.#init.nameOf) };
  }

  async confirmDevice(text: string): Promise<RevokedDevice> {
    const device = this.#choose(text);
    if (this.status(device).state !== 'suspended') throw nothingToConfirm(device);
    return this.revokeDevice(device.id);
  }

  async liftDevice(text: string, mine?: boolean): Promise<DeviceStatus> {
    const { ledger, keeper } = this.#init;
    const device = this.#choose(text);
    const { state } = this.status(device);
    if (state !== 'suspended' && state !== 'revoked') throw nothingToConfirm(device);
    const { id } = device;
    const mark = (mine ?? ledger.wasMine(id)) ? 'mine' : 'other';
    await this.#list(device);
    await this.#say(id as DeviceId, mark, true);
    keeper.nudge();
    return this.#statusOf(id);
  }

  async removeDevice(text: string): Promise<void> {
    const { config, engine, ledger, dropMember } = this.#init;
    const id = this.#choose(text).id as DeviceId;
    const introduced = ledger.knownOnlyBy(id);
    const kept = this.#toKeep(id, introduced);
    await dropMember(id);
    // A revocation stands: other devices go on suspending it.
    const isRevoked = ledger.ownMark(id) === 'revoked';
    if (ledger.wasMine(id) && !isRevoked) await this.#record(id, 'other');
    for (const one of kept) await this.#recordOf(one, 'mine');
    await config.update((current) => ({
      ...current,
      devices: current.devices.filter((one) => one.id !== id),
      removed: [...current.removed.filter((one) => one !== id), id].slice(-maxRemoved),
    }));
    engine.disconnect(id);
    await this.#takeOver(id, ...introduced);
  }

  /**
   * Devices must not lose each other with the one over which they met: those that it introduced itself
   * are kept, and over them the others. This is said only after that device was taken back: whom it
   * brought in is no witness for it.
   */
  #toKeep(introducer: DeviceId, introduced: readonly DeviceId[]): StoredDevice[] {
    const { ledger } = this.#init;
    return introduced
      .filter((id) => ledger.hasIntroduced(introducer, id))
      .map((id) => this.#choose(id));
  }

  /** Where a device that this user introduces is to be dialled may have changed. */
  async readdressed(id: string): Promise<void> {
    const { config, ledger, localDevice } = this.#init;
    const device = config.current.devices.find((one) => one.id === id);
    const said = ledger.said(localDevice, id);
    if (device === undefined || said?.mark !== 'mine' || !ledger.isMine(id)) return;
    const now = toldAddresses(addressesOf(device));
    if (now.every((one) => said.addresses.includes(one))) return;
    await this.#say(id as DeviceId, 'mine');
  }

  /** Throws `device_revoked` where nothing could be shared with it. */
  checkAdmitted(text: string): void {
    const device = this.#choose(text);
    if (!this.#init.ledger.isAdmitted(device.id)) throw notAdmitted(this.status(device));
  }

  /** With whom a folder was shared who may not talk to this device now. */
  cutOff(folder: string): DeviceId[] {
    const { config, ledger } = this.#init;
    const { members = [] } = config.current.folders.find(({ id }) => id === folder) ?? {};
    return members.filter((id) => !ledger.isAdmitted(id)) as DeviceId[];
  }

  status(device: StoredDevice): DeviceStatus {
    const { config, clock, engine, keeper, ledger, nameOf } = this.#init;
    const { id, name } = device;
    const connected = engine.isConnected(id as DeviceId);
    const seenMs = connected ? clock.now() : device.lastSeenMs;
    const { state = 'pending', by = [] } = ledger.standing(id) ?? {};
    const folders = config.current.folders.filter(({ members }) => members.includes(id));
    const whom = by.map(nameOf);
    return {
      id,
      name,
      state,
      by: whom,
      connected,
      addresses: [...new Set([...device.learnedAddresses, ...device.staticAddresses])],
      lastSeen: seenMs === null ? null : new Date(seenMs).toISOString(),
      folders: folders.map(({ label }) => label),
      problem: problemOf(state, whom) || engine.refusalOf(id as DeviceId),
      version: device.softwareVersion ?? null,
      heard: keeper.isHeard(id as DeviceId),
    };
  }

  async #say(id: DeviceId, mark: TrustMark, lifts = false): Promise<void> {
    await this.#record(id, mark, lifts);
    await this.#takeOver(id);
  }

  async #record(id: DeviceId, mark: TrustMark, lifts = false): Promise<void> {
    await this.#recordOf(this.#choose(id), mark, lifts);
  }

  async #recordOf(device: StoredDevice, mark: TrustMark, lifts = false): Promise<void> {
    const about = { name: device.name, addresses: addressesOf(device), lifts };
    await this.#init.ledger.say(device.id as DeviceId, mark, about);
  }

  /** Takes over what follows from what was said of these, and tells the other devices of this user. */
  async #takeOver(...ids: readonly DeviceId[]): Promise<void> {
    const { ledger, exchange, localDevice } = this.#init;
    await exchange.settle();
    const own = ledger.statements.filter(({ issuer }) => issuer === localDevice);
    exchange.pass(own.filter(({ subject }) => ids.includes(subject)));
  }

  /** What was introduced counts from now on as chosen by a person. */
  async #list(device: StoredDevice): Promise<void> {
    const { introduced: _, ...chosen } = device;
    await this.#init.config.update((current) => ({
      ...current,
      devices: [...current.devices.filter(({ id }) => id !== device.id), chosen],
    }));
  }

  #choose(text: string): StoredDevice {
    return chooseDevice(text, [...this.#init.config.current.devices, ...this.#introduced()]);
  }

  #statusOf(id: string): DeviceStatus {
    return this.status(this.#choose(id));
  }

  #pending(): StoredDevice[] {
    const { config, ledger } = this.#init;
    const listed = config.current.devices.filter(
      ({ id }) => ledger.standing(id)?.state === 'pending',
    );
    return [...listed, ...this.#introduced()];
  }

  /** Devices that are known from introductions alone. */
  #introduced(): StoredDevice[] {
    const { config, ledger } = this.#init;
    const { devices } = config.current;
    const found: StoredDevice[] = [];
    for (const [id, { state }] of ledger.standings.devices) {
      if (state !== 'pending' || devices.some((device) => device.id === id)) continue;
      const said = ledger.statements.find((one) => one.subject === id && one.mark === 'mine');
      if (said === undefined) continue;
      found.push({
        id,
        name: freeName(said.name, [...devices, ...found]),
        staticAddresses: [],
        learnedAddresses: [...said.addresses],
        lastSeenMs: null,
      });
    }
    return found;
  }
}

function addressesOf({ staticAddresses, learnedAddresses }: StoredDevice): string[] {
  return dialOrder({ staticAddresses, learnedAddresses, heardAddresses: [] });
}

function problemOf(state: DeviceStatus['state'], by: readonly string[]): string {
  const whom = by.join(', ');
  if (state === 'revoked') return 'Revoked: it gets nothing from here. It keeps what it has.';
  if (state === 'suspended') {
    return `Suspended, as ${whom} revoked it: nothing travels until you confirm that, or lift it.`;
  }
  if (state === 'pending') return `Introduced by ${whom}: it waits until you accept it.`;
  return '';
}

function notAdmitted({ name, problem }: DeviceStatus): AppError {
  return new AppError('device_revoked', `${name} may not talk to this device. ${problem}`, {
    hint: 'Nothing was changed. See: holdfast device confirm, lift and accept.',
  });
}

function nothingToConfirm({ name }: StoredDevice): AppError {
  return new AppError('nothing_to_confirm', `No revocation of ${name} waits for an answer here.`, {
    hint: 'Nothing was changed. See how each device stands with: holdfast device list',
  });
}
