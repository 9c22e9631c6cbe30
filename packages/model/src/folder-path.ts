/**
 * A path inside a folder, as bytes: a byte string (one character, one byte), relative,
 * `/`-separated. It is validated here as a value, before it can reach a file system; whether one
 * disk can hold it is that disk's matter.
 */
declare const folderPathBrand: unique symbol;

/** At least one name; the folder's root has no FolderPath. */
export type FolderPath = string & { readonly [folderPathBrand]: true };

export const maxPathBytes = 4096;
export const maxNameBytes = 255;

/** The node's own area at a folder's root. */
export const ownDirectoryName = '.holdfast';
/** Files being written carry this prefix, in their target's directory. */
export const temporaryPrefix = '.holdfast-tmp-';
/** The ignore patterns at a folder's root are each device's own. */
export const ignoreFileName = '.stignore';

export type PathRefusal = 'empty' | 'too-long' | 'nul' | 'bad-name' | 'reserved';

/** Why a byte string cannot be a path in a folder; undefined where it can. */
export function refusalOfPath(text: string): PathRefusal | undefined {
  if (text.length === 0) return 'empty';
  if (text.length > maxPathBytes) return 'too-long';
  if (text.includes('\0')) return 'nul';
  for (let from = 0; from <= text.length; ) {
    const slash = text.indexOf('/', from);
    const end = slash < 0 ? text.length : slash;
    const refusal = refusalOfName(text.slice(from, end), from === 0);
    if (refusal !== undefined) return refusal;
    from = end + 1;
  }
  return undefined;
}

function refusalOfName(name: string, atRoot: boolean): PathRefusal | undefined {
  if (name === '' || name === '.' || name === '..') return 'bad-name';
  if (name.length > maxNameBytes) return 'too-long';
  return isReservedName(name, atRoot) ? 'reserved' : undefined;
}

/** A validated path; undefined where the byte string is not one. */
export function folderPathFrom(text: string): FolderPath | undefined {
  return refusalOfPath(text) === undefined ? (text as FolderPath) : undefined;
}

/**
 * Names that no record may carry: the node's own, under any folding of case, Unicode
 * compatibility, ignorable characters and trailing dots or spaces that some disk applies.
 */
export function isReservedName(name: string, atRoot: boolean): boolean {
  if (!mayFoldToReserved(name)) return false;
  const folded = foldName(name);
  if (folded.startsWith(temporaryPrefix)) return true;
  return atRoot && (folded === ownDirectoryName || folded === ignoreFileName);
}

/** Cheap first look: a name of plain letters that does not begin with a dot is never reserved. */
function mayFoldToReserved(name: string): boolean {
  const first = name.charCodeAt(0);
  return first === 0x2e || first >= 0x80;
}

function foldName(name: string): string {
  const text = Buffer.from(name, 'latin1').toString('utf8');
  return text
    .normalize('NFKC')
    .replace(/[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu, '')
    .toLowerCase()
    .replace(/:.*$/, '')
    .replace(/[. ]+$/, '');
}

/** The path of the directory that holds it; '' for an entry at the folder's root. */
export function parentOf(path: FolderPath): FolderPath | '' {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : (path.slice(0, slash) as FolderPath);
}

/** The last name of the path. */
export function nameOf(path: FolderPath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The path of `name` inside `parent`. The caller knows that `name` is a valid one. */
export function childPath(parent: FolderPath | '', name: string): FolderPath {
  return (parent === '' ? name : `${parent}/${name}`) as FolderPath;
}
