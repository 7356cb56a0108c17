/**
 * `npm run bench:search`: does a whole search take less time than scikit-learn's, and give the same scores?
 *
 * The search of a folder (the shipped one, or --root DIR) runs through `spt enqueue --cv` and `spt work -j 2` on a log
 * of its own, and its configs through scikit-learn on two processes, in this run. Printed are both wall times and their
 * ratio, and per pipeline how far the mean fold scores (ROC AUC) lie apart: those of convex or deterministic configs
 * must agree within 1e-3, the others within their noise, which is told. Where a logistic regression differs it is
 * fitted again at the peer by a solver that goes on to the optimum: liblinear penalises the intercept, and saga stops.
 *
 *   --root DIR  --split NAME (of config.yaml; default: the first)  --jobs N (2)  --python FILE (python3)
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Config } from '../src/base/config.js';
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
  },
});

/** Steps whose result does not hang on chance, nor on where an optimiser stops. */
const deterministic = new Set([
  'LogisticRegression',
  'SVC',
  'LinearSVC',
  'GaussianNB',
  'KNeighborsClassifier',
]);
const tolerance = 1e-3;

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
    scores: new Map(finished.map(event => [event.config, event.scores.cv[search.scoring].mean])),
    seconds,
  };
}

interface PeerAnswer {
  scores: { [id: string]: number };
  seconds: number;
  versions: string;
}

/** What asks scikit-learn for the scores of configs on the search's split. */
async function startPeer(): Promise<(configs: Config[], converge: boolean) => PeerAnswer> {
  const trainFilter = search.splits.get(split)!;
  const { data } = prepareSplit(await loadTables(search.source), { split, train: split, trainFilter });
  const { x, y } = data.train;
  const table = join(scratch, 'x.csv');
  const row = (i: number) => Array.from({ length: x.columns }, (_, j) => x.data[j * x.rows + i]).join(',');
  writeFileSync(table, Array.from({ length: x.rows }, (_, i) => row(i)).join('\n'));
  const common = { x: table, y: [...y], folds: search.cv?.folds ?? 5, jobs: Number(options.jobs) };
  return (configs, converge) => {
    const input = JSON.stringify({ ...common, configs, converge });
    const script = join(here, 'bench/search_peer.py');
    const run = spawnSync(options.python, [script], { input, encoding: 'utf8', maxBuffer: 1 << 28 });
    if (run.status !== 0) throw new Error(`the peer failed: ${run.error?.message ?? run.stderr}`);
    return JSON.parse(run.stdout);
  };
}

const mine = ours();
const ask = await startPeer();
const peer = ask(mine.configs, false);
console.log(
  `${root}, split ${split}: ${mine.configs.length} configs, ${options.jobs} processors, ${cpus()[0].model}`,
);
const ratio = (peer.seconds / mine.seconds).toFixed(2);
console.log(
  `spt ${mine.seconds.toFixed(2)} s, ${peer.versions} ${peer.seconds.toFixed(2)} s: ratio ${ratio}`,
);

const estimatorOf = ({ steps }: Config) => Object.keys(steps.at(-1)!)[0];
const isApart = ({ id }: Config, scores: PeerAnswer['scores']) =>
  !(Math.abs((mine.scores.get(id) ?? NaN) - scores[id]) <= tolerance);
const doubtful = mine.configs.filter(
  config => estimatorOf(config) === 'LogisticRegression' && isApart(config, peer.scores),
);
const optimal = doubtful.length > 0 ? ask(doubtful, true).scores : {};
for (const { id, steps } of doubtful) {
  const scores = [mine.scores.get(id)!, peer.scores[id], optimal[id]].map(value => value.toFixed(5));
  console.log(
    `ours ${scores[0]}, theirs ${scores[1]}, theirs at the optimum ${scores[2]}  ${JSON.stringify(steps.at(-1))}`,
  );
}

let apart = 0;
console.log('\npipeline    configs  largest difference  mean difference  beyond 1e-3');
for (const pipeline of new Set(mine.configs.map(config => config.pipeline))) {
  const configs = mine.configs.filter(config => config.pipeline === pipeline);
  const scores = { ...peer.scores, ...optimal };
  const differences = configs.map(({ id }) => (mine.scores.get(id) ?? NaN) - scores[id]);
  const beyond = configs.filter(config => isApart(config, scores)).length;
  const mustAgree = deterministic.has(estimatorOf(configs[0]));
  if (mustAgree) apart += beyond;
  const largest = Math.max(...differences.map(Math.abs));
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  console.log(
    `${pipeline.padEnd(12)}${String(configs.length).padStart(7)}${largest.toExponential(1).padStart(20)}` +
      `${mean.toExponential(1).padStart(17)}${String(beyond).padStart(13)}${mustAgree ? '' : '  (chance, or where it stops)'}`,
  );
}
rmSync(scratch, { recursive: true, force: true });
console.log(
  apart === 0
    ? '\nevery convex or deterministic config agrees within 1e-3'
    : `\n${apart} configs that should agree do not`,
);
process.exitCode = apart === 0 ? 0 : 1;
