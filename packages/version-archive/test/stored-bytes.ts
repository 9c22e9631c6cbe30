/** The bytes of an archive's store: verified by the archive itself, or rotting. */
import { joinPath } from '@holdfast/platform';
import { badCount, type VersionArchive } from '@holdfast/version-archive';
import { type ArchiveWorld, storeDirectory } from './archive-world.js';

const everything = { sample: 2 ** 32, seed: 1 };

/** A run over everything, and how much of it is bad. */
export async function verify(archive: VersionArchive, options = everything) {
  const verification = archive.verification();
  let bytes = 0;
  for await (const step of verification.run(options)) bytes += step.bytes;
  const { findings } = verification;
  if (findings === undefined) throw new Error('the run has no findings');
  return { ...findings, bytes, bad: badCount(findings) };
}

export type Area = 'blocks' | 'log-a' | 'log-b';

function segmentOf(world: ArchiveWorld, area: Area) {
  const directory = joinPath(storeDirectory, area);
  const [first] = world.fileSystem().list(directory);
  if (first === undefined) throw new Error('no segment');
  return joinPath(directory, first.name);
}

export function sizeOf(world: ArchiveWorld, area: Area): number {
  return world.fileSystem().stat(segmentOf(world, area)).sizeBytes;
}

/** Turns all bits of one byte; twice is as if nothing had happened. */
export function flip(world: ArchiveWorld, area: Area, at: number): void {
  const fileSystem = world.fileSystem();
  const handle = fileSystem.open(segmentOf(world, area), 'write');
  const byte = new Uint8Array(1);
  fileSystem.read(handle, byte, at);
  const turned = byte.map((value) => value ^ 0xff);
  fileSystem.write(handle, turned, at);
  fileSystem.close(handle);
}

/** Where a text lies in a segment. */
export function placeOf(world: ArchiveWorld, area: Area, text: string): number {
  const fileSystem = world.fileSystem();
  const handle = fileSystem.open(segmentOf(world, area), 'read');
  const bytes = Buffer.alloc(sizeOf(world, area));
  fileSystem.read(handle, bytes, 0);
  fileSystem.close(handle);
  return bytes.lastIndexOf(text);
}
