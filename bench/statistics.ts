/**
 * `npm run bench:statistics`: do the estimates that `spt select` and `spt compare` print keep their promises?
 *
 * Searches are simulated whose true scores are known. Samples are drawn from two normal distributions in 20 features of
 * unit variance. The 60 configs of a search are real fits, of a nearest-centroid classifier on different features: its
 * direction is the difference of the class means. The true area under the ROC curve of a fitted direction w is
 * Phi(w . delta / (sqrt(2) |w|)), where delta is the true difference. Nothing is drawn to find it. Each search has n
 * samples, half of each class, in 5 stratified folds. The best config by the mean area over the folds is fitted on all
 * samples, and the true area of this model is what an honest number should be.
 *
 * Printed for each n and each true area (0.5: nothing can be learned; 0.8: that of the best direction): the mean error
 * of each estimate, how often its interval of 95% holds the true area of the chosen model, and the rates of wrong
 * rejections at 5%: of `compare` for two configs that are equally good, beside the usual t test without the correction;
 * of `select`, which should count the truly best config as good as the best (where nothing can be learned, the first
 * config stands for it), and where any config at all is told apart from the best. The rules `1se` and `simplest` choose
 * the config with the fewest features. Their scores stand there as they are, and without the optimism of the best.
 *
 *   --searches N (1000)   simulated searches of each kind   --draws B (200) of the bootstrap   --seed S (0)
 *   --ensembles N (100)   searches in which an ensemble is chosen (statistics/ensemble.ts), which takes much longer
 *   --tiny  20 searches and 3 ensembles of n = 60, in seconds, for the suite   --json  one line of JSON a row
 */
import { parseArgs } from 'node:util';
import { Rng } from '../src/base/rng.js';
import { bagged, RankedFold } from '../src/statistics/bagging.js';
import { foldMean, halfWidth, holm, pairedTest, type Folding } from '../src/statistics/folds.js';
import { Optimism } from '../src/statistics/optimism.js';
import { studentQuantile } from '../src/statistics/student.js';
import { ensembleRow, ensembleTable } from './statistics/ensemble.js';
import { along, CONFIGS, differenceOf, drawConfigs, drawTable, FOLDS } from './statistics/world.js';
import {
  foldsAndClasses,
  isPositive,
  isTested,
  trueArea,
  worldOf,
  type Table,
  type World,
} from './statistics/world.js';

const { values: options } = parseArgs({
  options: {
    searches: { type: 'string', default: '1000' },
    ensembles: { type: 'string', default: '100' },
    draws: { type: 'string', default: '200' },
    seed: { type: 'string', default: '0' },
    tiny: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const FOLDING: Folding = { scores: FOLDS, share: 1 / (FOLDS - 1) };
const ALPHA = 0.05;

/** Every config on every fold of some samples: its ranked predictions. */
function rankedOf(table: Table, samples: readonly number[], configs: readonly Int32Array[]): RankedFold[][] {
  const byFold = Array.from({ length: FOLDS }, (_, fold) => {
    const train = samples.filter((_, place) => !isTested(place, fold));
    const test = samples.filter((_, place) => isTested(place, fold));
    return { direction: differenceOf(table, train), test, truth: test.map(isPositive) };
  });
  return configs.map(features =>
    byFold.map(({ direction, test, truth }) => {
      const values = test.map(i => along(table, i, direction, features));
      return new RankedFold(test, values, truth);
    }),
  );
}

/** An estimate, and its interval of 95%. */
interface Estimate {
  value: number;
  low: number;
  high: number;
}

const NAMES = [
  ...(['naive', 'Tibshirani', 'BBC-CV', 'nested', '1se naive', '1se Tibshirani'] as const),
  ...(['simplest naive', 'simplest Tibshirani'] as const),
];
type Name = (typeof NAMES)[number];

interface Outcome {
  /** The true area of the config that each rule chooses. */
  truths: { [rule in 'best' | '1se' | 'simplest']: number };
  estimates: { [name in Name]: Estimate };
  /** Of two configs that are equally good: with the correction, and without. */
  rejects: { corrected: boolean; usual: boolean };
  /** Whether any config differs from the best after Holm's adjustment, and whether the truly best one does. */
  excludes: { any: boolean; best: boolean };
}

/** The mean of scores over folds, with its corrected interval. */
function meanWithInterval(scores: ArrayLike<number>): Estimate {
  const { mean, error } = foldMean(scores, FOLDING);
  const half = halfWidth(error, ALPHA, FOLDING);
  return { value: mean, low: mean - half, high: mean + half };
}

/** The config with the best mean; of equals, the first. */
function bestOf(scores: readonly Float64Array[]): number {
  const means = scores.map(values => values.reduce((sum, value) => sum + value, 0));
  return means.reduce((best, mean, i) => (mean > means[best] ? i : best), 0);
}

/** The scores of all configs in all folds. */
function scoresOf(ranked: readonly RankedFold[][], ones: Int32Array): Float64Array[] {
  return ranked.map(folds => Float64Array.from(folds, fold => fold.area(ones)));
}

/** Nested cross-validation: in each outer fold, the config that is best on the other samples. */
function nestedScores(table: Table, configs: readonly Int32Array[]): number[] {
  const all = Array.from({ length: table.n }, (_, i) => i);
  const ones = new Int32Array(table.n).fill(1);
  return Array.from({ length: FOLDS }, (_, fold) => {
    const train = all.filter(i => !isTested(i, fold));
    const chosen = configs[bestOf(scoresOf(rankedOf(table, train, configs), ones))];
    const direction = differenceOf(table, train);
    const test = all.filter(i => isTested(i, fold));
    const values = test.map(i => along(table, i, direction, chosen));
    return new RankedFold(test, values, test.map(isPositive)).area(ones);
  });
}

function oneSearch(world: World, rng: Rng, draws: number): Outcome {
  const { n } = world;
  const table = drawTable(world, rng);
  const configs = drawConfigs(rng);
  const all = Array.from({ length: n }, (_, i) => i);
  const ones = new Int32Array(n).fill(1);
  const ranked = rankedOf(table, all, configs);
  const scores = scoresOf(ranked, ones);
  const best = bestOf(scores);
  const naive = meanWithInterval(scores[best]);

  const optimism = new Optimism(scores[best], 1);
  for (const values of scores) optimism.add(values);
  const shifted = ({ value, low, high }: Estimate, by: number): Estimate => ({
    ...{ value: value - by, low: low - by, high: high - by },
  });

  const strata = foldsAndClasses(n);
  const area = (config: number, fold: number, weights: Int32Array): number =>
    ranked[config][fold].area(weights);
  const bags = bagged({ configs: CONFIGS, folds: FOLDS, samples: n, sign: 1, score: area }, strata, {
    ...{ draws, seed: rng.uint32(), alpha: ALPHA },
  })!;

  const compared = pairedTest(scores[0], scores[1], FOLDING);
  const usual = compared.mean / (compared.deviation / Math.sqrt(FOLDS));
  const others = scores.filter((_, i) => i !== best);
  const p = holm(others.map(values => pairedTest(scores[best], values, FOLDING).p));
  const rejected = (config: number): boolean =>
    config !== best && p[config < best ? config : config - 1] <= ALPHA;
  const direction = differenceOf(table, all);
  const truths = configs.map(features => trueArea(direction, features, world));
  const trulyBest = truths.reduce((found, truth, i) => (truth > truths[found] ? i : found), 0);
  const limit = naive.value - foldMean(scores[best], FOLDING).error;
  const near = simplest(configs, i => foldMean(scores[i], FOLDING).mean >= limit);
  const alike = simplest(configs, i => !rejected(i));
  const [nearScore, alikeScore] = [near, alike].map(i => meanWithInterval(scores[i]));
  return {
    truths: { best: truths[best], '1se': truths[near], simplest: truths[alike] },
    estimates: {
      naive,
      Tibshirani: shifted(naive, optimism.value),
      'BBC-CV': { value: bags.estimate, low: bags.low, high: bags.high },
      nested: meanWithInterval(nestedScores(table, configs)),
      '1se naive': nearScore,
      '1se Tibshirani': shifted(nearScore, optimism.value),
      'simplest naive': alikeScore,
      'simplest Tibshirani': shifted(alikeScore, optimism.value),
    },
    rejects: {
      corrected: compared.p <= ALPHA,
      usual: Math.abs(usual) >= studentQuantile(1 - ALPHA / 2, FOLDS - 1),
    },
    excludes: { any: scores.some((_, i) => rejected(i)), best: rejected(trulyBest) },
  };
}

/** The config with the fewest features among some; of equals, the first. */
function simplest(configs: readonly Int32Array[], isIn: (config: number) => boolean): number {
  return configs.reduce(
    (found, { length }, i) => (isIn(i) && (found < 0 || length < configs[found].length) ? i : found),
    -1,
  );
}

/** The rule whose config an estimate is about. */
function ruleOf(name: Name): 'best' | '1se' | 'simplest' {
  const [rule] = name.split(' ');
  return rule === '1se' || rule === 'simplest' ? rule : 'best';
}

/** One line of the table. */
interface Row {
  n: number;
  area: number;
  searches: number;
  /** The mean true area of the chosen models. */
  truth: number;
  bias: { [name in Name]: number };
  /** The deviation of the estimates around the truth, their bias included. */
  rmse: { [name in Name]: number };
  coverage: { [name in Name]: number };
  /** How wide the intervals are on average. */
  width: { [name in Name]: number };
  rejects: { corrected: number; usual: number };
  /** The shares of searches where any config differs from the best, and where the truly best one does. */
  excludes: { any: number; best: number };
}

function rowOf(world: World, searches: number, draws: number, seed: number): Row {
  const { n, area } = world;
  const outcomes = Array.from({ length: searches }, (_, i) =>
    oneSearch(world, Rng.from('bench', 'statistics', seed, n, Math.round(area * 100), i), draws),
  );
  const share = (count: (outcome: Outcome) => number): number =>
    outcomes.reduce((sum, outcome) => sum + count(outcome), 0) / searches;
  const each = (count: (estimate: Estimate, truth: number) => number): { [name in Name]: number } =>
    Object.fromEntries(
      NAMES.map(name => [
        name,
        share(({ estimates, truths }) => count(estimates[name], truths[ruleOf(name)])),
      ]),
    ) as { [name in Name]: number };
  const squares = each(({ value }, truth) => (value - truth) * (value - truth));
  return {
    ...{ n, area, searches },
    truth: share(({ truths }) => truths.best),
    bias: each(({ value }, truth) => value - truth),
    rmse: Object.fromEntries(NAMES.map(name => [name, Math.sqrt(squares[name])])) as Row['rmse'],
    coverage: each(({ low, high }, truth) => Number(low <= truth && truth <= high)),
    width: each(({ low, high }) => high - low),
    rejects: {
      corrected: share(({ rejects }) => Number(rejects.corrected)),
      usual: share(({ rejects }) => Number(rejects.usual)),
    },
    excludes: {
      any: share(({ excludes }) => Number(excludes.any)),
      best: share(({ excludes }) => Number(excludes.best)),
    },
  };
}

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** The two tables in Markdown: the estimates, and the tests. */
function tablesOf(rows: readonly Row[]): string {
  const lines = [
    '| n | best area | true area | estimate | bias | rmse | coverage | width |',
    '|---|---|---|---|---|---|---|---|',
  ];
  for (const { n, area, truth, bias, rmse, coverage, width } of rows)
    for (const name of NAMES) {
      const about = name === 'naive' ? [n, area.toFixed(1), truth.toFixed(3)] : ['', '', ''];
      const cells = [name, signed(bias[name]), rmse[name].toFixed(3), percent(coverage[name])];
      lines.push(`| ${[...about, ...cells, width[name].toFixed(3)].join(' | ')} |`);
    }
  lines.push(
    '',
    '| n | best area | compare | usual t test | select loses the truly best | tells any apart |',
    '|---|---|---|---|---|---|',
  );
  for (const { n, area, rejects, excludes } of rows) {
    const rates = [rejects.corrected, rejects.usual, excludes.best, excludes.any].map(percent);
    lines.push(`| ${[n, area.toFixed(1), ...rates].join(' | ')} |`);
  }
  return lines.join('\n');
}

const [searches, ensembles, draws, seed] = options.tiny
  ? [20, 3, 50, 0]
  : [options.searches, options.ensembles, options.draws, options.seed].map(Number);
const worlds = (options.tiny ? [60] : [60, 150, 600]).flatMap(n => [0.5, 0.8].map(area => worldOf(n, area)));
/** One row for each world, unless no search is asked for. */
const rowsBy = <Kind>(asked: number, row: (world: World) => Kind): Kind[] =>
  worlds
    .filter(() => asked > 0)
    .map(world => {
      const found = row(world);
      if (options.json) console.log(JSON.stringify(found));
      return found;
    });
const rows = rowsBy(searches, world => rowOf(world, searches, draws, seed));
const mixed = rowsBy(ensembles, world => ensembleRow(world, ensembles, draws, seed));
if (!options.json) console.log(`${tablesOf(rows)}\n\n${ensembleTable(mixed)}`);
