/**
 * Carries the answer to a mass change out on every path that it concerns, a batch at a time; doing it
 * again changes nothing. The rules for one path are pure, in `guard-mark.ts`.
 */
import {
  type AnsweredChanges,
  confirmed,
  type FolderIndex,
  isMeant,
  type KnownMassChange,
  type PathEntry,
  rejected,
} from '@holdfast/folder-index';
import { contentNameOf, type FolderPath, type Hash, type Version } from '@holdfast/model';
import { nameOf, shownBy } from './mass-change-survey.js';

const pathsPerUpdate = 500;

/** Resolves when it is durable. */
export async function carryOutAnswer(
  index: FolderIndex,
  question: KnownMassChange,
  hash: Hash,
): Promise<void> {
  const elsewhere = await movedElsewhere(index, question);
  const isElsewhere = ({ record }: Version) => elsewhere.has(contentNameOf(record) ?? '');
  const meant = { ...question, isElsewhere };
  const change = (entry: PathEntry) =>
    question.answer === 'rejected' ? rejected(entry, meant, hash) : confirmed(entry, meant);
  let paths: FolderPath[] = [];
  for await (const entry of index.below('')) {
    if (!entry.rows.some((row) => isMeant(row, meant))) continue;
    paths.push(entry.path);
    if (paths.length < pathsPerUpdate) continue;
    await index.update(paths, change, { sync: true });
    paths = [];
  }
  await index.update(paths, change, { sync: true });
}

/**
 * Of what had moved before the answer, the content that is shown at a path which the answer does not
 * concern: what was only renamed stays renamed.
 */
async function movedElsewhere(
  index: FolderIndex,
  answered: AnsweredChanges,
): Promise<ReadonlySet<string>> {
  const wanted = new Set<string>();
  for await (const { rows } of index.below('')) {
    const moved = rows.flatMap(({ guard }) => (guard?.state === 'moved' ? nameOf(guard) : []));
    for (const name of moved) wanted.add(name);
  }
  const found = new Set<string>();
  if (wanted.size === 0) return found;
  for await (const entry of index.below('')) {
    if (entry.rows.some((row) => isMeant(row, answered))) continue;
    for (const { record } of shownBy(entry)) {
      const name = contentNameOf(record);
      if (name !== undefined && wanted.has(name)) found.add(name);
    }
  }
  return found;
}
