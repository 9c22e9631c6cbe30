/**
 * What the devices of one user tell each other of devices, and what follows from it here: who was
 * introduced is listed, who is not admitted any more is cut off at once and counts in no folder.
 */
import type { DeviceId } from '@holdfast/model';
import { Mutex } from '@holdfast/platform';
import type { PeerSession, SyncEngine } from '@holdfast/sync-engine';
import {
  type DeviceStanding,
  limits,
  type TrustMessage,
  type TrustStatement,
  trustFeature,
} from '@holdfast/sync-protocol';
import { maxLearnedAddresses } from './device-addresses.js';
import { freeName } from './device-name.js';
import type { NodeConfig, StoredDevice } from './node-config.js';
import type { TrustLedger } from './trust-ledger.js';

export interface TrustExchangeInit {
  readonly config: NodeConfig;
  readonly ledger: TrustLedger;
  readonly engine: Pick<SyncEngine, 'session' | 'disconnect' | 'announce'>;
  readonly localDevice: DeviceId;
  /** Whom the folders are shared with has changed: they take it over. */
  readonly reconfigure: () => Promise<void>;
  /** Somebody's standing is another one now. */
  readonly onStanding: (device: DeviceId) => void;
  /** It was settled; devices may be waiting to be dialled. */
  readonly onSettled: () => void;
}

const maxWithdrawn = 32;

export class TrustExchange {
  readonly #init: TrustExchangeInit;
  readonly #settling = new Mutex();
  #before: ReadonlyMap<DeviceId, string>;

  constructor(init: TrustExchangeInit) {
    this.#init = init;
    this.#before = this.#states();
  }

  /** Tells a device of the same user everything. */
  began(session: PeerSession): void {
    this.#tell(session, this.#init.ledger.announced());
  }

  async heard({ device }: PeerSession, { statements }: TrustMessage): Promise<void> {
    const news = await this.#init.ledger.take(device, statements);
    if (news.length === 0) return;
    await this.settle();
    this.pass(news, device);
  }

  /** Tells what is new to every device of the same user but the one that said it. */
  pass(statements: readonly TrustStatement[], from?: DeviceId): void {
    for (const { id } of this.#init.config.current.devices) {
      const session = id === from ? undefined : this.#init.engine.session(id as DeviceId);
      if (session !== undefined) this.#tell(session, statements);
    }
  }

  /** Takes over what follows from the statements as they are now. Who is out is out first. */
  async settle(): Promise<void> {
    this.#cut();
    await this.#settling.run(async () => {
      this.#cut();
      await this.#listIntroduced();
      const before = this.#before;
      const after = this.#states();
      const changed = [...new Set([...after.keys(), ...before.keys()])].filter(
        (device) => before.get(device) !== after.get(device),
      );
      if (changed.length === 0) return;
      await this.#init.reconfigure();
      // Only now: what failed is taken over with the next change.
      this.#before = after;
      this.#init.engine.announce();
      for (const device of changed) this.#init.onStanding(device);
      this.#init.onSettled();
    });
  }

  #cut(): void {
    const { config, ledger, engine } = this.#init;
    for (const { id } of config.current.devices) {
      if (!ledger.isAdmitted(id)) engine.disconnect(id as DeviceId);
    }
  }

  #states(): ReadonlyMap<DeviceId, string> {
    const { devices } = this.#init.ledger.standings;
    return new Map([...devices].map(([device, { state }]) => [device, state]));
  }

  #tell(session: PeerSession, statements: readonly TrustStatement[]): void {
    if (!session.supports(trustFeature) || !this.#init.ledger.isMine(session.device)) return;
    for (let at = 0; at < statements.length; at += limits.trustStatements) {
      const some = statements.slice(at, at + limits.trustStatements);
      void session.send({ type: 'trust', statements: some });
    }
  }

  /**
   * Who is mine by introduction is listed like any other device, and dialled where it is said to be. Of those
   * whose introduction was taken back, the last: a device could introduce others without end.
   */
  async #listIntroduced(): Promise<void> {
    const { config, ledger } = this.#init;
    const { devices } = ledger.standings;
    await config.update((current) => {
      let listed = current.devices;
      for (const [id, { state, by }] of devices) {
        if (state !== 'mine') continue;
        const said = ledger.statements.filter(
          (one) => one.subject === id && one.mark === 'mine' && by.includes(one.issuer),
        );
        const known = listed.find((device) => device.id === id);
        if (known !== undefined && known.introduced === undefined) continue;
        const others = listed.filter((device) => device !== known);
        const device = introduced(id, known, said, others);
        if (device !== known) listed = [...others, device];
      }
      const isShared = (id: string) => current.folders.some(({ members }) => members.includes(id));
      const withdrawn = listed.filter(
        ({ id, introduced }) =>
          introduced && !isShared(id) && !isSettled(devices.get(id as DeviceId)),
      );
      const dropped = new Set(withdrawn.slice(0, -maxWithdrawn));
      if (dropped.size > 0) listed = listed.filter((device) => !dropped.has(device));
      return listed === current.devices ? current : { ...current, devices: listed };
    });
  }
}

/** Whether it is more than a name that somebody said. */
function isSettled(standing: DeviceStanding | undefined): boolean {
  return standing !== undefined && standing.state !== 'pending';
}

/** As before where nothing new is said of it. */
function introduced(
  id: DeviceId,
  known: StoredDevice | undefined,
  said: readonly TrustStatement[],
  others: readonly StoredDevice[],
): StoredDevice {
  const learned = known?.learnedAddresses ?? [];
  const told = said.flatMap(({ addresses }) => addresses);
  const learnedAddresses = [...new Set([...learned, ...told])].slice(0, maxLearnedAddresses);
  if (known !== undefined && learnedAddresses.length === learned.length) return known;
  return {
    id,
    name: known?.name ?? freeName(said[0]?.name ?? '', others),
    staticAddresses: known?.staticAddresses ?? [],
    learnedAddresses,
    lastSeenMs: known?.lastSeenMs ?? null,
    introduced: true,
  };
}
