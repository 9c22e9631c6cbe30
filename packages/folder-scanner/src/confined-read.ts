/** Reading an entry of a folder whose parents were checked, with an answer where that fails. */
import type { FolderPath } from '@holdfast/model';
import { type FilePath, fileErrorCode, joinPath } from '@holdfast/platform';
import type { ParentChecker } from './confinement.js';

/** Why nothing was read. */
export type UnreadAnswer =
  | { readonly type: 'absent' }
  | { readonly type: 'failed'; readonly code: string };

/** What `read` gives; an error of the operating system is an answer too. */
export function readConfined<Answer>(
  parents: ParentChecker,
  root: FilePath,
  path: FolderPath,
  read: (file: FilePath) => Answer,
): Answer | UnreadAnswer {
  try {
    const check = parents.check(path);
    if (check.type === 'failed') return { type: 'failed', code: check.code };
    if (check.type !== 'ok' || !parents.names.has(path)) return { type: 'absent' };
    return read(joinPath(root, path));
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    return code === 'ENOENT' ? { type: 'absent' } : { type: 'failed', code };
  }
}
