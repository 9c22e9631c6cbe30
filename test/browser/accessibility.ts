/** What axe-core finds wrong with a page, by the rules of WCAG 2.2 A and AA. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly target: unknown; readonly failureSummary?: string }[];
  }[];
}

/** Each violation as a line; empty where there is none. */
export async function barriers(page: Page): Promise<string[]> {
  // The page forbids scripts that are not its own: this one comes in beside its policy.
  await page.evaluate(`${axe.source}; undefined`);
  const { violations } = await page.evaluate<AxeResult>(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })`,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${String(target)}: ${failureSummary}`),
  );
}
