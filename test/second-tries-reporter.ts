/** Names each test that passed only when it was tried again, and why it failed before. */
import type { TestCase } from 'vitest/node';

export default class SecondTriesReporter {
  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky !== true) return;
    const [error] = test.result().errors ?? [];
    process.stdout.write(
      `passed only at a second try: ${test.module.relativeModuleId} > ${test.fullName}\n${error?.stack ?? ''}\n`,
    );
  }
}
