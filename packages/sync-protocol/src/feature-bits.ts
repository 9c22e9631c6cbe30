/**
 * Feature bits of the handshake, 64 of them. A bit means one addition to the protocol, for ever.
 * None is required so far; one that a peer requires and this device does not know is refused.
 */

/** It understands the control message `trust`. */
export const trustFeature = 1n;

/** What a peer must know to talk to this device. */
export const requiredFeatures = 0n;
/** What this device knows. Contains the required ones. */
export const supportedFeatures = requiredFeatures | trustFeature;

/** The bits of `wanted` that are not in `known`. */
export function missingFeatures(wanted: bigint, known: bigint): bigint {
  return wanted & ~known;
}
