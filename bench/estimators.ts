/**
 * `npm run bench:estimators`: is each estimator and transform at least as fast as scikit-learn's or xgboost's at equal
 * quality?
 *
 * For each estimator and table: fit and predict on all rows, ours and the peer's in turn, one thread each, in this run;
 * medians, their ratio (above 1: ours is faster), and the accuracy, or r2 of values, of both on every third row after a
 * fit on the rest. Both did the same work if these agree: within a sample or two where both find the one optimum,
 * within chance where they draw. A transform is fitted and transforms all rows; its score is the mean absolute output
 * on the held-out rows, which agrees to a millionth. The first pair warms up. It counts only if it takes longer than
 * the time for a row.
 *
 *   --tables DIR (or SPT_TABLES)  where NAME_features.csv[.gz] and NAME_metadata.csv are; without it, tables of those
 *                                 shapes are generated
 *   --only TEXT    only estimators whose name holds TEXT    --table NAME  only that table
 *   --seconds S    time for the repeats of one row (4)      --json        one line of JSON a row
 *   --python FILE  (python3)   --no-peer  ours alone        --tiny        small tables, one repeat
 */
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { cpus } from 'node:os';
import type { FitWarning, Parameters } from '../src/base/config.js';
import type { Matrix } from '../src/base/dataset.js';
import { Rng } from '../src/base/rng.js';
import { findStep } from '../src/ml/registry.js';
import { digest } from '../src/ml/serialize.js';
import type { Document, Estimator, FitContext, Predictor, Transform } from '../src/ml/types.js';
import { problemOf, takeProblem, takeValueProblem } from '../support/datasets.js';
import { startPeer, type Peer } from './peer.js';
import { engineRows, rows, transformRows, valueRows, type Row } from './rows.js';
import { benchTables, isOfValues, valueTables, type BenchTable } from './tables.js';

const { values: options } = parseArgs({
  options: {
    tables: { type: 'string', default: process.env.SPT_TABLES },
    table: { type: 'string' },
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '4' },
    python: { type: 'string', default: 'python3' },
    'no-peer': { type: 'boolean', default: false },
    tiny: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const MOST_REPEATS = 15;

interface Timing {
  fitMs: number;
  predictMs: number;
}

/** The contents of one line of the output. */
interface Result {
  table: string;
  estimator: string;
  label: string;
  against: string;
  repeats: number;
  ours: Timing & { score: number; digest: string; warnings: string[] };
  theirs?: Timing & { score: number };
  /** Theirs over ours, fit and predict together. */
  ratio?: number;
  sameWork?: boolean;
}

function median(values: number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function medians(timings: Timing[]): Timing {
  return {
    fitMs: median(timings.map(({ fitMs }) => fitMs)),
    predictMs: median(timings.map(({ predictMs }) => predictMs)),
  };
}

/** A fitted step of either kind. `apply` gives one value for each row, or a matrix of them. */
interface Fitted {
  apply(x: Matrix): Int32Array | Float64Array;
  serialize(): Document;
}

function fitEstimator(
  kind: Estimator,
  params: any,
  problem: BenchTable['problem'],
  context: FitContext,
): Predictor {
  if (kind.task === 'regression' && isOfValues(problem)) return kind.fit(problem, params, context);
  if (kind.task === 'classification' && !isOfValues(problem)) return kind.fit(problem, params, context);
  throw new Error(`${kind.name} has no part in this table`);
}

function fitStep(
  kind: Estimator | Transform,
  params: any,
  problem: BenchTable['problem'],
  context: FitContext,
): Fitted {
  if (kind.kind === 'estimator') {
    const model = fitEstimator(kind, params, problem, context);
    return { apply: x => model.predict(x), serialize: () => model.serialize() };
  }
  assert.ok(!isOfValues(problem), 'transforms run on tables of classes');
  const transform = kind.fit(problemOf(problem), params, context);
  return { apply: x => transform.transform(x).data, serialize: () => transform.serialize() };
}

/** One fit and prediction of ours, or one fit and transform. */
function runOurs(
  kind: Estimator | Transform,
  params: any,
  problem: BenchTable['problem'],
): Timing & { fitted: Fitted; warnings: string[] } {
  const warnings: string[] = [];
  const warn = ({ code }: FitWarning): void => void warnings.push(code);
  // A copy, because what trees sort and bin is kept for later fits on the same numbers.
  const fresh = { ...problem, x: { ...problem.x, data: problem.x.data.slice() } };
  const start = performance.now();
  const fitted = fitStep(kind, params, fresh, { rng: Rng.from('bench'), warn });
  const middle = performance.now();
  fitted.apply(fresh.x);
  return { fitMs: middle - start, predictMs: performance.now() - middle, fitted, warnings };
}

/** The rows of a table, in their order. */
function take(problem: BenchTable['problem'], rows: number[]): BenchTable['problem'] {
  const wanted = Int32Array.from(rows);
  return isOfValues(problem) ? takeValueProblem(problem, wanted) : takeProblem(problem, wanted);
}

/**
 * The score on every third row after a fit on the others: the accuracy, r2 of values, or the mean absolute output of a
 * transform.
 */
function scoreOurs(kind: Estimator | Transform, params: any, problem: BenchTable['problem']): number {
  const all = Array.from({ length: problem.x.rows }, (_, i) => i);
  const train = take(
    problem,
    all.filter(i => i % 3 !== 2),
  );
  const held = take(
    problem,
    all.filter(i => i % 3 === 2),
  );
  const values = Array.from(runOurs(kind, params, train).fitted.apply(held.x));
  const mean = (one: (value: number, i: number) => number): number =>
    values.reduce((sum, value, i) => sum + one(value, i), 0) / values.length;
  if (kind.kind === 'transform') return mean(Math.abs);
  if (!isOfValues(held)) return mean((code, i) => (code === held.y[i] ? 1 : 0));
  const middle = mean((_, i) => held.y[i]);
  return 1 - mean((value, i) => (value - held.y[i]) ** 2) / mean((_, i) => (held.y[i] - middle) ** 2);
}

/** Whether two scores on a third of n rows agree: outputs of transforms exactly, accuracies and r2 within chance. */
function sameWork(row: Row, ours: number, theirs: number, n: number): boolean {
  if (transformRows.includes(row)) return Math.abs(ours - theirs) <= 1e-6 * theirs;
  const held = Math.floor(n / 3);
  const share = (ours + theirs) / 2;
  if (valueRows.includes(row)) {
    // the deviation of r2 is at most about twice that of a mean of squared errors
    const allowed = row.outcome === 'same' ? 0.002 : 0.02 + 4 * Math.sqrt(1 / held) * (1 - share);
    return Math.abs(ours - theirs) <= allowed;
  }
  const chance = Math.sqrt((2 * share * (1 - share)) / held);
  const allowed = row.outcome === 'same' ? 0.005 + 1.5 / held : 2 * chance + 1.5 / held;
  return Math.abs(ours - theirs) <= allowed;
}

async function measure(row: Row, { name, problem }: BenchTable, peer: Peer | undefined): Promise<Result> {
  const kind = findStep(row.estimator);
  const params = kind.params.parse(row.params);
  const { engine: _, ...ownParams } = row.params;
  const peerParams: Parameters = { ...ownParams, ...row.peer };
  if (kind.kind === 'estimator') await kind.ready?.(params);
  const first = runOurs(kind, params, problem);
  let ours: Timing[] = [first];
  let theirs: Timing[] = peer ? [await peer.fit(row.estimator, peerParams, name)] : [];
  const pairMs = [...ours, ...theirs].reduce((sum, { fitMs, predictMs }) => sum + fitMs + predictMs, 0);
  const repeats = options.tiny
    ? 0
    : Math.min(MOST_REPEATS, Math.floor((Number(options.seconds) * 1e3) / pairMs));
  if (repeats > 0) [ours, theirs] = [[], []];
  for (let repeat = 0; repeat < repeats; repeat++) {
    ours.push(runOurs(kind, params, problem));
    if (peer) theirs.push(await peer.fit(row.estimator, peerParams, name));
  }
  const result: Result = {
    table: name,
    estimator: row.estimator,
    label: row.label,
    against: row.against,
    repeats: Math.max(1, repeats),
    ours: {
      ...medians(ours),
      score: scoreOurs(kind, params, problem),
      digest: digest(first.fitted.serialize()),
      warnings: first.warnings,
    },
  };
  if (!peer) return result;
  const score = await peer.score(row.estimator, peerParams, name);
  result.theirs = { ...medians(theirs), score };
  const total = ({ fitMs, predictMs }: Timing): number => fitMs + predictMs;
  result.ratio = total(result.theirs) / total(result.ours);
  result.sameWork = sameWork(row, result.ours.score, score, problem.x.rows);
  return result;
}

const HEADER =
  'estimator                                 against         fit ms      peer   predict      peer    ratio  ' +
  'score   peer  runs';

function lineOf({ estimator, label, against, repeats, ours, theirs, ratio, sameWork }: Result): string {
  const ms = (value: number | undefined): string =>
    (value === undefined ? '-' : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)).padStart(10);
  const share = (value: number | undefined): string =>
    (value === undefined ? '-' : value.toFixed(3)).padStart(7);
  const notes = [...new Set(ours.warnings), ...(sameWork === false ? ['SCORES DIFFER'] : [])];
  return [
    `${estimator} ${label}`.padEnd(50),
    against.padEnd(13),
    ms(ours.fitMs),
    ms(theirs?.fitMs),
    ms(ours.predictMs),
    ms(theirs?.predictMs),
    (ratio === undefined ? '-' : ratio.toFixed(2)).padStart(9),
    share(ours.score),
    share(theirs?.score),
    String(repeats).padStart(6),
    notes.length > 0 ? `  ${notes.join(', ')}` : '',
  ].join('');
}

/** The chosen rows. Those of other engines are slow, so they run on the smallest table only. */
function rowsOf({ problem }: BenchTable): Row[] {
  const ours = isOfValues(problem) ? valueRows : [...rows, ...transformRows];
  const engines = problem.x.rows === 569 ? engineRows : [];
  return [...ours, ...engines].filter(
    ({ estimator, mostColumns = Infinity }) =>
      estimator.includes(options.only) && problem.x.columns <= mostColumns,
  );
}

async function main(): Promise<void> {
  const peer = options['no-peer'] || options.tiny ? undefined : await startPeer(options.python);
  const versions = peer
    ? `, scikit-learn ${peer.versions['scikit-learn']}, xgboost ${peer.versions.xgboost}`
    : '';
  if (!options.json)
    console.log(`node ${process.version}${versions}, one thread, ${cpus()[0]?.model ?? 'unknown'}`);
  let wrong = 0;
  const tables = [...(await benchTables(options.tables, options.tiny)), ...valueTables(options.tiny)];
  for (const table of tables) {
    if (options.table !== undefined && options.table !== table.name) continue;
    const { x } = table.problem;
    if (!options.json) console.log(`\n${table.name} (${x.rows} x ${x.columns}, ${table.origin})\n${HEADER}`);
    await peer?.load(table);
    for (const row of rowsOf(table)) {
      const result = await measure(row, table, peer);
      if (result.sameWork === false) wrong++;
      console.log(options.json ? JSON.stringify(result) : lineOf(result));
    }
  }
  peer?.close();
  if (wrong > 0) {
    console.error(`${wrong} rows have scores that differ: their times say nothing`);
    process.exitCode = 1;
  }
}

await main();
