/** `--mine` and `--other`: whose device it is. */
import { Option } from 'commander';

export interface MarkOptions {
  readonly mine?: true;
  readonly other?: true;
}

export function mineOption(): Option {
  return new Option('--mine', 'it is a device of your own').conflicts('other');
}

export function otherOption(): Option {
  return new Option('--other', "it is somebody else's device");
}

/** Undefined where nothing was said. */
export function chosenMark({ mine, other }: MarkOptions): boolean | undefined {
  return other === true ? false : mine;
}
