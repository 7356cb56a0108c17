/**
 * The script of the live page. Snapshots come by server-sent events and redraw the numbers. The charts are those of the
 * report: they are fetched when the page opens, and again while a reader does not use them.
 */
import { counted } from '../../base/listing.js';
import type { PageDocument } from '../document.js';
import type { LiveBoard, LiveDocument, LiveGroup, LiveSnapshot, LiveWorker } from '../live.js';
import { figure, forget, watchWindow } from './chart.js';
import { workersOverTime } from './charts/timeline.js';
import { durationText, element, scoreText, table, text, type Child } from './dom.js';
import { whenMade } from './later.js';
import { sectionParts } from './section.js';

/** Charts are fetched again after this time, if something has happened and nobody uses them. */
const CHARTS_MS = 20_000;
/** Who touched the charts in this time uses them. */
const IN_USE_MS = 60_000;

const connection = element('p', { class: 'note', role: 'status' }, 'Connecting …');
const now = element('div', { class: 'now' });
const heading = element('h1', {}, 'A search, live');
const charts = element('div');
const chartsAbout = element('p', { class: 'note', role: 'status' }, 'The charts are made …');
const again = element('button', { type: 'button', onclick: () => void loadCharts(true) }, 'Draw them now');

let latest: LiveSnapshot | undefined;
/** The record that the charts show, and when they were drawn and last used. */
let drawn = { n: -1, atMs: -Infinity, hasScores: false };
let usedMs = -Infinity;
let isLoading = false;

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function fact(name: string, value: string, note: string): HTMLElement {
  const dd = element('dd', {}, element('strong', {}, value), element('span', { class: 'note' }, note));
  return element('div', { class: 'fact' }, element('dt', {}, name), dd);
}

function rate(value: number): string {
  if (value === 0) return '0';
  return value >= 100 ? count(Math.round(value)) : value.toPrecision(2);
}

function failuresOf(all: LiveSnapshot['failures']): HTMLElement {
  const rows = all.map(({ configs, kind, message, id }) => [configs, kind, message, id.slice(0, 8)]);
  return table({ head: ['configs', 'kind', 'message', 'one of them'], rows }, 'What failed');
}

function percent(part: number, whole: number): string {
  // 99.97% is not all.
  return whole === 0 ? '0%' : `${(Math.floor((1000 * part) / whole) / 10).toFixed(1)}%`;
}

/** A bar of what is finished, failed and running. It has words for those who do not see it. */
function bar({ finished, failed, running, configs }: LiveSnapshot['counts']): HTMLElement {
  const words = `${percent(finished + failed, configs)} done`;
  const box = element('div', { class: 'bar', role: 'img', 'aria-label': words });
  for (const [kind, value] of [
    ['finished', finished],
    ['failed', failed],
    ['running', running],
  ] as const) {
    const piece = element('span', { class: kind });
    piece.style.width = `${configs === 0 ? 0 : (100 * value) / configs}%`;
    box.append(piece);
  }
  return box;
}

/** What workers hold: configs on a thread, and those that wait for one. `spt status` has the same words. */
function busyText({ running, training }: LiveSnapshot['counts']): string {
  const waiting = running > training ? `, ${count(running - training)} claimed` : '';
  return `${count(training)} training${waiting}`;
}

function headOf(snapshot: LiveSnapshot): HTMLElement {
  const { counts, left, configsPerMinute, windowSeconds, boards } = snapshot;
  const done = counts.finished + counts.failed;
  const open = counts.configs - done;
  const facts = [
    fact(
      'done',
      percent(done, counts.configs),
      `${count(done)} of ${counted(counts.configs, 'config')}; ${count(counts.failed)} failed, ` +
        `${busyText(counts)}, ${count(counts.queued)} queued`,
    ),
    left
      ? fact(
          'time left',
          durationText(left.seconds),
          `80%: ${durationText(left.lowSeconds)} to ${durationText(left.highSeconds)}, on ` +
            counted(left.threads, 'thread'),
        )
      : fact(
          'time left',
          open === 0 ? 'none' : 'unknown',
          open === 0 ? 'all is done' : 'nobody works on it now',
        ),
    fact(
      'speed',
      `${rate(configsPerMinute)} a minute`,
      `configs in the last ${durationText(windowSeconds).replace(/ 0 (s|min)$/, '')}`,
    ),
    ...boards.slice(0, 3).map(board => {
      const [best] = board.rows;
      return fact(
        `best ${board.scoring} on ${board.split}`,
        scoreText(best?.score),
        best ? `${best.pipeline} ${best.id.slice(0, 8)}; the best of ${count(board.ranked)} flatters` : '',
      );
    }),
  ];
  return element('div', {}, bar(counts), element('dl', { class: 'facts' }, ...facts));
}

function groupsOf(groups: readonly LiveGroup[]): HTMLElement {
  const isOther = groups.some(({ differs }) => differs !== '');
  const head = ['split', 'pipeline', 'finished', 'failed', 'training', 'queued', 'best', 'better left'];
  if (isOther) head.push('differs');
  const rows = groups.map(group => [
    group.split,
    group.pipeline,
    ...[group.finished, group.failed, group.training, group.queued + group.running - group.training],
    group.best ? scoreText(group.best.score) : '–',
    group.chance === undefined ? '–' : percent(group.chance, 1),
    ...(isOther ? [group.differs] : []),
  ]);
  const note =
    '"Better left" is the chance that a config that is not done yet is better than the best so far.';
  return table({ head, rows, note }, 'Pipelines');
}

function boardOf({ split, scoring, rows, ranked }: LiveBoard): HTMLElement {
  const hasFolds = rows.some(({ deviation }) => deviation !== undefined);
  const hasValidation = rows.some(({ validate }) => validate !== undefined);
  const head = [
    'rank',
    'config',
    'pipeline',
    scoring,
    ...(hasFolds ? ['± sd'] : []),
    ...(hasValidation ? ['validation'] : []),
    'time',
    'parameters',
  ];
  const lines = rows.map(row => [
    // Equal scores have equal ranks, as in `spt results`: 1, 1, 3.
    1 + rows.findIndex(({ score }) => score === row.score),
    row.id.slice(0, 8),
    row.pipeline,
    scoreText(row.score),
    ...(hasFolds ? [scoreText(row.deviation)] : []),
    ...(hasValidation ? [scoreText(row.validate)] : []),
    row.seconds === undefined ? '–' : durationText(row.seconds),
    row.parameters,
  ]);
  const note = ranked > rows.length ? `The best ${rows.length} of ${count(ranked)}.` : undefined;
  const board = table({ head, rows: lines, note }, `Best on ${split}`);
  board.classList.add('board-now');
  // A phone shows what ranks first; the rest can be scrolled to.
  const places = ['± sd', 'time'].map(name => head.indexOf(name) + 1);
  for (const place of places)
    board.querySelectorAll(`tr > :nth-child(${place})`).forEach(cell => cell.classList.add('wide-only'));
  return part(`Best on ${split}, by ${scoring}`, board);
}

function workersOf(workers: readonly LiveWorker[], more: number, at: string): HTMLElement {
  if (workers.length === 0) return element('p', {}, 'No worker is there. spt work starts one.');
  const since = (moment: string | undefined): string =>
    moment === undefined
      ? ''
      : ` for ${durationText(Math.max(0, (Date.parse(at) - Date.parse(moment)) / 1000))}`;
  const rows = workers.map(worker => [
    worker.name,
    worker.liveness,
    worker.threads ?? '–',
    worker.training.map(one => `${one.id.slice(0, 8)}${since(one.since)}`).join(', ') || '–',
    worker.waiting,
  ]);
  return table(
    {
      head: ['worker', 'is', 'threads', 'trains', 'waiting'],
      rows,
      note: more > 0 ? `And ${counted(more, 'other worker')}.` : undefined,
    },
    'Workers',
  );
}

function part(title: string, ...children: Child[]): HTMLElement {
  return element('section', {}, element('h2', {}, title), ...children);
}

function show(snapshot: LiveSnapshot): void {
  latest = snapshot;
  const {
    name,
    counts,
    groups,
    boards,
    workers,
    moreWorkers,
    failures: failed,
    moreFailures,
    at,
    n,
    isPast,
  } = snapshot;
  const done = counts.finished + counts.failed;
  document.title = `${percent(done, counts.configs)} of ${text(name)}`;
  heading.textContent = `${text(name)}${isPast ? ', a past moment' : ', live'}`;
  connection.textContent = isPast
    ? `Not live: this is the log as it was after record ${count(n)}, ${new Date(at).toLocaleString()}.`
    : `Live. Record ${count(n)} of the log, ${new Date(at).toLocaleTimeString()}.`;
  connection.classList.remove('lost');
  // What a reader has scrolled stays where it is.
  const scrolled = [...now.querySelectorAll('.scroll')].map(box => [box.scrollLeft, box.scrollTop]);
  const parts: Child[] = [
    headOf(snapshot),
    ...boards.map(boardOf),
    part('Pipelines', groupsOf(groups)),
    part('Workers', workersOf(workers, moreWorkers, at)),
    counts.failed > 0 &&
      part(
        'What failed',
        failuresOf(failed),
        moreFailures > 0 && element('p', { class: 'note' }, `And ${counted(moreFailures, 'other config')}.`),
      ),
  ];
  now.replaceChildren(...parts.filter((one): one is Node => one instanceof Node));
  [...now.querySelectorAll('.scroll')].forEach((box, i) => {
    if (scrolled[i]) box.scrollTo(scrolled[i][0], scrolled[i][1]);
  });
}

async function loadCharts(isAsked: boolean): Promise<void> {
  if (isLoading || document.hidden) return;
  const nowMs = performance.now();
  const isDue =
    latest !== undefined &&
    latest.n !== drawn.n &&
    nowMs - drawn.atMs > (drawn.hasScores ? CHARTS_MS : CHARTS_MS / 4);
  if (!isAsked && (!isDue || nowMs - usedMs < IN_USE_MS)) return;
  isLoading = true;
  try {
    const answer = await fetch('document');
    if (!answer.ok) throw new Error(await answer.text());
    drawCharts((await answer.json()) as LiveDocument<PageDocument>);
  } catch (error) {
    chartsAbout.textContent = `The charts could not be made: ${(error as Error).message}`;
  } finally {
    isLoading = false;
    drawn.atMs = performance.now();
  }
}

function drawCharts({ document: page, shown, of }: LiveDocument<PageDocument>): void {
  const { moment, sections, timeline } = page;
  const height = charts.offsetHeight;
  charts.style.minHeight = `${height}px`;
  forget(charts);
  const own = sections.filter(({ differs }) => differs.length === 0);
  const workers = workersOverTime(timeline);
  charts.replaceChildren(
    ...(own.length > 0 ? own : sections).map(section =>
      element(
        'section',
        {},
        element('h2', {}, `${section.split}, by ${section.scoring}: all configs and charts`),
        element('p', { class: 'note' }, section.folds),
        ...sectionParts(section, { withAnswer: false }),
      ),
    ),
    ...(workers ? [part('Workers over time', figure(workers))] : []),
  );
  whenMade(() => (charts.style.minHeight = ''));
  drawn.n = moment.n;
  drawn.hasScores = sections.some(({ counts }) => counts.finished > 5);
  const sample =
    shown < of ? ` They show ${count(shown)} of ${counted(of, 'config')}: the best and an even sample.` : '';
  chartsAbout.textContent = `The charts show record ${count(moment.n)}.${sample}`;
}

function listen(): void {
  const events = new EventSource('events');
  events.addEventListener('snapshot', event => {
    const isFirst = latest === undefined;
    show(JSON.parse((event as MessageEvent<string>).data) as LiveSnapshot);
    if (isFirst) void loadCharts(true);
  });
  events.addEventListener('full', () => {
    events.close();
    connection.textContent = 'Too many browsers show this page. Close one and load it again.';
    connection.classList.add('lost');
  });
  events.addEventListener('error', () => {
    connection.textContent = 'The connection to spt serve is lost. It is tried again.';
    connection.classList.add('lost');
  });
}

document
  .getElementById('page')!
  .append(
    element('header', {}, heading, connection),
    now,
    element('div', { class: 'controls below' }, chartsAbout, again),
    charts,
  );
for (const kind of ['pointerdown', 'keydown', 'input', 'wheel'])
  charts.addEventListener(kind, () => (usedMs = performance.now()), { passive: true });
setInterval(() => void loadCharts(false), 2000);
document.addEventListener('visibilitychange', () => void loadCharts(false));
watchWindow();
listen();
