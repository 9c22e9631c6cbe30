/** Two Holdfast nodes, real processes over loopback, with one folder between them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startNode } from '../scripts/node-process.mjs';
import { cpuSeconds } from './cpu-seconds.mjs';

/** `archive`: the second node keeps history instead of files. */
export async function holdfastPair(place, { nodeFlags = [], archive = false } = {}) {
  const from = join(place, 'from');
  const to = join(place, 'to');
  mkdirSync(from);
  const laptop = await startNode(place, 'laptop', { nodeFlags });
  const other = await startNode(place, archive ? 'pi' : 'desktop', { nodeFlags });
  const { invite } = await laptop.control.invite({});
  await other.control.join(invite);
  const { id } = await laptop.control.addFolder({ path: from, label: 'bench' });
  await laptop.control.shareFolder(id, other.name);
  await other.control.acceptFolder(
    archive ? { folder: id, archive } : { folder: id, archive, path: to },
  );
  await laptop.control.wait({ folder: id, archived: archive });
  return {
    name: 'Holdfast',
    from,
    to,
    folder: id,
    laptop,
    other,
    /** The nodes agree that nothing is left to do. */
    settle: () => laptop.control.wait({ folder: id, archived: archive }),
    /** Where the two listen for each other. */
    ports: [laptop, other].map(({ addresses }) => Number(addresses[0].split('/').at(-1))),
    cpuSeconds: () => [laptop, other].map(({ pid }) => cpuSeconds(pid)),
    peakMemoryBytes: () => [laptop.peakMemoryBytes(), other.peakMemoryBytes()],
    stop: () => Promise.all([laptop.stop(), other.stop()]),
  };
}
