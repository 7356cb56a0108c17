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

/** Notes every text that is written on a canvas, in `canvasTexts`. */
const NOTE_TEXTS = `
  window.canvasTexts = new Set();
  const { fillText, strokeText } = CanvasRenderingContext2D.prototype;
  const noting = draw => function (text, ...rest) {
    window.canvasTexts.add(String(text));
    return draw.call(this, text, ...rest);
  };
  CanvasRenderingContext2D.prototype.fillText = noting(fillText);
  CanvasRenderingContext2D.prototype.strokeText = noting(strokeText);
`;

/** Opens a file with every request to a network refused and noted, and waits until all of it is made. */
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
  await page.addInitScript(NOTE_TEXTS);
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) troubles.push(`console: ${message.text()}`);
  });
  page.on('pageerror', error => troubles.push(`script: ${error.message}`));
  await page.goto(pathToFileURL(file).href);
  await until(page, "performance.getEntriesByName('spt-ready').length > 0", `${file} was not ready`);
  return { page, troubles, close: () => context.close() };
}

/** Waits for an expression to be true. waitForFunction would need eval, which the page's own policy refuses. */
async function until(page: Page, expression: string, failed: string): Promise<void> {
  const end = Date.now() + PAINT_MS;
  while (!(await page.evaluate(expression))) {
    if (Date.now() > end) throw new Error(`${failed} after ${PAINT_MS / 1000} s.`);
    await page.waitForTimeout(20);
  }
}

/** The times of a page, in ms since it was opened: its first paint with content, and the end of all that it makes. */
export async function paintTimes(
  browser: Browser,
  file: string,
): Promise<{ paintMs: number; readyMs: number }> {
  const { page, close } = await openFile(browser, file);
  // The entry appears after the frame was shown.
  const painted = "performance.getEntriesByName('first-contentful-paint')";
  await until(page, `${painted}.length > 0`, `${file} showed nothing`);
  const times: { paintMs: number; readyMs: number } = await page.evaluate(`({
    paintMs: ${painted}[0].startTime,
    readyMs: performance.getEntriesByName('spt-ready')[0].startTime,
  })`);
  await close();
  return times;
}
