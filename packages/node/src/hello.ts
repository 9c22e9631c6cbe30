/** How this device introduces itself to another one. */
import {
  type HelloMessage,
  protocolMajor,
  requiredFeatures,
  supportedFeatures,
} from '@holdfast/sync-protocol';
import { softwareVersion } from './software-version.js';

export function hello(deviceName: string, addresses: readonly string[]): HelloMessage {
  return {
    type: 'hello',
    protocolMajor,
    requiredFeatures,
    supportedFeatures,
    deviceName,
    softwareVersion,
    addresses: addresses.slice(0, 16),
  };
}
