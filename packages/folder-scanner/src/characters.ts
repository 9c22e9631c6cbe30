/**
 * Byte strings as characters, to match names against patterns: UTF-8 composed to NFC, so that a
 * pattern finds a name however its accents are stored. A byte that is not UTF-8 is a character of
 * its own, which no text contains.
 */
import { isUtf8 } from 'node:buffer';

/** Unpaired surrogates, which UTF-8 cannot encode, stand for single bytes. */
const strayByte = 0xdc00;
const replacement = '\ufffd';

export function charactersOf(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  const text = isUtf8(buffer) ? buffer.toString('utf8') : decodeStray(buffer);
  return text.normalize('NFC');
}

/** Without regard to case, one character for one: a final sigma is no other letter. */
export function foldedCase(characters: string): string {
  if (isAscii(characters)) return characters.toLowerCase();
  return Array.from(characters, (character) => character.toLowerCase()).join('');
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) >= 0x80) return false;
  }
  return true;
}

function decodeStray(buffer: Buffer): string {
  let text = '';
  let at = 0;
  while (at < buffer.length) {
    const first = buffer[at] ?? 0;
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    const encoded = buffer.subarray(at, at + length);
    const isCharacter = encoded.length === length && isUtf8(encoded);
    const character = isCharacter ? encoded.toString('utf8') : replacement;
    // Two stray bytes may form valid text of another length; then only the first is looked at.
    const isOne = isCharacter && Array.from(character).length === 1;
    text += isOne ? character : String.fromCharCode(strayByte + first);
    at += isOne ? length : 1;
  }
  return text;
}
