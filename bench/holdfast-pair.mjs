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
  let laptop = await startNode(place, 'laptop', { nodeFlags });
  let other = await startNode(place, archive ? 'pi' : 'desktop', { nodeFlags });
  const { invite } = await laptop.control.invite({});
  await other.control.join(invite);
  const { id } = await laptop.control.addFolder({ path: from, label: 'bench' });
  await laptop.control.shareFolder(id, other.name);
  await other.control.acceptFolder(
    archive ? { folder: id, archive } : { folder: id, archive, path: to },
  );
  await laptop.control.wait({ folder: id, archived: archive });
  const both = () => [laptop, other];
  /** As it was started the first time, where the others look for it. */
  const again = (node) => startNode(place, node.name, { nodeFlags, listen: node.addresses[0] });
  return {
    name: 'Holdfast',
    from,
    to,
    folder: id,
    control: () => laptop.control,
    /** The nodes agree that nothing is left to do. */
    settle: () => laptop.control.wait({ folder: id, archived: archive }),
    /** Each of the two says that its tree has so many files. */
    countsFiles: (files) => Promise.all(both().map(({ control }) => counted(control, id, files))),
    /** Nobody is asked before many files go. */
    neverAsks: () => Promise.all(both().map(({ control }) => control.setGuard(id, null))),
    stopBoth: () => Promise.all(both().map((node) => node.stop())),
    /** Resolves when both say that they are up to date. */
    async startBoth() {
      [laptop, other] = await Promise.all(both().map(again));
      await Promise.all(both().map(({ control }) => control.wait({ folder: id, archived: false })));
    },
    /** Where the two listen for each other. */
    ports: both().map(({ addresses }) => Number(addresses[0].split('/').at(-1))),
    processes: () => both().map(({ pid }) => pid),
    cpuSeconds: () => both().map(({ pid }) => cpuSeconds(pid)),
    peakMemoryBytes: () => both().map((node) => node.peakMemoryBytes()),
    stop: () => Promise.all(both().map((node) => node.stop())),
  };
}

async function counted(control, id, files) {
  for (;;) {
    const { folders } = await control.status();
    if (folders.find((folder) => folder.id === id)?.files === files) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
