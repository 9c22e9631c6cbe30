/** The Network seam on libp2p, and a device's identity. The shim must come before libp2p. */
import './promise-with-resolvers.js';

export {
  type DeviceIdentity,
  generateIdentity,
  identityFrom,
  isDeviceId,
  sign,
  verifySignature,
} from './device-identity.js';
export { createLibp2pNetwork, type Libp2pNetworkInit } from './libp2p-network.js';
