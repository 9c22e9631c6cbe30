/** Where a page of history ended, as opaque bytes that the asker hands back. Layout is our own. */
import {
  ByteReader,
  ByteWriter,
  type FolderPath,
  folderPathFrom,
  MalformedBytes,
  maxPathBytes,
  type VersionId,
} from '@holdfast/model';
import { AppError } from '@holdfast/platform';

const cursorFormat = 1;
const typeCodes = { list: 1, log: 2, versions: 3 } as const;
const versionIdBytes = 32;

export type PageCursor =
  /** Goes on behind `path`, at the same position. */
  | { readonly type: 'list'; readonly position: number; readonly path: FolderPath }
  /** Goes on below `position`. */
  | { readonly type: 'log'; readonly position: number }
  /** Goes on behind the version, with what the log had at `position`. */
  | { readonly type: 'versions'; readonly position: number; readonly versionId: VersionId };

export function encodeCursor(cursor: PageCursor): Uint8Array {
  const writer = new ByteWriter().u8(cursorFormat).u8(typeCodes[cursor.type]);
  writer.u64(cursor.position);
  if (cursor.type === 'list') writer.byteString(cursor.path);
  if (cursor.type === 'versions') writer.hex(cursor.versionId);
  return writer.bytes();
}

/** Throws `bad_cursor` on anything but the bytes of a cursor of that type. */
export function decodeCursor<Type extends PageCursor['type']>(
  bytes: Uint8Array,
  type: Type,
): Extract<PageCursor, { type: Type }> {
  try {
    const reader = new ByteReader(bytes);
    const known = reader.u8() === cursorFormat && reader.u8() === typeCodes[type];
    if (!known) throw badCursor();
    const position = reader.u64();
    const path = type === 'list' ? folderPathFrom(reader.byteString(maxPathBytes)) : undefined;
    const versionId = type === 'versions' ? reader.hex(versionIdBytes) : undefined;
    reader.end();
    if (type === 'list' && path === undefined) throw badCursor();
    return { type, position, path, versionId } as unknown as Extract<PageCursor, { type: Type }>;
  } catch (error) {
    if (error instanceof MalformedBytes) throw badCursor(error);
    throw error;
  }
}

export function badCursor(cause?: unknown): AppError {
  return new AppError('bad_cursor', 'The list cannot be continued from there.', {
    hint: 'Ask for it again from its beginning.',
    cause,
  });
}
