/** Ensemble selection beside its plain form in numpy and all possible ensembles, and what an estimate says of noise. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../src/base/rng.js';
import { RankedFold, strataOf } from '../../src/statistics/bagging.js';
import { estimateEnsemble } from '../../src/statistics/ensemble-estimate.js';
import { chooseEnsemble, ensembleScore, type Library, type Scorer } from '../../src/statistics/ensemble.js';
import { WeightedArea } from '../../src/statistics/weighted-area.js';
import { fixture } from '../../support/fixture.js';

const Ensembles = suite('ensembles');

/** Twice the pairs in the right order, plus the ties, over twice all pairs: as the area is defined. */
function areaByPairs(values: Float64Array, weights: ArrayLike<number>, isPositive: boolean[]): number {
  let [halves, pairs] = [0, 0];
  for (let i = 0; i < values.length; i++)
    for (let j = 0; j < values.length; j++) {
      if (!isPositive[i] || isPositive[j]) continue;
      const weight = weights[i] * weights[j];
      halves += weight * (values[i] > values[j] ? 2 : values[i] === values[j] ? 1 : 0);
      pairs += weight;
    }
  return halves / (2 * pairs);
}

Ensembles('the weighted area is that of its pairs, for any list in any order', () => {
  const rng = Rng.from('weighted area');
  for (const n of [1, 2, 5, 63, 64, 65, 129, 300]) {
    const weights = Array.from({ length: n }, () => rng.below(4));
    const isPositive = weights.map(() => rng.below(2) === 1);
    const area = new WeightedArea(weights, isPositive);
    for (let list = 0; list < 8; list++) {
      // Few different values make ties, and many make none.
      const values = Float64Array.from(weights, () => rng.below(list < 4 ? 5 : 1e6) / 7);
      assert.equal(area.of(values), areaByPairs(values, weights, isPositive), `${n} ${list}`);
    }
  }
});

type Scoring = (values: Float64Array, weights: number[], truth: number[]) => number;
const SCORINGS: { [name: string]: { sign: 1 | -1; of: Scoring } } = {
  area: {
    sign: 1,
    of: (values, weights, truth) =>
      areaByPairs(
        values,
        weights,
        truth.map(code => code === 1),
      ),
  },
  brier: {
    sign: -1,
    of: (values, weights, truth) => {
      let [sum, count] = [0, 0];
      values.forEach((value, i) => {
        sum += weights[i] * (value - truth[i]) * (value - truth[i]);
        count += weights[i];
      });
      return sum / count;
    },
  },
};

/** A library of given values; the samples of fold f follow those of fold f-1. */
function libraryOf(name: string, members: number[][][], truths: number[][]): Library {
  const { sign, of } = SCORINGS[name];
  const values = members.map(folds => folds.map(one => Float64Array.from(one)));
  const starts = truths.map((_, fold) => truths.slice(0, fold).flat().length);
  const scorer = (fold: number, weights: Int32Array): Scorer => {
    const own = truths[fold].map((_, place) => weights[starts[fold] + place]);
    return mean => of(mean, own, truths[fold]);
  };
  return {
    ...{ members: members.length, folds: truths.length, sign, scorer },
    values: (member, fold) => values[member][fold],
  };
}

const onesFor = (truths: number[][]): Int32Array => new Int32Array(truths.flat().length).fill(1);

Ensembles('one bag chooses what the plain form in numpy chooses', () => {
  const { cases } = fixture('ensemble');
  assert.is(cases.length, 6);
  for (const { metric, size, truths, members, chosen, score } of cases) {
    const library = libraryOf(metric, members, truths);
    const shares = chooseEnsemble(library, onesFor(truths), { size, bags: 1, seed: 0 })!;
    const counts = Array.from(shares, share => Math.round(share * chosen.length));
    assert.equal(
      counts,
      members.map((_: unknown, member: number) => chosen.filter((one: number) => one === member).length),
    );
    const found = ensembleScore(library, shares, onesFor(truths));
    assert.ok(Math.abs(found - score) < 1e-12, `${found} ${score}`);
  }
});

/** Members that see the same hidden number, each with noise of its own. */
function random(rng: Rng, members: number, folds: number, samples: number, signal: number) {
  const truths = Array.from({ length: folds }, () => Array.from({ length: samples }, (_, i) => i % 2));
  const hidden = truths.map(codes => codes.map(code => signal * code + rng.float()));
  const values = Array.from({ length: members }, () =>
    hidden.map(one => one.map(value => Math.min(1, (value + 2 * rng.float()) / (3 + signal)))),
  );
  return { truths, values };
}

/** The best score of all lists of at most `most` members, each as often as wanted. */
function bestOfAll(library: Library, most: number, weights: Int32Array): number {
  let best = -Infinity;
  const grow = (chosen: number[]): void => {
    if (chosen.length > 0) {
      const shares = new Float64Array(library.members);
      for (const member of chosen) shares[member] += 1 / chosen.length;
      best = Math.max(best, library.sign * ensembleScore(library, shares, weights));
    }
    if (chosen.length === most) return;
    for (let next = chosen.at(-1) ?? 0; next < library.members; next++) grow([...chosen, next]);
  };
  grow([]);
  return best;
}

Ensembles('is between the best member and the best of all ensembles, and often equals the latter', () => {
  const rng = Rng.from('all ensembles');
  for (const name of ['area', 'brier']) {
    let equal = 0;
    for (let one = 0; one < 20; one++) {
      const { truths, values } = random(rng, 3, 2, 10, 0.5);
      const library = libraryOf(name, values, truths);
      const ones = onesFor(truths);
      const shares = chooseEnsemble(library, ones, { size: 4, bags: 1, seed: 0 })!;
      const found = library.sign * ensembleScore(library, shares, ones);
      const best = bestOfAll(library, 4, ones);
      assert.ok(found >= bestOfAll(library, 1, ones) - 1e-12, `${name} ${one}`);
      assert.ok(found <= best + 1e-12, `${name} ${one}`);
      if (found > best - 1e-12) equal++;
    }
    assert.ok(equal >= 12, `${name}: ${equal} of 20`);
  }
});

Ensembles('equal seeds choose the same bits, and weights add up to 1', () => {
  const { truths, values } = random(Rng.from('bags'), 12, 2, 30, 0.5);
  const library = libraryOf('brier', values, truths);
  const choose = (bags: number, seed: number): number[] => [
    ...chooseEnsemble(library, onesFor(truths), { size: 10, bags, seed })!,
  ];
  assert.equal(choose(7, 3), choose(7, 3));
  assert.not.equal(choose(7, 3), choose(7, 4));
  assert.equal(choose(1, 3), choose(1, 4), 'one bag holds all members');
  for (const bags of [1, 7])
    assert.ok(Math.abs(choose(bags, 3).reduce((sum, share) => sum + share, 0) - 1) < 1e-12);
});

/** The same areas, but in a time that many draws need. */
function quick(library: Library, truths: number[][]): Library {
  const per = truths[0].length;
  const scorer = (fold: number, weights: Int32Array): Scorer => {
    const area = new WeightedArea(
      weights.subarray(fold * per, (fold + 1) * per),
      truths[fold].map(code => code === 1),
    );
    return mean => area.of(mean);
  };
  return { ...library, scorer };
}

/** The estimate for a library, and for each member alone. */
function estimate(library: Library, truths: number[][], draws = 60) {
  const samples = truths.flat().length;
  const per = truths[0].length;
  const strata = strataOf(samples, i => `${Math.floor(i / per)} ${i % 2}`);
  const ranked = Array.from({ length: library.members }, (_, member) =>
    truths.map((codes, fold) => {
      const rows = codes.map((_, place) => fold * per + place);
      return new RankedFold(
        rows,
        library.values(member, fold),
        codes.map(code => code === 1),
      );
    }),
  );
  const singles = {
    ...{ configs: library.members, folds: library.folds, samples, sign: library.sign },
    score: (one: number, fold: number, weights: Int32Array) => ranked[one][fold].area(weights),
  };
  return estimateEnsemble(quick(library, truths), singles, strata, {
    size: 10,
    bags: 4,
    seed: 5,
    draws,
    alpha: 0.05,
  })!;
}

Ensembles('equal members gain nothing, in any draw', () => {
  const { truths, values } = random(Rng.from('equal'), 1, 3, 20, 0.5);
  const library = libraryOf('area', [values[0], values[0], values[0]], truths);
  const { better, ensemble, single, draws } = estimate(library, truths);
  assert.is(draws, 60);
  assert.equal(ensemble, single);
  assert.equal(better, { estimate: 0, low: 0, high: 0, deviation: 0 });
});

Ensembles('members that know nothing are worth nothing, whatever their weights flatter', () => {
  const rng = Rng.from('noise');
  const truths = Array.from({ length: 3 }, () => Array.from({ length: 40 }, (_, i) => i % 2));
  const values = Array.from({ length: 10 }, () => truths.map(codes => codes.map(() => rng.float())));
  const library = libraryOf('area', values, truths);
  const shares = chooseEnsemble(library, onesFor(truths), { size: 10, bags: 4, seed: 5 })!;
  const naive = ensembleScore(library, shares, onesFor(truths));
  const { ensemble } = estimate(library, truths);
  assert.ok(naive > 0.55, String(naive));
  assert.ok(ensemble.low < 0.5 && ensemble.high > 0.5, JSON.stringify(ensemble));
  assert.ok(ensemble.estimate < naive - 0.02, `${ensemble.estimate} ${naive}`);
});

Ensembles('members with noise of their own gain by their mean', () => {
  const { truths, values } = random(Rng.from('gain'), 10, 3, 60, 0.6);
  const { better, ensemble, single } = estimate(libraryOf('area', values, truths), truths);
  assert.ok(better.estimate > 0.01, JSON.stringify(better));
  assert.ok(Math.abs(ensemble.estimate - single.estimate - better.estimate) < 1e-12);
});

Ensembles.run();
