/** Who may talk to this node: what a person decides of devices and what their devices say, put together. */
import type { ChangeSignal } from './change-signal.js';
import { DeviceTrust, type DeviceTrustInit } from './device-trust.js';
import type { EventLog } from './event-log.js';
import type { StoredFolder } from './node-config.js';
import { TrustExchange, type TrustExchangeInit } from './trust-exchange.js';

export interface AssembleTrustInit extends Omit<DeviceTrustInit, 'exchange' | 'engine'> {
  readonly engine: DeviceTrustInit['engine'] & TrustExchangeInit['engine'];
  readonly events: EventLog;
  readonly changes: ChangeSignal;
  /** Takes over whom a folder is shared with. */
  readonly reconfigure: (folder: StoredFolder) => Promise<void>;
}

export function assembleTrust(init: AssembleTrustInit): {
  readonly trust: DeviceTrust;
  readonly exchange: TrustExchange;
} {
  const { config, ledger, keeper, nameOf, events, changes } = init;
  const exchange = new TrustExchange({
    ...init,
    reconfigure: async () => {
      for (const folder of config.current.folders) await init.reconfigure(folder);
    },
    onStanding: (device) => {
      const state = ledger.standing(device)?.state ?? 'removed';
      events.add('device-standing', { device, name: nameOf(device), state });
    },
    onSettled: () => {
      keeper.nudge();
      changes.changed();
    },
  });
  return { exchange, trust: new DeviceTrust({ ...init, exchange }) };
}
