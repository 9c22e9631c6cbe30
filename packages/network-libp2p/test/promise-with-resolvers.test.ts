import { expect, test } from 'vitest';

interface Resolvers {
  readonly promise: Promise<unknown>;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

test('the shim gives a promise and its two ends where the runtime has none', async () => {
  const original = Object.getOwnPropertyDescriptor(Promise, 'withResolvers');
  Reflect.deleteProperty(Promise, 'withResolvers');
  try {
    await import('../src/promise-with-resolvers.js');
    const create = Reflect.get(Promise, 'withResolvers') as (this: PromiseConstructor) => Resolvers;
    const first = create.call(Promise);
    first.resolve('value');
    expect(await first.promise).toBe('value');
    const second = create.call(Promise);
    second.reject(new Error('reason'));
    await expect(second.promise).rejects.toThrow('reason');
  } finally {
    if (original !== undefined) Object.defineProperty(Promise, 'withResolvers', original);
  }
});
