import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTemporaryDirectory, type TemporaryDirectory } from './temporary-directory.js';

let directory: TemporaryDirectory;
beforeEach(() => {
  directory = createTemporaryDirectory();
});
afterEach(() => directory.dispose());

/** Syncs twice in a process of its own whose only commands are those in the directory. */
function syncTwice(): string {
  const program = `
    import { NodeFileSystem } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
    for (let count = 0; count < 2; count++) {
      try { console.log(new NodeFileSystem().syncFileSystem('/')); }
      catch (error) { console.log(error.code, error.message); }
    }`;
  const options = { env: { PATH: directory.path }, timeout: 60_000 };
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], options);
  expect(child.stderr.toString()).toBe('');
  return child.stdout.toString();
}

function writeSyncCommand(script: string): void {
  const path = join(directory.path, 'sync');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

describe.runIf(process.platform === 'linux')('syncing a whole file system', () => {
  test('is false where there is no sync command', () => {
    expect(syncTwice()).toBe('false\nfalse\n');
  });

  test('is false where the command does not know -f', () => {
    writeSyncCommand('exit 1');
    expect(syncTwice()).toBe('false\nfalse\n');
  });

  test('is true where the command succeeds', () => {
    writeSyncCommand('exit 0');
    expect(syncTwice()).toBe('true\ntrue\n');
  });

  test('throws EIO, with what the command said, when the disk did not take everything', () => {
    writeSyncCommand('[ "$2" = /proc ] && exit 0; echo "error syncing" >&2; exit 1');
    const line = 'EIO EIO: syncfs: error syncing\n';
    expect(syncTwice()).toBe(line + line);
  });
});
