/** An error as an operating system reports it, with its name in `code`. */
export class MemoryFileError extends Error {
  readonly code: string;

  constructor(code: string, call: string, path: string) {
    const before = Error.stackTraceLimit;
    // Most are answers, such as that there is no such file: nobody asks where they come from.
    Error.stackTraceLimit = 0;
    super(`${code}: ${call} '${Buffer.from(path, 'latin1').toString('utf8')}'`);
    Error.stackTraceLimit = before;
    this.name = 'MemoryFileError';
    this.code = code;
  }
}
