/** What is said of a seed, by this process or by several that share the seeds. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runSeed, SeedFailure, type SeedReport } from './world/index.js';

export interface SeedVerdict {
  readonly seed: string;
  readonly isGood: boolean;
  /** For people. */
  readonly lines: readonly string[];
}

export interface JudgeOptions {
  readonly twice: boolean;
  readonly print?: (line: string) => void;
}

export async function judgeSeed(seed: string, options: JudgeOptions): Promise<SeedVerdict> {
  const { print } = options;
  try {
    const report = await runSeed(seed, print === undefined ? {} : { print });
    if (options.twice) await requireSame(report);
    return { seed, isGood: true, lines: [describe(report)] };
  } catch (error) {
    if (!(error instanceof SeedFailure)) throw error;
    const stack = error.cause instanceof Error ? [String(error.cause.stack)] : [];
    const replay = `  replay: npm run simulate -- --seed ${seed} --verbose`;
    return {
      seed,
      isGood: false,
      lines: [`seed ${seed} FAILED ${error.message}`, ...stack, replay],
    };
  }
}

/** A world in which anything but its seed decides cannot be replayed. */
async function requireSame(report: SeedReport): Promise<void> {
  const again = await runSeed(report.seed);
  if (again.hash === report.hash) return;
  throw new SeedFailure('not-repeatable', `trace ${report.hash}, then ${again.hash}`);
}

function describe(report: SeedReport): string {
  const { seed, hash, events, virtualMs } = report;
  const counts =
    `contents=${report.contents} overwritten=${report.overwritten} ` +
    `lost-with-power=${report.lostWithPower} raced=${report.raced} history=${report.historyEntries}`;
  return `seed ${seed} ok hash=${hash} events=${events} virtual=${virtualMs / 1000}s ${counts}`;
}

const workerFile = fileURLToPath(new URL('seed-worker.js', import.meta.url));

/** Each process takes the next seed when it is done with one. Rejects where a process ends early. */
export async function judgeInProcesses(
  seeds: readonly string[],
  options: { readonly twice: boolean; readonly jobs: number },
  tell: (verdict: SeedVerdict) => void,
): Promise<void> {
  const left = seeds.values();
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const child = fork(workerFile, options.twice ? ['--twice'] : []);
      let current = '';
      const next = () => {
        const { value, done } = left.next();
        if (done === true) child.disconnect();
        else {
          current = value;
          child.send(value);
        }
      };
      child.on('message', (verdict) => {
        tell(verdict as SeedVerdict);
        current = '';
        next();
      });
      child.on('error', reject);
      child.on('exit', (code) => {
        if (code === 0 && current === '') resolve();
        else reject(new Error(`the process for seed ${current} ended with ${code}`));
      });
      next();
    });
  await Promise.all(Array.from({ length: Math.min(options.jobs, seeds.length) }, work));
}
