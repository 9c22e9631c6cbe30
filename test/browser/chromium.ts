/** The browser that Debian packages, driven without downloading anything. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { commandPatienceMs, conditionPatienceMs } from '../end-to-end/patience.js';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** As root without a sandbox, and silent on the network. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function launchChromium(): Promise<Browser> {
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no browser at ${executablePath}, so the page cannot be tested. ` +
        'Install it with: apt-get install chromium, or name another one in CHROMIUM.',
    );
  }
  return chromium.launch({ executablePath, args: flags, timeout: commandPatienceMs });
}

export interface Appearance {
  readonly colorScheme: 'light' | 'dark';
  readonly widthPixels: number;
}

/** A page in a browser profile of its own, and everything that it complains of. */
export interface WatchedPage {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: string[];
}

export async function openPage(
  browser: Browser,
  { colorScheme, widthPixels }: Appearance = { colorScheme: 'light', widthPixels: 1280 },
): Promise<WatchedPage> {
  const viewport = { width: widthPixels, height: 900 };
  const context = await browser.newContext({ colorScheme, viewport });
  const page = await context.newPage();
  page.setDefaultTimeout(conditionPatienceMs);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { context, page, complaints };
}

/** By how many pixels the page is wider than its window. */
export function overflowPixels(page: Page): Promise<number> {
  return page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
}
