/** What `archive thin` asks of the node, and what it says. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createFakeNodeControl,
  exampleFolder,
  exampleStatus,
  type FakeNodeControl,
} from '../../rest-api/test/fake-node-control.js';
import { type Serving, serve, token } from '../../rest-api/test/serving.js';
import { createFakeShell, type FakeShell } from './fake-environment.js';

let shell: FakeShell;
let control: FakeNodeControl;
let serving: Serving;

beforeEach(async () => {
  control = createFakeNodeControl();
  serving = await serve(control);
  shell = createFakeShell();
  shell.pointAt(serving.port, token);
});

const thinned = {
  waiting: 12,
  waitingBytes: 3_200_000,
  marked: '2026-01-01T00:00:00.000Z',
  freeFrom: '2999-01-08T00:00:00.000Z',
  freed: 1,
  freedBytes: 5_000_000,
  compacted: '2026-01-02T00:00:00.000Z',
};

afterEach(async () => {
  await serving.stop();
  shell.remove();
});

test.each([
  ['thin P --keep daily=7', ['thinArchive', { folder: 'P', keep: 'daily=7', apply: false }]],
  [
    'thin P --keep daily=7 --apply --delay 2h',
    ['thinArchive', { folder: 'P', keep: 'daily=7', apply: true, delayMs: 7_200_000 }],
  ],
  ['thin P --undo', ['unthinArchive', 'P']],
  ['compact', ['compactArchive', {}]],
])('holdfast archive %s', async (line, call) => {
  const ran = await shell.run(['archive', ...line.split(' '), '--json']);
  expect([ran.code, ran.err, control.calls]).toEqual([0, '', [call]]);
});

test('without rules nothing is asked, and with --undo none are taken', async () => {
  for (const flags of [[], ['--apply'], ['--undo', '--apply'], ['--undo', '--keep', 'daily=7']]) {
    const ran = await shell.run(['archive', 'thin', 'P', ...flags]);
    expect(ran.code).toBe(2);
  }
  expect(control.calls).toEqual([]);
});

test('what would go is named, with what it frees', async () => {
  const ran = await shell.run(['archive', 'thin', 'P', '--keep', 'daily=7']);
  expect(ran.out).toContain('1 version of 1 file would go with daily=7; 3 stay.');
  expect(ran.out).toContain('Nothing was changed');
  expect(ran.out).toContain('a.txt');
});

test.each(['status', 'archive status'])('holdfast %s says what was thinned', async (line) => {
  await serving.stop();
  const { id, label } = exampleFolder;
  const folder = { versions: 13, files: 1, deletedFiles: 0, head: '', position: 'main#14' };
  const store = await control.archiveStatus();
  control = createFakeNodeControl({
    status: async () => ({ ...exampleStatus, folders: [{ ...exampleFolder, thinned }] }),
    archiveStatus: async () => ({ ...store, folders: [{ id, label, ...folder, thinned }] }),
  });
  serving = await serve(control);
  shell.pointAt(serving.port, token);
  const { out } = await shell.run(line.split(' '));
  expect(out).toContain('Thinned, and not freed yet: 12 versions, marked 2026-01-01');
  expect(out).toMatch(/holdfast archive compact frees up to 3\.2 MB from 2999-01-0\d .* on\./);
  expect(out).toContain('this keeps them: holdfast archive thin Photos --undo');
  expect(out).toMatch(
    /gone: 1 version\. Compacting has freed 5\.0 MB of the whole store, last 2026/,
  );
});
