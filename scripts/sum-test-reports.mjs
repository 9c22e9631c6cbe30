/**
 * Adds up what the runners said and prints the sum as the last line: `N passed, N failed`.
 *
 *   node scripts/sum-test-reports.mjs DIRECTORY
 *
 * `DIRECTORY` holds one pair of files for each part: `NAME.status` with its exit code, and what it
 * counted: `NAME.json` (vitest's JSON reporter) or `NAME.log`, whose lines `seed N ok` or last
 * `N passed, N failed` counts. A part that failed without counting a failure counts as one, so that
 * nothing is hidden; nor is a test that passed only when it was tried again.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const directory = process.argv[2] ?? '.';
const parts = readdirSync(directory).filter((name) => name.endsWith('.status'));
const sum = { passed: 0, failed: 0 };
for (const file of parts.toSorted()) {
  const name = basename(file, '.status');
  const status = Number(readFileSync(join(directory, file), 'utf8'));
  const counted = countsOf(name);
  // A part that counts nothing itself (a build, a check) is one test: it passed or it failed.
  if (counted.passed + counted.failed === 0 && status === 0) counted.passed = 1;
  if (counted.failed === 0 && status !== 0) counted.failed = 1;
  sum.passed += counted.passed;
  sum.failed += counted.failed;
  console.log(`${name.padEnd(16)} ${counted.passed} passed, ${counted.failed} failed`);
  for (const [line] of logOf(name).matchAll(/^passed only at a second try: .*$/gm)) {
    console.log(`  ${line}`);
  }
}
if (parts.length === 0) sum.failed = 1;
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = sum.failed === 0 ? 0 : 1;

function countsOf(name) {
  const report = join(directory, `${name}.json`);
  if (existsSync(report)) return countsInReport(JSON.parse(readFileSync(report, 'utf8')));
  const text = logOf(name);
  const seeds = [...text.matchAll(/^seed \S+ (ok|FAILED)\b/gm)].map(([, verdict]) => verdict);
  if (seeds.length > 0) {
    const passed = seeds.filter((verdict) => verdict === 'ok').length;
    return { passed, failed: seeds.length - passed };
  }
  const last = [...text.matchAll(/^(\d+) passed, (\d+) failed\s*$/gm)].at(-1);
  return { passed: Number(last?.[1] ?? 0), failed: Number(last?.[2] ?? 0) };
}

function logOf(name) {
  const log = join(directory, `${name}.log`);
  return existsSync(log) ? readFileSync(log, 'utf8') : '';
}

/** A file that could not even be loaded has no failed test of its own. */
function countsInReport({ numPassedTests, numFailedTests, testResults }) {
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}
