/**
 * The file that makes a system run the node. Invariant: only what was written here, for the same
 * home, is replaced or removed.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError, fileErrorCode, fileTrouble } from '@holdfast/platform';
import { isMarked, type Service } from './service.js';

/** Throws `service_unwritable`, and `service_of_another`; then nothing was written. */
export function writeService(service: Service): void {
  const { path, text, encoding } = service;
  requireOurs(service, storedText(service));
  try {
    mkdirSync(dirname(path), { recursive: true });
    const byteOrderMark = encoding === 'utf16le' ? '\uFEFF' : '';
    writeFileSync(path, byteOrderMark + text, { encoding, mode: 0o644 });
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** Throws `service_missing`, `service_of_another`. */
export function requireInstalled(service: Service): void {
  const there = storedText(service);
  if (there === undefined) {
    throw new AppError('service_missing', `No service was installed in ${service.path}.`, {
      hint: 'Nothing was changed. One for the whole machine needs --system.',
    });
  }
  requireOurs(service, there);
}

/** Throws `service_unwritable`. */
export function removeService({ path, traces }: Service): void {
  try {
    for (const one of [...traces, path]) rmSync(one, { force: true });
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

function storedText({ path, encoding }: Service): string | undefined {
  try {
    return textIfPresent(path, encoding);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

export function textIfPresent(path: string, encoding: BufferEncoding = 'utf8'): string | undefined {
  try {
    return readFileSync(path, encoding);
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** A file that a person wrote, or that runs another home, stays. */
function requireOurs({ path, mark }: Service, there: string | undefined): void {
  if (there === undefined || there.includes(mark)) return;
  const isOurs = isMarked(there);
  const whose = isOurs ? 'runs another home, which it names' : 'was not written by Holdfast';
  throw new AppError('service_of_another', `${path} ${whose}.`, {
    hint: isOurs
      ? 'Nothing was changed. Take that one back first: uninstall-service with its --home.'
      : 'Nothing was changed. Move it away, or change it by hand.',
  });
}

function unwritable(path: string, cause: unknown): AppError {
  const message = `${path} cannot be read or written: ${fileTrouble(cause)}.`;
  return new AppError('service_unwritable', message, {
    hint: 'For the whole machine, repeat the command with sudo, and name the home with --home.',
    cause,
  });
}
