/** The snapshot that `spt serve` sends, and the document of its charts. Their size is bounded for any search. */
import { rankingDirection } from '../base/direction.js';
import { FAILED } from '../events/state/state.js';
import type { Host } from '../log/host.js';
import type { LiveBoard, LiveDocument, LiveFailure, LiveRow, LiveSnapshot } from '../page/live.js';
import type { PageDocument } from '../page/document.js';
import { documentOf } from '../report/document.js';
import { gather } from '../report/gather.js';
import { printable, safeJson } from '../terminal/printable.js';
import { differingParameters, shortParameters } from '../views/differing.js';
import { parametersOf } from '../views/parameters.js';
import type { Progress } from '../views/progress.js';
import { Search } from '../views/search.js';
import { foldsIn } from '../views/shape.js';
import { sampleDeviation } from '../statistics/sample.js';
import type { WorkerProgress } from '../views/workers.js';
import { VERSION } from './package.js';

/** How many of each are sent. */
const MOST_ROWS = 25;
const MOST_BOARDS = 12;
const MOST_GROUPS = 200;
const MOST_WORKERS = 60;
const MOST_TRAINING = 16;
const MOST_MESSAGES = 20;
const MOST_FAILURES_READ = 1000;
/** The configs that the charts show: all of a search up to this number, else the best ones and an even sample. */
const MOST_CHARTED = 10_000;
/** The longest text of a log that is sent. */
const LONGEST = 300;

/** The names of the parameters that differ among the configs of each pipeline. */
type Differing = ReadonlyMap<string, readonly string[]>;

/** Finds these names, and again only when configs were added. */
export class DifferingNames {
  private known: { configs: number; names: Differing } | undefined;

  async of(search: Search): Promise<Differing> {
    const configs = search.rows.length;
    if (this.known?.configs !== configs)
      this.known = { configs, names: await differingParameters(search, search.rows) };
    return this.known.names;
  }
}

/** @param isPast whether it shows a past moment, so that nothing will change */
export async function snapshotOf(
  search: Search,
  progress: Progress,
  { name, names, isPast }: { name: string; names: Differing; isPast: boolean },
): Promise<LiveSnapshot> {
  const { n, nowMs, configs, queued, running, training, finished, failed, rates, left, workers } = progress;
  const failures = await failuresOf(search);
  return {
    name: printable(name, 80),
    n,
    at: new Date(nowMs).toISOString(),
    ...(isPast && { isPast: true as const }),
    counts: { configs, queued, running, training, finished, failed },
    ...(left?.now && { left: leftOf(left.now) }),
    configsPerMinute: rates.configsPerMinute,
    windowSeconds: rates.windowSeconds,
    groups: progress.groups.slice(0, MOST_GROUPS).map(group => ({
      pipeline: printable(group.pipeline, LONGEST),
      split: printable(group.split, LONGEST),
      scoring: printable(group.scoring, LONGEST),
      differs: printable(group.differs.join(', '), LONGEST),
      configs: group.configs,
      queued: group.queued,
      running: group.running,
      training: group.training,
      finished: group.finished,
      failed: group.failed,
      ...(group.best && { best: group.best }),
      ...(group.chance && { chance: group.chance.chance }),
    })),
    boards: await boardsOf(search, names),
    workers: workers.slice(0, MOST_WORKERS).map(worker => workerOf(worker, search)),
    moreWorkers: Math.max(0, workers.length - MOST_WORKERS),
    ...failures,
  };
}

function leftOf({ seconds, lowSeconds, highSeconds, threads }: NonNullable<LiveSnapshot['left']>) {
  return { seconds, lowSeconds, highSeconds, threads };
}

function workerOf(
  { worker, liveness, threads, sinceMs, training, waiting }: WorkerProgress,
  { state }: Search,
): LiveSnapshot['workers'][number] {
  const place = [worker.host, worker.pid].filter(part => part !== undefined).join(':');
  return {
    name: printable(place === '' ? worker.id : place, LONGEST),
    liveness,
    ...(threads !== undefined && { threads }),
    since: new Date(sinceMs).toISOString(),
    training: training.slice(0, MOST_TRAINING).map(one => ({
      id: state.id(one.row),
      ...(one.sinceMs !== undefined && { since: new Date(one.sinceMs).toISOString() }),
    })),
    waiting: waiting.length + Math.max(0, training.length - MOST_TRAINING),
  };
}

/** The best rows of each setting of now; of all settings where none is of now. */
async function boardsOf(search: Search, names: Differing): Promise<LiveBoard[]> {
  const { state } = search;
  const boards = new Map<number, { best: number[]; ranked: number; sign: number }>();
  for (const row of search.rows) {
    if (Number.isNaN(search.scoreOf(row))) continue;
    const setting = search.settingOf(row);
    let board = boards.get(setting);
    if (!board) {
      const sign = rankingDirection(state.groupOf(row)) === 'min' ? 1 : -1;
      boards.set(setting, (board = { best: [], ranked: 0, sign }));
    }
    board.ranked++;
    insert(board.best, row, one => board.sign * search.scoreOf(one));
  }
  const ofNow = [...boards].filter(([setting]) => search.differences(setting).length === 0);
  const found: LiveBoard[] = [];
  for (const [setting, { best, ranked, sign }] of (ofNow.length > 0 ? ofNow : [...boards]).slice(
    0,
    MOST_BOARDS,
  )) {
    const { split, scoring } = search.setting(setting);
    const rows = await rowsOf(search, best, names);
    found.push({
      split: printable(split, LONGEST),
      scoring: printable(scoring, LONGEST),
      direction: sign > 0 ? 'min' : 'max',
      rows,
      ranked,
    });
  }
  return found.sort((a, b) => (a.split < b.split ? -1 : a.split > b.split ? 1 : 0));
}

/** Inserts a row into the best ones, the smallest key first. Of equals, the one enqueued first stands first. */
function insert(best: number[], row: number, key: (row: number) => number): void {
  const own = key(row);
  if (best.length >= MOST_ROWS && key(best[best.length - 1]) <= own) return;
  let at = best.length;
  while (at > 0 && key(best[at - 1]) > own) at--;
  best.splice(at, 0, row);
  if (best.length > MOST_ROWS) best.pop();
}

async function rowsOf(search: Search, best: number[], names: Differing): Promise<LiveRow[]> {
  const ascending = [...best].sort((a, b) => a - b);
  const found = new Map<number, LiveRow>();
  for await (const results of search.results(ascending)) {
    for (const { row, id, pipeline, scoring, config, finished } of results) {
      const folds = finished?.scores.cv?.[scoring];
      const validate = finished?.scores.validate?.[scoring];
      const deviation = sampleDeviation(foldsIn(folds));
      const parameters = config ? shortParameters(parametersOf(config), names.get(pipeline) ?? []) : '';
      found.set(row, {
        id,
        pipeline: printable(pipeline, LONGEST),
        score: search.scoreOf(row),
        ...(deviation !== null && { deviation }),
        ...(typeof validate === 'number' && folds && { validate }),
        ...(finished && { seconds: finished.seconds }),
        parameters: printable(parameters, LONGEST),
      });
    }
  }
  return best.flatMap(row => found.get(row) ?? []);
}

/** The newest failures by message. Of very many, only some are read. */
async function failuresOf(search: Search): Promise<Pick<LiveSnapshot, 'failures' | 'moreFailures'>> {
  const failed = search.rows.filter(row => search.state.status[row] === FAILED);
  const read = failed.slice(-MOST_FAILURES_READ);
  const lines = new Map<string, LiveFailure>();
  for await (const results of search.results(read, { configs: false })) {
    for (const { id, failed: event } of results) {
      if (!event) continue;
      const message = printable(event.message, LONGEST);
      const key = JSON.stringify([event.kind, message]);
      const known = lines.get(key);
      if (known) known.configs++;
      else lines.set(key, { kind: printable(event.kind, 40), message, configs: 1, id });
    }
  }
  const sorted = [...lines.values()].sort((a, b) => b.configs - a.configs);
  const shown = sorted.slice(0, MOST_MESSAGES);
  const told = shown.reduce((sum, { configs }) => sum + configs, 0);
  return { failures: shown, moreFailures: failed.length - told };
}

/** The document of the charts, as JSON. */
export async function chartsOf(search: Search, host: Host): Promise<string> {
  const rows = chartedRows(search);
  const part = new Search(search.state, search.beside, rows, search.directory, host);
  const document = await documentOf(await gather(part), {
    version: VERSION,
    moment: { n: search.state.n, at: new Date(host.wallMs()).toISOString() },
    manifest: '',
    choices: new Map(),
    curves: new Map(),
    features: new Map(),
    options: '',
  });
  const answer: LiveDocument<PageDocument> = { document, shown: rows.length, of: search.rows.length };
  return safeJson(answer);
}

/** All rows, or of many the best half of the number that is shown, and an even sample of the others. */
function chartedRows(search: Search): readonly number[] {
  const { rows, state } = search;
  if (rows.length <= MOST_CHARTED) return rows;
  const key = (row: number): number => {
    const sign = rankingDirection(state.groupOf(row)) === 'min' ? 1 : -1;
    const score = search.scoreOf(row);
    return Number.isNaN(score) ? Infinity : sign * score;
  };
  const keys = Float64Array.from(rows, key);
  const threshold = keys.slice().sort()[MOST_CHARTED >> 1];
  const stride = Math.ceil(rows.length / (MOST_CHARTED >> 1));
  let best = 0;
  return rows.filter((_, i) => (keys[i] < threshold && best++ < MOST_CHARTED >> 1) || i % stride === 0);
}
