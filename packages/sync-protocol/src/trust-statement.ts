/**
 * What a device says of another one for its user: it is mine, it is someone else's, it is revoked.
 * Signed by the device that says it, so that others can keep it and pass it on. Of what one device
 * says of another, only the statement with the highest counter counts. The signed bytes: SPEC.md,
 * "trust".
 */
import { ByteWriter, type DeviceId } from '@holdfast/model';

export type TrustMark = 'mine' | 'other' | 'revoked';

/** A revocation that a person knew of and did not agree with. */
export interface OverruledRevocation {
  /** Who revoked. */
  readonly issuer: DeviceId;
  /** This revocation of theirs, and all before. */
  readonly counter: number;
}

export interface TrustStatement {
  /** Who says it, and signs. */
  readonly issuer: DeviceId;
  /** Of whom; never of itself. */
  readonly subject: DeviceId;
  readonly mark: TrustMark;
  /** With *revoked*: the issuer's user had it for a device of their own. Else false. */
  readonly wasMine: boolean;
  /** From 1; the issuer never uses one twice. */
  readonly counter: number;
  /** By the issuer's clock; only for people. */
  readonly atMs: number;
  /** What the issuer calls it. */
  readonly name: string;
  /** Where the issuer would dial it. */
  readonly addresses: readonly string[];
  /** Empty where it is revoked. */
  readonly overruled: readonly OverruledRevocation[];
  /** Ed25519, 64 bytes as hexadecimal digits. */
  readonly signature: string;
}

const context = 'holdfast trust statement 1';
const markCodes: Readonly<Record<TrustMark, number>> = { mine: 1, other: 2, revoked: 3 };

/** What the issuer signs. */
export function signedTrustBytes(statement: Omit<TrustStatement, 'signature'>): Uint8Array {
  const { issuer, subject, mark, counter, atMs, name, addresses, overruled } = statement;
  const writer = new ByteWriter(512).byteString(context).byteString(issuer).byteString(subject);
  writer.u8(markCodes[mark]).u64(counter).u64(atMs).byteString(latin1Of(name));
  writer.u8(addresses.length);
  for (const address of addresses) writer.byteString(latin1Of(address));
  writer.u8(overruled.length);
  for (const one of overruled) writer.byteString(one.issuer).u64(one.counter);
  return writer.u8(statement.wasMine ? 1 : 0).bytes();
}

/** The UTF-8 of a text as the byte string that a writer takes. */
function latin1Of(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
