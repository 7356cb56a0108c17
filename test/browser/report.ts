/**
 * `npm run test:browser`: a report in a real browser without a network. It sorts, filters and brushes, is read on a
 * phone, in the dark and on paper, and shows a hostile log as text. Where there is no Chromium, it says so and passes.
 *
 * With a folder as its argument, it leaves pictures there.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Browser, Page } from 'playwright-core';
import { chromiumPath, openFile, paintTimes, startBrowser, type Opened } from '../../support/browser.js';
import { HOSTILE, hostileLog } from '../../support/hostile.js';
import { manyFinished } from '../../support/large-log.js';
import { makeSearch } from '../../support/search.js';
import { writeLog } from '../../support/written-log.js';

const PIPES = `
svc:
  - StandardScaler
  - SVC: { kernel: [rbf, linear], C: [0.1, 1, 10, 100] }
lasso:
  - StandardScaler
  - LogisticRegression: { penalty: l1, C: [0.01, 0.1, 1, 10] }
`;

/** The files of the reports that are looked at. */
interface Reports {
  real: string;
  hostile: string;
  large: string;
}

function makeReports(folder: string): Reports {
  const search = makeSearch({ pipes: PIPES });
  const reports = {
    real: join(folder, 'real.html'),
    hostile: join(folder, 'hostile.html'),
    large: join(folder, 'large.html'),
  };
  const report = (out: string): void => {
    const { code, err } = search.spt('report', '-o', out);
    assert.is(code, 0, err);
  };
  search.spt('enqueue', '--splits', 'A1', '--cv', '--validate');
  search.spt('work', '-j', '2', '--quiet');
  report(reports.real);
  search.write('log/events-000001.jsonl', hostileLog());
  report(reports.hostile);
  writeLog(search, manyFinished(20_000));
  report(reports.large);
  search.remove();
  return reports;
}

/** Scrolls through the whole page, so that every picture is drawn. */
async function scrollThrough(page: Page): Promise<void> {
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  for (let y = 0; y < height; y += 500) {
    await page.evaluate(`scrollTo(0, ${y})`);
    await page.waitForTimeout(30);
  }
  await page.evaluate('scrollTo(0, 0)');
}

const firstCells = (page: Page, kind: string): Promise<string[]> =>
  page.locator(`.leaderboard tbody tr:not(.gap) td.${kind}`).allTextContents();

/** How many of the pictures have ink on them. */
const drawnPictures = (page: Page): Promise<number[]> =>
  page.evaluate(`[...document.querySelectorAll('.picture')].map(box => {
    const canvas = box.querySelector('canvas');
    if (!canvas) return 0;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let ink = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i] > 0) ink++;
    return ink;
  })`);

async function leaderboard(page: Page): Promise<void> {
  const rows = await page.locator('.leaderboard tbody tr:not(.gap)').count();
  assert.is(rows, 12, 'a line for each config');
  const scores = (await firstCells(page, 'score')).map(Number);
  assert.equal(
    scores,
    [...scores].sort((a, b) => b - a),
    'the best score stands first',
  );
  await page.getByRole('columnheader', { name: 'time' }).getByRole('button').click();
  const times = (await firstCells(page, 'time')).map(parseFloat);
  assert.equal(
    times,
    [...times].sort((a, b) => a - b),
    'a click on a head sorts',
  );
  assert.is(await page.locator('th[aria-sort="ascending"]').textContent(), 'time');
  await page.getByLabel('Find').fill('kernel=rbf C=10');
  assert.is(await page.locator('.leaderboard tbody tr:not(.gap)').count(), 2, 'C=10 and C=100 of rbf');
  assert.match((await page.locator('.board [role=status]').textContent())!, /^2 of 12 configs$/);
  await page.getByLabel('Find').fill('');
  await page.locator('.board').getByLabel('Pipeline').selectOption('lasso');
  assert.equal([...new Set(await firstCells(page, 'word:not(.code)'))], ['lasso']);
  await page.locator('.board').getByLabel('Pipeline').selectOption('all');
}

/** Draws along the last axis of the parallel coordinates: the table keeps the lines that pass there. */
async function brush(page: Page): Promise<void> {
  const picture = page.locator('.picture[aria-label^="Parallel"]');
  await picture.scrollIntoViewIfNeeded();
  await page.waitForTimeout(300);
  const box = (await picture.boundingBox())!;
  const x = box.x + box.width - 60;
  await page.mouse.move(x, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(x, box.y + box.height * 0.75, { steps: 8 });
  await page.mouse.up();
  await page.waitForTimeout(300);
  const words = await page.locator('.board [role=status]').textContent();
  assert.match(words!, /^[1-8] of 12 configs \(some are hidden by the brush/, 'a brush filters the table');
  await page.mouse.click(x, box.y + box.height - 40);
  await page.waitForTimeout(300);
  assert.is(await page.locator('.board [role=status]').textContent(), '12 configs');
}

/** Every picture has ink, a label, and its numbers. */
async function pictures(page: Page, least: number): Promise<void> {
  await scrollThrough(page);
  const ink = await drawnPictures(page);
  assert.ok(ink.length >= least, `${ink.length} pictures`);
  assert.ok(
    ink.every(count => count > 200),
    `ink: ${ink}`,
  );
  const figures = page.locator('figure');
  for (let i = 0; i < (await figures.count()); i++) {
    const label = await figures.nth(i).locator('.picture').getAttribute('aria-label');
    assert.ok(label!.length > 20);
    await figures.nth(i).locator('summary').click();
    const rows = figures.nth(i).locator('details tbody tr');
    await rows.first().waitFor();
  }
}

async function widthFits(page: Page): Promise<void> {
  const [width, view] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, innerWidth]',
  );
  assert.ok(width <= view, `the page is ${width} wide in a window of ${view}`);
}

/** A text of a log neither runs nor becomes an element, and is seen as text. */
async function hostile({ page }: Opened): Promise<void> {
  for (const summary of await page.locator('summary').all()) await summary.click();
  await scrollThrough(page);
  assert.is(await page.evaluate('window.hacked'), undefined, 'a text of the log ran');
  // Everything that the page makes itself, and nothing else.
  assert.is(await page.locator('main img, main svg, main script, main iframe, main object').count(), 0);
  const links = await page.locator('a').evaluateAll(all => all.map(a => a.getAttribute('href')));
  assert.equal(links, ['#setting-0', '#setting-1']);
  const shown = await page.locator('main').textContent();
  for (const text of HOSTILE.filter(text => !/[\u0000-\u001f\u2028-\u202e]/.test(text)))
    assert.ok(shown!.includes(text), `${text} is not shown`);
  const onCanvas = await page.evaluate<string[]>('[...window.canvasTexts]');
  assert.ok(
    onCanvas.some(text => text.includes('\\u202e')),
    'a name with an override is on a canvas',
  );
  assert.not.match(onCanvas.join(' '), UNSAFE);
  assert.not.match(shown!.replaceAll('\n', ' '), UNSAFE);
}

/** What `printable` escapes. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/;

type Check = [name: string, file: keyof Reports, options: object, check: (opened: Opened) => Promise<void>];

const CHECKS: Check[] = [
  ['sorts and filters', 'real', {}, ({ page }) => leaderboard(page)],
  ['brushes', 'real', {}, ({ page }) => brush(page)],
  ['draws all pictures', 'real', {}, ({ page }) => pictures(page, 10)],
  [
    'fits a phone',
    'real',
    { viewport: { width: 390, height: 844 } },
    async ({ page }) => {
      await pictures(page, 10);
      await widthFits(page);
    },
  ],
  ['is read in the dark', 'real', { colorScheme: 'dark' }, ({ page }) => pictures(page, 10)],
  [
    'goes to paper',
    'real',
    { viewport: { width: 720, height: 1000 }, colorScheme: 'dark' },
    async ({ page }) => {
      await page.emulateMedia({ media: 'print' });
      await page.waitForTimeout(300);
      const ink = await drawnPictures(page);
      assert.ok(ink.length >= 10 && ink.every(count => count > 200), `ink: ${ink}`);
      assert.is(await page.locator('.paper-only tbody tr').first().isVisible(), true);
      assert.is(await page.locator('.viewport').first().isVisible(), false);
    },
  ],
  ['shows a hostile log as text', 'hostile', {}, hostile],
  [
    'opens 20,000 configs',
    'large',
    {},
    async ({ page }) => {
      await pictures(page, 6);
      assert.ok((await page.locator('.leaderboard tbody tr').count()) < 100, 'the table draws what is seen');
      await page.locator('.viewport').evaluate(view => (view.scrollTop = view.scrollHeight));
      await page.waitForTimeout(200);
      assert.is(
        (await firstCells(page, 'number')).filter(text => text === '20000').length,
        1,
        'the last rank',
      );
    },
  ],
];

async function lookAt(browser: Browser, reports: Reports, pictureFolder: string | undefined): Promise<void> {
  for (const [name, file, options, check] of CHECKS) {
    const opened = await openFile(browser, reports[file], options);
    await check(opened);
    assert.equal(opened.troubles, [], name);
    if (pictureFolder !== undefined) {
      const path = join(pictureFolder, `${name.replaceAll(/\W+/g, '-')}.png`);
      writeFileSync(path, await opened.page.screenshot({ fullPage: true }));
    }
    await opened.close();
    console.log(`ok   ${name}`);
  }
  const { paintMs, readyMs } = await paintTimes(browser, reports.large);
  console.log(
    `     20,000 configs: first paint after ${Math.round(paintMs)} ms, ready after ${Math.round(readyMs)} ms`,
  );
}

async function main(): Promise<void> {
  const path = chromiumPath();
  if (path === undefined) {
    console.log('passed over: there is no Chromium here (apt-get install chromium, or set CHROMIUM)');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'spt-browser-'));
  const browser = await startBrowser(path);
  try {
    await lookAt(browser, makeReports(folder), process.argv[2]);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
