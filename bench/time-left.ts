/**
 * `npm run bench:time-left`: how far off is the time that `spt status` says is left?
 *
 * Recorded searches (test/fixtures/times) are replayed: when 10%, 50% and 90% of the configs are done, the forecast
 * sees what a reader of the log saw then. Printed is |log(predicted / true)| of the forecast beside that of the mean
 * rate (configs left over configs a second so far, as tqdm has it), and whether the 80% interval held the truth. Then
 * the same for simulated searches whose configs differ much, with the share of intervals that held the truth.
 *
 *   --searches N   simulated searches of each kind (40)
 *   --tiny         a few, for the suite
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Rng } from '../src/base/rng.js';
import type { Json } from '../src/base/config.js';
import { Threads } from '../src/views/schedule.js';
import { stretchOf } from '../src/views/pace.js';
import { Forecast, type TimeLeft } from '../src/views/time-left.js';
import { normalDraw } from '../src/statistics/normal.js';

const { values: options } = parseArgs({
  options: { searches: { type: 'string', default: '40' }, tiny: { type: 'boolean', default: false } },
});

/** A config of a search that is over. Times are in seconds after the first claim. */
interface Past {
  pipeline: string;
  split: string;
  parameters: Map<string, Json>;
  seconds: number;
  at: number;
}

interface PastSearch {
  name: string;
  threads: number;
  /** In the order of the queue. */
  configs: Past[];
}

function recorded(): PastSearch[] {
  const folder = fileURLToPath(new URL('../../test/fixtures/times', import.meta.url));
  const files = readdirSync(folder).filter(file => file.endsWith('.json'));
  return files.sort().map(file => {
    const { name, threads, groups, rows } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const configs = rows.map(
      ([group, values, seconds, at]: [number, { [name: string]: Json }, number, number]) => {
        const [pipeline, split] = groups[group].split(' ');
        return { pipeline, split, parameters: new Map(Object.entries(values)), seconds, at: at / 1000 };
      },
    );
    return { name, threads, configs };
  });
}

/** A made-up search: pipelines whose times span decades, on two splits, with noise that a model cannot know. */
function simulated(kind: string, rng: Rng): PastSearch {
  const threads = [2, 8, 32][rng.below(3)];
  const n = kind === 'long tail' ? 400 : 300;
  const levels = [0.2, 2, kind === 'long tail' ? 60 : 8];
  const noise = kind === 'noisy' ? 0.6 : 0.15;
  const configs = Array.from({ length: n }, (): Past => {
    const p = rng.below(levels.length);
    const split = rng.below(2) === 0 ? 'A1' : 'B2';
    const trees = [50, 100, 200, 500, 1000][rng.below(5)];
    const rate = 10 ** (-3 + 3 * rng.float());
    const kernel = ['linear', 'rbf', 'poly'][rng.below(3)];
    const factor = (trees / 200) * rate ** 0.1 * (kernel === 'poly' ? 3 : 1) * (split === 'B2' ? 1.7 : 1);
    const seconds = levels[p] * factor * Math.exp(noise * normalDraw(rng));
    const parameters = new Map<string, Json>([
      ['trees', trees],
      ['rate', rate],
      ['kernel', kernel],
    ]);
    return { pipeline: `p${p}`, split, parameters, seconds, at: 0 };
  });
  const pool = new Threads(new Float64Array(threads));
  for (const config of configs) config.at = pool.take(config.seconds);
  return { name: kind, threads, configs };
}

/** Marks the first configs of each pipeline. */
function withFirst(timed: Past[], threads: number): (Past & { isFirst: boolean })[] {
  const counts = new Map<string, number>();
  const inOrder = [...timed].sort((a, b) => a.at - b.at);
  return inOrder.map(one => {
    const before = counts.get(one.pipeline) ?? 0;
    counts.set(one.pipeline, before + 1);
    return { ...one, isFirst: before < threads };
  });
}

/** What the forecast says at a moment of a past search. */
function forecastAt({ threads, configs }: PastSearch, now: number): TimeLeft {
  const timed = withFirst(
    configs.filter(({ at }) => at <= now),
    threads,
  );
  const training = configs.filter(({ at, seconds }) => at > now && at - seconds < now);
  const elapsed = (one: Past): number => now - (one.at - one.seconds);
  // Outcomes are written in batches, so more configs may seem to be running than there are threads.
  const running = training.sort((a, b) => elapsed(b) - elapsed(a)).slice(0, threads);
  const queued = configs.filter(one => one.at > now && !running.includes(one));
  const outcomes = timed.map(({ at, seconds }) => ({ at, seconds }));
  const stretch = stretchOf(outcomes, running.map(elapsed), { from: 0, now, threads });
  const named = (one: Past, i: number) => ({ ...one, id: String(i) });
  const work = {
    ...{ timed, bulk: [], queued: queued.map(named) },
    running: running.map((one, i) => ({ ...named(one, i), elapsedSeconds: elapsed(one) })),
  };
  return new Forecast(work).left([{ threads, stretch }])[0];
}

interface Answer {
  forecast: number;
  mean: number;
  isInside: boolean;
  width: number;
}

function answersOf(search: PastSearch, part: number): Answer {
  const { configs } = search;
  const ends = configs.map(({ at }) => at).sort((a, b) => a - b);
  const now = ends[Math.max(1, Math.round(part * configs.length)) - 1];
  const seen = ends.filter(at => at <= now).length;
  const truth = ends[ends.length - 1] - now;
  const { seconds, lowSeconds, highSeconds } = forecastAt(search, now);
  const mean = ((configs.length - seen) * now) / seen;
  const off = (predicted: number): number => Math.abs(Math.log(predicted / truth));
  return {
    forecast: off(seconds),
    mean: off(mean),
    isInside: lowSeconds <= truth && truth <= highSeconds,
    width: highSeconds / lowSeconds,
  };
}

const PARTS = [0.1, 0.5, 0.9];
const cell = (value: number): string => value.toFixed(3).padStart(8);

console.log('|log(predicted / true)| of the time left, when 10%, 50% and 90% of the configs are done');
console.log(
  'recorded search    configs    10%  mean rate      50%  mean rate      90%  mean rate  in the 80% interval',
);
const totals = { forecast: 0, mean: 0, inside: 0, count: 0 };
for (const search of recorded()) {
  const answers = PARTS.map(part => answersOf(search, part));
  for (const { forecast, mean, isInside } of answers) {
    totals.forecast += forecast;
    totals.mean += mean;
    totals.inside += Number(isInside);
    totals.count++;
  }
  const columns = answers.map(({ forecast, mean }) => `${cell(forecast)}${cell(mean)}  `).join(' ');
  const inside = answers.map(({ isInside }) => (isInside ? 'yes' : 'no')).join(' ');
  console.log(`${search.name.padEnd(18)}${String(search.configs.length).padStart(8)} ${columns} ${inside}`);
}
const { count } = totals;
console.log(
  `all                         forecast ${(totals.forecast / count).toFixed(3)}, mean rate ` +
    `${(totals.mean / count).toFixed(3)}, ${totals.inside} of ${count} in the interval`,
);

const searches = options.tiny ? 2 : Number(options.searches);
const heads = '    10%  mean rate      50%  mean rate      90%  mean rate  coverage (width as a factor)';
console.log(`\nsimulated (${searches} of each)${heads}`);
for (const kind of ['even', 'noisy', 'long tail']) {
  const rng = Rng.from('simulated searches', kind);
  const all = Array.from({ length: searches }, () => simulated(kind, rng));
  const columns = PARTS.map(part => {
    const answers = all.map(search => answersOf(search, part));
    const mean = (of: (answer: Answer) => number): number =>
      answers.reduce((sum, one) => sum + of(one), 0) / all.length;
    return {
      text: `${cell(mean(one => one.forecast))}${cell(mean(one => one.mean))}  `,
      coverage: mean(one => Number(one.isInside)).toFixed(2),
      width: mean(one => one.width).toFixed(2),
    };
  });
  const intervals = columns.map(({ coverage, width }) => `${coverage} (${width})`).join(' ');
  console.log(`${kind.padEnd(26)} ${columns.map(({ text }) => text).join(' ')} ${intervals}`);
}
