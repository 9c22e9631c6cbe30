/**
 * Paths as text, for people and scripts: UTF-8 as it is, and every other byte as `\xE9`. A backslash
 * that would read as such an escape is written as one itself, so that each path has a text of its
 * own and the text leads back to the very bytes.
 */

const escapedByte = /\\x([0-9A-Fa-f]{2})/g;
const backslashOfEscape = /\\(?=x[0-9A-Fa-f]{2})/g;

/** The path (a byte string) as text. */
export function displayPath(path: string): string {
  const bytes = Buffer.from(path, 'latin1');
  const text = bytes.toString('utf8');
  // Bytes that are no UTF-8 would come back as something else.
  const isText = !text.includes('\ufffd') || Buffer.from(text, 'utf8').equals(bytes);
  return isText ? withoutEscapes(text) : piecesOf(bytes).join('');
}

/** The byte string that a text stands for: what `displayPath` made of it, or what a person typed. */
export function pathBytesFrom(text: string): string {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  return bytes.replaceAll(escapedByte, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

function withoutEscapes(text: string): string {
  return text.replaceAll(backslashOfEscape, '\\x5C');
}

/** Runs of text, and one escape for each byte between them. */
function piecesOf(bytes: Buffer): string[] {
  const pieces: string[] = [];
  let textFrom = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    if (length === 0) {
      pieces.push(withoutEscapes(bytes.toString('utf8', textFrom, at)), escapeOf(bytes[at] ?? 0));
      textFrom = at + 1;
    }
    at += Math.max(1, length);
  }
  return [...pieces, withoutEscapes(bytes.toString('utf8', textFrom))];
}

function escapeOf(byte: number): string {
  return `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** How many bytes the character has that begins there; 0 where none does. */
function characterLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const character = bytes.subarray(at, at + length);
  const same = Buffer.from(character.toString('utf8'), 'utf8').equals(character);
  return same && character.length === length ? length : 0;
}
