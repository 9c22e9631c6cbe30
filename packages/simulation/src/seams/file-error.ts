/** An error as an operating system reports it, with its name in `code`. */
export class MemoryFileError extends Error {
  readonly code: string;

  constructor(code: string, call: string, path: string) {
    super(`${code}: ${call} '${Buffer.from(path, 'latin1').toString('utf8')}'`);
    this.name = 'MemoryFileError';
    this.code = code;
  }
}
