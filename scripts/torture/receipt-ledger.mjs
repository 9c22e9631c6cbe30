/**
 * Kept outside of the archive: which versions were acknowledged, with the digests of what was written.
 * Each of them has to be readable from the archive, byte for byte, whatever happens, until its user
 * lets it go.
 */
import { digestOf } from './tree.mjs';

const readsAtOnce = 8;

export class ReceiptLedger {
  /** How many versions were ever acknowledged, and with how many bytes. */
  acknowledged = 0;
  acknowledgedBytes = 0;
  /** How many were read back, each time that they were. */
  readBack = 0;
  /** By version. */
  #owed = new Map();
  #written = new Map();

  /** What was written last at a path, and is not acknowledged yet. No two contents are as long. */
  noteWritten(path, content) {
    this.#written.set(path, { digest: digestOf(content), sizeBytes: content.length });
  }

  /** What was written last at the path is archived, as the version. */
  acknowledge(path, version) {
    const { digest, sizeBytes } = this.#written.get(path);
    this.#written.delete(path);
    this.#owed.set(version, { path, digest });
    this.acknowledged += 1;
    this.acknowledgedBytes += sizeBytes;
  }

  /** Asks the device what it counts as archived at `archive`. */
  async gather(device, archive) {
    for (const [path, { sizeBytes }] of [...this.#written]) {
      const { version, bytes, devices } = await device.where(path);
      const its = devices.find(({ deviceId }) => deviceId === archive);
      if (bytes === sizeBytes && its?.archived === true) this.acknowledge(path, version);
    }
  }

  /** The archive's user lets these go. */
  release(versions) {
    for (const version of versions) this.#owed.delete(version);
  }

  /** One sentence for each version that `read` does not give back as it was. */
  async misses(read) {
    const left = [...this.#owed];
    const problems = [];
    this.readBack += left.length;
    const readNext = async () => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) {
        const [version, { path, digest }] = next;
        const found = await read({ path, version }).then(digestOf, (error) => error.message);
        if (found !== digest) problems.push(`lost: ${path} ${version}: ${found}`);
      }
    };
    await Promise.all(Array.from({ length: readsAtOnce }, readNext));
    return problems;
  }
}
