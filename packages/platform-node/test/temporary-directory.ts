/** A directory of its own for each test, removed afterwards whatever is in it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryDirectory {
  readonly path: string;
  readonly dispose: () => Promise<void>;
}

export function createTemporaryDirectory(): TemporaryDirectory {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-'));
  return {
    path,
    async dispose() {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
