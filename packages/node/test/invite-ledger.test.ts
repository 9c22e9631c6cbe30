import { nativeBlake3 } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';
import {
  defaultInviteMs,
  hashSecret,
  openInvites,
  redeem,
  withInvite,
} from '../src/invite-ledger.js';

const hash = (bytes: Uint8Array) => nativeBlake3.blake3(bytes);
const secret = Buffer.from('a secret of some length');
const secretHash = hashSecret(secret, hash);
const nowMs = 1_000_000;
const id = 'aa'.repeat(8);
const invite = { id, secretHash, expiresAtMs: nowMs + defaultInviteMs, failures: 0, mine: true };
const ledger = withInvite([], invite, nowMs);
const right = { inviteId: id, secretHash };
const wrong = { inviteId: id, secretHash: hashSecret(Buffer.from('guess'), hash) };

describe('an open invite', () => {
  test('is used up by the device that redeems it', () => {
    const first = redeem(ledger, right, nowMs);
    expect(first).toEqual({ accepted: true, mine: true, invites: [] });
    expect(redeem(first.invites, right, nowMs)).toMatchObject({ code: 'invite_refused' });
  });

  test('leaves other invites open', () => {
    const other = { ...invite, id: 'bb'.repeat(8) };
    const both = withInvite(ledger, other, nowMs);
    expect(redeem(both, right, nowMs).invites).toEqual([other]);
  });

  test('is refused from the moment of its end on, and forgotten then', () => {
    const end = invite.expiresAtMs;
    expect(redeem(ledger, right, end - 1).accepted).toBe(true);
    expect(redeem(ledger, right, end)).toEqual({
      accepted: false,
      code: 'invite_expired',
      invites: [],
    });
    expect(openInvites(ledger, end)).toEqual([]);
  });

  test('bears four wrong secrets and is gone with the fifth', () => {
    let invites = ledger;
    for (let tries = 0; tries < 4; tries += 1) {
      const refused = redeem(invites, wrong, nowMs);
      expect(refused).toMatchObject({ accepted: false, code: 'invite_refused' });
      invites = refused.invites;
      expect(invites).toHaveLength(1);
    }
    expect(redeem(invites, right, nowMs).accepted).toBe(true);
    invites = redeem(invites, wrong, nowMs).invites;
    expect(invites).toEqual([]);
    expect(redeem(invites, right, nowMs)).toMatchObject({ code: 'invite_refused' });
  });

  test('a guess at an invite that is not there costs the others nothing', () => {
    const refused = redeem(ledger, { ...wrong, inviteId: 'cc'.repeat(8) }, nowMs);
    expect(refused).toEqual({ accepted: false, code: 'invite_refused', invites: ledger });
  });
});

test('the ledger keeps the newest thirty-two', () => {
  let invites = ledger;
  for (let at = 0; at < 40; at += 1) {
    invites = withInvite(invites, { ...invite, id: at.toString(16).padStart(16, '0') }, nowMs);
  }
  expect(invites).toHaveLength(32);
  expect(invites.at(-1)?.id).toBe('0000000000000027');
  expect(invites.some((one) => one.id === id)).toBe(false);
});

test('what is stored of a secret is a hash of its own kind, not the secret and not its plain hash', () => {
  expect(secretHash).toMatch(/^[0-9a-f]{64}$/);
  expect(secretHash).not.toContain(secret.toString('hex'));
  expect(secretHash).not.toBe(Buffer.from(hash(secret)).toString('hex'));
  expect(hashSecret(Buffer.from('another'), hash)).not.toBe(secretHash);
});
