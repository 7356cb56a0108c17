/** The statistics of a choice beside references in numpy, scipy and scikit-learn, and their closed forms. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../src/base/rng.js';
import { bagged, drawWeights, oneBag, RankedFold, strataOf } from '../../src/statistics/bagging.js';
import { foldMean, halfWidth, holm, pairedTest } from '../../src/statistics/folds.js';
import { bootstrapInterval, delong, wilson } from '../../src/statistics/intervals.js';
import { Optimism } from '../../src/statistics/optimism.js';
import { quantileOf } from '../../src/statistics/sample.js';
import { fixture } from '../../support/fixture.js';

const Choice = suite('the statistics of a choice');
const peer = fixture('choice');

const near = (ours: number, theirs: number, what = '', most = 1e-12): void =>
  assert.ok(Math.abs(ours - theirs) <= most * Math.max(1, Math.abs(theirs)), `${what} ${ours} ${theirs}`);

Choice('the corrected t test is that of Nadeau and Bengio', () => {
  assert.is(peer.paired.length, 5);
  for (const { a, b, share, mean, error, t, p, width, ownError } of peer.paired) {
    const folding = { scores: a.length, share };
    const found = pairedTest(a, b, folding);
    near(found.mean, mean);
    near(found.error, error);
    near(found.t, t);
    near(found.p, p);
    // The quantiles of scipy 1.10 are right to ten digits only.
    near(halfWidth(found.error, 0.05, folding), width, 'half width', 1e-9);
    near(foldMean(a, folding).error, ownError);
  }
});

Choice('equal scores do not differ, and a constant difference has no error', () => {
  const folding = { scores: 3, share: 0.5 };
  assert.equal(pairedTest([0.8, 0.9, 0.7], [0.8, 0.9, 0.7 + 1e-16], folding), {
    ...{ mean: 0, deviation: 0, error: 0, t: 0, p: 1 },
  });
  const constant = pairedTest([0.8, 0.9, 0.7], [0.7, 0.8, 0.6], folding);
  assert.equal([constant.error, constant.t, constant.p], [0, Infinity, 0]);
});

Choice('p values are adjusted as Holm does', () => {
  const adjusted = holm(peer.holm.p);
  peer.holm.adjusted.forEach((value: number, i: number) => near(adjusted[i], value));
  assert.equal([...holm([])], []);
});

Choice('the optimism is that of Tibshirani and Tibshirani, in both directions', () => {
  const { table, best, max, least, min } = peer.optimism;
  const [large, small] = [new Optimism(table[best], 1), new Optimism(table[least], -1)];
  for (const row of table) [large, small].forEach(one => one.add(row));
  near(large.value, max);
  near(small.value, min);
  assert.ok(max > 0 && min > 0);
});

Choice("intervals of proportions are scipy's", () => {
  assert.is(peer.wilson.length, 12);
  for (const [hits, n, alpha, low, high] of peer.wilson) {
    const interval = wilson(hits, n, alpha);
    near(interval.low, low, `${hits} of ${n}`);
    near(interval.high, high, `${hits} of ${n}`);
  }
});

Choice("DeLong's error is that of all pairs, with ties", () => {
  for (const { values, truth, area, error, low, high } of peer.areas) {
    const found = delong(values, truth, 0.05)!;
    near(found.area, area);
    near(found.error, error);
    near(found.low, low);
    near(found.high, high);
  }
});

Choice("DeLong's error is refused where it is 0 or has one sample of a class", () => {
  assert.is(delong([1, 2, 3, 4], [0, 0, 1, 1], 0.05), undefined);
  assert.is(delong([1, 3, 2, 4], [0, 1, 1, 1], 0.05), undefined);
});

/** The predictions of the reference, ranked once for each fold and config. */
function predictions(): { ranked: RankedFold[][]; y: number[]; folds: number[] } {
  const { y, folds, scores } = peer.bagging;
  const ranked = scores.map((values: number[]) =>
    [0, 1, 2, 3, 4].map(fold => {
      const samples = [...folds.keys()].filter(i => folds[i] === fold);
      const own = samples.map(i => values[i]);
      return new RankedFold(
        samples,
        own,
        samples.map(i => y[i] === 1),
      );
    }),
  );
  return { ranked, y, folds };
}

const scored = (ranked: RankedFold[][], samples: number) => ({
  ...{ configs: ranked.length, folds: 5, samples, sign: 1 as const },
  score: (config: number, fold: number, weights: Int32Array) => ranked[config][fold].area(weights),
});

Choice('BBC-CV chooses and scores as the reference in numpy', () => {
  const { ranked, y } = predictions();
  const { weights, chosen, estimates, estimate, low, high } = peer.bagging;
  const bags = weights.map((row: number[]) => oneBag(scored(ranked, y.length), Int32Array.from(row)));
  assert.equal(
    bags.map((bag: any) => bag.chosen),
    chosen,
  );
  assert.ok(new Set(chosen).size > 1, 'more than one config is chosen');
  estimates.forEach((value: number, i: number) => near(bags[i].score, value));
  const sorted = bags.map((bag: any) => bag.score).sort((a: number, b: number) => a - b);
  near(quantileOf(sorted, 0.025), low);
  near(quantileOf(sorted, 0.975), high);
  near(sorted.reduce((sum: number, value: number) => sum + value, 0) / sorted.length, estimate);
});

Choice('BBC-CV on its own draws agrees with the reference within the chance of drawing', () => {
  const { ranked, y, folds } = predictions();
  const strata = strataOf(y.length, i => 2 * folds[i] + y[i]);
  const found = bagged(scored(ranked, y.length), strata, { draws: 400, seed: 1, alpha: 0.05 })!;
  const again = bagged(scored(ranked, y.length), strata, { draws: 400, seed: 1, alpha: 0.05 })!;
  assert.equal(found, again);
  assert.is(
    found.chosen.reduce((sum, times) => sum + times, 0),
    found.draws,
  );
  const margin = 4 * found.deviation * Math.sqrt(1 / 400 + 1 / 40);
  assert.ok(Math.abs(found.estimate - peer.bagging.estimate) < margin, `${found.estimate}`);
  assert.ok(found.low < found.estimate && found.estimate < found.high);
});

Choice('a draw keeps the size of each stratum, and takes groups as a whole', () => {
  const stratum = [0, 0, 0, 1, 1, 1, 1];
  const groups = [0, 0, 1, 2, 2, 3, 4];
  const rng = Rng.from('draw');
  const strata = strataOf(7, i => stratum[i], groups);
  for (let draw = 0; draw < 50; draw++) {
    const weights = drawWeights(rng, strata, 7);
    assert.is(weights[0], weights[1]);
    assert.is(weights[3], weights[4]);
    assert.is(weights[0] + weights[2], 2);
    assert.is(weights[3] + weights[5] + weights[6], 3);
  }
});

Choice('a metric that is nowhere defined gives no estimate', () => {
  const nowhere = { configs: 2, folds: 2, samples: 4, sign: 1 as const, score: () => NaN };
  assert.is(
    bagged(
      nowhere,
      strataOf(4, () => 0),
      { draws: 20, seed: 0, alpha: 0.05 },
    ),
    undefined,
  );
  assert.is(
    bootstrapInterval([0, 1], () => null, { alpha: 0.05, draws: 20, seed: 0 }),
    undefined,
  );
});

Choice('the bootstrap interval of a proportion is that of its binomial', () => {
  // 100 samples of one class of which 80 are right: the draws are binomial, with deviation 0.04.
  const truth = new Uint8Array(100);
  const right = (rows: Int32Array): number => rows.filter(i => i < 80).length / rows.length;
  const { low, high } = bootstrapInterval(truth, right, { alpha: 0.05, draws: 4000, seed: 3 })!;
  assert.ok(Math.abs(low - 0.72) < 0.011 && Math.abs(high - 0.87) < 0.016, `${low} ${high}`);
});

Choice.run();
