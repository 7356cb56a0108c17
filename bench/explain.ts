/**
 * `npm run bench:explain`: does the interval of `spt explain` hold what shuffling a column truly costs?
 *
 * Samples are drawn from two normal distributions of unit variance in 8 features: two tell the classes apart well, two
 * a little, and four not at all. A LogisticRegression is explained on 5 stratified folds. Its decision is w . x. Where
 * feature j is shuffled, the true area under the ROC curve is the mean of three normal tails: the shuffled values of a
 * positive and of a negative sample come from one class, or from both in either way. So the true drop of every fitted
 * model is known, and nothing is drawn to find it.
 *
 * Printed for each n and each strength of a feature: the mean true drop of the model of all samples, the mean drop that
 * was estimated, how often the interval of 95% holds the true drop of the model of all samples, how often the interval
 * without the correction for overlapping folds does, and how often the interval leaves 0 out on the side of a cost.
 *
 *   --searches N (1000)  of each n   --seed S (0)   --tiny  10 searches of n = 60   --json  one line of JSON a row
 */
import { parseArgs } from 'node:util';
import { numberColumns, type SplitData } from '../src/base/dataset.js';
import { Rng } from '../src/base/rng.js';
import { explained, type Explained } from '../src/ml/explain/explain.js';
import { normalDraw } from '../src/statistics/normal.js';
import { studentQuantile, twoSided } from '../src/statistics/student.js';
import { featureLines } from '../src/views/explanation.js';
import { makeConfig } from '../support/log-helpers.js';

const { values: options } = parseArgs({
  options: {
    searches: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '0' },
    tiny: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

/** The difference of the class means in each feature. */
const DELTA = [1, 1, 0.4, 0.4, 0, 0, 0, 0];
const STRENGTHS = [1, 0.4, 0];
const FOLDS = 5;
const ALPHA = 0.05;

/** n samples, of the two classes in turn. */
function drawn(n: number, rng: Rng): SplitData {
  const codes = Int32Array.from({ length: n }, (_, i) => i % 2);
  const data = Float64Array.from({ length: n * DELTA.length }, (_, at) => {
    const half = DELTA[Math.floor(at / n)] / 2;
    return normalDraw(rng) + (codes[at % n] === 1 ? half : -half);
  });
  return {
    columns: numberColumns(DELTA.map((_, j) => `f${j}`)),
    target: { kind: 'classes', names: ['no', 'yes'] },
    train: {
      index: Array.from(codes, (_, i) => `s${i}`),
      x: { rows: n, columns: DELTA.length, data },
      target: { kind: 'classes', codes, k: 2 },
    },
  };
}

function phi(z: number): number {
  const tail = twoSided(z, 1e9) / 2;
  return z > 0 ? 1 - tail : tail;
}

/** By how much the true area of the direction w gets smaller where feature j is shuffled. */
function trueDrop(w: readonly number[], j: number): number {
  const spread = Math.sqrt(2 * w.reduce((sum, weight) => sum + weight * weight, 0));
  if (spread === 0) return 0;
  const apart = w.reduce((sum, weight, i) => sum + weight * DELTA[i], 0);
  const own = w[j] * DELTA[j];
  const others = apart - own;
  const shuffled =
    (phi((others - own) / spread) + 2 * phi(others / spread) + phi((others + own) / spread)) / 4;
  return phi(apart / spread) - shuffled;
}

/** Sums over the features of one strength. */
interface Tally {
  features: number;
  truth: number;
  estimate: number;
  held: number;
  heldUncorrected: number;
  above: number;
}

function weightsOf({ refit, names }: Explained): number[] {
  return names.map(name => refit.values.get(name)?.[0] ?? 0);
}

function addTo(tallies: Map<number, Tally>, found: Explained): void {
  const lines = featureLines(found, { drawn: { folds: FOLDS }, alpha: ALPHA });
  const w = weightsOf(found);
  const uncorrected = studentQuantile(1 - ALPHA / 2, FOLDS - 1) / Math.sqrt(FOLDS);
  const corrected = studentQuantile(1 - ALPHA / 2, FOLDS - 1) * Math.sqrt(1 / FOLDS + 1 / (FOLDS - 1));
  for (const { feature, drop } of lines) {
    const j = found.names.indexOf(feature);
    const tally = tallies.get(DELTA[j])!;
    const truth = trueDrop(w, j);
    const half = drop!.high! - drop!.mean;
    tally.features++;
    tally.truth += truth;
    tally.estimate += drop!.mean;
    tally.held += Number(Math.abs(drop!.mean - truth) <= half);
    tally.heldUncorrected += Number(Math.abs(drop!.mean - truth) <= (half * uncorrected) / corrected);
    tally.above += Number(drop!.low! > 0);
  }
}

function simulate(n: number, searches: number): Map<number, Tally> {
  const none = { features: 0, truth: 0, estimate: 0, held: 0, heldUncorrected: 0, above: 0 };
  const tallies = new Map(STRENGTHS.map(strength => [strength, { ...none }]));
  for (let search = 0; search < searches; search++) {
    const rng = Rng.from('bench-explain', Number(options.seed), n, search);
    const config = makeConfig(1, { steps: [{ LogisticRegression: {} }], cv: { folds: FOLDS }, seed: search });
    addTo(tallies, explained(config, drawn(n, rng), { repeats: 5 }));
  }
  return tallies;
}

const sizes = options.tiny ? [60] : [60, 200, 600];
const searches = options.tiny ? 10 : Number(options.searches);
if (!options.json) console.log('     n  difference  true drop  estimate  95% interval  uncorrected  above 0');
for (const n of sizes)
  for (const [difference, tally] of simulate(n, searches)) {
    const mean = (sum: number): number => sum / tally.features;
    const row = {
      ...{ n, difference, searches, truth: mean(tally.truth), estimate: mean(tally.estimate) },
      ...{ coverage: mean(tally.held), uncorrected: mean(tally.heldUncorrected), above: mean(tally.above) },
    };
    if (options.json) console.log(JSON.stringify(row));
    else
      console.log(
        String(n).padStart(6) +
          String(difference).padStart(12) +
          row.truth.toFixed(4).padStart(11) +
          row.estimate.toFixed(4).padStart(10) +
          `${(100 * row.coverage).toFixed(1)}%`.padStart(14) +
          `${(100 * row.uncorrected).toFixed(1)}%`.padStart(13) +
          `${(100 * row.above).toFixed(1)}%`.padStart(9),
      );
  }
