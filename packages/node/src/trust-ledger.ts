/**
 * What was said of devices, by this one's user and by other devices of theirs, and what follows from
 * it: who is admitted. Owns the statements in the configuration. Invariant: nothing is kept or passed
 * on that its issuer did not sign, and nothing of an issuer whom this device does not know as one of
 * its user's, but for introductions that wait for a person.
 */
import { bytesFromHex, type DeviceId, hexFrom } from '@holdfast/model';
import { type Clock, Mutex, type Signer } from '@holdfast/platform';
import {
  type DeviceStanding,
  foldTrust,
  isNewerStatement,
  limits,
  newestStatements,
  type OverruledRevocation,
  signedTrustBytes,
  type TrustMark,
  type TrustStandings,
  type TrustStatement,
} from '@holdfast/sync-protocol';
import type { NodeConfig, StoredConfig } from './node-config.js';

export interface TrustLedgerInit {
  readonly config: NodeConfig;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly localDevice: DeviceId;
}

/** Of another issuer no more is kept; revocations and what was said last come first. */
const maxStatementsPerIssuer = 64;
/** Who was heard before, or was paired here, is heard; a thief could introduce others to speak in turn without end. */
const maxIssuers = 128;

export class TrustLedger {
  readonly #init: TrustLedgerInit;
  readonly #changing = new Mutex();
  #folded: { readonly from: StoredConfig; readonly standings: TrustStandings } | undefined;

  constructor(init: TrustLedgerInit) {
    this.#init = init;
  }

  get statements(): readonly TrustStatement[] {
    return this.#init.config.current.trust;
  }

  get standings(): TrustStandings {
    const { current } = this.#init.config;
    if (this.#folded?.from !== current) {
      this.#folded = { from: current, standings: this.#fold(current, current.trust) };
    }
    return this.#folded.standings;
  }

  standing(device: string): DeviceStanding | undefined {
    return this.standings.devices.get(device as DeviceId);
  }

  isAdmitted(device: string): boolean {
    const state = this.standing(device)?.state;
    return state === 'mine' || state === 'other';
  }

  isMine(device: string): boolean {
    return this.standing(device)?.state === 'mine';
  }

  /** What one device said last of another. */
  said(issuer: string, subject: string): TrustStatement | undefined {
    return this.statements.find((one) => one.issuer === issuer && one.subject === subject);
  }

  /** Whether a device introduced another one, of which it may have thought better since. */
  hasIntroduced(issuer: string, subject: string): boolean {
    const said = this.said(issuer, subject);
    return said?.mark === 'mine' || said?.wasMine === true;
  }

  /** Devices of this user that are known by the introductions of one device alone. */
  knownOnlyBy(introducer: string): DeviceId[] {
    const { current } = this.#init.config;
    const removed = [...current.removed, introducer as DeviceId];
    const without = this.#fold({ ...current, removed }, current.trust);
    return [...this.standings.speakers].filter(
      (device) => device !== introducer && !without.speakers.has(device),
    );
  }

  /** What this device's user said last of another. */
  ownMark(subject: string): TrustMark | undefined {
    return this.#ownStatement(subject)?.mark;
  }

  /** Whether it counts as this user's own, or did before it was revoked or suspended. */
  wasMine(subject: string): boolean {
    return (
      this.standings.speakers.has(subject as DeviceId) ||
      this.#ownStatement(subject)?.wasMine === true
    );
  }

  /** What the devices of the same user are told: all that counts for them. */
  announced(): TrustStatement[] {
    const { speakers } = this.standings;
    const isHeard = ({ issuer, mark }: TrustStatement) =>
      issuer === this.#init.localDevice || speakers.has(issuer) || mark === 'revoked';
    return this.statements.filter(isHeard);
  }

  /** Revocations of a device by others that are known here: those of speakers, then as many as one may name. */
  revocationsOf(subject: string): OverruledRevocation[] {
    const { speakers } = this.standings;
    return [...this.statements]
      .sort((a, b) => Number(speakers.has(b.issuer)) - Number(speakers.has(a.issuer)))
      .filter((one) => one.mark === 'revoked' && one.subject === subject)
      .filter(({ issuer }) => issuer !== this.#init.localDevice)
      .map(({ issuer, counter }) => ({ issuer, counter }))
      .slice(0, limits.trustOverruled);
  }

  /**
   * Says for this device's user what another device is. With `lifts`, a person decided against what
   * others revoked; without, what was decided earlier holds and nothing more.
   */
  async say(
    subject: DeviceId,
    mark: TrustMark,
    about: {
      readonly name: string;
      readonly addresses: readonly string[];
      readonly lifts?: boolean;
    },
  ): Promise<void> {
    const { config, signer, localDevice } = this.#init;
    await this.#changing.run(async () => {
      const own = this.statements.filter(({ issuer }) => issuer === localDevice);
      const before = this.#ownStatement(subject)?.overruled ?? [];
      const overruled = about.lifts === true ? this.revocationsOf(subject) : before;
      const unsigned = {
        issuer: localDevice,
        subject,
        mark,
        wasMine: mark === 'revoked' && this.wasMine(subject),
        counter: Math.max(this.#nowMs(), ...own.map(({ counter }) => counter + 1)),
        atMs: this.#nowMs(),
        name: nameWithin(about.name),
        addresses: mark === 'mine' ? toldAddresses(about.addresses) : [],
        overruled: mark === 'revoked' ? [] : overruled,
      };
      const signature = hexFrom(await signer.sign(signedTrustBytes(unsigned)));
      const statement: TrustStatement = { ...unsigned, signature };
      await config.update((current) => {
        const trust = current.trust.filter((one) => about.lifts !== true || isKept(one, statement));
        return this.#withStatements({ ...current, trust }, [statement]);
      });
    });
  }

  /**
   * From 1. Counters begin with the time, so that what is said in a home that was put back from an old
   * copy is newer than what was said in it before, as far as the clock goes forward.
   */
  #nowMs(): number {
    return Math.max(1, Math.floor(this.#init.clock.now()));
  }

  /** Takes what counts of what a device said, for good; returns what was not known before. */
  async take(from: DeviceId, offered: readonly TrustStatement[]): Promise<TrustStatement[]> {
    const { config } = this.#init;
    return this.#changing.run(async () => {
      const news = newestStatements(offered).filter((one) => this.#isNews(one));
      const signed: TrustStatement[] = [];
      for (const one of news) if (await this.#isSigned(one)) signed.push(one);
      let taken: TrustStatement[] = [];
      if (signed.length > 0) {
        await config.update((current) => {
          taken = this.#acceptable(current, from, signed);
          return taken.length === 0 ? current : this.#withStatements(current, taken);
        });
      }
      const kept = new Set(this.statements.map(({ signature }) => signature));
      return taken.filter(({ signature }) => kept.has(signature));
    });
  }

  #ownStatement(subject: string): TrustStatement | undefined {
    return this.said(this.#init.localDevice, subject);
  }

  #fold(current: StoredConfig, statements: readonly TrustStatement[]): TrustStandings {
    const paired = current.devices.filter(({ introduced }) => introduced === undefined);
    return foldTrust({
      self: this.#init.localDevice,
      paired: new Set(paired.map(({ id }) => id as DeviceId)),
      removed: new Set(current.removed),
      statements,
    });
  }

  #isNews(offered: TrustStatement): boolean {
    const known = this.said(offered.issuer, offered.subject);
    return known === undefined || isNewerStatement(offered, known);
  }

  async #isSigned(statement: TrustStatement): Promise<boolean> {
    const { issuer, signature } = statement;
    const bytes = signedTrustBytes(statement);
    return this.#init.signer.verify(issuer, bytes, bytesFromHex(signature));
  }

  /** One that is taken may make its subject one whose statements are taken as well. */
  #acceptable(
    current: StoredConfig,
    from: DeviceId,
    offered: readonly TrustStatement[],
  ): TrustStatement[] {
    const taken: TrustStatement[] = [];
    let left = [...offered];
    const issuers = new Set(current.trust.map(({ issuer }) => issuer));
    for (;;) {
      const standings = this.#fold(current, [...current.trust, ...taken]);
      const now = left.filter((one) => {
        const isTaken = this.#mayTake(one, from, standings, issuers);
        if (isTaken) issuers.add(one.issuer);
        return isTaken;
      });
      if (now.length === 0) return taken;
      taken.push(...now);
      left = left.filter((one) => !now.includes(one));
    }
  }

  #withStatements(current: StoredConfig, more: readonly TrustStatement[]): StoredConfig {
    const newest = newestStatements([...current.trust, ...more]);
    const rank = ({ mark }: TrustStatement) => Number(mark === 'revoked');
    newest.sort((a, b) => rank(b) - rank(a) || b.counter - a.counter);
    const countOf = new Map<DeviceId, number>();
    const kept = newest.filter(({ issuer }) => {
      const count = (countOf.get(issuer) ?? 0) + 1;
      countOf.set(issuer, count);
      return issuer === this.#init.localDevice || count <= maxStatementsPerIssuer;
    });
    return { ...current, trust: kept };
  }

  #mayTake(
    one: TrustStatement,
    from: DeviceId,
    { devices, speakers }: TrustStandings,
    issuers: ReadonlySet<DeviceId>,
  ): boolean {
    const teller = devices.get(from)?.state;
    const isOwn = one.issuer === this.#init.localDevice;
    const isChosen = this.ownMark(one.issuer) === 'mine';
    const hasRoom = isChosen || issuers.has(one.issuer) || issuers.size < maxIssuers;
    if (teller === 'mine') return isOwn || (speakers.has(one.issuer) && hasRoom);
    // Somebody else's: only whom it introduces itself, and that waits for a person.
    return teller === 'other' && one.issuer === from && one.mark === 'mine';
  }
}

/** Of more revocations than a statement can name, those that it does not name are forgotten: a person lifted all. */
function isKept({ issuer, subject, mark }: TrustStatement, lifting: TrustStatement): boolean {
  if (mark !== 'revoked' || subject !== lifting.subject) return true;
  return lifting.overruled.some((one) => one.issuer === issuer);
}

/** Those that are told of a device, beginning with what means something elsewhere, too. */
export function toldAddresses(addresses: readonly string[]): string[] {
  const fitting = addresses.filter((one) => Buffer.byteLength(one) <= limits.addressBytes);
  const isLoopback = (address: string) => /^\/ip4\/127\.|^\/ip6\/::1\//.test(address);
  return [...new Set(fitting)]
    .sort((a, b) => Number(isLoopback(a)) - Number(isLoopback(b)))
    .slice(0, limits.trustAddresses);
}

/** As many whole characters as fit. */
function nameWithin(name: string): string {
  let text = '';
  for (const character of name) {
    if (Buffer.byteLength(text + character) > limits.deviceNameBytes) break;
    text += character;
  }
  return text;
}
