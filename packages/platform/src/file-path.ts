/**
 * Paths as bytes. A `FilePath` is an absolute path held as a *byte string*: a JavaScript string in
 * which every character is one byte (0–255). Names that are not valid UTF-8 survive, comparing two
 * paths compares their bytes, and a path is a cheap map key.
 */
declare const filePathBrand: unique symbol;

/** Absolute, `/`-separated, without a trailing slash (except the root itself); one char per byte. */
export type FilePath = string & { readonly [filePathBrand]: true };

/** Turns bytes into a byte string. */
export function byteStringFrom(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** Turns a byte string into bytes. */
export function bytesOf(byteString: string): Uint8Array {
  return Buffer.from(byteString, 'latin1');
}

/** The byte string of a text's UTF-8 form. */
export function byteStringFromText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The text of a byte string that holds UTF-8; bytes that are not UTF-8 become U+FFFD. */
export function textOf(byteString: string): string {
  return Buffer.from(byteString, 'latin1').toString('utf8');
}

/** An absolute native path (text) as a FilePath. The caller has resolved it already. */
export function filePathFrom(nativePath: string): FilePath {
  const trimmed = nativePath.length > 1 ? nativePath.replace(/\/+$/, '') : nativePath;
  return byteStringFromText(trimmed === '' ? '/' : trimmed) as FilePath;
}

/** Appends a relative byte-string path (one name, or several joined by `/`). */
export function joinPath(base: FilePath, relative: string): FilePath {
  if (relative === '') return base;
  return (base === '/' ? `/${relative}` : `${base}/${relative}`) as FilePath;
}

/** The directory that holds `path`; the root's is the root. */
export function parentPath(path: FilePath): FilePath {
  const slash = path.lastIndexOf('/');
  return (slash <= 0 ? '/' : path.slice(0, slash)) as FilePath;
}

/** The last name of `path`, as a byte string. */
export function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
