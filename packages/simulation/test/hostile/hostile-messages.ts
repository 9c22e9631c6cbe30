/** Every message of the protocol, with fields that are right, wrong, or out of place; by one seed. */
import type { HistoryMoment, HistoryQuery } from '@holdfast/model';
import {
  type ControlMessage,
  encodeBlockRequest,
  encodeBlockResponse,
  encodeControl,
  encodeHistoryAnswer,
  encodeHistoryRequest,
  encodePairRequest,
  type FolderAnnouncement,
  type IndexPosition,
} from '@holdfast/sync-protocol';
import type { SeededRandom } from '../../src/seams/index.js';
import { type HostileKnowledge, hash } from './hostile-knowledge.js';

export class HostileMessages {
  readonly #random: SeededRandom;
  readonly #known: HostileKnowledge;

  constructor(random: SeededRandom, known: HostileKnowledge) {
    this.#random = random;
    this.#known = known;
  }

  /** The bytes of a message, or where it cannot be said, or now and then, noise instead. */
  bytes(encode: () => Uint8Array): Uint8Array {
    let said: Uint8Array;
    try {
      said = encode();
    } catch {
      // No honest encoder says it: bytes that nobody can read are said in its place.
      return this.noise();
    }
    return this.#random.chance(this.#known.lies / 5) ? this.#spoilt(said) : said;
  }

  noise(): Uint8Array {
    const length = this.#random.pick([1, 2, 30, 500, 20_000]);
    return this.#random.bytes(this.#random.integer(1, length));
  }

  #spoilt(bytes: Uint8Array): Uint8Array {
    const copy = Uint8Array.from(bytes);
    const at = this.#random.integer(0, Math.max(0, copy.length - 1));
    const how = this.#random.pick(['flip', 'cut', 'double', 'longer'] as const);
    if (how === 'flip') copy[at] = (copy[at] ?? 0) ^ (1 << this.#random.integer(0, 7));
    if (how === 'cut') return copy.slice(0, Math.max(1, at));
    if (how === 'double') return new Uint8Array(Buffer.concat([copy, copy]));
    if (how === 'longer') return new Uint8Array(Buffer.concat([copy, this.#random.bytes(40)]));
    return copy;
  }

  hello(): ControlMessage {
    const odd = this.#random.chance(this.#known.lies / 5)
      ? 1n << BigInt(this.#random.integer(0, 63))
      : 0n;
    return {
      type: 'hello',
      protocolMajor: 1,
      requiredFeatures: odd,
      supportedFeatures: odd,
      deviceName: this.#random.pick(['mallory', '', '<script>', 'laptop']),
      softwareVersion: '0.1.0',
      addresses: this.#random.pick([[], ['/memory/1'], ['/memory/2', '/ip4/203.0.113.1/tcp/1']]),
    };
  }

  /** That it keeps all folders that it heard of, as an honest member would; mostly. */
  folders(isHonest = !this.#random.chance(this.#known.lies)): ControlMessage {
    const known = this.#known;
    const { seen } = known;
    const folders = [...new Set(known.folders)].map((folderId): FolderAnnouncement => {
      const position = isHonest ? known.own : known.position();
      return {
        folderId,
        label: 'docs',
        accepted: isHonest || this.#random.chance(0.7),
        epoch: position.epoch,
        position,
        ...(seen !== undefined && { seen }),
        ...(this.#random.chance(0.4) && { archive: known.store() }),
        mode: this.#random.pick(['send-receive', 'send-only', 'receive-only']),
        massChanges: isHonest ? [] : this.#massChanges(),
        proofs: isHonest ? [] : this.#proofs(),
      };
    });
    return { type: 'folders', folders };
  }

  #massChanges(): FolderAnnouncement['massChanges'] {
    const known = this.#known;
    const some = Array.from({ length: this.#random.integer(0, 3) }, () => ({
      id: known.digits(8),
      holder: known.member(),
      author: known.member(),
      sinceMs: known.number(),
      lastMs: known.number(),
      deleted: known.number(),
      rewritten: known.number(),
      files: known.number(),
    }));
    const heard = known.massChanges.length > 0 ? [this.#random.pick(known.massChanges)] : [];
    return [...some, ...heard].map((one) => ({
      ...one,
      answer: this.#random.pick(['open', 'over', 'confirmed', 'rejected'] as const),
    }));
  }

  #proofs(): FolderAnnouncement['proofs'] {
    const known = this.#known;
    return Array.from({ length: this.#random.integer(0, 2) }, () => ({
      kind: this.#random.pick(['verified', 'drilled'] as const),
      device: known.member(),
      storeId: known.store().storeId,
      atMs: known.number(),
      items: known.number(),
      bytes: known.number(),
      bad: known.number(),
      tookMs: known.number(),
      allWouldTakeMs: known.number(),
      signature: known.digits(64),
    }));
  }

  control(): ControlMessage {
    if (this.#random.chance(this.#known.lies / 4)) return this.hello();
    if (this.#random.chance(this.#known.lies / 2)) return this.#wildDelta();
    if (this.#random.chance(this.#known.lies / 4)) return this.#trust();
    const makers = [
      ...[() => this.#delta(), () => this.#delta(), () => this.#error()],
      ...[() => this.#progress(), () => this.#receipt(), () => this.folders()],
    ];
    return this.#random.pick(makers)();
  }

  /** In the name of everybody, with signatures of nobody. */
  #trust(): ControlMessage {
    const known = this.#known;
    const statements = Array.from({ length: this.#random.integer(0, 20) }, () => ({
      issuer: known.member(),
      subject: known.member(),
      mark: this.#random.pick(['mine', 'other', 'revoked'] as const),
      wasMine: this.#random.chance(0.3),
      counter: known.number(),
      atMs: known.number(),
      name: this.#random.pick(['pi', '', '<script>']),
      addresses: this.#random.pick([[], ['/memory/1']]),
      overruled: [{ issuer: known.member(), counter: known.number() }],
      signature: known.digits(64),
    }));
    return { type: 'trust', statements };
  }

  /** One that goes on from what it said before: it is taken. */
  #delta(): ControlMessage {
    const known = this.#known;
    const { epoch, sequence: after } = known.own;
    const rows = [];
    for (let left = this.#random.integer(0, 8); left > 0; left -= 1) {
      const version = known.version();
      if (version === undefined) continue;
      known.published(version.id);
      rows.push({ ...this.#rowState(), sequence: known.own.sequence, record: version.bytes });
    }
    const position = known.own;
    const [folderId = known.folder()] = known.folders;
    const more = this.#random.chance(0.1) && { more: true as const };
    return { type: 'index-delta', folderId, epoch, after, rows, position, ...more };
  }

  #wildDelta(): ControlMessage {
    const known = this.#known;
    let sequence = known.number();
    const after = this.#random.chance(0.7) ? Math.max(0, sequence - 1) : known.number();
    const rows = Array.from({ length: this.#random.integer(0, 5) }, () => {
      sequence += this.#random.integer(0, 2);
      return { ...this.#rowState(), sequence, record: known.record() };
    });
    const position = known.position();
    const { epoch } = this.#random.pick<{ epoch: IndexPosition['epoch'] }>([position, known.own]);
    return { type: 'index-delta', folderId: known.folder(), epoch, after, rows, position };
  }

  #rowState() {
    const state = this.#random.pick(['current', 'current', 'side'] as const);
    return { state, checked: this.#random.chance(0.6) };
  }

  #progress(): ControlMessage {
    const known = this.#known;
    return {
      type: 'progress',
      folderId: known.folder(),
      seen: known.position(),
      sequence: known.number(),
      needFiles: known.number(),
      needBytes: known.number(),
      ...(this.#random.chance(0.3) && { trouble: 'disk-full' as const }),
    };
  }

  #receipt(): ControlMessage {
    const known = this.#known;
    return {
      type: 'receipt',
      folderId: known.folder(),
      ...known.store(),
      position: known.position(),
      exceptions: Array.from({ length: this.#random.integer(0, 5) }, () => known.versionId()),
      logPosition: known.number(),
      logHead: known.digits(32),
    };
  }

  #error(): ControlMessage {
    const code = this.#random.pick(['protocol_incompatible', 'folder_unknown', 'removed', 'x']);
    return { type: 'error', code, message: 'so it is said', folderId: this.#known.folder() };
  }

  blockRequest(): Uint8Array {
    const items = Array.from({ length: this.#random.pick([1, 1, 3, 40]) }, () => ({
      versionId: this.#known.versionId(),
      level: this.#random.pick([0, 0, 0, 1, 4]),
      first: this.#random.pick([0, 0, 1, 2 ** 31, 2 ** 32 - 1]),
      count: this.#random.pick([1, 1, 2, 1024]),
    }));
    const requestId = this.#random.uint32();
    return this.bytes(() =>
      encodeBlockRequest({ requestId, folderId: this.#known.folder(), items }),
    );
  }

  /** An answer to a question that may never have been asked. */
  blockResponse(requestId: number, items: number): Uint8Array {
    const item = () => this.#random.integer(0, Math.max(0, items));
    const blocks = Array.from({ length: this.#random.integer(0, 3) }, () => ({
      item: item(),
      index: this.#random.pick([0, 0, 1, 2 ** 32 - 1]),
      envelope: this.noise(),
    }));
    const missing = Array.from({ length: this.#random.integer(0, 3) }, () => ({
      item: item(),
      reason: this.#random.pick(['gone', 'unknown', 'unreadable', 'not-member'] as const),
    }));
    const done = this.#random.chance(0.5) || blocks.length + missing.length === 0;
    return this.bytes(() => {
      const parts = encodeBlockResponse({ requestId, blocks, missing, done });
      return new Uint8Array(Buffer.concat(parts));
    });
  }

  historyRequest(): Uint8Array {
    const folderId = this.#known.folder();
    return this.bytes(() => encodeHistoryRequest({ folderId, query: this.#query() }));
  }

  #query(): HistoryQuery {
    const known = this.#known;
    const at = this.#random.pick<HistoryMoment>([
      { type: 'head' },
      { type: 'time', atMs: known.number() },
      { type: 'position', position: known.number() },
    ]);
    const path = known.path();
    const paged = {
      limit: this.#random.pick([1, 10, 1000]),
      ...(this.#random.chance(0.3) && { cursor: this.noise().slice(0, 200) }),
    };
    const flags = { recursive: this.#random.chance(0.5), deleted: this.#random.chance(0.5) };
    return this.#random.pick<HistoryQuery>([
      { type: 'moment', at },
      { type: 'log', path, ...paged },
      { type: 'entry', path, at },
      { type: 'list', directory: '', at, ...flags, ...paged },
      { type: 'list', directory: path, at, ...flags, ...paged },
      { type: 'chain', position: known.number() },
      { type: 'versions', since: known.number(), ...paged },
      { type: 'version', path, prefix: known.versionId().slice(0, 9) },
    ]);
  }

  historyAnswer(): Uint8Array {
    const known = this.#known;
    if (this.#random.chance(0.3)) {
      return this.bytes(() => encodeHistoryAnswer({ type: 'error', code: 'x', message: 'no' }));
    }
    const entries = Array.from({ length: this.#random.integer(0, 4) }, () => ({
      position: known.number(),
      versionId: known.versionId(),
      recordBytes: known.record(),
      receivedAtMs: known.number(),
      clockSynchronised: this.#random.chance(0.5),
      becameCurrent: this.#random.chance(0.5),
      thinned: this.#random.chance(0.5),
      sender: known.member(),
    }));
    const page = { ...known.store(), position: known.number(), entries, head: known.digits(32) };
    const next = this.#random.chance(0.5) && { next: hash(Buffer.from('next')) };
    return this.bytes(() => encodeHistoryAnswer({ type: 'page', page: { ...page, ...next } }));
  }

  controlBytes(message = this.control()): Uint8Array {
    return this.bytes(() => encodeControl(message));
  }

  pairRequest(): Uint8Array {
    const inviteId = this.#known.digits(16);
    const secret = this.#random.bytes(16);
    const rest = { deviceName: 'mallory', addresses: ['/memory/9'] };
    return this.bytes(() => encodePairRequest({ inviteId, secret, ...rest }));
  }
}
