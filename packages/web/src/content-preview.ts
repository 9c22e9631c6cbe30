/**
 * What a content can be shown as. Its own bytes decide, never its name: pictures of a few kinds that
 * carry no script, text as text, and nothing else. Pure.
 */
export type Preview =
  | { readonly type: 'picture'; readonly mediaType: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'none' };

export const maxPictureBytes = 8 * 1024 * 1024;
export const maxTextBytes = 256 * 1024;

const pictureNames = /\.(png|jpe?g|gif|webp|avif|bmp)$/i;

/** Whether it is worth fetching. */
export function mayBeShown(name: string, sizeBytes: number): boolean {
  return sizeBytes <= (pictureNames.test(name) ? maxPictureBytes : maxTextBytes);
}

/** Latin-1 text at an offset. */
type Signature = readonly (readonly [offset: number, text: string])[];

const signatures: readonly (readonly [mediaType: string, signature: Signature])[] = [
  ['image/png', [[0, '\x89PNG\r\n\x1a\n']]],
  ['image/jpeg', [[0, '\xff\xd8\xff']]],
  ['image/gif', [[0, 'GIF8']]],
  [
    'image/webp',
    [
      [0, 'RIFF'],
      [8, 'WEBP'],
    ],
  ],
  ['image/avif', [[4, 'ftypavif']]],
  ['image/bmp', [[0, 'BM']]],
];

export function previewOf(bytes: Uint8Array): Preview {
  const picture = signatures.find(([, signature]) =>
    signature.every(([offset, text]) => hasTextAt(bytes, offset, text)),
  );
  // "BM" begins many a text: what reads as one is one.
  const text = picture === undefined || picture[0] === 'image/bmp' ? textOf(bytes) : undefined;
  if (text !== undefined) return { type: 'text', text };
  return picture === undefined ? { type: 'none' } : { type: 'picture', mediaType: picture[0] };
}

function hasTextAt(bytes: Uint8Array, offset: number, text: string): boolean {
  return String.fromCharCode(...bytes.subarray(offset, offset + text.length)) === text;
}

function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.length > maxTextBytes || bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Not text: that is the answer.
    return undefined;
  }
}
