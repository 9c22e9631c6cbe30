/**
 * The built page, read into memory once: a request can only name what was there at the start, so no
 * request path ever reaches the file system.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { AppError } from '@holdfast/platform';
import { maxPageBytes, maxPageFiles } from './limits.js';

export interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  /** Its name changes with its content. */
  readonly immutable: boolean;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};

const notBuilt = 'The page has not been built yet. Run: npm run build\n';

/** Keyed by URL path. `/` is always there: a plain sentence where the page was never built. */
export function loadPageFiles(directory: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  let total = 0;
  if (existsSync(directory)) {
    for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
      const path = join(directory, name);
      if (!statSync(path).isFile()) continue;
      const bytes = new Uint8Array(readFileSync(path));
      total += bytes.length;
      if (total > maxPageBytes || files.size >= maxPageFiles) {
        throw new AppError('page_too_large', `${directory} holds more than a page.`, {
          hint: 'Build the page again: npm run build',
        });
      }
      const urlPath = `/${name.replaceAll('\\', '/')}`;
      const type = types[extname(name)] ?? 'application/octet-stream';
      files.set(urlPath, { bytes, type, immutable: urlPath.startsWith('/assets/') });
    }
  }
  const index = files.get('/index.html') ?? {
    bytes: new Uint8Array(Buffer.from(notBuilt)),
    type: 'text/plain; charset=utf-8',
    immutable: false,
  };
  return files.set('/', index);
}
