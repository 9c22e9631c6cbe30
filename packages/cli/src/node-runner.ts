/**
 * The seam to running a node in this process. Loaded only by `init` and `up`: the other verbs talk
 * to a running node and should not pay for loading one.
 */
import { fileURLToPath } from 'node:url';
import type { NodeControl } from '@holdfast/node';
import type { Clock, Logger, RandomSource } from '@holdfast/platform';
import type { RestServer } from '@holdfast/rest-api';

export interface ServeContext {
  readonly token: string;
  readonly random: RandomSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly gui: { readonly host: string; readonly port: number };
  readonly pageDirectory: string;
}

export interface RunNodeOptions {
  readonly home: string;
  readonly name?: string | undefined;
  readonly listen: readonly string[];
  /** Asked for by a person: a taken address is an error, not a reason to take another. */
  readonly listenAsked: boolean;
  readonly mdns: boolean;
  readonly gui: { readonly host: string; readonly port: number; readonly asked: boolean };
  readonly logger?: Logger | undefined;
  readonly pageDirectory: string;
  /**
   * Makes the server, unstarted. Called again with another port where the default one is taken.
   */
  readonly serve: (control: NodeControl, context: ServeContext) => RestServer;
}

export interface RunningNode {
  readonly device: string;
  readonly name: string;
  readonly gui: string;
  readonly addresses: readonly string[];
  readonly home: string;
  /** Resolves when the node was asked over its API to end. */
  readonly stopped: Promise<void>;
  /** Idempotent. */
  stop(): Promise<void>;
  readonly warnings: readonly string[];
}

export interface InitHomeOptions {
  readonly home: string;
  readonly name?: string | undefined;
}

export interface NodeRunner {
  /** Code `already_initialised`. */
  initHome(options: InitHomeOptions): Promise<{
    readonly device: string;
    readonly name: string;
    readonly home: string;
  }>;
  /** Codes: `address_in_use`, `home_locked`. */
  runNode(options: RunNodeOptions): Promise<RunningNode>;
}

/** The built page, beside this package. */
export const pageDirectory = fileURLToPath(new URL('../../web/dist', import.meta.url));

export async function loadNodeRunner(): Promise<NodeRunner> {
  return (await import('@holdfast/node')) as unknown as NodeRunner;
}
