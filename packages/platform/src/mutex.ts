/** Runs async sections one at a time, in the order of their arrival. */
export class Mutex {
  #tail: Promise<unknown> = Promise.resolve();

  /** The section's result; a section that throws does not stop those behind it. */
  run<Result>(section: () => Promise<Result>): Promise<Result> {
    const result = this.#tail.then(section, section);
    this.#tail = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}
