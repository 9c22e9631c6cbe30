/**
 * What a person decided on a node, as its config.json holds it: without what a connection writes
 * there by itself at any time, when it was and from where, and without invites.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeProcess } from './node-process.js';

interface StoredConfig {
  readonly devices: readonly object[];
}

export function settingsOf(node: NodeProcess): string {
  const config = JSON.parse(readFileSync(join(node.home, 'config.json'), 'utf8')) as StoredConfig;
  const devices = config.devices.map((device) => ({
    ...device,
    lastSeenMs: null,
    learnedAddresses: [],
  }));
  return JSON.stringify({ ...config, devices, invites: [] });
}
