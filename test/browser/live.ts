/**
 * The live page in a real browser (`npm run test:browser`): it follows a worker that trains, and it shows the texts of
 * a hostile log as text. CHROMIUM names the browser; SHOTS names a folder for pictures of the page.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import type { Draft } from '../../src/events/format/event.js';
import { chromiumPath, startBrowser } from '../../support/browser.js';
import { claim, fail, finish, makeConfig } from '../../support/log-helpers.js';
import { cli } from '../../support/root.js';
import { ended, makeSearch, smallPipes, type Search } from '../../support/search.js';
import { writeLog } from '../../support/written-log.js';

const { SHOTS } = process.env;

const path = chromiumPath();
if (path === undefined) {
  console.log('passed over: there is no Chromium here (apt-get install chromium, or set CHROMIUM)');
  process.exit(0);
}
const browser: Browser = await startBrowser(path);

interface Visit {
  page: Page;
  /** What the console said, failed requests, and dialogs. */
  complaints: string[];
}

async function visit(url: string, width: number): Promise<Visit> {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const complaints: string[] = [];
  page.on('console', message => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', error => complaints.push(`error: ${error.message}`));
  page.on('dialog', dialog => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', request => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:'))
      complaints.push(`asks ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}

async function serving(search: Search, use: (url: string) => Promise<void>): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, [cli, 'serve', '--json'], {
    cwd: search.root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  for await (const piece of child.stdout!) {
    out += String(piece);
    if (out.includes('\n')) break;
  }
  try {
    await use(JSON.parse(out).url);
  } finally {
    child.kill('SIGINT');
  }
  assert.is(await ended(child), 0);
}

/** A whole page has no picture of a chart that was never in view. */
async function picture(page: Page, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

const fitsWindow = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth <= innerWidth');

/** It follows a worker, draws the charts, and survives the end of the server. */
async function follows(): Promise<void> {
  const search = makeSearch({ pipes: smallPipes.replace('C: [0.1, 1, 10]', 'C: { logspace: [-3, 2, 40] }') });
  assert.is(search.spt('enqueue', '--splits', 'A1', 'B2', '--cv', '--validate').code, 0);
  const visits: Visit[] = [];
  await serving(search, async url => {
    for (const width of [1280, 390]) visits.push(await visit(url, width));
    const [{ page }] = visits;
    await page.waitForSelector('.bar');
    await page.getByText('0 of 82 configs').waitFor();
    const worker = search.start('work', '-j', '1', '--quiet');
    for (const { page } of visits) await page.getByText('82 of 82 configs').waitFor({ timeout: 60_000 });
    assert.is(await ended(worker), 0);
    for (const { page } of visits) {
      assert.ok(await fitsWindow(page), 'nothing is wider than the window');
      await page.getByRole('button', { name: 'Draw them now' }).click();
      await page.getByText('The charts show record').waitFor();
      await page.locator('.picture').first().scrollIntoViewIfNeeded();
      await page.locator('.picture canvas').first().waitFor();
      assert.is(await page.title(), `100.0% of ${search.root.split('/').at(-1)}`);
      const first = await page.locator('.board-now tbody tr').first().textContent();
      const best = JSON.parse(search.spt('replay', '--summary', '--json').out).groups.reduce(
        (most: number, { best, split }: any) => (split === 'A1' ? Math.max(most, best.score) : most),
        0,
      );
      assert.match(first!, new RegExp(best.toFixed(4)));
    }
    await picture(visits[0].page, 'live-1280');
    await picture(visits[1].page, 'live-390');
    assert.equal(
      visits.flatMap(({ complaints }) => complaints),
      [],
    );
  });
  await visits[0].page.getByText('The connection to spt serve is lost').waitFor();
  search.remove();
}

/** A hostile log is text. */
async function hostile(): Promise<void> {
  const evil = '<img src=x onerror=alert(1)><script>alert(2)</script>javascript:alert(3)\u202e\u001b[2J';
  const search = makeSearch();
  const drafts: Draft[] = [0, 1].map(i => ({
    type: 'enqueued',
    config: makeConfig(i, {
      pipeline: evil,
      split: evil,
      scoring: evil,
      steps: [{ [evil]: { [evil]: evil, C: i } }],
    }),
  }));
  const scores = { cv: { [evil]: { mean: 0.5, std: 0, folds: [0.5, 0.5] } } };
  const worker = { id: 'w1', host: evil, pid: 1 };
  writeLog(search, [
    ...drafts,
    { ...claim('w1', 0, 1), worker },
    { ...finish(0, 3), scores, warnings: [{ code: evil, message: evil }] },
    fail(1, 3, { message: evil }),
    { type: 'enqueued', config: makeConfig(2, { pipeline: evil, split: evil, scoring: evil }) },
    { ...claim('w1', 2), worker },
  ]);
  await serving(search, async url => {
    const { page, complaints } = await visit(url, 1280);
    await page.waitForSelector('.bar');
    await page.getByText(/charts (show|could)/).waitFor();
    assert.is((await page.textContent('.below p'))!, 'The charts show record 7.');
    for (const chart of await page.locator('.picture').all()) await chart.scrollIntoViewIfNeeded();
    const made = await page.evaluate(
      "['img', 'a', 'script', 'iframe'].map(name => document.querySelectorAll(name).length)",
    );
    assert.equal(made, [0, 0, 1, 0], 'no element was made from a text');
    const shown = (await page.textContent('body'))!;
    assert.match(shown, /<img src=x onerror=alert\(1\)>/);
    assert.match(shown, /\\u202e\\u001b\[2J/);
    assert.not.match(shown, /[\u202e\u001b]/);
    assert.equal(complaints, []);
    await picture(page, 'live-hostile');
  });
  search.remove();
}

try {
  await follows();
  console.log('The live page follows a worker and draws the charts.');
  await hostile();
  console.log('The live page shows a hostile log as text.');
} finally {
  await browser.close();
}
