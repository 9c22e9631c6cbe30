import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildIfNeeded, needsBuild } from '../bin/build-if-needed.mjs';

const past = new Date(Date.UTC(2020, 0, 1));
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-checkout-'));
  write('packages/cli/src/main.ts');
  write('packages/web/src/app.svelte');
  for (const path of ['packages/cli/src', 'packages/web/src'])
    utimesSync(join(root, path), past, past);
});

afterEach(() => rmSync(root, { recursive: true }));

function write(path: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), '');
  utimesSync(join(root, path), past, past);
}

function build(): boolean {
  write('packages/cli/bundle/main.js');
  write('packages/web/dist/index.html');
  return true;
}

test('a checkout is built once, and again after a source changed or went', () => {
  expect(needsBuild(root)).toBe(true);
  expect(buildIfNeeded(root, build)).toBe(true);
  expect(needsBuild(root)).toBe(false);

  const future = new Date(Date.UTC(2100, 0, 1));
  utimesSync(join(root, 'packages/web/src/app.svelte'), future, future);
  expect(needsBuild(root)).toBe(true);
  utimesSync(join(root, 'packages/web/src/app.svelte'), past, past);
  expect(needsBuild(root)).toBe(false);
  utimesSync(join(root, 'packages/cli/src'), future, future);
  expect(needsBuild(root)).toBe(true);
});

test('a missing result is built again whatever the stamp says', () => {
  buildIfNeeded(root, build);
  rmSync(join(root, 'packages/web/dist/index.html'));
  expect(needsBuild(root)).toBe(true);
});

test('a failed build is not remembered as a build', () => {
  expect(buildIfNeeded(root, () => false)).toBe(false);
  build();
  expect(needsBuild(root)).toBe(true);
});

test('an installed package has nothing to build', () => {
  rmSync(join(root, 'packages/cli/src'), { recursive: true });
  expect(buildIfNeeded(root, () => false)).toBe(true);
});

test('a lock whose owner is gone is taken over', () => {
  write('node_modules/.cache/holdfast/build.lock');
  writeFileSync(join(root, 'node_modules/.cache/holdfast/build.lock'), '999999999');
  expect(buildIfNeeded(root, build)).toBe(true);
});

test('a lock that names nobody, as a crash may leave it, is taken over', () => {
  write('node_modules/.cache/holdfast/build.lock');
  writeFileSync(join(root, 'node_modules/.cache/holdfast/build.lock'), '');
  expect(buildIfNeeded(root, build)).toBe(true);
});
