/**
 * Installs `Promise.withResolvers` (ECMAScript 2024) where the runtime lacks it, as Node 20 does
 * and libp2p needs it. Imported for its effect, before anything that uses it.
 */
export {};

if (!('withResolvers' in Promise)) {
  Object.defineProperty(Promise, 'withResolvers', {
    configurable: true,
    writable: true,
    value: function withResolvers(this: PromiseConstructor) {
      let resolve: ((value: unknown) => void) | undefined;
      let reject: ((reason: unknown) => void) | undefined;
      const promise = new this((onFulfil, onReject) => {
        resolve = onFulfil;
        reject = onReject;
      });
      return { promise, resolve, reject };
    },
  });
}
