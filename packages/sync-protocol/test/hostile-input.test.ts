import { MalformedBytes } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import {
  decodeBlockRequest,
  decodeBlockResponse,
  decodeControl,
  decodeHistoryAnswer,
  decodeHistoryRequest,
  decodePairAnswer,
  decodePairRequest,
  encodeBlockResponse,
  encodeControl,
  encodePairAnswer,
  limits,
} from '@holdfast/sync-protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messageKinds } from './message-kinds.js';
import { bytesField, type Field, frameOf, numberField } from './wire-bytes.js';

/** What `attempt` was refused with; `accepted` where it was not. */
function outcomeOf(attempt: () => unknown): string {
  try {
    attempt();
    return 'accepted';
  } catch (error) {
    if (error instanceof AppError || error instanceof MalformedBytes) return error.code;
    throw error;
  }
}

describe.each(messageKinds)('$name', (kind) => {
  test('with flipped bytes are read or refused, and nothing else', () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 });
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(kind.sample, flips, ({ frame }, changes) => {
        const mangled = Uint8Array.from(frame);
        for (const [at, value] of changes) mangled[at % mangled.length] = value;
        outcomes.add(outcomeOf(() => kind.decode(mangled)));
      }),
      { numRuns: 2000 },
    );
    expect([...outcomes].filter((it) => !allowed.has(it))).toEqual([]);
    expect(outcomes).toContain('message_malformed');
  });

  test('cut short or made of noise are read or refused, and nothing else', () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(kind.sample, fc.nat(), fc.uint8Array({ maxLength: 300 }), (it, at, noise) => {
        outcomes.add(outcomeOf(() => kind.decode(it.frame.subarray(0, at % it.frame.length))));
        outcomes.add(outcomeOf(() => kind.decode(noise)));
      }),
      { numRuns: 1000 },
    );
    expect([...outcomes].filter((it) => !allowed.has(it))).toEqual([]);
  });

  test.each([
    ['nothing', new Uint8Array(0)],
    ['more than a frame', new Uint8Array(limits.frameBytes + 1)],
    ['groups nested without end', new Uint8Array(limits.frameBytes).fill(0x7b)],
    ['a number that never ends', new Uint8Array(limits.frameBytes).fill(0xff)],
    ['a length beyond the frame', Buffer.from('0affffffff0f00', 'hex')],
    ['only what a later version knows', Buffer.from('fa3f03616263', 'hex')],
  ])('of %s are refused', (_, frame) => {
    expect(outcomeOf(() => kind.decode(frame))).toBe('message_malformed');
  });
});

const allowed = new Set(['accepted', 'message_malformed', 'protocol_incompatible']);

const folder = bytesField(1, 'aaaaaaaaaaaaaaaa');
const eight = new Uint8Array(8).fill(1);
const id = new Uint8Array(32).fill(2);
const position = [bytesField(1, eight), numberField(2, 5), bytesField(3, id)];

/** A hello with one field replaced. */
function hello(replaced: Field): Uint8Array {
  const fields = [numberField(1, 1), bytesField(4, 'laptop'), bytesField(5, '0.1.0')];
  return frameOf(1, [...fields.filter((it) => it.number !== replaced.number), replaced]);
}

/** A progress message with one field replaced. */
function progress(replaced: Field): Uint8Array {
  const fields = [folder, bytesField(2, position), numberField(3, 1)];
  return frameOf(4, [...fields.filter((it) => it.number !== replaced.number), replaced]);
}

function row(sequence: number, state: number, recordLength: number): Field {
  const record = bytesField(3, new Uint8Array(recordLength));
  return bytesField(3, [numberField(1, sequence), numberField(2, state), record]);
}

function delta(rows: readonly Field[], at?: readonly Field[]): Uint8Array {
  const complete = at === undefined ? [] : [bytesField(4, at)];
  return frameOf(3, [folder, bytesField(2, eight), ...rows, ...complete]);
}

describe('control messages', () => {
  test('of hand-made bytes within the rules are accepted', () => {
    expect(outcomeOf(() => decodeControl(hello(bytesField(4, 'Rosa’s laptop'))))).toBe('accepted');
    expect(outcomeOf(() => decodeControl(progress(numberField(5, 3_000_000_000))))).toBe(
      'accepted',
    );
    expect(outcomeOf(() => decodeControl(delta([row(1, 1, 9), row(5, 2, 9)], position)))).toBe(
      'accepted',
    );
  });

  test.each([
    ['a name that is too long', hello(bytesField(4, 'x'.repeat(65)))],
    ['a name with a control character', hello(bytesField(4, 'lap\u001b[2Jtop'))],
    ['a name that is not UTF-8', hello(bytesField(4, Uint8Array.of(0x61, 0xff)))],
    ['a name with an overlong character', hello(bytesField(4, Uint8Array.of(0xc0, 0xaf)))],
    ['a name with half a surrogate pair', hello(bytesField(4, Uint8Array.of(0xed, 0xa0, 0x80)))],
    ['an empty address', hello(bytesField(6, ''))],
    ['an address that is too long', hello(bytesField(6, 'x'.repeat(257)))],
    ['a folder id of capitals', progress(bytesField(1, 'AAAAAAAAAAAAAAAA'))],
    ['a folder id that is too short', progress(bytesField(1, 'aaaaaaaa'))],
    ['no position', progress(numberField(2, 0))],
    ['an epoch that is too long', progress(bytesField(2, [bytesField(1, id), position[2]!]))],
    ['a number beyond the safe ones', progress(numberField(3, 2n ** 53n))],
    ['a number of 64 bits', progress(numberField(4, 2n ** 64n - 1n))],
    ['a row without a state', delta([row(1, 0, 9)])],
    ['a row in a state that is not known', delta([row(1, 3, 9)])],
    ['a row without a record', delta([row(1, 1, 0)])],
    ['a record that is too large', delta([row(1, 1, 65_537)])],
    ['a row with the sequence 0', delta([row(0, 1, 9)])],
    ['rows out of order', delta([row(2, 1, 9), row(1, 1, 9)])],
    ['a sequence twice', delta([row(2, 1, 9), row(2, 2, 9)])],
    ['a position before its rows', delta([row(6, 1, 9)], position)],
    [
      'a position of another epoch',
      delta([], [bytesField(1, new Uint8Array(8)), ...position.slice(1)]),
    ],
  ])('with %s are refused', (_, frame) => {
    expect(outcomeOf(() => decodeControl(frame))).toBe('message_malformed');
  });

  test.each([
    ['addresses', 1, bytesField(6, 'x'), 16, [numberField(1, 1)]],
    ['folders', 2, bytesField(1, []), 1024, []],
    ['rows', 3, row(1, 1, 1), 2000, []],
    ['exceptions', 5, bytesField(5, id), 1000, []],
    ['trust statements', 7, bytesField(1, []), 256, []],
  ] as const)(
    'with a bomb of %s are refused while they are read',
    (_, kind, field, limit, rest) => {
      const bomb = frameOf(kind, [...rest, ...Array.from({ length: limit + 1 }, () => field)]);
      expect(causeOf(() => decodeControl(bomb))).toMatch(/too many elements/);
    },
  );

  const issuer = bytesField(1, '12D3KooWabcdefgh');
  const subject = bytesField(2, '12D3KooWhijkmnop');
  const signature = bytesField(9, new Uint8Array(64));
  const statement = (...fields: Field[]) =>
    frameOf(7, [bytesField(1, [issuer, subject, numberField(4, 1), signature, ...fields])]);

  test('with a statement within the rules are accepted', () => {
    expect(outcomeOf(() => decodeControl(statement(numberField(3, 1))))).toBe('accepted');
  });

  test.each([
    ['without a mark', statement()],
    ['with a mark that is not known', statement(numberField(3, 4))],
    ['with the counter 0', statement(numberField(3, 1), numberField(4, 0))],
    ['of a device about itself', statement(numberField(3, 1), bytesField(2, '12D3KooWabcdefgh'))],
    ['of a time that no date has', statement(numberField(3, 1), numberField(5, 8.64e15 + 1))],
    ['that was mine and is', statement(numberField(3, 1), numberField(10, 1))],
    ['with half a signature', statement(numberField(3, 1), bytesField(9, new Uint8Array(32)))],
    [
      'that revokes and overrules',
      statement(numberField(3, 3), bytesField(8, [issuer, numberField(2, 1)])),
    ],
    [
      'with too many addresses',
      statement(numberField(3, 1), ...Array.from({ length: 5 }, () => bytesField(7, '/a'))),
    ],
    [
      'with too many overruled revocations',
      statement(numberField(3, 1), ...Array.from({ length: 33 }, () => bytesField(8, [issuer]))),
    ],
  ])('with a statement %s are refused', (_, frame) => {
    expect(outcomeOf(() => decodeControl(frame))).toBe('message_malformed');
  });

  test('announcing a folder twice are refused', () => {
    const one = bytesField(1, [
      folder,
      bytesField(4, eight),
      bytesField(5, position),
      numberField(8, 1),
    ]);
    expect(outcomeOf(() => decodeControl(frameOf(2, [one])))).toBe('accepted');
    expect(outcomeOf(() => decodeControl(frameOf(2, [one, one])))).toBe('message_malformed');
  });
});

describe('on the blocks channel', () => {
  const item = (level: number, count: number, version: Uint8Array = id): Field =>
    bytesField(3, [bytesField(1, version), numberField(2, level), numberField(4, count)]);

  test.each([
    ['nothing', []],
    ['a level that is too deep', [item(5, 1)]],
    ['no blocks', [item(0, 0)]],
    ['too many blocks', [item(0, 1025)]],
    ['a version id that is too short', [item(0, 1, eight)]],
    ['too many items', Array.from({ length: 4097 }, () => item(0, 1))],
  ])('a request for %s is refused', (_, items) => {
    expect(
      outcomeOf(() =>
        decodeBlockRequest(frameOf(undefined, [bytesField(2, 'a'.repeat(16)), ...items])),
      ),
    ).toBe('message_malformed');
  });

  test.each([
    ['that says nothing', [numberField(1, 7)]],
    ['with an empty block', [bytesField(2, [numberField(1, 1)])]],
    ['with an item out of range', [bytesField(2, [numberField(1, 4096), bytesField(3, id)])]],
    ['with a reason that is not known', [bytesField(3, [numberField(1, 1), numberField(2, 5)])]],
    [
      'with a block that is too large',
      [bytesField(2, [bytesField(3, new Uint8Array(2 ** 20 + 65))])],
    ],
    [
      'with too many bytes of blocks',
      Array.from({ length: 2 }, () => bytesField(2, [bytesField(3, new Uint8Array(800_000))])),
    ],
  ])('a response %s is refused', (_, fields) => {
    expect(outcomeOf(() => decodeBlockResponse(frameOf(undefined, fields)))).toBe(
      'message_malformed',
    );
  });
});

describe('on the history and pairing channels', () => {
  const head = bytesField(2, [numberField(1, 1)]);
  const question = (path: string): Uint8Array =>
    frameOf(undefined, [folder, bytesField(4, [bytesField(1, path), head])]);

  test('a question about a path in the folder is accepted', () => {
    expect(outcomeOf(() => decodeHistoryRequest(question('notes/a.txt')))).toBe('accepted');
  });

  test.each(['../etc/passwd', '/etc/passwd', 'a//b', 'a\0b', '.holdfast/key', ''])(
    'a question about the path %j is refused',
    (path) => {
      expect(outcomeOf(() => decodeHistoryRequest(question(path)))).toBe('message_malformed');
    },
  );

  test('a page with a bomb of entries is refused while it is read', () => {
    const page = [bytesField(1, eight), ...Array.from({ length: 1001 }, () => bytesField(4, []))];
    expect(causeOf(() => decodeHistoryAnswer(frameOf(1, page)))).toMatch(/too many elements/);
  });

  test('an answer that accepts and refuses at once is refused', () => {
    const both = frameOf(2, [numberField(1, 1), bytesField(2, 'invite_used')]);
    expect(outcomeOf(() => decodePairAnswer(both))).toBe('message_malformed');
  });

  test('an answer is not taken for a request', () => {
    const answer = encodePairAnswer({
      accepted: true,
      code: '',
      mine: false,
      deviceName: 'pi',
      addresses: [],
    });
    expect(outcomeOf(() => decodePairRequest(answer))).toBe('message_malformed');
  });
});

test('what breaks a bound of our own making is an assertion, not a frame', () => {
  const envelope = new Uint8Array(2 ** 20);
  const blocks = [0, 1].map((index) => ({ item: 0, index, envelope }));
  expect(() => encodeBlockResponse({ requestId: 1, blocks, missing: [], done: true })).toThrow(
    'assertion failed',
  );
  const deviceName = 'x'.repeat(65);
  expect(() =>
    encodeControl({
      type: 'hello',
      protocolMajor: 1,
      requiredFeatures: 0n,
      supportedFeatures: 0n,
      deviceName,
      softwareVersion: '',
      addresses: [],
    }),
  ).toThrow('assertion failed');
});

function causeOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    return error instanceof AppError ? String(error.cause) : '';
  }
  return '';
}
