/**
 * `npm run bench:search`: does a whole search take less time than scikit-learn's, and give the same scores?
 *
 * The search of a folder (the shipped one, or --root DIR) runs through `spt enqueue --cv` and `spt work -j 2` on a log
 * of its own, and its configs through scikit-learn on two processes, in this run. It prints both wall times and their
 * ratio, and for each pipeline how far the mean fold scores (ROC AUC) lie apart. Those of convex or deterministic
 * configs must agree within 1e-3, the others within their noise, which is printed.
 *
 * A logistic regression that differs is held against the exact optimum of its objective, which a third solver finds and
 * a duality gap proves (optimum.py): liblinear penalizes the intercept, and saga stops when its steps are small.
 * It prints the score at the optimum, and how far above it the peer's own fits end.
 *
 *   --root DIR  --split NAME (of config.yaml; default: the first)  --jobs N (2)  --python FILE (python3)
 *   --out FILE  a line for each config, tab-separated: our mean fold score, theirs, the optimum's
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Config } from '../src/base/config.js';
import { classesOf } from '../src/base/dataset.js';
import { loadExperiment } from '../src/config/load.js';
import { loadTables } from '../src/data/source.js';
import { prepareSplit } from '../src/data/split.js';

const here = fileURLToPath(new URL('../..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    root: { type: 'string', default: here },
    split: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    python: { type: 'string', default: 'python3' },
    out: { type: 'string' },
  },
});

/** Steps whose result depends neither on chance nor on the point at which an optimizer stops. */
const deterministic = new Set([
  'LogisticRegression',
  'SVC',
  'LinearSVC',
  'GaussianNB',
  'KNeighborsClassifier',
]);
const tolerance = 1e-3;
/** An optimum with a duality gap of this share of the objective is one. */
const PROVEN_GAP = 1e-9;

const scratch = mkdtempSync(join(tmpdir(), 'spt-bench-'));
const root = resolve(options.root);
const search = loadExperiment(root);
const split = options.split ?? [...search.splits.keys()][0];

/** Runs spt on the search, with a log in the scratch folder; the seconds that it took. */
function spt(...args: string[]): number {
  const started = performance.now();
  const cli = join(here, 'dist/src/cli.js');
  const place = ['--root', root, '--log', join(scratch, 'log')];
  const { status, stderr } = spawnSync(process.execPath, [cli, ...args, ...place], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return (performance.now() - started) / 1000;
}

/** The configs of the search, and our mean fold score of each. */
function ours(): { configs: Config[]; scores: Map<string, number>; seconds: number } {
  const seconds = spt('enqueue', '--splits', split, '--cv') + spt('work', '-j', options.jobs, '--quiet');
  const log = join(scratch, 'log');
  const lines = readdirSync(log)
    .filter(name => name.startsWith('events-'))
    .flatMap(name => readFileSync(join(log, name), 'utf8').trimEnd().split('\n'));
  const events = lines.map(line => JSON.parse(line));
  const finished = events.filter(event => event.type === 'finished');
  return {
    configs: events.filter(event => event.type === 'enqueued').map(event => event.config),
    scores: new Map(finished.map(event => [event.config, event.scores.cv[search.scoring!].mean])),
    seconds,
  };
}

interface PeerAnswer {
  scores: { [id: string]: number };
  seconds: number;
  versions: string;
}

/** The exact optima of a logistic regression's folds. */
interface Optimum {
  /** Their mean score. */
  score: number;
  /** The largest duality gap, and how far above the optimum the peer's fits end at most; over the objective. */
  gap: number;
  excess: number;
}

/** What asks the script of the peer about configs on the search's split. */
async function startPeer() {
  const trainFilter = search.splits.get(split)!;
  const { data } = prepareSplit(await loadTables(search.source), { split, train: split, trainFilter });
  const { x, target } = data.train;
  const table = join(scratch, 'x.csv');
  const row = (i: number) => Array.from({ length: x.columns }, (_, j) => x.data[j * x.rows + i]).join(',');
  writeFileSync(table, Array.from({ length: x.rows }, (_, i) => row(i)).join('\n'));
  const common = {
    x: table,
    y: [...classesOf(target).codes],
    folds: search.cv?.folds ?? 5,
    jobs: Number(options.jobs),
  };
  const ask = (configs: Config[], exact: boolean) => {
    const input = JSON.stringify({ ...common, configs, exact });
    const script = join(here, 'bench/search_peer.py');
    const run = spawnSync(options.python, [script], { input, encoding: 'utf8', maxBuffer: 1 << 28 });
    if (run.status !== 0) throw new Error(`the peer failed: ${run.error?.message ?? run.stderr}`);
    return JSON.parse(run.stdout);
  };
  return {
    scores: (configs: Config[]): PeerAnswer => ask(configs, false),
    optima: (configs: Config[]): { [id: string]: Optimum } => ask(configs, true).optima,
  };
}

const mine = ours();
const peer = await startPeer();
const theirs = peer.scores(mine.configs);
console.log(
  `${root}, split ${split}: ${mine.configs.length} configs, ${options.jobs} processors, ${cpus()[0].model}`,
);
const ratio = (theirs.seconds / mine.seconds).toFixed(2);
console.log(
  `spt ${mine.seconds.toFixed(2)} s, ${theirs.versions} ${theirs.seconds.toFixed(2)} s: ratio ${ratio}`,
);

const estimatorOf = ({ steps }: Config) => Object.keys(steps.at(-1)!)[0];
const oursOf = ({ id }: Config) => mine.scores.get(id) ?? NaN;
const isApart = (config: Config, score: number) => !(Math.abs(oursOf(config) - score) <= tolerance);
const doubtful = mine.configs.filter(
  config => estimatorOf(config) === 'LogisticRegression' && isApart(config, theirs.scores[config.id]),
);
const optima = doubtful.length > 0 ? peer.optima(doubtful) : {};
/** What our score should be: the optimum's where there is one that is proven, else the peer's. */
const referenceOf = ({ id }: Config) =>
  id in optima && optima[id].gap <= PROVEN_GAP ? optima[id].score : theirs.scores[id];

function printOptima(): void {
  console.log(
    `\n${doubtful.length} logistic regressions whose score is not scikit-learn's, ` +
      `and the exact optimum of their objective:\n` +
      'ours     theirs   optimum  its gap  theirs above it  config',
  );
  for (const config of doubtful) {
    const { score, gap, excess } = optima[config.id];
    const scores = [oursOf(config), theirs.scores[config.id], score].map(value => value.toFixed(5));
    const shares = `${gap.toExponential(0).padStart(7)}  ${excess.toExponential(1).padStart(15)}`;
    console.log(`${scores.join('  ')}  ${shares}  ${JSON.stringify(config.steps.at(-1))}`);
  }
}

/** Prints a line for each pipeline; how many configs are apart that should not be. */
function printPipelines(): number {
  let apart = 0;
  console.log('\npipeline    configs  largest difference  mean difference  beyond 1e-3  ... of the optimum');
  for (const pipeline of new Set(mine.configs.map(config => config.pipeline))) {
    const configs = mine.configs.filter(config => config.pipeline === pipeline);
    const differences = configs.map(config => oursOf(config) - theirs.scores[config.id]);
    const largest = Math.max(...differences.map(Math.abs));
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    const beyond = configs.filter(config => isApart(config, theirs.scores[config.id])).length;
    const wrong = configs.filter(config => isApart(config, referenceOf(config))).length;
    const mustAgree = deterministic.has(estimatorOf(configs[0]));
    if (mustAgree) apart += wrong;
    console.log(
      `${pipeline.padEnd(12)}${String(configs.length).padStart(7)}${largest.toExponential(1).padStart(20)}` +
        `${mean.toExponential(1).padStart(17)}${String(beyond).padStart(13)}${String(wrong).padStart(20)}` +
        (mustAgree ? '' : '  (chance, or where it stops)'),
    );
  }
  return apart;
}

function writeTable(file: string): void {
  const lines = mine.configs.map(config => {
    const optimum = optima[config.id]?.score;
    const scores = [oursOf(config), theirs.scores[config.id], optimum].map(value => value?.toFixed(6) ?? '');
    return [config.pipeline, config.id, ...scores, JSON.stringify(config.steps)].join('\t');
  });
  const order = lines.sort((a, b) => (a < b ? -1 : 1));
  writeFileSync(file, ['pipeline\tconfig\tours\ttheirs\toptimum\tsteps', ...order, ''].join('\n'));
}

if (doubtful.length > 0) printOptima();
const apart = printPipelines();
if (options.out !== undefined) writeTable(options.out);
rmSync(scratch, { recursive: true, force: true });
console.log(
  apart === 0
    ? '\nevery convex or deterministic config agrees within 1e-3, those that differ with the optimum'
    : `\n${apart} configs that should agree do not`,
);
process.exitCode = apart === 0 ? 0 : 1;
