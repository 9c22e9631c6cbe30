/** Questions about mass changes between their domain and wire forms. Layout: SPEC.md, "folders". */
import type { MassChange, MassChangeAnswer } from '@holdfast/model';
import { WireAnswer, type WireMassChange } from './generated/wire.js';
import { limits } from './limits.js';
import { refuse } from './malformed.js';
import { readDeviceId, readHex, readName, readSafe, readTime } from './wire-reading.js';
import { writeCount, writeDeviceId, writeHex, writeSafe } from './wire-writing.js';

const wireAnswers: Readonly<Record<MassChangeAnswer, WireAnswer>> = {
  open: WireAnswer.ANSWER_OPEN,
  over: WireAnswer.ANSWER_OVER,
  confirmed: WireAnswer.ANSWER_CONFIRMED,
  rejected: WireAnswer.ANSWER_REJECTED,
};
const answers: ReadonlyMap<string, MassChangeAnswer> = new Map([
  [WireAnswer.ANSWER_OPEN, 'open'],
  [WireAnswer.ANSWER_OVER, 'over'],
  [WireAnswer.ANSWER_CONFIRMED, 'confirmed'],
  [WireAnswer.ANSWER_REJECTED, 'rejected'],
]);

export function wireMassChangesOf(changes: readonly MassChange[]): WireMassChange[] {
  writeCount(changes, limits.massChanges, 'mass changes');
  return changes.map((change) => ({
    id: writeHex(change.id, 8),
    holder: writeDeviceId(change.holder),
    author: writeDeviceId(change.author),
    sinceMs: writeSafe(change.sinceMs),
    lastMs: writeSafe(change.lastMs),
    deleted: writeSafe(change.deleted),
    rewritten: writeSafe(change.rewritten),
    files: writeSafe(change.files),
    answer: wireAnswers[change.answer],
  }));
}

export function massChangesFrom(wire: readonly WireMassChange[]): MassChange[] {
  if (wire.length > limits.massChanges) refuse('too many mass changes');
  const changes = wire.map(massChangeFrom);
  if (new Set(changes.map(({ id }) => id)).size !== changes.length) refuse('a question twice');
  return changes;
}

function massChangeFrom(wire: WireMassChange): MassChange {
  return {
    id: readHex(wire.id, 8, 'question id'),
    holder: readDeviceId(wire.holder),
    author: readDeviceId(wire.author),
    sinceMs: readTime(wire.sinceMs, 'first change'),
    lastMs: readTime(wire.lastMs, 'last change'),
    deleted: readSafe(wire.deleted, 'deletions'),
    rewritten: readSafe(wire.rewritten, 'rewrites'),
    files: readSafe(wire.files, 'files'),
    answer: readName(answers, wire.answer, 'answer'),
  };
}
