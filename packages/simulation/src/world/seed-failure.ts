/** Why a seed failed: a promise of the product that did not hold in its world. */
export type FailureKind =
  | 'answer-not-kept'
  | 'data-loss'
  | 'divergence'
  | 'falsely-accused'
  | 'held-unlisted'
  | 'history-shrank'
  | 'ignored-touched'
  | 'invented-content'
  | 'neither-old-nor-new'
  | 'not-asked'
  | 'not-repeatable'
  | 'not-confined'
  | 'not-healed'
  | 'not-live'
  | 'rot-untold'
  | 'unexpected-error';

export class SeedFailure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, cause?: unknown) {
    super(`${kind}: ${message}`, cause === undefined ? undefined : { cause });
    this.name = 'SeedFailure';
    this.kind = kind;
  }
}
