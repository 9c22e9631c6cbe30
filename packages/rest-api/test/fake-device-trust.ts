/** A device, and what a node answers where somebody decides about it. */
import type { DeviceStatus, DeviceTrustControl } from '@holdfast/node';

export const exampleDevice: DeviceStatus = {
  id: '12D3KooWPi',
  name: 'pi',
  state: 'mine',
  by: [],
  connected: true,
  folders: ['Photos'],
  addresses: ['/ip4/192.168.1.9/tcp/22600'],
  lastSeen: '2026-03-01T12:00:00Z',
  problem: '',
  version: '0.1.0',
  heard: true,
};

const revoked = { ...exampleDevice, state: 'revoked', introduced: [] } as const;

export const deviceTrustAnswers: Omit<DeviceTrustControl, 'removeDevice'> = {
  pendingDevices: async () => [{ ...exampleDevice, state: 'pending' }],
  acceptDevice: async () => exampleDevice,
  markDevice: async () => exampleDevice,
  revokeDevice: async () => revoked,
  confirmDevice: async () => revoked,
  liftDevice: async () => exampleDevice,
};
