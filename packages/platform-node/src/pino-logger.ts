/**
 * Log lines as JSON, one a line, through pino. A log that cannot be written never stops the node:
 * lines beyond the bound are dropped, and the failure is said once on standard error.
 */
import { openSync } from 'node:fs';
import { AppError, errorMessage, type Logger } from '@holdfast/platform';
import { type DestinationStream, destination as openDestination, pino, stdSerializers } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LoggerOptions {
  /** The path of a file to append to (created 0600), or `stderr`. */
  readonly destination: string;
  readonly level: LogLevel;
}

export interface FlushableLogger extends Logger {
  /** Resolves when every line so far is on the disk; call it before exit. */
  flush(): Promise<void>;
}

/** Lines that wait for a slow disk. */
const maxBufferedBytes = 8 * 1024 * 1024;
const logPermissions = 0o600;
const standardError = 2;

/** Throws an error with code `log_unwritable` when the file cannot be opened. */
export function createLogger(options: LoggerOptions): FlushableLogger {
  const stream = openStream(options.destination);
  let failed = false;
  stream.on('error', (error: unknown) => {
    if (!failed) process.stderr.write(`The log cannot be written: ${errorMessage(error)}\n`);
    failed = true;
  });
  return loggerOn(stream, options.level, () => {
    return new Promise<void>((resolve, reject) => {
      stream.flush((error) => (error ? reject(error) : resolve()));
    });
  });
}

function openStream(path: string): ReturnType<typeof openDestination> {
  if (path === 'stderr') return openDestination({ fd: standardError, sync: true });
  return openDestination({
    fd: openLogFile(path),
    sync: false,
    // Below one byte, flush does not wait for what is being written.
    minLength: 1,
    maxLength: maxBufferedBytes,
  });
}

/** Opened here and at once: a stream whose file could not be opened throws at every line. */
function openLogFile(path: string): number {
  try {
    return openSync(path, 'a', logPermissions);
  } catch (error) {
    throw new AppError(
      'log_unwritable',
      `The log file ${path} cannot be opened: ${errorMessage(error)}.`,
      { hint: 'Make its directory writable or name another file.', cause: error },
    );
  }
}

function loggerOn(
  stream: DestinationStream,
  level: LogLevel,
  flush: () => Promise<void>,
): FlushableLogger {
  const log = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: stdSerializers.err },
      messageKey: 'message',
    },
    stream,
  );
  return {
    debug: (message, fields = {}) => log.debug(fields, message),
    info: (message, fields = {}) => log.info(fields, message),
    warn: (message, fields = {}) => log.warn(fields, message),
    error: (message, fields = {}) => log.error(fields, message),
    flush,
  };
}
