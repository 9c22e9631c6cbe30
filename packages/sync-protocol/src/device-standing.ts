/**
 * Who may talk to this device: one pure function from everything that is known (what this device's
 * user chose, what devices of the same user said) to the standing of every device. It looks at sets
 * only, so the order in which statements arrived cannot matter. SPEC.md, "trust", says the rules.
 */
import type { DeviceId } from '@holdfast/model';
import type { TrustMark, TrustStatement } from './trust-statement.js';

/**
 * `mine`, `other`: admitted. `pending`: somebody introduces it, which does not suffice here.
 * `suspended`: another device of this user revoked it. `revoked`: this device's own user did.
 */
export type DeviceState = 'mine' | 'other' | 'pending' | 'suspended' | 'revoked';

export interface DeviceStanding {
  readonly state: DeviceState;
  /** Who revoked it, where it is suspended; else who introduces it. Sorted. */
  readonly by: readonly DeviceId[];
}

export interface KnownTrust {
  readonly self: DeviceId;
  /** Devices that a person paired with here, or accepted. */
  readonly paired: ReadonlySet<DeviceId>;
  /** Devices that a person removed here: what is said of them or by them counts for nothing. */
  readonly removed: ReadonlySet<DeviceId>;
  readonly statements: readonly TrustStatement[];
}

export interface TrustStandings {
  /** Of every device that is paired here or that a statement names, save removed ones. */
  readonly devices: ReadonlyMap<DeviceId, DeviceStanding>;
  /** Whose statements are taken: own devices, as far as introductions lead, suspended ones included. */
  readonly speakers: ReadonlySet<DeviceId>;
}

/** More devices of one user than this are not followed; those introduced over fewer steps come first. */
export const maxSpeakers = 32;

/** Of what one device said of another, the last. */
export function newestStatements(statements: readonly TrustStatement[]): TrustStatement[] {
  const newest = new Map<string, TrustStatement>();
  for (const one of statements) {
    const key = `${one.issuer} ${one.subject}`;
    const known = newest.get(key);
    if (known === undefined || isNewerStatement(one, known)) newest.set(key, one);
  }
  return [...newest.values()];
}

/** Two with the same counter an honest issuer never makes; then their signatures decide. */
export function isNewerStatement(one: TrustStatement, known: TrustStatement): boolean {
  if (one.counter !== known.counter) return one.counter > known.counter;
  return one.signature > known.signature;
}

export function foldTrust(known: KnownTrust): TrustStandings {
  const book = new TrustBook(known);
  const speakers = followIntroductions(book);
  const admitted = admittedSpeakers(book, speakers);
  const devices = new Map<DeviceId, DeviceStanding>();
  for (const device of book.named()) devices.set(device, standingOf(book, device, admitted));
  return { devices, speakers };
}

/** What was said, by whom and of whom. */
class TrustBook {
  readonly self: DeviceId;
  readonly #known: KnownTrust;
  readonly #bySubject = new Map<DeviceId, Map<DeviceId, TrustStatement>>();
  readonly #introduced = new Map<DeviceId, DeviceId[]>();

  constructor(known: KnownTrust) {
    this.self = known.self;
    this.#known = known;
    for (const one of newestStatements(known.statements)) {
      const { issuer, subject } = one;
      if (issuer === subject || subject === known.self) continue;
      if (known.removed.has(subject)) continue;
      const said = this.#bySubject.get(subject) ?? new Map<DeviceId, TrustStatement>();
      this.#bySubject.set(subject, said.set(issuer, one));
      // A device that its introducer revokes is not forgotten for it: it may have introduced others.
      const wasMine = one.wasMine && issuer !== known.self;
      if (one.mark !== 'mine' && !wasMine) continue;
      this.#introduced.set(issuer, [...(this.#introduced.get(issuer) ?? []), subject].sort());
    }
  }

  named(): DeviceId[] {
    return [...new Set([...this.#known.paired, ...this.#bySubject.keys()])];
  }

  said(issuer: DeviceId, subject: DeviceId): TrustStatement | undefined {
    return this.#bySubject.get(subject)?.get(issuer);
  }

  /** What this device's user chose; a device that was paired and not marked is someone else's. */
  ownMark(subject: DeviceId): TrustMark | undefined {
    const mark = this.said(this.self, subject)?.mark;
    return mark ?? (this.isPaired(subject) ? 'other' : undefined);
  }

  isPaired(device: DeviceId): boolean {
    return this.#known.paired.has(device);
  }

  introducedBy(issuer: DeviceId): readonly DeviceId[] {
    return this.#introduced.get(issuer) ?? [];
  }

  /**
   * Whether another device introduced somebody only after it had taken back a third one: it may have
   * kept whom that one brought in, which makes nobody a witness for it.
   */
  hadTurnedFrom(third: DeviceId, issuer: DeviceId, subject: DeviceId): boolean {
    const [of, then] = [this.said(issuer, third), this.said(issuer, subject)];
    if (issuer === this.self || of === undefined || then === undefined) return false;
    return of.mark !== 'mine' && of.counter < then.counter;
  }

  introducers(subject: DeviceId): DeviceId[] {
    const said = [...(this.#bySubject.get(subject)?.values() ?? [])];
    return said.flatMap(({ mark, issuer }) => (mark === 'mine' ? [issuer] : [])).sort();
  }

  /** Revocations by others: whoever said it counts, until a person lifts it. */
  accusations(subject: DeviceId): TrustStatement[] {
    const said = [...(this.#bySubject.get(subject)?.values() ?? [])];
    return said.filter(({ mark, issuer }) => mark === 'revoked' && issuer !== this.self);
  }

  /** Whether one of the judges lifts the revocation: a person there knew of it and disagreed. */
  isLifted(accusation: TrustStatement, judges: Iterable<DeviceId>): boolean {
    for (const judge of judges) {
      const said = this.said(judge, accusation.subject);
      if (said === undefined || said.mark === 'revoked') continue;
      const { issuer, counter } = accusation;
      if (said.overruled.some((one) => one.issuer === issuer && one.counter >= counter))
        return true;
    }
    return false;
  }
}

/**
 * Over the fewest steps first, and of those of one step from each introducer in turn, so that none
 * crowds out the others. Revocations by others hinder nobody from speaking, nor those whom it
 * introduced: devices must not lose each other with the one over which they met.
 */
function followIntroductions(book: TrustBook, without?: DeviceId): Set<DeviceId> {
  const reached = new Set<DeviceId>([book.self]);
  let step: readonly DeviceId[] = [book.self];
  while (step.length > 0) {
    const introduced = step.map((issuer) =>
      book.introducedBy(issuer).filter((subject) => {
        if (subject === without || (book.ownMark(subject) ?? 'mine') !== 'mine') return false;
        return without === undefined || !book.hadTurnedFrom(without, issuer, subject);
      }),
    );
    step = inTurn(introduced).filter((subject) => {
      if (reached.has(subject) || reached.size > maxSpeakers) return false;
      reached.add(subject);
      return true;
    });
  }
  reached.delete(book.self);
  return reached;
}

/** The first of each, then the second of each, and so on. */
function inTurn(lists: readonly (readonly DeviceId[])[]): DeviceId[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list[at] ?? [])).flat();
}

/** The least set: speakers of whom every revocation is lifted, by this device or one of the set. */
function admittedSpeakers(book: TrustBook, speakers: ReadonlySet<DeviceId>): Set<DeviceId> {
  const admitted = new Set<DeviceId>([book.self]);
  let before = 0;
  while (admitted.size > before) {
    before = admitted.size;
    for (const device of speakers) {
      if (openAccusations(book, device, admitted).length === 0) admitted.add(device);
    }
  }
  return admitted;
}

/** Nobody is a judge of a device by whose introduction alone it is known: a thief has helpers. */
function openAccusations(
  book: TrustBook,
  subject: DeviceId,
  admitted: ReadonlySet<DeviceId>,
): TrustStatement[] {
  const accusations = book.accusations(subject);
  if (accusations.length === 0) return accusations;
  const independent = followIntroductions(book, subject);
  const judges = [book.self, ...independent].filter((judge) => admitted.has(judge));
  return accusations.filter((accusation) => !book.isLifted(accusation, judges));
}

function standingOf(
  book: TrustBook,
  device: DeviceId,
  admitted: ReadonlySet<DeviceId>,
): DeviceStanding {
  const own = book.ownMark(device);
  if (own === 'revoked') return { state: 'revoked', by: [book.self] };
  const accusers = openAccusations(book, device, admitted).map(({ issuer }) => issuer);
  if (accusers.length > 0) return { state: 'suspended', by: accusers.sort() };
  const by = book.introducers(device);
  if (admitted.has(device)) return { state: 'mine', by };
  return { state: book.isPaired(device) ? 'other' : 'pending', by };
}
