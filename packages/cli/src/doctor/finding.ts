/** What was found out about one thing: how it is, in one sentence, and what to do. */
export type FindingState = 'ok' | 'warning' | 'problem';

export interface Finding {
  /** Stable: which thing was looked at. */
  readonly name: string;
  /** Which one of several, such as a folder's label; empty where there is one. */
  readonly subject: string;
  readonly state: FindingState;
  readonly message: string;
  /** What to do, in words; empty where nothing is to be done. */
  readonly hint: string;
  /** What to type; empty where no command does it. */
  readonly command: string;
}

export interface Advice {
  readonly hint: string;
  readonly command?: string;
}

/** A thing that findings are about. */
export interface Topic {
  readonly name: string;
  readonly subject?: string;
}

export function ok(topic: Topic, message: string): Finding {
  return finding(topic, 'ok', message, { hint: '' });
}

/** It works, but worse than it could, or not for long. */
export function warning(topic: Topic, message: string, advice: Advice): Finding {
  return finding(topic, 'warning', message, advice);
}

/** Something does not work. */
export function problem(topic: Topic, message: string, advice: Advice): Finding {
  return finding(topic, 'problem', message, advice);
}

function finding(topic: Topic, state: FindingState, message: string, advice: Advice): Finding {
  const { name, subject = '' } = topic;
  const { hint, command = '' } = advice;
  return { name, subject, state, message, hint, command };
}
