/** What a verification found, in figures and in sentences for a person. Pure. */
import { displayPath, type FolderId } from '@holdfast/model';
import {
  type ArchiveFindings,
  badCount,
  type LostContent,
  type LostVersion,
} from '@holdfast/version-archive';
import type { ArchiveProblem, VerifyResult } from './archive-care.js';

export interface VerifyOutcome {
  readonly findings: ArchiveFindings;
  /** Entries of the log and trailers that were written again. */
  readonly rewritten: number;
  /** What is missing still, after all who could have it were asked. */
  readonly stillLost: LostContent;
}

type Counts = Pick<VerifyResult, 'records' | 'blocks' | 'bytes' | 'bad' | 'repaired' | 'problems'>;

const maxProblems = 1_000;

export function verifyReport(
  { findings, rewritten, stillLost }: VerifyOutcome,
  labelOf: (folder: FolderId) => string,
): Counts {
  const { blocks, log, lost } = findings;
  const gone = new Set(lost.blocks.map(({ contentId }) => contentId));
  for (const contentId of blocks.rotten) gone.add(contentId);
  // A list block that is back may name others that are lost.
  const healed = Math.max(0, gone.size - stillLost.blocks.length);
  return {
    records: log.records,
    blocks: blocks.blocks,
    bytes: blocks.bytes + log.bytes,
    bad: badCount(findings),
    repaired: rewritten + healed,
    problems: [
      ...stillLost.versions.map((version) => contentProblem(version, labelOf)),
      ...historyProblems(findings),
      ...fileProblems(findings),
    ].slice(0, maxProblems),
  };
}

function contentProblem(
  { folder, versionId, path }: LostVersion,
  labelOf: (folder: FolderId) => string,
): ArchiveProblem {
  const [label, shown] = [labelOf(folder), displayPath(path)];
  return {
    type: 'content',
    what: `Content of ${label}/${shown} is damaged, and no connected device has it.`,
    folder: label,
    path: shown,
    version: versionId,
  };
}

function historyProblems({ log, falseRecords }: ArchiveFindings): ArchiveProblem[] {
  const problems = log.lost.slice(0, maxProblems).map((position) => ({
    type: 'history' as const,
    what: `Entry ${position} of the history log is damaged in both copies.`,
  }));
  if (!log.endsInHead && log.lost.length === 0) {
    const what = 'The history log is not the one whose head was told to other devices.';
    problems.push({ type: 'history', what });
  }
  if (falseRecords > 0) {
    const what = `${falseRecords} entries of the history log are not the versions that they name.`;
    problems.push({ type: 'history', what });
  }
  return problems;
}

/** Trailers with an extent were written again; what is missing shows in what it held. */
function fileProblems({ blocks, log }: ArchiveFindings): ArchiveProblem[] {
  const faults = [
    ...blocks.faults.map((fault) => ({ ...fault, stream: 'blocks' })),
    ...log.segmentFaults.map((fault) => ({ ...fault, stream: `log-${fault.copy}` })),
  ];
  return faults
    .filter(({ extent }) => extent === undefined)
    .map(({ type, segment, stream }) => ({
      type: 'file' as const,
      what: `Segment ${segment} of ${stream}: ${faultWords[type]}.`,
    }));
}

const faultWords = {
  missing: 'the file is missing',
  unreadable: 'the disk does not give it',
  header: 'its header is damaged; what it holds was looked at entry by entry',
  trailer: 'its end mark is damaged',
  digest: 'it is not the file that the next one was written behind',
} as const;
