/** Whom an archive asks for history that it never had, and what another one cannot hinder. */
import type { FolderId, HistoryPage, HistoryQuery } from '@holdfast/model';
import { silentLogger } from '@holdfast/platform';
import { MemoryDatabase, MemoryKeyValueStore, VirtualWorldClock } from '@holdfast/simulation';
import type { FolderEngine } from '@holdfast/sync-engine';
import type { VersionArchive } from '@holdfast/version-archive';
import { expect, test } from 'vitest';
import { ArchiveFilling } from '../src/archive-filling.js';

const folderId = 'photosphotosphot' as FolderId;
const storeId = 'bb'.repeat(8);
const archive = {
  storeId: 'aa'.repeat(8),
  knowsVersions: async () => [],
} as unknown as VersionArchive;

/** An archive here, and linked devices that say that they are that one store, with five empty entries. */
class FillingWorld {
  readonly clock = new VirtualWorldClock();
  readonly asked: string[] = [];
  readonly #links = new Map<string, unknown>();
  readonly filling: ArchiveFilling;

  constructor() {
    const folder = {
      config: { id: folderId, members: [], paused: false },
      ingester: {},
      index: {},
      links: this.#links,
    } as unknown as FolderEngine;
    this.filling = new ArchiveFilling({
      archive: () => archive,
      engine: { folders: new Map([[folderId, folder]]) },
      keyValueStore: new MemoryKeyValueStore(new MemoryDatabase()),
      clock: this.clock.nodeClock(),
      logger: silentLogger,
      hash: () => new Uint8Array(32),
      nameOf: (device) => device,
      onFilled: () => undefined,
      onChange: () => undefined,
    });
  }

  link(device: string, answers = true): void {
    const history = async (_folder: FolderId, query: HistoryQuery): Promise<HistoryPage> => {
      this.asked.push(`${device} ${query.type}`);
      if (!answers) await new Promise(() => undefined);
      return { storeId, generation: 1, position: 5, entries: [] } as unknown as HistoryPage;
    };
    const announcement = { archive: { storeId, generation: 1 } };
    this.#links.set(device, { device, announcement, session: { isReady: true, history } });
    this.filling.changed(folderId);
  }

  unlink(device: string): void {
    this.#links.delete(device);
  }

  async untilAsked(question: string): Promise<void> {
    const deadlineMs = this.clock.nowMs + 600_000;
    await this.clock.runUntil(() => this.asked.includes(question), { deadlineMs });
    expect(this.asked).toContain(question);
  }
}

test('a device that claims to be an archive that it is not keeps nobody from asking the true one', async () => {
  const world = new FillingWorld();
  world.link('liar');
  await world.untilAsked('liar versions');
  await world.filling.ended();
  world.unlink('liar');
  world.link('pi');
  await world.untilAsked('pi versions');
  expect(world.asked).toEqual(['liar moment', 'liar versions', 'pi moment', 'pi versions']);
});

test('an archive that does not answer keeps no other one from being asked', async () => {
  const world = new FillingWorld();
  world.link('silent', false);
  world.link('pi');
  await world.untilAsked('pi versions');
});
