/**
 * Where somebody looks back, as the page's address says it: so a place can be kept, reloaded and
 * gone back to. Pure. The address is written by anybody: what is not a place is none.
 */
import { nameWords } from './plain-words.js';

export interface LookBackPlace {
  readonly folder: string;
  /** From the folder's root; empty for the folder itself. */
  readonly path: string;
  /** Whether the path is a file's, whose versions are shown. */
  readonly file: boolean;
  /** ISO 8601; undefined for now. */
  readonly at: string | undefined;
  /** Of a file: the one that is looked at. Undefined: the one of that moment. */
  readonly version?: string | undefined;
}

const versionPattern = /^[0-9a-f]{64}$/;
const momentPattern = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const prefix = '#look-back?';

export function placeFromHash(hash: string): LookBackPlace | undefined {
  if (!hash.startsWith(prefix)) return undefined;
  const fields = new URLSearchParams(hash.slice(prefix.length));
  const folder = fields.get('folder') ?? '';
  if (folder === '') return undefined;
  const path = fields.get('path') ?? '';
  const at = fields.get('at') ?? '';
  const atMs = momentPattern.test(at) ? Date.parse(at) : Number.NaN;
  const version = fields.get('version') ?? '';
  return {
    folder,
    path,
    file: path !== '' && fields.has('file'),
    at: Number.isNaN(atMs) ? undefined : new Date(atMs).toISOString(),
    ...(versionPattern.test(version) && { version }),
  };
}

export function hashOf({ folder, path, file, at, version }: LookBackPlace): string {
  const fields = new URLSearchParams({ folder });
  if (path !== '') fields.set('path', path);
  if (at !== undefined) fields.set('at', at);
  if (file) fields.set('file', '1');
  if (file && version !== undefined) fields.set('version', version);
  return `${prefix}${fields}`;
}

/** As history takes it. */
export function historyPath({ folder, path }: Pick<LookBackPlace, 'folder' | 'path'>): string {
  return path === '' ? folder : `${folder}/${path}`;
}

export interface Crumb {
  readonly name: string;
  readonly path: string;
}

/** The directories above and the path itself, without the folder. The names are for people. */
export function crumbsOf(path: string): Crumb[] {
  if (path === '') return [];
  const names = path.split('/');
  return names.map((name, at) => ({
    name: nameWords(name),
    path: names.slice(0, at + 1).join('/'),
  }));
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
