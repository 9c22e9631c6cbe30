/** One browser for the tests of a file, and the pages that a test opened in it: closed after that test. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { NodeProcess } from '../end-to-end/node-process.js';
import { type Appearance, launchChromium, openPage, type WatchedPage } from './chromium.js';

export interface TestBrowser {
  /** The page that was opened last. */
  readonly shown: WatchedPage;
  /** An empty page, in a profile of its own. */
  open(appearance?: Appearance): Promise<WatchedPage>;
  /** The page of a node, signed in by a link that is printed for it. */
  openPageOf(node: NodeProcess, appearance?: Appearance): Promise<WatchedPage>;
}

export function useBrowser(): TestBrowser {
  let browser: Browser | undefined;
  let opened: WatchedPage[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterEach(async () => {
    for (const { context } of opened) await context.close();
    opened = [];
  });

  afterAll(() => browser?.close());

  const open = async (appearance?: Appearance): Promise<WatchedPage> => {
    const page = await openPage(browser!, appearance);
    opened.push(page);
    return page;
  };
  return {
    get shown() {
      return opened.at(-1)!;
    },
    open,
    openPageOf: async (node, appearance) => {
      const watched = await open(appearance);
      await watched.page.goto((await node.ask<{ url: string }>('page')).url);
      return watched;
    },
  };
}
