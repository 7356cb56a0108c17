/**
 * The ensembles of `npm run bench:statistics`: does the estimate that `spt ensemble` prints keep its promise?
 *
 * The configs are those of the other tables. As a probability, a nearest-centroid classifier gives the logistic
 * function of w . (x - m), where m is the middle between the class means. An ensemble has no true area in closed
 * form. So it is measured on 20,000 samples that nobody has seen, and so is the best single config.
 */
import { Rng } from '../../src/base/rng.js';
import { sigmoid } from '../../src/kernels/math.js';
import { RankedFold } from '../../src/statistics/bagging.js';
import { chooseEnsemble, ensembleScore, type Library } from '../../src/statistics/ensemble.js';
import { estimateEnsemble } from '../../src/statistics/ensemble-estimate.js';
import { WeightedArea } from '../../src/statistics/weighted-area.js';
import { along, differenceOf, drawConfigs, drawTable, FOLDS, foldsAndClasses } from './world.js';
import { isPositive, isTested, type Table, type World } from './world.js';

/** What `spt ensemble` does by default. */
const GROWTH = { size: 25, bags: 20 };
const ALPHA = 0.05;
const HELD_OUT = 20_000;

/** The numbers of a search: what is estimated, and what is true. */
interface Outcome {
  naive: number;
  estimates: { [name in Name]: { estimate: number; low: number; high: number } };
  truths: { [name in Name]: number };
}

const NAMES = ['ensemble', 'single', 'better'] as const;
type Name = (typeof NAMES)[number];

/** One line of the table: of the ensemble, of the best single config, and of the difference of the two. */
export interface EnsembleRow {
  n: number;
  area: number;
  ensembles: number;
  /** The mean of what is true. */
  truth: { [name in Name]: number };
  /** The mean error of the ensemble's score on the samples that chose it, and of each estimate. */
  bias: { [name in Name | 'naive']: number };
  rmse: { [name in Name]: number };
  coverage: { [name in Name]: number };
  width: { [name in Name]: number };
  /** How often the interval of the difference is above 0, how often wrongly, and how often it is below 0. */
  says: { better: number; wrongly: number; worse: number };
}

type Model = (table: Table, sample: number) => number;

/** A config that is fitted on some samples: the probability of the positive class. */
function fit(table: Table, samples: readonly number[], features: Int32Array): Model {
  const direction = differenceOf(table, samples);
  const middle = samples.reduce((sum, i) => sum + along(table, i, direction, features), 0) / samples.length;
  return (other, i) => sigmoid(along(other, i, direction, features) - middle);
}

function oneSearch(world: World, rng: Rng, draws: number): Outcome {
  const { n } = world;
  const table = drawTable(world, rng);
  const configs = drawConfigs(rng);
  const all = Array.from({ length: n }, (_, i) => i);
  const tested = Array.from({ length: FOLDS }, (_, fold) => all.filter(i => isTested(i, fold)));
  const outOfFold = configs.map(features =>
    tested.map((test, fold) => {
      const model = fit(
        table,
        all.filter(i => !isTested(i, fold)),
        features,
      );
      return Float64Array.from(test, i => model(table, i));
    }),
  );
  const ranked = outOfFold.map(folds =>
    folds.map((values, fold) => new RankedFold(tested[fold], values, tested[fold].map(isPositive))),
  );
  const sizes = { folds: FOLDS, sign: 1 as const };
  const library: Library = {
    ...{ ...sizes, members: configs.length, values: (member, fold) => outOfFold[member][fold] },
    scorer: (fold, weights) => {
      const test = tested[fold];
      const area = new WeightedArea(
        test.map(i => weights[i]),
        test.map(isPositive),
      );
      return values => area.of(values);
    },
  };
  const singles = {
    ...{ ...sizes, configs: configs.length, samples: n },
    score: (one: number, fold: number, weights: Int32Array): number => ranked[one][fold].area(weights),
  };
  const growth = { ...GROWTH, seed: rng.uint32() };
  const ones = new Int32Array(n).fill(1);
  const shares = chooseEnsemble(library, ones, growth)!;
  const estimates = estimateEnsemble(library, singles, foldsAndClasses(n), {
    ...{ ...growth, draws, alpha: ALPHA },
  })!;
  const means = ranked.map(folds => folds.reduce((sum, fold) => sum + fold.area(ones), 0));
  const best = means.reduce((found, mean, i) => (mean > means[found] ? i : found), 0);
  const truths = trueAreas(world, rng, { table, configs, shares, best });
  return { naive: ensembleScore(library, shares, ones), estimates, truths };
}

/** The areas on samples that nobody has seen, of models that are fitted on all samples of the search. */
function trueAreas(
  world: World,
  rng: Rng,
  {
    table,
    configs,
    shares,
    best,
  }: { table: Table; configs: readonly Int32Array[]; shares: Float64Array; best: number },
): Outcome['truths'] {
  const all = Array.from({ length: table.n }, (_, i) => i);
  const fresh = drawTable({ ...world, n: HELD_OUT }, rng);
  const places = Array.from({ length: HELD_OUT }, (_, i) => i);
  const areaOf = (values: Float64Array): number =>
    new RankedFold(places, values, places.map(isPositive)).area(new Int32Array(HELD_OUT).fill(1));
  const mean = new Float64Array(HELD_OUT);
  shares.forEach((share, member) => {
    if (share === 0) return;
    const model = fit(table, all, configs[member]);
    for (const i of places) mean[i] += share * model(fresh, i);
  });
  const alone = fit(table, all, configs[best]);
  const [ensemble, single] = [areaOf(mean), areaOf(Float64Array.from(places, i => alone(fresh, i)))];
  return { ensemble, single, better: ensemble - single };
}

/** Simulates searches of one kind. */
export function ensembleRow(world: World, searches: number, draws: number, seed: number): EnsembleRow {
  const { n, area } = world;
  const outcomes = Array.from({ length: searches }, (_, i) =>
    oneSearch(world, Rng.from('bench', 'ensemble', seed, n, Math.round(area * 100), i), draws),
  );
  const share = (count: (outcome: Outcome) => number): number =>
    outcomes.reduce((sum, outcome) => sum + count(outcome), 0) / searches;
  const each = (count: (outcome: Outcome, name: Name) => number): { [name in Name]: number } =>
    Object.fromEntries(NAMES.map(name => [name, share(outcome => count(outcome, name))])) as {
      [name in Name]: number;
    };
  const errorOf = ({ estimates, truths }: Outcome, name: Name): number =>
    estimates[name].estimate - truths[name];
  const squares = each((outcome, name) => errorOf(outcome, name) ** 2);
  return {
    ...{ n, area, ensembles: searches },
    truth: each(({ truths }, name) => truths[name]),
    bias: { ...each(errorOf), naive: share(({ naive, truths }) => naive - truths.ensemble) },
    rmse: Object.fromEntries(NAMES.map(name => [name, Math.sqrt(squares[name])])) as EnsembleRow['rmse'],
    coverage: each(({ estimates, truths }, name) =>
      Number(estimates[name].low <= truths[name] && truths[name] <= estimates[name].high),
    ),
    width: each(({ estimates }, name) => estimates[name].high - estimates[name].low),
    says: {
      better: share(({ estimates }) => Number(estimates.better.low > 0)),
      wrongly: share(({ estimates, truths }) => Number(estimates.better.low > 0 && truths.better <= 0)),
      worse: share(({ estimates }) => Number(estimates.better.high < 0)),
    },
  };
}

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

const WORDS: { [name in Name]: string } = {
  ensemble: 'ensemble',
  single: 'best single',
  better: 'difference',
};

/** The table in Markdown. */
export function ensembleTable(rows: readonly EnsembleRow[]): string {
  const lines = [
    '| n | best area | of | true | naive bias | bias | rmse | coverage | width | says better | wrongly |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
  ];
  for (const { n, area, truth, bias, rmse, coverage, width, says } of rows)
    for (const name of NAMES) {
      const about = name === 'ensemble' ? [n, area.toFixed(1)] : ['', ''];
      const isDifference = name === 'better';
      const cells = [
        ...[WORDS[name], isDifference ? signed(truth[name]) : truth[name].toFixed(3)],
        ...[name === 'ensemble' ? signed(bias.naive) : '', signed(bias[name]), rmse[name].toFixed(3)],
        ...[percent(coverage[name]), width[name].toFixed(3)],
        ...(isDifference ? [percent(says.better), percent(says.wrongly)] : ['', '']),
      ];
      lines.push(`| ${[...about, ...cells].join(' | ')} |`);
    }
  return lines.join('\n');
}
