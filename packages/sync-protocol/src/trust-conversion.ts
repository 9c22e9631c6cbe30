/** Trust statements between their domain and wire forms. Layout: SPEC.md, "trust". */
import { assert } from '@holdfast/platform';
import { type WireTrust, WireTrustMark, type WireTrustStatement } from './generated/wire.js';
import { limits } from './limits.js';
import { refuse } from './malformed.js';
import type { TrustMessage } from './messages.js';
import type { TrustMark, TrustStatement } from './trust-statement.js';
import {
  readAddresses,
  readBetween,
  readDeviceId,
  readHex,
  readName,
  readSafe,
  readText,
  readTime,
} from './wire-reading.js';
import {
  writeAddresses,
  writeCount,
  writeDeviceId,
  writeHex,
  writeSafe,
  writeText,
} from './wire-writing.js';

const wireMarks: Readonly<Record<TrustMark, WireTrustMark>> = {
  mine: WireTrustMark.MARK_MINE,
  other: WireTrustMark.MARK_OTHER,
  revoked: WireTrustMark.MARK_REVOKED,
};
const marks: ReadonlyMap<string, TrustMark> = new Map([
  [WireTrustMark.MARK_MINE, 'mine'],
  [WireTrustMark.MARK_OTHER, 'other'],
  [WireTrustMark.MARK_REVOKED, 'revoked'],
]);

export function wireTrustOf({ statements }: TrustMessage): WireTrust {
  writeCount(statements, limits.trustStatements, 'trust statements');
  return { statements: statements.map(wireStatementOf) };
}

function wireStatementOf(statement: TrustStatement): WireTrustStatement {
  const { issuer, subject, mark, counter, name, addresses, overruled } = statement;
  assert(issuer !== subject, 'a statement about another device');
  assert(counter > 0, 'a counter from 1');
  assert(mark !== 'revoked' || overruled.length === 0, 'a revocation that overrules nothing');
  assert(mark === 'revoked' || !statement.wasMine, 'only of what is revoked: what it was');
  writeCount(overruled, limits.trustOverruled, 'overruled revocations');
  return {
    issuer: writeDeviceId(issuer),
    subject: writeDeviceId(subject),
    mark: wireMarks[mark],
    counter: writeSafe(counter),
    atMs: writeSafe(statement.atMs),
    name: writeText(name, limits.deviceNameBytes, 'device name'),
    addresses: writeAddresses(addresses, limits.trustAddresses),
    overruled: overruled.map((one) => ({
      issuer: writeDeviceId(one.issuer),
      counter: writeSafe(one.counter),
    })),
    signature: writeHex(statement.signature, 64),
    wasMine: statement.wasMine,
  };
}

export function trustFrom({ statements }: WireTrust): TrustMessage {
  if (statements.length > limits.trustStatements) refuse('too many trust statements');
  return { type: 'trust', statements: statements.map(statementFrom) };
}

function statementFrom(wire: WireTrustStatement): TrustStatement {
  const issuer = readDeviceId(wire.issuer);
  const subject = readDeviceId(wire.subject);
  if (issuer === subject) refuse('a statement of a device about itself');
  const mark = readName(marks, wire.mark, 'mark');
  if (wire.overruled.length > limits.trustOverruled) refuse('too many overruled revocations');
  if (mark === 'revoked' && wire.overruled.length > 0) refuse('a revocation that overrules');
  if (mark !== 'revoked' && wire.wasMine) refuse('what was, of what is not revoked');
  return {
    issuer,
    subject,
    mark,
    wasMine: wire.wasMine,
    counter: readBetween(readSafe(wire.counter, 'counter'), 1, Number.MAX_SAFE_INTEGER, 'counter'),
    atMs: readTime(wire.atMs, 'time of a statement'),
    name: readText(wire.name, limits.deviceNameBytes, 'device name'),
    addresses: readAddresses(wire.addresses, limits.trustAddresses),
    overruled: wire.overruled.map((one) => ({
      issuer: readDeviceId(one.issuer),
      counter: readSafe(one.counter, 'counter'),
    })),
    signature: readHex(wire.signature, 64, 'signature'),
  };
}
