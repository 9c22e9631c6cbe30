/** Short numbers for devices inside one folder's stored entries. Numbers are never reused. */
import type { DeviceId } from '@holdfast/model';

export class DeviceNumbers {
  readonly #devices: DeviceId[];
  readonly #numbers = new Map<DeviceId, number>();

  constructor(devices: readonly DeviceId[]) {
    this.#devices = [...devices];
    this.#devices.forEach((device, number) => {
      this.#numbers.set(device, number);
    });
  }

  /** The device's number; a new one where it has none yet. */
  numberOf(device: DeviceId): number {
    const known = this.#numbers.get(device);
    if (known !== undefined) return known;
    const number = this.#devices.push(device) - 1;
    this.#numbers.set(device, number);
    return number;
  }

  deviceOf(number: number): DeviceId {
    const device = this.#devices[number];
    if (device === undefined) throw new RangeError(`no device has number ${number}`);
    return device;
  }

  /** All devices in the order of their numbers, for storing. */
  list(): readonly DeviceId[] {
    return this.#devices;
  }
}
