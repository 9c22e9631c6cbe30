/**
 * What a person asks of the node: one thing at a time, whether it is under way, and what went wrong.
 * Whatever came of it, `onDone` is told.
 */
import { NodeProblem } from './node-api.ts';

export class Attempt {
  working = $state(false);
  problem: NodeProblem | undefined = $state.raw();
  readonly #onDone: () => void;

  constructor(onDone: () => void) {
    this.#onDone = onDone;
  }

  async run(perform: () => Promise<unknown>): Promise<void> {
    if (this.working) return;
    this.working = true;
    this.problem = undefined;
    try {
      await perform();
    } catch (error) {
      this.problem = error instanceof NodeProblem ? error : new NodeProblem(String(error), '');
    }
    this.working = false;
    this.#onDone();
  }
}
