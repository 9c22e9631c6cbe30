/** Seeded data, the same in every run: what the benchmarks let sync. */
import { createCipheriv } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Incompressible: a stream cipher over zeros. */
export function writeSeeded(path, bytes, seed) {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16));
  const zeros = Buffer.alloc(4 * 1024 * 1024);
  const handle = openSync(path, 'w');
  for (let written = 0; written < bytes; written += zeros.length) {
    writeSync(handle, cipher.update(zeros));
  }
  closeSync(handle);
}

/** A copy of a file with one byte more at its front. */
export function prependByte(from, to) {
  const [source, target] = [openSync(from, 'r'), openSync(to, 'w')];
  const buffer = Buffer.alloc(4 * 1024 * 1024);
  writeSync(target, Buffer.of(1));
  for (;;) {
    const count = readSync(source, buffer);
    if (count === 0) break;
    writeSync(target, buffer.subarray(0, count));
  }
  for (const handle of [source, target]) closeSync(handle);
}

/** 1–16 KB. */
const smallSize = (number) => 1024 + ((number * 7919) % (15 * 1024));

/**
 * Files of 1–16 KB unless told otherwise, a hundred to a directory; returns their paths below
 * `directory`. With `writtenAt`, seconds since 1970, two trees of the same call are the same.
 */
export function makeSmallFiles(directory, count, { sizeOf = smallSize, writtenAt } = {}) {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16));
  const zeros = Buffer.alloc(16 * 1024);
  const paths = [];
  for (let number = 0; number < count; number += 1) {
    const inside = `d${Math.floor(number / 100)}`;
    if (number % 100 === 0) mkdirSync(join(directory, inside), { recursive: true });
    const path = join(inside, `f${number}`);
    writeFileSync(join(directory, path), cipher.update(zeros.subarray(0, sizeOf(number))));
    if (writtenAt !== undefined) utimesSync(join(directory, path), writtenAt, writtenAt);
    paths.push(path);
  }
  return paths;
}

/** Resolves when every path exists below `root`, whatever the order in which they come. */
export async function untilAllExist(root, paths, timeoutMs = 300_000) {
  const deadline = performance.now() + timeoutMs;
  for (const path of paths) {
    while (!existsSync(join(root, path))) {
      if (performance.now() > deadline) throw new Error(`${path} did not arrive in time`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

const words =
  'static const int struct return if else for while unsigned char void list next lock flags';

/** Text as in source files, 0.5–64 KB, fifty to a directory; it compresses like such text. */
export function makeSourceFiles(directory, count) {
  const vocabulary = words.split(' ');
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 9), Buffer.alloc(16));
  const zeros = Buffer.alloc(16 * 1024);
  for (let number = 0; number < count; number += 1) {
    const inside = join(directory, `part${Math.floor(number / 50)}`);
    if (number % 50 === 0) mkdirSync(inside, { recursive: true });
    const chance = cipher.update(zeros.subarray(0, 128 + ((number * 7919) % 12_000)));
    const lines = [];
    for (let at = 0; at + 4 <= chance.length; at += 4) {
      const name = `${vocabulary[chance[at + 1] % vocabulary.length]}_${chance[at + 2].toString(16)}`;
      lines.push(`\t${vocabulary[chance[at] % vocabulary.length]} ${name} = ${chance[at + 3]};\n`);
    }
    writeFileSync(join(inside, `file${number}.c`), lines.join(''));
  }
}
