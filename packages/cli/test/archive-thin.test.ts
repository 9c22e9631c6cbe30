/** What `archive thin` asks of the node, and what it says. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createFakeNodeControl,
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
