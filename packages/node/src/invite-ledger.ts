/**
 * Open invites: single use, with an end, five tries. Pure: each answer comes with the ledger as it
 * is afterwards. Secrets are stored hashed.
 */
import { bytesFromHex, type Hash, hexFrom } from '@holdfast/model';
import type { StoredInvite } from './node-config.js';

export const defaultInviteMs = 15 * 60_000;
const maxFailures = 5;
const maxOpenInvites = 32;

export type Redemption =
  | { readonly accepted: true; readonly mine: boolean; readonly invites: StoredInvite[] }
  | {
      readonly accepted: false;
      readonly code: 'invite_refused' | 'invite_expired';
      readonly invites: StoredInvite[];
    };

export function hashSecret(secret: Uint8Array, hash: Hash): string {
  return hexFrom(hash(Buffer.concat([Buffer.from('holdfast invite 1\0'), secret])));
}

/** What opens the door to the pairing channel, where the secret is asked for and wrong ones are counted. */
export function doorKeyOf(inviteId: string, hash: Hash): Uint8Array {
  return hash(Buffer.concat([Buffer.from('holdfast invite id 1\0'), bytesFromHex(inviteId)]));
}

/** The ledger with one more invite; expired ones and the oldest beyond a bound are dropped. */
export function withInvite(
  invites: readonly StoredInvite[],
  invite: StoredInvite,
  nowMs: number,
): StoredInvite[] {
  return [...openInvites(invites, nowMs), invite].slice(-maxOpenInvites);
}

export function openInvites(invites: readonly StoredInvite[], nowMs: number): StoredInvite[] {
  return invites.filter((invite) => invite.expiresAtMs > nowMs && invite.failures < maxFailures);
}

/** Success uses the invite up; a wrong secret counts against it. */
export function redeem(
  invites: readonly StoredInvite[],
  request: { readonly inviteId: string; readonly secretHash: string },
  nowMs: number,
): Redemption {
  const invite = invites.find((one) => one.id === request.inviteId);
  if (invite === undefined) return refused('invite_refused', openInvites(invites, nowMs));
  const others = invites.filter((one) => one !== invite);
  if (invite.expiresAtMs <= nowMs) return refused('invite_expired', openInvites(others, nowMs));
  if (invite.secretHash !== request.secretHash) {
    const counted = { ...invite, failures: invite.failures + 1 };
    return refused('invite_refused', openInvites([...others, counted], nowMs));
  }
  return { accepted: true, mine: invite.mine, invites: openInvites(others, nowMs) };
}

function refused(code: 'invite_refused' | 'invite_expired', invites: StoredInvite[]): Redemption {
  return { accepted: false, code, invites };
}
