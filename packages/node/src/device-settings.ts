/** What a person sets about a paired device: what it is called here, and where it is dialled. */
import { AppError } from '@holdfast/platform';
import type { ConnectionKeeper } from './connection-keeper.js';
import { checkDeviceName } from './device-name.js';
import type { NodeConfig } from './node-config.js';

const maxAddresses = 16;

export class DeviceSettings {
  readonly #config: NodeConfig;
  readonly #keeper: Pick<ConnectionKeeper, 'nudge'>;

  constructor(config: NodeConfig, keeper: Pick<ConnectionKeeper, 'nudge'>) {
    this.#config = config;
    this.#keeper = keeper;
  }

  async rename(id: string, name: string): Promise<void> {
    checkDeviceName(name, 'Nothing was changed.');
    const { devices } = this.#config.current;
    if (devices.some((other) => other.name === name && other.id !== id)) {
      throw new AppError('usage', `Another device is called "${name}".`, {
        hint: 'Nothing was changed.',
      });
    }
    await this.#config.updateDevice(id, (one) => ({ ...one, name }));
  }

  async addAddress(id: string, address: string): Promise<void> {
    if (!/^\/(ip4|ip6|dns|dns4|dns6)\/[^/\s]+\/tcp\/\d{1,5}$/.test(address)) {
      throw new AppError('usage', `"${address}" is not an address.`, {
        hint: 'Write it as /ip4/192.168.1.7/tcp/22600 or /dns4/home.example.org/tcp/22600.',
      });
    }
    await this.#config.updateDevice(id, (one) => ({
      ...one,
      staticAddresses: [...new Set([...one.staticAddresses, address])].slice(-maxAddresses),
    }));
    this.#keeper.nudge();
  }

  async removeAddress(id: string, address: string): Promise<void> {
    const without = (list: readonly string[]) => list.filter((one) => one !== address);
    await this.#config.updateDevice(id, (one) => ({
      ...one,
      staticAddresses: without(one.staticAddresses),
      learnedAddresses: without(one.learnedAddresses),
    }));
  }
}
