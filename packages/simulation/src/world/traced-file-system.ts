/** A file system that tells the trace of every call and its outcome; of bytes only where, not how many. */
import { type FileSystem, fileErrorCode } from '@holdfast/platform';
import type { WorldTrace } from './world-trace.js';

export function tracedFileSystem(inner: FileSystem, who: string, trace: WorldTrace): FileSystem {
  return new Proxy(inner, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== 'function' || typeof name !== 'string') return method;
      return (...given: unknown[]): unknown => {
        const shown = given.filter((one) => typeof one === 'string').join(' ');
        try {
          const result: unknown = method.apply(target, given);
          trace.step(who, `${name} ${shown}`);
          return result;
        } catch (error) {
          trace.step(who, `${name} ${shown}: ${fileErrorCode(error) ?? 'ended'}`);
          throw error;
        }
      };
    },
  });
}
