/** A real browser without a network: for the check of pages, and for the time that a page takes to show something. */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** Where Debian, Ubuntu and Fedora put it; CHROMIUM names another place. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** How long a page may take until it shows something, in milliseconds. */
const PAINT_MS = 60_000;

/** The browser's program; undefined where there is none. */
export function chromiumPath(): string | undefined {
  return [process.env.CHROMIUM ?? '', ...PLACES].find(place => place !== '' && existsSync(place));
}

/** Starts the browser. Close it. */
export function startBrowser(path: string): Promise<Browser> {
  // Containers have no sandbox; the pages that are opened are our own.
  return chromium.launch({ executablePath: path, args: ['--no-sandbox'] });
}

/** A page that was opened, and what went wrong on it. */
export interface Opened {
  page: Page;
  /** Messages of the console that are errors or warnings, errors of scripts, and addresses that were asked for. */
  troubles: string[];
  close(): Promise<void>;
}

/** Opens a file with every request to a network refused and noted. */
export async function openFile(
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const troubles: string[] = [];
  await context.route('**/*', route => {
    const url = route.request().url();
    if (url.startsWith('file:')) return route.continue();
    troubles.push(`asked for ${url}`);
    return route.abort();
  });
  const page = await context.newPage();
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) troubles.push(`console: ${message.text()}`);
  });
  page.on('pageerror', error => troubles.push(`script: ${error.message}`));
  await page.goto(pathToFileURL(file).href);
  return { page, troubles, close: () => context.close() };
}

/** The times of a page, in ms since it was opened: its first paint with content, and the end of its script. */
export async function paintTimes(
  browser: Browser,
  file: string,
): Promise<{ paintMs: number; readyMs: number }> {
  const { page, close } = await openFile(browser, file);
  // The entry appears after the frame was shown. waitForFunction would need eval, which the page's own policy refuses.
  const isPainted = "performance.getEntriesByName('first-contentful-paint').length > 0";
  const end = Date.now() + PAINT_MS;
  while (!(await page.evaluate(isPainted))) {
    if (Date.now() > end) throw new Error(`${file} showed nothing for ${PAINT_MS / 1000} s.`);
    await page.waitForTimeout(20);
  }
  const times: { paintMs: number; readyMs: number } = await page.evaluate(`({
    paintMs: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    readyMs: performance.getEntriesByType('navigation')[0].domComplete,
  })`);
  await close();
  return times;
}
