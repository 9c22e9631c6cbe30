/** A file that several threads read has the very blocks that one read from its beginning finds. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FolderPath } from '@holdfast/model';
import { type BulkJob, type BulkRunner, filePathFrom } from '@holdfast/platform';
import { createBlake3, createZstd, NodeFileSystem } from '@holdfast/platform-node';
import { SeededRandom } from '@holdfast/simulation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFilesJob } from '../src/index.js';
import { readLargeFile } from '../src/read-large-file.js';

const mebibyte = 1024 * 1024;
const directory = mkdtempSync(join(tmpdir(), 'holdfast-large-'));
const root = filePathFrom(directory);
const path = 'large' as FolderPath;
const tools = {
  fileSystem: new NodeFileSystem(),
  hasher: createBlake3(),
  compressor: createZstd(),
  /** Long after any file here was written: none is too young to be believed. */
  now: () => Date.UTC(2200, 0),
};

beforeAll(() => writeFileSync(join(directory, 'large'), ''));
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs jobs at once; `between` is called before each. */
function runner(parallelism: number, between: () => void = () => undefined): BulkRunner {
  return {
    parallelism,
    async run<Input, Output>(job: BulkJob<Input, Output>, input: Input): Promise<Output> {
      between();
      return job.perform(input, tools);
    },
    stop: () => Promise.resolve(),
  };
}

function inOneRead() {
  const [answer] = readFilesJob.perform({ root, paths: [path] }, tools);
  return answer;
}

const noise = (bytes: number) => Buffer.from(new SeededRandom('large').bytes(bytes));
const repeated = Buffer.concat(Array.from({ length: 12 }, () => noise(mebibyte)));

const contents: readonly [string, Buffer][] = [
  ['noise', noise(12 * mebibyte + 4321)],
  ['zeros, which are cut at the largest size only', Buffer.alloc(9 * mebibyte + 17)],
  ['one megabyte again and again', repeated],
  ['noise, then zeros', Buffer.concat([noise(5 * mebibyte), Buffer.alloc(6 * mebibyte)])],
];

describe('reading a large file in parts', () => {
  for (const [name, content] of contents) {
    test(`gives the blocks of one read: ${name}`, async () => {
      writeFileSync(join(directory, 'large'), content);
      const whole = inOneRead();
      expect(whole?.type).toBe('file');
      for (const parallelism of [1, 2, 3, 5]) {
        expect(await readLargeFile(runner(parallelism), { root, path }, mebibyte)).toEqual(whole);
      }
    });
  }

  test('a file that is written between two parts is unstable', async () => {
    writeFileSync(join(directory, 'large'), noise(4 * mebibyte));
    let jobs = 0;
    const touching = runner(2, () => {
      jobs += 1;
      if (jobs === 3) writeFileSync(join(directory, 'large'), noise(4 * mebibyte).reverse());
    });
    expect(await readLargeFile(touching, { root, path }, mebibyte)).toEqual({ type: 'unstable' });
    expect(jobs).toBe(3);
  });

  test('a file that has another size once it is read is unstable', async () => {
    for (const sizeBytes of [3 * mebibyte, 5 * mebibyte]) {
      writeFileSync(join(directory, 'large'), noise(4 * mebibyte));
      let jobs = 0;
      const touching = runner(2, () => {
        jobs += 1;
        if (jobs === 2) writeFileSync(join(directory, 'large'), noise(sizeBytes));
      });
      const answer = await readLargeFile(touching, { root, path }, mebibyte);
      expect(answer).toEqual({ type: 'unstable' });
    }
  });

  test('a file that is gone is absent', async () => {
    const gone = { root, path: 'gone' as FolderPath };
    expect(await readLargeFile(runner(2), gone, mebibyte)).toEqual({ type: 'absent' });
  });

  test('no part of a file that changed a moment ago is read', async () => {
    writeFileSync(join(directory, 'large'), noise(5 * mebibyte));
    const { ctimeMs } = statSync(join(directory, 'large'));
    const names: string[] = [];
    const young: BulkRunner = {
      ...runner(2),
      async run(job, input) {
        names.push(job.name);
        return job.perform(input, { ...tools, now: () => ctimeMs });
      },
    };
    expect(await readLargeFile(young, { root, path }, mebibyte)).toEqual({ type: 'young' });
    expect(names).toEqual(['scan-begin-large']);
  });
});
