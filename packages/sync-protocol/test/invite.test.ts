import { AppError } from '@holdfast/platform';
import { decodeInvite, encodeInvite } from '@holdfast/sync-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blake3 } from './blake3.js';
import { invite } from './message-arbitraries.js';

function codeOf(text: string): string {
  try {
    decodeInvite(text, blake3);
    return 'accepted';
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

test('an invite comes back as it was made, with white space around it', () => {
  fc.assert(
    fc.property(invite, (made) => {
      const decoded = decodeInvite(` ${encodeInvite(made, blake3)}\n`, blake3);
      expect({ ...decoded, secret: [...decoded.secret] }).toEqual({
        ...made,
        secret: [...made.secret],
      });
    }),
  );
});

test('an invite with one character changed, missing or too many is mangled', () => {
  const digit = fc.constantFrom(...'ABCXYZabcxyz0189-_ é'.split(''));
  fc.assert(
    fc.property(invite, fc.nat(), digit, fc.nat(2), (made, place, character, removed) => {
      const text = encodeInvite(made, blake3);
      const at = place % text.length;
      const changed = text.slice(0, at) + character + text.slice(at + removed);
      fc.pre(changed.trim() !== text);
      expect(codeOf(changed)).toBe('invite_mangled');
    }),
    { numRuns: 2000 },
  );
});

test('any other text is mangled, with the advice to copy it again', () => {
  for (const text of [
    '',
    'holdfast:',
    'holdfast:AAAA',
    'https://example.org',
    `holdfast:${'A'.repeat(20_000)}`,
  ]) {
    expect(codeOf(text)).toBe('invite_mangled');
  }
  expect(() => decodeInvite('holdfast:', blake3)).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('Copy the whole invite again') }),
  );
});

test('bytes after a valid invite are mangled although the checksum is right', () => {
  fc.assert(
    fc.property(invite, (made) => {
      expect(codeOf(withBody(made, (body) => Buffer.concat([body, Buffer.of(0)])))).toBe(
        'invite_mangled',
      );
    }),
    { numRuns: 20 },
  );
});

test('an invite of a newer version asks for an update', () => {
  fc.assert(
    fc.property(invite, (made) => {
      const newer = withBody(made, (body) => Buffer.concat([Buffer.of(3), body.subarray(1)]));
      expect(codeOf(newer)).toBe('protocol_incompatible');
    }),
    { numRuns: 20 },
  );
});

/** The invite with its body replaced and the checksum made right again. */
function withBody(
  made: Parameters<typeof encodeInvite>[0],
  change: (body: Buffer) => Buffer,
): string {
  const bytes = Buffer.from(encodeInvite(made, blake3).slice('holdfast:'.length), 'base64url');
  const body = change(bytes.subarray(0, -4));
  const checksum = blake3(body).subarray(0, 4);
  return `holdfast:${Buffer.concat([body, checksum]).toString('base64url')}`;
}
