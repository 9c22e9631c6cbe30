/** A node that the system starts by itself: what has to be known, and what is to be written. */
export const servicePlatforms = ['linux', 'macos', 'windows'] as const;
export type ServicePlatform = (typeof servicePlatforms)[number];

export interface ServiceFacts {
  /** The words that start this program: the runtime, then its file. */
  readonly launch: readonly string[];
  readonly home: string;
  /** Where the node writes besides its home: folders, a store that lies elsewhere, what was asked for. */
  readonly writable: readonly string[];
  /** For the whole machine, from its start on, instead of for one user. */
  readonly isSystem: boolean;
  /** Whose home it is; the service of a whole machine runs as that user. */
  readonly owner: string;
  /** Where the user who asks has configuration: `~/.config`, `~/Library`, or as XDG says. */
  readonly configuration: string;
}

export interface Service {
  /** Where the system looks for it. */
  readonly path: string;
  readonly text: string;
  /** The mark, as it stands in the text. */
  readonly mark: string;
  readonly encoding: 'utf8' | 'utf16le';
  /** Files that the system makes beside it when it is switched on. */
  readonly traces: readonly string[];
  /** What it is, and what it may do, in sentences. */
  readonly about: readonly string[];
  /** What to type next, each with why. */
  readonly start: readonly NextStep[];
  readonly stop: readonly NextStep[];
}

export interface NextStep {
  readonly command: string;
  readonly why: string;
}

const markBegin = 'Written by holdfast install-service for the home';

/** The words by which a file of ours is known again, with the home that it is for. */
export function markFor(home: string): string {
  return `${markBegin} "${home}".`;
}

/** Whether a file was written here, for whichever home. */
export function isMarked(text: string): boolean {
  return text.includes(markBegin);
}

/** How the node is started, whatever starts it. What it prints may be read by others: no links. */
export function nodeCommand({ launch, home }: ServiceFacts): readonly string[] {
  return [...launch, '--home', home, '--quiet', 'up', '--no-browser'];
}
