/** See build-if-needed.mjs. */
export function needsBuild(root: string): boolean;
export function buildIfNeeded(root?: string, build?: (root: string) => boolean): boolean;
