/**
 * Feature bits of the handshake, 64 of them. A bit means one addition to the protocol, for ever.
 * Version 1 has no additions yet, so none is defined, and any that a peer requires is refused.
 */

/** What a peer must know to talk to this device. */
export const requiredFeatures = 0n;
/** What this device knows. Contains the required ones. */
export const supportedFeatures = 0n;

/** The bits of `wanted` that are not in `known`. */
export function missingFeatures(wanted: bigint, known: bigint): bigint {
  return wanted & ~known;
}
