/** A file's versions: which one is meant, which came before it, and both in words. Pure. */
import { agoWords, sizeWords } from './plain-words.js';

/** As the API's log has it. */
export interface FileVersion {
  readonly version: string;
  /** When the archive received it. */
  readonly time: string;
  readonly device: string;
  readonly kind: 'file' | 'directory' | 'symlink' | 'tombstone';
  readonly size: number;
  readonly deleted: boolean;
  readonly current: boolean;
  readonly thinned: boolean;
}

/** The one that is named, else the one that the folder showed at the moment, else the newest. */
export function chosenVersion(
  versions: readonly FileVersion[],
  { version, at }: { readonly version?: string | undefined; readonly at: string | undefined },
): FileVersion | undefined {
  const named = versions.find((one) => one.version === version);
  if (named !== undefined) return named;
  const atMs = at === undefined ? Number.POSITIVE_INFINITY : Date.parse(at);
  const then = versions.find(({ current, time }) => current && Date.parse(time) <= atMs);
  return then ?? versions[0];
}

/** Those with content that can be compared with it: the ones before it first, nearest first. */
export function comparableTo(
  versions: readonly FileVersion[],
  chosen: FileVersion,
): readonly FileVersion[] {
  const at = versions.indexOf(chosen);
  const ordered = [...versions.slice(at + 1), ...versions.slice(0, at).reverse()];
  return ordered.filter(hasContent);
}

export function hasContent({ kind, thinned }: FileVersion): boolean {
  return !thinned && (kind === 'file' || kind === 'symlink');
}

/** Where the path is a directory's, whatever it was told to be. */
export function isDirectory(versions: readonly FileVersion[]): boolean {
  return versions.find(({ deleted }) => !deleted)?.kind === 'directory';
}

export function versionTitle(version: FileVersion, nowMs: number): string {
  return `${agoWords(version.time, nowMs)} by ${version.device}`;
}

export function versionWords(version: FileVersion): string {
  const parts = [version.deleted ? 'Deleted' : sizeWords(version.size)];
  if (version.kind === 'symlink') parts.push('a link');
  if (version.thinned) parts.push('its content was let go');
  if (!version.current) parts.push('kept beside, never shown in the folder');
  return parts.join(', ');
}
