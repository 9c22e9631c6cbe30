/** How a device's id may stand in what crosses a wire: whoever searches a capture looks for all of it. */

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** The multihash that a PeerId's text is (base58btc), the key in it, and every text of both. */
export function encodingsOfId(device: string): Buffer[] {
  let number = 0n;
  for (const digit of device) number = number * 58n + BigInt(alphabet.indexOf(digit));
  // An Ed25519 PeerId is 38 bytes that begin with a zero (libp2p's specification of peer ids).
  const multihash = Buffer.from(number.toString(16).padStart(76, '0'), 'hex');
  const binary = [multihash, multihash.subarray(-32)];
  const reversed = Buffer.from(multihash.subarray(-32)).reverse();
  const texts = binary.flatMap((bytes) => [
    bytes.toString('hex'),
    bytes.toString('base64url'),
    bytes.toString('base64'),
  ]);
  return [...binary, reversed, ...[device, ...texts].map((text) => Buffer.from(text))];
}
