/** What a verb gets, and how it is bound to the command line. */
import { resolve } from 'node:path';
import type { RestClient } from '@holdfast/rest-api';
import { type Command, InvalidArgumentError } from 'commander';
import type { Environment } from './environment.js';
import type { ExitCode } from './exit-code.js';
import type { HomePaths } from './home-directory.js';
import type { NodeConnection } from './node-connection.js';
import type { NodeRunner } from './node-runner.js';
import type { Output } from './output.js';

export interface VerbContext {
  readonly environment: Environment;
  readonly output: Output;
  readonly paths: HomePaths;
  /** Throws `node_not_running`. */
  readonly connection: () => NodeConnection;
  /** The running node; throws `node_not_running`. */
  readonly node: () => RestClient;
  /** What runs in this process where no node is asked. */
  readonly loadRunner: () => Promise<NodeRunner>;
}

/** Wraps what a verb does as an action of commander; nothing returned means done. */
export type Bind = <Given extends unknown[]>(
  perform: (context: VerbContext, ...given: Given) => Promise<ExitCode | undefined>,
) => (...given: Given) => Promise<void>;

export type AddVerb = (program: Command, bind: Bind) => void;

/** A path that a person typed, for a node that has another working directory. */
export function absolutePath(context: VerbContext, path: string): string {
  return resolve(context.environment.workingDirectory, path);
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

export function seconds(text: string): number {
  if (!/^\d{1,7}(\.\d{1,3})?$/.test(text)) {
    throw new InvalidArgumentError('It must be a number of seconds.');
  }
  return Number(text);
}

const durationMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `90s`, `15m`, `2h` or `1d`, in milliseconds. */
export function duration(text: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  const unit = durationMs[match?.[2] ?? ''];
  if (match === null || unit === undefined || Number(match[1]) === 0) {
    throw new InvalidArgumentError('It must be a duration such as 90s, 15m, 2h or 1d.');
  }
  return Number(match[1]) * unit;
}
