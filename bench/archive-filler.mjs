/**
 * Fills the store of a home with the history of many small files, through the archive's own code, as
 * if a device had sent them: each file in rounds, some deleted at the end. The same call makes the
 * same history. The node that is started there finds it as one that was copied from elsewhere.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEnvelope } from '../packages/block-store/dist/index.js';
import { hexFrom, versionOf } from '../packages/model/dist/index.js';
import { bytesOf, filePathFrom, silentLogger } from '../packages/platform/dist/index.js';
import {
  createBlake3,
  cryptoRandom,
  NodeFileSystem,
  openLevelStore,
  systemClock,
  WorkerPool,
} from '../packages/platform-node/dist/index.js';
import { VersionArchive } from '../packages/version-archive/dist/index.js';

export const filledFolder = { id: 'millionmillionmi', label: 'million' };

const worker = new URL('../packages/node/dist/bulk-worker.js', import.meta.url);
const filesPerDirectory = 1000;
const perBatch = 1000;
const author = '12D3KooWLaptop';
const actor = '00112233445566aa';
const hasher = createBlake3();
const hash = (bytes) => hasher.blake3(bytes);

/** `files` files with `rounds` versions each; every fiftieth ends deleted. Of a home that was begun. */
export async function fillArchive(home, { files, rounds }) {
  const index = join(home, 'filling');
  mkdirSync(index);
  const keyValueStore = await openLevelStore(index);
  const runner = new WorkerPool({ workerUrl: worker });
  const startMs = Date.now() - (files * rounds + 1) * 1000;
  let clockMs = startMs;
  const archive = await VersionArchive.open({
    directory: filePathFrom(join(home, 'store')),
    keyValueStore,
    keyPrefix: bytesOf('A'),
    runner,
    fileSystem: new NodeFileSystem(),
    hash,
    random: cryptoRandom,
    clock: { ...systemClock, now: () => clockMs },
    bootId: Buffer.alloc(16, 7),
    clockSynchronised: () => true,
    logger: silentLogger,
  });
  const directories = Array.from({ length: files / filesPerDirectory }, (_, at) => directory(at));
  await archive.append(filledFolder.id, directories);
  for (let round = 1; round <= rounds; round += 1) {
    for (let from = 0; from < files; from += perBatch) {
      const made = Array.from({ length: perBatch }, (_, at) => make(from + at, round, rounds));
      clockMs = startMs + ((round - 1) * files + from) * 1000;
      await archive.blocks.append(made.flatMap(({ envelopes }) => envelopes));
      await archive.append(
        filledFolder.id,
        made.map(({ entry }) => entry),
      );
    }
  }
  const { storeId } = archive;
  await archive.close();
  await runner.stop();
  await keyValueStore.close();
  rmSync(index, { recursive: true });
  keepFolder(home, storeId);
}

/** The path of a file by its number. */
export function filledPath(number) {
  const directory = Math.floor(number / filesPerDirectory);
  return `directory-${String(directory).padStart(4, '0')}/file-${String(number).padStart(7, '0')}`;
}

export function filledText(number, round) {
  return `Version ${round} of file ${number}.\n`;
}

function directory(number) {
  const path = filledPath(number * filesPerDirectory).split('/')[0];
  const vector = [{ actor, counter: 1 }];
  const record = { path, vector, author, kind: 'directory', permissions: 0o755 };
  return entryOf(versionOf(record, hash), []);
}

function entryOf(version, blocks) {
  return { version, becameCurrent: true, supersedes: undefined, sender: author, blocks };
}

function make(number, round, rounds) {
  const isDeleted = round === rounds && number % 50 === 0;
  const vector = [{ actor, counter: round }];
  const common = { path: filledPath(number), vector, author };
  const text = Buffer.from(filledText(number, round));
  const contentId = hexFrom(hash(text));
  const blocks = isDeleted ? [] : [{ contentId, lengthBytes: text.length }];
  const content = {
    kind: 'file',
    sizeBytes: text.length,
    mtimeNs: 1_700_000_000_000_000_000n + BigInt(round),
    permissions: 0o644,
    chunker: 'fastcdc-256k',
    blocks: { depth: 0, entries: blocks },
  };
  const record = { ...common, ...(isDeleted ? { kind: 'tombstone' } : content) };
  const version = versionOf(record, hash);
  const envelopes = isDeleted ? [] : [{ contentId, envelope: encodeEnvelope(text) }];
  return { entry: entryOf(version, blocks), envelopes };
}

function keepFolder(home, storeId) {
  const path = join(home, 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8'));
  const folder = {
    ...filledFolder,
    ...{ path: null, markerInstance: null, mode: 'send-receive', archive: true },
    ...{ members: [], copies: 1, paused: false },
  };
  writeFileSync(path, JSON.stringify({ ...config, storeId, folders: [folder] }));
}
