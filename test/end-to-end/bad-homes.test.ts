/** Homes that cannot be used: the node says why and what to do, ends with 1, and changes nothing. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { outcomeOf, refusal, refusalFrom, spawnHoldfast } from './command-line.js';
import { useTestWorld } from './test-world.js';
import { treeSnapshot } from './tree-snapshot.js';
import { withoutPrivileges } from './without-privileges.js';

const up = ['up', '--no-browser', '--gui', '127.0.0.1:0', '--listen', '/ip4/127.0.0.1/tcp/0'];

const world = useTestWorld({ lasts: 'the whole file' });

/** What a person sees who has no special rights. */
async function refusedWithoutPrivileges(home: string, given: readonly string[]) {
  const child = spawnHoldfast(home, given, withoutPrivileges);
  return refusalFrom(await outcomeOf(child), 1, given.join(' '));
}

async function madeHome(name: string): Promise<string> {
  const home = world.path(name);
  const child = spawnHoldfast(home, ['init', '--name', 'laptop']);
  expect((await outcomeOf(child)).exitCode).toBe(0);
  return home;
}

describe('a home that is a file', () => {
  test.each([[['init']], [up]])('%j is refused, and the file stays', async (given) => {
    const home = world.path('file');
    writeFileSync(home, 'mine');
    const { code, message, hint } = await refusal(home, given, 1);
    expect(code).toBe('home_unusable');
    expect(message).toContain(`${home} cannot be used as a home: a file is where a directory`);
    expect(hint).toContain('--home DIR');
    expect(readFileSync(home, 'utf8')).toBe('mine');
  });

  test('no node runs for it', async () => {
    writeFileSync(world.path('file'), 'mine');
    await refusal(world.path('file'), ['status'], 4);
  });
});

describe('permissions', () => {
  let home: string;
  beforeEach(async () => {
    home = await madeHome(`private-${Math.random()}`);
  });
  afterEach(() => chmodSync(home, 0o700));

  test('a place where nothing can be made is no place for a home', async () => {
    const parent = world.directory('locked');
    chmodSync(parent, 0o500);
    for (const given of [['init'], up]) {
      const refused = await refusedWithoutPrivileges(join(parent, 'home'), given);
      expect(refused.code).toBe('home_unusable');
      expect(refused.message).toContain('permission is denied');
    }
    expect(treeSnapshot(parent)).toEqual({});
  });

  test.each([
    ['read-only', 0o500],
    ['closed', 0o000],
  ])('a home that is %s is refused and stays as it is', async (_name, permissions) => {
    const before = treeSnapshot(home);
    chmodSync(home, permissions);
    const { code, message, hint } = await refusedWithoutPrivileges(home, up);
    chmodSync(home, 0o700);
    expect(code).toBe('home_unusable');
    expect(message).toContain(`${home} cannot be used as a home: permission is denied`);
    expect(hint).toContain('stays as it is. Correct its permissions');
    expect(treeSnapshot(home)).toEqual(before);
  });

  test('what cannot be read is told apart from a node that does not run', async () => {
    chmodSync(home, 0o000);
    const { code, hint } = await refusedWithoutPrivileges(home, ['status']);
    expect(code).toBe('home_unreadable');
    expect(hint).toContain('as the user who runs the node');
  });
});

describe('a damaged file in the home', () => {
  let home: string;
  let whole: Record<string, Buffer>;
  beforeAll(async () => {
    home = await madeHome('damaged');
    const names = ['config.json', 'identity.key'];
    whole = Object.fromEntries(names.map((name) => [name, readFileSync(join(home, name))]));
  });
  afterEach(() => {
    for (const [name, bytes] of Object.entries(whole)) writeFileSync(join(home, name), bytes);
  });

  const config = (change: object) => (bytes: Buffer) =>
    Buffer.from(JSON.stringify({ ...(JSON.parse(bytes.toString()) as object), ...change }));

  test.each<[string, string, (bytes: Buffer) => Buffer, string, RegExp]>([
    ['config.json', 'is empty', () => Buffer.alloc(0), 'config_invalid', /cannot be understood/],
    [
      'config.json',
      'is cut off',
      (bytes) => bytes.subarray(0, bytes.length / 2),
      'config_invalid',
      /cannot be understood/,
    ],
    ['config.json', 'is no JSON', () => Buffer.from('name = x'), 'config_invalid', /understood/],
    ['config.json', 'has wrong types', config({ name: 7 }), 'config_invalid', /name/],
    [
      'config.json',
      'lacks its devices',
      config({ devices: undefined }),
      'config_invalid',
      /devices/,
    ],
    ['config.json', 'is newer', config({ version: 2 }), 'config_newer', /version 2/],
    ['identity.key', 'is empty', () => Buffer.alloc(0), 'identity_invalid', /./],
    ['identity.key', 'is noise', () => Buffer.alloc(68, 0x5a), 'identity_invalid', /./],
    ['identity.key', 'is cut off', (bytes) => bytes.subarray(0, 20), 'identity_invalid', /./],
  ])('%s that %s stops the start, is named and is left alone', async (...row) => {
    const [name, , damage, wantedCode, words] = row;
    writeFileSync(join(home, name), damage(whole[name]!));
    const before = treeSnapshot(home);
    const { code, message, hint } = await refusal(home, up, 1);
    expect(code).toBe(wantedCode);
    expect(message).toContain(join(home, name));
    expect(message).toMatch(words);
    expect(hint).toContain('Nothing was changed.');
    expect(treeSnapshot(home)).toEqual(before);
  });
});
