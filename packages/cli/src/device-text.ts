/** Devices as rows for a terminal. */
import type { DeviceStatus } from '@holdfast/node';
import { agoText, type Cell } from './printable-text.js';

export function deviceRows(devices: readonly DeviceStatus[], nowMs: number): Cell[][] {
  return devices.map((device) => [
    device.name,
    connectionText(device, nowMs),
    whoseText(device),
    device.id,
  ]);
}

function whoseText({ state }: DeviceStatus): string {
  return state === 'other' ? "somebody else's" : state;
}

function connectionText(device: DeviceStatus, nowMs: number): string {
  if (device.connected) return 'connected';
  if (device.problem !== '') return device.problem;
  return device.lastSeen === null ? 'never seen' : `last seen ${agoText(device.lastSeen, nowMs)}`;
}
