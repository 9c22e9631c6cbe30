/** The pairing channel's two messages as frames. Layout: SPEC.md, "Pairing channel". */
import { assert } from '@holdfast/platform';
import { WirePair } from './generated/wire.js';
import { limits } from './limits.js';
import { refuse } from './malformed.js';
import type { PairAnswer, PairRefusal, PairRequest } from './messages.js';
import {
  present,
  readAddresses,
  readExactly,
  readFrame,
  readHex,
  readText,
} from './wire-reading.js';
import { wireBytes, writeAddresses, writeFrame, writeHex, writeText } from './wire-writing.js';

const refusals: readonly PairRefusal[] = ['invite_refused', 'invite_expired', 'invite_used'];
const decodeLimits = {
  request: { addresses: limits.addresses },
  answer: { addresses: limits.addresses },
};

export const inviteIdBytes = 16;
export const inviteSecretBytes = 16;

export function encodePairRequest(request: PairRequest): Uint8Array {
  assert(request.secret.length === inviteSecretBytes, 'a secret of sixteen bytes');
  return writeFrame(
    WirePair.encode({
      request: {
        inviteId: writeHex(request.inviteId, inviteIdBytes),
        secret: wireBytes(request.secret),
        deviceName: writeText(request.deviceName, limits.deviceNameBytes, 'device name'),
        addresses: writeAddresses(request.addresses),
      },
    }),
  );
}

export function decodePairRequest(frame: Uint8Array): PairRequest {
  const wire = present(decodePair(frame).request, 'pair request');
  return {
    inviteId: readHex(wire.inviteId, inviteIdBytes, 'invite id'),
    secret: readExactly(wire.secret, inviteSecretBytes, 'secret'),
    deviceName: readText(wire.deviceName, limits.deviceNameBytes, 'device name'),
    addresses: readAddresses(wire.addresses),
  };
}

export function encodePairAnswer(answer: PairAnswer): Uint8Array {
  assert(answer.accepted === (answer.code === ''), 'a code where the request was refused');
  return writeFrame(
    WirePair.encode({
      answer: {
        accepted: answer.accepted,
        code: Buffer.from(answer.code, 'latin1'),
        deviceName: writeText(answer.deviceName, limits.deviceNameBytes, 'device name'),
        addresses: writeAddresses(answer.addresses),
        mine: answer.mine,
      },
    }),
  );
}

export function decodePairAnswer(frame: Uint8Array): PairAnswer {
  const wire = present(decodePair(frame).answer, 'pair answer');
  const code = codeFrom(readText(wire.code, limits.errorCodeBytes, 'code'));
  if (wire.accepted !== (code === '')) refuse('a code that contradicts the answer');
  return {
    accepted: wire.accepted,
    code,
    mine: wire.mine,
    deviceName: readText(wire.deviceName, limits.deviceNameBytes, 'device name'),
    addresses: readAddresses(wire.addresses),
  };
}

function codeFrom(text: string): PairAnswer['code'] {
  if (text === '') return '';
  return refusals.find((refusal) => refusal === text) ?? refuse('code is not known');
}

function decodePair(frame: Uint8Array): WirePair {
  return readFrame(frame, (bytes) => WirePair.decode(bytes, { limits: decodeLimits }));
}
