/**
 * People who edit. Every content has a nonce, so that it can be told from all others, and an entry
 * in the ledger: who wrote it, whether they had it synced, and who overwrote or removed it since.
 *
 * Content is overwritten or removed only while both editors have it: then a node has seen it, and it
 * may not be lost.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { weighted } from './seeded-random.mjs';
import { digestAt, digestOf, livePaths } from './tree.mjs';
import { editorNames } from './world.mjs';

const mostFiles = 120;
/** What a user meets whose disk is full or gone; the content counts as never written then. */
const diskCodes = ['ENOSPC', 'EIO', 'EROFS', 'ENOENT', 'ENOTDIR', 'EISDIR'];

export class Workload {
  /** By digest: everything that was wholly written. */
  ledger = new Map();
  #world;
  #random;
  #seed;
  #written = 0;

  constructor(world, random, seed) {
    this.#world = world;
    this.#random = random;
    this.#seed = seed;
  }

  /** Bursts of changes with pauses between them, until `signal` says so. */
  async edit(signal) {
    while (!signal.aborted) {
      const changes = Math.ceil(this.#random() * 6);
      for (let index = 0; index < changes; index += 1) {
        for (const editor of editorNames) this.#change(editor);
        await pause(this.#random() * 30);
      }
      await pause(this.#random() * 1200);
    }
  }

  #change(editor) {
    if (!this.#machine(editor).powered) return;
    try {
      this.#changeSomething(editor);
    } catch (error) {
      if (!diskCodes.includes(error.code)) throw error;
    }
  }

  #changeSomething(editor) {
    const { root } = this.#machine(editor);
    const known = livePaths(root);
    const path = known[Math.floor(this.#random() * known.length)];
    const act = weighted(this.#random, [
      ['add', known.length < mostFiles ? 5 : 0],
      ['overwrite', 1.5],
      ['replace', 1.5],
      ['collide', 1],
      ['remove', known.length < mostFiles ? 1.2 : 8],
      ['move', 1],
    ]);
    if (path === undefined || act === 'add') return this.#write(editor, this.#newPath(editor));
    if (!this.#bothHave(path)) return undefined;
    if (act === 'collide') {
      for (const each of editorNames) this.#destroy(each, path);
      for (const each of editorNames) this.#write(each, path);
    } else if (act === 'move') this.#move(editor, path);
    else {
      this.#destroy(editor, path);
      if (act === 'remove') rmSync(join(root, path), { force: true });
      else this.#write(editor, path, act === 'replace');
    }
    return undefined;
  }

  #newPath(editor) {
    return `d${Math.floor(this.#random() * 5)}/${editor}-${this.#written}.txt`;
  }

  #bothHave(path) {
    if (editorNames.some((name) => !this.#machine(name).powered)) return false;
    const [one, other] = editorNames.map((name) => digestAt(this.#machine(name).root, path));
    return one !== undefined && one === other;
  }

  #destroy(editor, path) {
    const entry = this.ledger.get(digestAt(this.#machine(editor).root, path));
    entry?.destroyed.set(editor, performance.now());
  }

  #move(editor, path) {
    const { root } = this.#machine(editor);
    const target = join(root, `d${Math.floor(this.#random() * 5)}`, `moved-${this.#written++}.txt`);
    mkdirSync(dirname(target), { recursive: true });
    renameSync(join(root, path), target);
  }

  #write(editor, path, beside = false) {
    const { root } = this.#machine(editor);
    const nonce = `nonce-${this.#seed}-${this.#written++}-${editor}`;
    const content = `${nonce}\n${'x'.repeat(Math.floor(this.#random() ** 4 * 300_000))}`;
    const target = join(root, path);
    const synced = this.#random() < 0.7;
    mkdirSync(dirname(target), { recursive: true });
    const at = beside ? `${target}.saving` : target;
    const handle = openSync(at, 'w');
    try {
      writeFileSync(handle, content);
      if (synced) fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    if (beside) renameSync(at, target);
    if (synced) for (const path of [dirname(target), root]) syncDirectory(path);
    const entry = { nonce, path, editor, synced, atMs: performance.now(), destroyed: new Map() };
    this.ledger.set(digestOf(content), entry);
  }

  #machine(name) {
    return this.#world.machines.get(name);
  }
}

function syncDirectory(path) {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
