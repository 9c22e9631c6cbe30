/**
 * A reader of files that are only ever replaced whole. Owns the rule "old or new, never neither":
 * once such a file is there, no moment shows it absent or torn, whatever a node is doing. Only a name
 * that its own user gave and never synced may go with the power.
 */
import { filePathFrom, joinPath } from '@holdfast/platform';
import type { ContentLedger } from './content-ledger.js';
import { SeedFailure } from './seed-failure.js';
import type { SimulatedMachine } from './simulated-machine.js';
import { steadyPaths } from './user-acts.js';
import { type ContentReader, inodeIfPresent } from './world-content.js';

export class PathReader {
  readonly #machine: SimulatedMachine;
  readonly #reader: ContentReader;
  readonly #ledger: ContentLedger;
  #there = new Set<string>();
  /** Those that no power loss may take, whatever replaces them. */
  readonly #durable = new Set<string>();
  #seenAt = '';

  constructor(machine: SimulatedMachine, reader: ContentReader, ledger: ContentLedger) {
    this.#machine = machine;
    this.#reader = reader;
    this.#ledger = ledger;
  }

  /** The power went on the machine. */
  lostPower(): void {
    this.#there = new Set(this.#durable);
  }

  /** An old copy of the disk was put back: what is there now is where it begins. */
  forget(): void {
    this.#there.clear();
    this.#durable.clear();
    this.#seenAt = '';
  }

  /** Throws where a file that was there is neither old nor new. */
  look(): void {
    const { disk } = this.#machine;
    const now = `${disk.changeCount} ${disk.syncCount}`;
    if (this.#seenAt === now) return;
    this.#seenAt = now;
    for (const steady of steadyPaths) {
      const path = joinPath(filePathFrom('/'), steady);
      if (inodeIfPresent(this.#machine.mounts, path) === undefined) {
        if (this.#there.has(steady)) throw neither(`${steady} is absent on ${this.#machine.name}`);
        continue;
      }
      this.#there.add(steady);
      if (disk.isDurable(path)) this.#durable.add(steady);
      const content = this.#reader.contentAt(path);
      if (content !== undefined && this.#ledger.knows(content)) continue;
      throw neither(`${steady} holds on ${this.#machine.name} what nobody wrote`);
    }
  }
}

function neither(message: string): SeedFailure {
  return new SeedFailure('neither-old-nor-new', message);
}
