/**
 * An archive's store in a process of its own: opened on the real disk, database and threads as a node
 * does it, without the rest of the node, so that it starts in a moment. Takes one task a line and
 * answers each with a line; what was archived is told by a line of its own, at once.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { encodeEnvelope } from '../../packages/block-store/dist/index.js';
import { hexFrom, parseRetention, versionOf } from '../../packages/model/dist/index.js';
import { withDatabase } from '../../packages/node/dist/open-database.js';
import { bytesOf, filePathFrom, silentLogger } from '../../packages/platform/dist/index.js';
import {
  createBlake3,
  cryptoRandom,
  NodeFileSystem,
  openLevelStore,
  systemClock,
  WorkerPool,
} from '../../packages/platform-node/dist/index.js';
import { badCount, VersionArchive } from '../../packages/version-archive/dist/index.js';

const folder = 'photosphotosphot';
const device = '12D3KooWLaptop';
const blockBytes = 150_000;
const filesPerReceipt = 3;

const [home] = process.argv.slice(2);
const fileSystem = new NodeFileSystem();
const hasher = createBlake3();
const hash = (bytes) => hasher.blake3(bytes);
const workerUrl = new URL('./store-worker.mjs', import.meta.url);
const runner = new WorkerPool({ workerUrl, size: 1 });

function say(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function openArchive(keyValueStore) {
  return VersionArchive.open({
    directory: filePathFrom(join(home, 'store')),
    keyValueStore,
    keyPrefix: bytesOf('A'),
    runner,
    fileSystem,
    hash,
    random: cryptoRandom,
    clock: systemClock,
    bootId: cryptoRandom.bytes(16),
    clockSynchronised: () => true,
    logger: silentLogger,
  });
}

/** A version of a file, with its blocks. */
function versionFrom({ path, counter, content }) {
  const plain = Buffer.from(content, 'base64');
  const envelopes = [];
  for (let from = 0; from < plain.length; from += blockBytes) {
    const block = plain.subarray(from, from + blockBytes);
    const contentId = hexFrom(hash(block));
    envelopes.push({ contentId, lengthBytes: block.length, envelope: encodeEnvelope(block) });
  }
  const entries = envelopes.map(({ contentId, lengthBytes }) => ({ contentId, lengthBytes }));
  const record = {
    path,
    kind: 'file',
    vector: [{ actor: '00112233445566aa', counter }],
    author: device,
    sizeBytes: plain.length,
    mtimeNs: 5n,
    permissions: 0o644,
    chunker: 'fastcdc-256k',
    blocks: { depth: 0, entries },
  };
  return { version: versionOf(record, hash), envelopes, entries };
}

function tasksOf(archive) {
  return {
    ping: () => true,
    /** As a receiver does: blocks, then versions, then the receipt. */
    async ingest(files) {
      for (let from = 0; from < files.length; from += filesPerReceipt) {
        const made = files.slice(from, from + filesPerReceipt).map(versionFrom);
        await archive.blocks.append(made.flatMap(({ envelopes }) => envelopes));
        const rest = { becameCurrent: true, supersedes: undefined, sender: device };
        await archive.append(
          folder,
          made.map(({ version, entries }) => ({ ...rest, version, blocks: entries })),
        );
        say({ receipts: made.map(({ version }) => [version.record.path, version.id]) });
      }
    },
    async thin(keep) {
      const rules = parseRetention(keep);
      const needed = async () => new Set();
      const atMs = systemClock.now();
      const { versions } = await archive.thinning.mark({ folder, rules, needed }, atMs);
      return versions.map(({ versionId }) => versionId);
    },
    async compact() {
      const needed = async () => new Set();
      const request = { nowMs: systemClock.now(), folders: new Set([folder]), needed };
      let [damaged, copiedBytes] = [0, 0];
      for await (const step of archive.thinning.compaction().run(request)) {
        damaged += step.damagedSegments;
        copiedBytes += step.copiedBytes;
      }
      return { isWhole: damaged === 0, copiedBytes };
    },
    rebuild: () => archive.rebuildIndex(),
    async verify() {
      const run = archive.verification();
      for await (const _ of run.run({ sample: 2 ** 32, seed: 1 })) await pause(0);
      const { blocks, log } = run.findings;
      const problems = [...blocks.faults, ...log.segmentFaults, ...log.faults];
      return { bad: badCount(run.findings), repaired: 0, problems };
    },
    async read({ version }) {
      const found = await archive.version(folder, version);
      if (found === undefined) throw new Error('the log does not have it');
      const plain = await archive.blocks.readPlain(found.record.blocks.entries);
      if (plain.includes(undefined)) throw new Error('a block of it is gone');
      return Buffer.concat(plain).toString('base64');
    },
  };
}

mkdirSync(home, { recursive: true });
const init = { fileSystem, home: filePathFrom(home), clock: systemClock, open: openLevelStore };
const { result: archive } = await withDatabase(init, openArchive);
const tasks = tasksOf(archive);
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const { name, input } = JSON.parse(line);
  try {
    say({ done: (await tasks[name](input)) ?? null });
  } catch (error) {
    say({ error: error.stack });
  }
}
