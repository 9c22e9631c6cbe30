/** Three machines that share a folder: laptop and desktop, whose users edit it, and an archive. */
import { setTimeout as pause } from 'node:timers/promises';
import { LoopDisk } from './loop-disk.mjs';
import { Machine } from './machine.mjs';

export const editorNames = ['laptop', 'desktop'];
export const archiveName = 'pi';
export const label = 'torture';

const shareTimeoutMs = 90_000;

/** The machines, with nodes that are paired and share an empty folder. */
export async function openWorld({ place, mountOptions, journal, tally }) {
  const machines = new Map();
  for (const name of [...editorNames, archiveName]) {
    const disk = mountOptions === undefined ? undefined : new LoopDisk(place, name, mountOptions);
    machines.set(name, new Machine({ name, place, disk, journal, tally }));
  }
  const world = { machines, journal };
  try {
    await startAll(world);
    await share(world);
  } catch (error) {
    await closeWorld(world);
    throw error;
  }
  return world;
}

export async function startAll({ machines }) {
  await Promise.all([...machines.values()].map((machine) => machine.start()));
}

export async function closeWorld({ machines }) {
  for (const machine of machines.values()) {
    await machine.stop();
    await machine.unmount();
  }
}

/** What can be asked of a machine's node; only while it is ready. */
export function controlOf({ machines }, name) {
  return machines.get(name).node.control;
}

async function share(world) {
  const [laptop, desktop, pi] = ['laptop', 'desktop', 'pi'].map((name) => controlOf(world, name));
  for (const [host, guest] of [
    [laptop, desktop],
    [laptop, pi],
    [desktop, pi],
  ]) {
    const { invite } = await host.invite({});
    await guest.join(invite);
  }
  const { id } = await laptop.addFolder({ path: world.machines.get('laptop').root, label });
  await laptop.shareFolder(id, 'desktop');
  await laptop.shareFolder(id, 'pi');
  await offered(desktop, id);
  const path = world.machines.get('desktop').root;
  await desktop.acceptFolder({ folder: id, path, archive: false });
  await desktop.shareFolder(id, 'pi');
  await offered(pi, id);
  await pi.acceptFolder({ folder: id, archive: true });
  await until(async () => {
    const [folder] = await pi.folders();
    if (folder.members.length === 2) return true;
    await pi.acceptFolder({ folder: id, archive: true });
    return false;
  }, 'the archive knows both devices');
  await laptop.wait({ folder: id, archived: true, timeoutMs: shareTimeoutMs });
}

function offered(control, id) {
  return until(
    async () => (await control.folderOffers()).some((offer) => offer.id === id),
    'the folder was offered',
  );
}

async function until(condition, what) {
  const endMs = performance.now() + shareTimeoutMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`it never came true: ${what}`);
    await pause(50);
  }
}
