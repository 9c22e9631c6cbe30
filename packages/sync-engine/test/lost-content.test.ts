/** Content that an archive's disk lost: what receipts say of it, and how it comes back. */
import { encodeEnvelope } from '@holdfast/block-store';
import { type FolderIndex, rowOf, withPeerRow } from '@holdfast/folder-index';
import type { DeviceId, Version, VersionId } from '@holdfast/model';
import { filePathFrom, joinPath, silentLogger } from '@holdfast/platform';
import { NodeClock, VirtualWorldClock } from '@holdfast/simulation';
import { type BlockSupplier, ContentHealer } from '@holdfast/sync-engine';
import type { ArchiveFindings, VersionArchive } from '@holdfast/version-archive';
import { beforeEach, expect, test } from 'vitest';
import { ArchiveIngester } from '../src/archive-ingester.js';
import { FolderLosses } from '../src/folder-losses.js';
import { folder, openArchive, openArchiveIndex } from './archive-scene.js';
import { actor, desktop, fileVersion, hash, PlaceWorld, pathOf, phone } from './place-world.js';

const vector = [{ actor: actor('1'), counter: 1 }];
const letter = fileVersion('letter', 'Dear disk', vector);

class Scene {
  readonly world: PlaceWorld;
  readonly clock = new NodeClock(new VirtualWorldClock(), {});
  readonly losses = new FolderLosses();
  /** What the phone has. */
  readonly texts = new Map<VersionId, string>([[letter.id, 'Dear disk']]);
  readonly archive: VersionArchive;
  readonly index: FolderIndex;
  readonly ingester: ArchiveIngester;
  #onRound = () => {};

  private constructor(world: PlaceWorld, archive: VersionArchive, index: FolderIndex) {
    this.world = world;
    this.archive = archive;
    this.index = index;
    this.ingester = new ArchiveIngester({
      folder,
      index,
      archive,
      hash,
      clock: this.clock,
      logger: silentLogger,
      connected: () => [phone],
      clientOf: () => memberWith(this.texts),
      mayIngest: () => true,
      losses: this.losses,
      onStaged: () => {},
      onIngested: () => {
        if (!this.ingester.isWorking) this.#onRound();
      },
    });
  }

  static async open(): Promise<Scene> {
    const world = new PlaceWorld();
    const clock = new NodeClock(new VirtualWorldClock(), {});
    const archive = await openArchive(world, clock);
    const index = await openArchiveIndex();
    const scene = new Scene(world, archive, index);
    const peer = { device: phone, state: 'current', sequence: 1 } as const;
    await index.update([letter.record.path], (entry) => withPeerRow(entry, letter, peer), {
      sync: true,
    });
    await scene.round(() => scene.ingester.start());
    return scene;
  }

  /** Until the ingester has done what there is to do. */
  async round(begin: () => unknown): Promise<void> {
    const done = new Promise<void>((resolve) => {
      this.#onRound = resolve;
    });
    await begin();
    await done;
    await this.ingester.stop();
  }

  rot(text: string): void {
    const { user } = this.world;
    const directory = filePathFrom('/store/blocks');
    const [segment] = user.list(directory);
    if (segment === undefined) throw new Error('no segment');
    const handle = user.open(joinPath(directory, segment.name), 'write');
    const bytes = Buffer.alloc(user.handleStat(handle).sizeBytes);
    user.read(handle, bytes, 0);
    user.write(handle, Buffer.from('d'), bytes.lastIndexOf(text));
    user.close(handle);
  }

  async verify(): Promise<ArchiveFindings> {
    const run = this.archive.verification();
    for await (const _ of run.run({ sample: 0, seed: 0 }));
    if (run.findings === undefined) throw new Error('a run that ended has findings');
    return run.findings;
  }
}

function memberWith(texts: ReadonlyMap<VersionId, string>): BlockSupplier {
  return {
    async request(_folder, items, onBlock) {
      return items.flatMap(({ versionId, first }, item) => {
        const text = texts.get(versionId);
        if (text === undefined) return [{ item, reason: 'gone' as const }];
        onBlock({ item, index: first, envelope: encodeEnvelope(Buffer.from(text)) });
        return [];
      });
    },
  };
}

const sourceOf = (device: DeviceId, has: readonly (readonly [Version, string])[]) => ({
  folder,
  device,
  blocks: memberWith(new Map(has.map(([version, text]) => [version.id, text]))),
  onReceived: async () => {},
});

let scene: Scene;
beforeEach(async () => {
  scene = await Scene.open();
});

const isArchived = async () =>
  rowOf(await scene.index.entry(pathOf('letter')), letter.id)?.archived === true;

test('what rotted is excepted from every receipt until it is in the store again', async () => {
  const { ingester, archive, losses } = scene;
  expect([await isArchived(), [...ingester.exceptionsOf(phone)]]).toEqual([true, []]);
  scene.rot('Dear disk');
  const { lost } = await scene.verify();
  await ingester.lose(lost.versions, lost.isMore);
  expect([await isArchived(), [...ingester.exceptionsOf(phone)]]).toEqual([false, [letter.id]]);
  expect([...ingester.exceptionsOf(desktop)]).toEqual([letter.id]);
  expect(ingester.trouble).toBe('content-lost');
  const healer = new ContentHealer(archive, silentLogger);
  await healer.heal(lost, [sourceOf(phone, [[letter, 'Dear disk']])]);
  expect((await archive.lostContent()).blocks).toEqual([]);
  losses.regain([letter.id]);
  expect([[...ingester.exceptionsOf(phone)], ingester.trouble]).toEqual([[], undefined]);
});

test('a device that serves bad blocks is named, nothing of it is stored, and the next one is asked', async () => {
  scene.rot('Dear disk');
  const { lost } = await scene.verify();
  const healer = new ContentHealer(scene.archive, silentLogger);
  const result = await healer.heal(lost, [
    sourceOf(phone, [[letter, 'Dear dusk']]),
    sourceOf(desktop, [[letter, 'Dear disk']]),
  ]);
  expect(result).toEqual({ healedBlocks: 1, liars: [phone] });
  expect(await scene.archive.hasBlocks(folder, letter)).toBe(true);
});

test('what nobody has stays lost', async () => {
  scene.rot('Dear disk');
  const { lost } = await scene.verify();
  const healer = new ContentHealer(scene.archive, silentLogger);
  expect(await healer.heal(lost, [sourceOf(phone, [])])).toEqual({ healedBlocks: 0, liars: [] });
  expect((await scene.archive.lostContent()).versions).toMatchObject([{ path: 'letter' }]);
});
