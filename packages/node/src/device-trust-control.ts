/** Whose devices there are and who may talk to this one: plain data for `NodeControl`. */

/**
 * `mine`, `other`: admitted. `pending`: introduced, waits for a person. `suspended`: another device of
 * this user revoked it; nothing travels until a person here confirms or lifts it. `revoked`: for good.
 */
export type DeviceState = 'mine' | 'other' | 'pending' | 'suspended' | 'revoked';

export interface DeviceStatus {
  readonly id: string;
  readonly name: string;
  readonly state: DeviceState;
  /** Names of those who introduce it or, where it is suspended or revoked, who revoked it. */
  readonly by: readonly string[];
  readonly connected: boolean;
  readonly addresses: readonly string[];
  readonly lastSeen: string | null;
  /** Labels of the folders that are shared with it here, or were when it was cut off. */
  readonly folders: readonly string[];
  /** Why the two cannot talk to each other, and what to do; empty where they can. */
  readonly problem: string;
  /** What it said that it runs, when the two last met; null where they never did. */
  readonly version: string | null;
  /** Whether mDNS tells where it is, at the moment. */
  readonly heard: boolean;
}

export interface RevokedDevice extends DeviceStatus {
  /** Names of devices that only the revoked one introduced. They go on; a person should know them. */
  readonly introduced: readonly string[];
}

export interface DeviceTrustControl {
  /** Devices that were introduced and wait for a person. */
  pendingDevices(): Promise<readonly DeviceStatus[]>;
  /** Pairs with an introduced device; as someone else's, unless told otherwise. */
  acceptDevice(device: string, mine?: boolean): Promise<DeviceStatus>;
  /** Says whose a device is. Code `device_revoked` where it is revoked or suspended. */
  markDevice(device: string, mine: boolean): Promise<DeviceStatus>;
  /** Cuts a device off here at once and for good; other devices of this user suspend it. */
  revokeDevice(device: string): Promise<RevokedDevice>;
  /** Agrees with a revocation that another device said. Code `nothing_to_confirm`. */
  confirmDevice(device: string): Promise<RevokedDevice>;
  /** Takes a revocation back, or one that another device said. Code `nothing_to_confirm`. */
  liftDevice(device: string, mine?: boolean): Promise<DeviceStatus>;
  /** Forgets a device here; nobody introduces it again. */
  removeDevice(device: string): Promise<void>;
}
