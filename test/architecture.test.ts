/**
 * The rules that hold the code together, checked on every file. Each rule is first shown something
 * bad: one that could not fail would be worth nothing.
 */
import { describe, expect, test } from 'vitest';
import {
  boundaryViolations,
  declarationViolations,
  layeringViolations,
  packageCycles,
  referenceViolations,
  unusedExceptions,
} from './architecture/package-rules.js';
import {
  ambientViolations,
  maxFileLines,
  mentionViolations,
  nameViolations,
  sizeViolations,
  skippedTestViolations,
  swallowedErrorViolations,
  unfinishedViolations,
  unusedAmbientAllowances,
} from './architecture/source-rules.js';
import {
  isCode,
  isTest,
  packagesOf,
  readRepository,
  referencesOf,
  type SourceFile,
  type WorkspacePackage,
} from './architecture/workspace.js';

const files = readRepository();
const packages = packagesOf(files);
const code = files.filter(({ path }) => isCode(path));
const sources = packages.flatMap((one) => one.sources).filter(({ path }) => isCode(path));

function file(text: string, path = 'packages/model/src/example.ts'): SourceFile {
  return { path, text };
}

function packageWith(
  name: string,
  text: string,
  rest: Partial<WorkspacePackage> = {},
): WorkspacePackage {
  const sourcesOfIt = [file(text, `packages/${name}/src/example.ts`)];
  return {
    name,
    sources: sourcesOfIt,
    dependencies: [],
    devDependencies: [],
    references: [],
    ...rest,
  };
}

test('the repository is read: every package has sources', () => {
  expect(packages.length).toBeGreaterThan(10);
  expect(packages.filter((one) => one.sources.length === 0)).toEqual([]);
});

describe('imports run downward', () => {
  test('an upward import, a sideways one and a package without a layer are found', () => {
    const upward = packageWith('model', "import type { A } from '@holdfast/node';");
    const sideways = packageWith('version-archive', "export * from '@holdfast/folder-index';");
    const dynamic = packageWith('platform', "await import('@holdfast/cli/inner');");
    const unplaced = packageWith('newcomer', '');
    expect(layeringViolations([upward, sideways, dynamic, unplaced])).toEqual([
      expect.stringContaining('packages/newcomer has no layer'),
      expect.stringContaining('model may not import node'),
      expect.stringContaining('version-archive may not import folder-index'),
      expect.stringContaining('platform may not import cli'),
    ]);
  });

  test('a comment and a string are no imports', () => {
    const text = "// import '@holdfast/node'\nconst text = \"from '@holdfast/node'\";";
    expect(layeringViolations([packageWith('model', text)])).toEqual([]);
  });

  test('in every package', () => {
    expect(layeringViolations(packages)).toEqual([]);
    expect(unusedExceptions(packages)).toEqual([]);
  });

  test('an exception that nobody uses is found', () => {
    expect(unusedExceptions([])).toContainEqual(expect.stringContaining('rest-api -> node'));
  });
});

describe('adapters and test packages stay at the edge', () => {
  test('an adapter outside the composition root and a test package in a source are found', () => {
    const adapter = packageWith('cli', "import { systemClock } from '@holdfast/platform-node';");
    const testing = packageWith('cli', "import { MemoryDisk } from '@holdfast/simulation';");
    expect(boundaryViolations([adapter, testing])).toEqual([
      expect.stringContaining('only the composition root imports platform-node'),
      expect.stringContaining('simulation serves tests only'),
    ]);
  });

  test('in every package', () => {
    expect(boundaryViolations(packages)).toEqual([]);
  });
});

describe('packages form no cycle', () => {
  test('a cycle through a third package is found', () => {
    const cycle = [
      packageWith('node', "import '@holdfast/rest-api';"),
      packageWith('rest-api', "import '@holdfast/cli';"),
      packageWith('cli', "import '@holdfast/node';"),
      packageWith('web', "import '@holdfast/node';"),
    ];
    expect(packageCycles(cycle).map((found) => found.split(' ')[0])).toEqual([
      'node',
      'rest-api',
      'cli',
    ]);
  });

  test('in the workspace', () => {
    expect(packageCycles(packages)).toEqual([]);
  });
});

describe('a package declares what it imports, and nothing more', () => {
  test('an undeclared import, an unused dependency and a wrong reference are found', () => {
    const wrong = packageWith('node', "import { z } from 'zod/v4';\nimport '@libp2p/tcp/x';", {
      dependencies: ['@libp2p/tcp', 'pino', '@holdfast/model'],
      references: ['platform'],
    });
    expect(declarationViolations([wrong])).toEqual([
      'packages/node imports zod without declaring it.',
      'packages/node declares pino and does not import it.',
      'packages/node declares @holdfast/model and does not import it.',
    ]);
    expect(referenceViolations([wrong], [])).toEqual([
      'tsconfig.json does not build packages/node.',
      'packages/node/tsconfig.json refers to [platform], its package to [model].',
    ]);
  });

  test('in every package', () => {
    const built = referencesOf(files.find(({ path }) => path === 'tsconfig.json'));
    expect(declarationViolations(packages)).toEqual([]);
    expect(referenceViolations(packages, built)).toEqual([]);
  });
});

describe('time and chance come through their seams', () => {
  test.each([
    ['const a = Date.now();', 'Clock.now()'],
    ['const a = globalThis.performance.now();', 'Clock.monotonic()'],
    ['setTimeout(() => 1, 5);', 'Clock.setTimer()'],
    ['const later = setImmediate;', 'Clock.setTimer(0, …)'],
    ['const a = new Date();', 'new Date(clock.now())'],
    ['const a = AbortSignal.timeout(5);', 'an AbortController'],
    ['const a = Math.random();', 'RandomSource'],
    ["import { randomBytes } from 'node:crypto';", 'RandomSource'],
    ["import { setTimeout as wait } from 'node:timers/promises';", 'sleep(clock, …)'],
  ])('%s is found', (text, instead) => {
    expect(ambientViolations(file(text))).toContainEqual(expect.stringContaining(instead));
  });

  test('a seam, a moment and a comment are not', () => {
    const text = '// Date.now()\nclock.now(); new Date(5); options.setTimeout(1); clock.Date.now;';
    expect(ambientViolations(file(text))).toEqual([]);
  });

  test('in every source', () => {
    expect(sources.flatMap(ambientViolations)).toEqual([]);
    expect(unusedAmbientAllowances(sources)).toEqual([]);
  });

  test('an allowance that nothing uses is found', () => {
    expect(unusedAmbientAllowances([])).toContainEqual(expect.stringContaining('Date.now'));
  });
});

describe('files are small, and named for what they hold', () => {
  test('a long file and an empty name are found', () => {
    expect(sizeViolations(file('a;\n'.repeat(maxFileLines)))).toEqual([]);
    expect(sizeViolations(file('a;\n'.repeat(maxFileLines + 1)))).toHaveLength(1);
    for (const path of ['src/path-utils.ts', 'src/helpers/a.ts', 'src/session-manager.ts']) {
      expect(nameViolations(file('', path))).toHaveLength(1);
    }
    expect(nameViolations(file('', 'src/uncommon-names.ts'))).toEqual([]);
  });

  test('in the repository', () => {
    expect(code.flatMap(sizeViolations)).toEqual([]);
    expect(code.flatMap(nameViolations)).toEqual([]);
  });
});

describe('nothing is left unfinished', () => {
  test('a note for later and a hidden test are found', () => {
    expect(unfinishedViolations(file(`// ${'TO'}DO: later`))).toHaveLength(1);
    expect(skippedTestViolations(file("test.skip('a', () => {});"))).toHaveLength(1);
    expect(skippedTestViolations(file("describe.concurrent.only('a', () => {});"))).toHaveLength(1);
    expect(skippedTestViolations(file("test.skipIf(true)('a', () => {});"))).toHaveLength(1);
    const here = "test.runIf(process.platform === 'linux')('a', () => {});";
    expect(skippedTestViolations(file(here))).toEqual([]);
    expect(skippedTestViolations(file("cursor.skip(); test.each([])('a', () => {});"))).toEqual([]);
  });

  test('in the repository', () => {
    expect(code.flatMap(unfinishedViolations)).toEqual([]);
    expect(code.filter(({ path }) => isTest(path)).flatMap(skippedTestViolations)).toEqual([]);
  });
});

describe('no error is swallowed without a reason', () => {
  test.each([
    'try { work(); } catch {}',
    'try { work(); } catch (error) {}',
    'try { work(); } catch { result = undefined; }',
    'work().catch(() => {});',
    'work().catch(() => undefined);',
  ])('%s is found', (text) => {
    expect(swallowedErrorViolations(file(text))).toHaveLength(1);
  });

  test('one that is handled, or explained, is not', () => {
    const text = `try { work(); } catch (error) { report(error); }
      try { work(); } catch {
        // Half-written: it is made anew.
      }
      // Closing what broke: the first error is the one that counts.
      work().catch(() => undefined);
      work().catch(report);`;
    expect(swallowedErrorViolations(file(text))).toEqual([]);
  });

  test('in every source', () => {
    expect(sources.flatMap(swallowedErrorViolations)).toEqual([]);
  });
});

describe('nothing belongs to one machine', () => {
  test('a registry and a path are found', () => {
    const registry = `https://${'registry'}.${'npmjs'}.org/zod`;
    expect(mentionViolations(file(registry))).toHaveLength(1);
    expect(mentionViolations(file(`cd /${'work'}/main`))).toHaveLength(1);
    expect(mentionViolations(file("join(home, 'a/work/b')"))).toEqual([]);
  });

  test('in the repository', () => {
    expect(files.flatMap(mentionViolations)).toEqual([]);
  });
});
