/** Waits for a condition, with an end: tests never wait for a time to pass. */
import { conditionPatienceMs } from './patience.js';

const pollMs = 25;

/**
 * The first value that is not undefined or false; throws, naming the condition, when time is up. A
 * file that is gone while it is looked at, or has not come yet, is no answer either way.
 */
export async function eventually<Value>(
  condition: string,
  look: () => Promise<Value | undefined | false> | Value | undefined | false,
  timeoutMs = conditionPatienceMs,
): Promise<Value> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const { value, missing } = await lookOnce(look);
    if (value !== undefined && value !== false) return value;
    if (performance.now() > until) {
      throw new Error(`It never came to be: ${condition}.`, { cause: missing });
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

async function lookOnce<Value>(look: () => Promise<Value> | Value) {
  try {
    return { value: await look() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { missing: error };
  }
}
