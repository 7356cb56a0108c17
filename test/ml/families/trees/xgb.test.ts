/** XGBClassifier beside xgboost's (fixtures/make_xgb.py), and at its edges. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Matrix } from '../../../../src/base/dataset.js';
import { Rng } from '../../../../src/base/rng.js';
import { scoreModel } from '../../../../src/ml/scored.js';
import { fromRows } from '../../../../src/ml/algebra/matrix.js';
import { findMetric } from '../../../../src/ml/scoring/metrics.js';
import { findStep } from '../../../../src/ml/registry.js';
import { digest } from '../../../../src/ml/serialize.js';
import { fitBoosted } from '../../../../src/ml/families/trees/boosted-classifier.js';
import {
  addRounds,
  type Boosted,
  marginsOf,
  startMargins,
} from '../../../../src/ml/families/trees/boosting.js';
import type { ClassifierKind, Classifier, ClassProblem } from '../../../../src/ml/types.js';
import { sameBits } from '../../../../support/bits.js';
import { widened, targetOf } from '../../../../support/datasets.js';
import { assertSameMeans, type SeedScores } from '../../../../support/seeds.js';
import { fixture } from '../../../../support/fixture.js';

interface Fixture {
  x: number[][];
  y: number[];
  weights: number[];
  xNew: number[][];
  yNew: number[];
  /** Per sample: the features that are missing where a model is fitted on missing values. */
  holes: number[][];
  holesNew: number[][];
  models: {
    params: object;
    missing: boolean;
    classes: number;
    weighted: boolean;
    margins: number[];
    importances: number[];
  }[];
  sampled: {
    params: object;
    scores: SeedScores;
  }[];
  sweep: [params: object, missing: boolean, classes: number, weighted: boolean, margins: number[]][];
  long: { rows: number; maxBin: number; order: string; sum: number; margins: number[] }[];
  saturated: {
    params: object;
    classes: number;
    scores: { [metric: string]: number };
    proba: number[];
  }[];
}

const peer: Fixture = fixture('xgb');

const test = suite('xgb');
const kind = findStep('XGBClassifier') as ClassifierKind;

function fit(params: object, problem: ClassProblem, seed: string | number = 0): Classifier {
  return kind.fit(problem, kind.params.parse(params), { rng: Rng.from('xgb', seed), warn: () => undefined });
}

function matrixOf(rows: number[][], holes?: number[][]): Matrix {
  return fromRows(rows.map((row, i) => row.map((value, j) => (holes?.[i].includes(j) ? NaN : value))));
}

function problemOf(classes: number, missing = false, weighted = false): ClassProblem {
  const x = matrixOf(peer.x, missing ? peer.holes : undefined);
  const y = Int32Array.from(peer.y, code => Math.min(code, classes - 1));
  return { x, y, classes, ...(weighted ? { weights: Float64Array.from(peer.weights) } : {}) };
}

function boostedOf(model: Classifier): Boosted {
  return (model.serialize() as unknown as { model: Boosted }).model;
}

test("without sampling the margins are xgboost's", () => {
  assert.is(peer.models.length, 88);
  for (const { params, missing, classes, weighted, margins, importances } of peer.models) {
    const what = JSON.stringify({ params, missing, classes, weighted });
    const model = fit(params, problemOf(classes, missing, weighted));
    const found = marginsOf(boostedOf(model), matrixOf(peer.xNew, missing ? peer.holesNew : undefined));
    assert.is(found.length, margins.length, what);
    margins.forEach((theirs, i) => {
      const size = Math.max(1, Math.abs(theirs));
      assert.ok(
        Math.abs(found[i] - theirs) < 1e-5 * size,
        `${what}: ${i} is ${found[i]}, xgboost has ${theirs}`,
      );
    });
    importances.forEach((share, j) => {
      const ours = boostedOf(model).importances[j];
      assert.ok(Math.abs(ours - share) < 1e-4, `${what}: importance ${j} is ${ours}, xgboost has ${share}`);
    });
  }
});

function assertMargins(found: ArrayLike<number>, theirs: number[], what: string): void {
  theirs.forEach((margin, i) => {
    const off = Math.abs(found[i] - margin) / Math.max(1, Math.abs(margin));
    assert.ok(off < 1e-5, `${what}: ${i} is ${found[i]}, xgboost has ${margin}`);
  });
}

test("every parameter with others gives xgboost's margins", () => {
  assert.is(peer.sweep.length, 360);
  for (const [params, missing, classes, weighted, margins] of peer.sweep) {
    const model = boostedOf(fit(params, problemOf(classes, missing, weighted)));
    const few = margins.length / (classes === 2 ? 1 : classes);
    const xNew = matrixOf(peer.xNew.slice(0, few), missing ? peer.holesNew : undefined);
    assertMargins(marginsOf(model, xNew), margins, JSON.stringify({ params, missing, classes, weighted }));
  }
});

/** The columns of make_xgb.py's `long`. */
function longProblem(rows: number, order: string): ClassProblem {
  const all = Array.from({ length: rows }, (_, i) => {
    const value = ((i * 7919) % 10007) / 64 + ((i * i) % 97) / 4096;
    return { value, label: value > 80 !== (i % 5 === 0) ? 1 : 0 };
  });
  if (order === 'sorted') all.sort((a, b) => a.value - b.value);
  const x = fromRows(all.map(({ value }, i) => [order === 'missing' && i % 7 === 0 ? NaN : value]));
  return { x, y: Int32Array.from(all, ({ label }) => label), classes: 2 };
}

test("long columns are cut where xgboost cuts them, in the samples' order", () => {
  for (const { rows, maxBin, order, sum, margins } of peer.long) {
    const what = `${rows} samples ${order}, ${maxBin} bins`;
    const problem = longProblem(rows, order);
    const more = { tree_method: 'hist', max_depth: 9, n_estimators: 2, min_child_weight: 0 };
    const found = marginsOf(boostedOf(fit({ ...more, max_bin: maxBin }, problem)), problem.x);
    assertMargins(
      found.filter((_, i) => i % Math.floor(rows / 20) === 0),
      margins,
      what,
    );
    const total = found.reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(total - sum) < 1e-5 * rows, `${what}: ${total}, xgboost has ${sum}`);
  }
});

test("probabilities, and the scores of margins that they cannot tell apart, are xgboost's in f32", () => {
  const most = peer.saturated.map(({ proba }) => proba.reduce((a, b) => Math.max(a, b)));
  assert.ok(most.some(proba => proba === 1));
  for (const { params, classes, scores, proba } of peer.saturated) {
    const model = fit(params, problemOf(classes));
    const found = model.proba!(matrixOf(peer.xNew));
    sameBits(found, Float64Array.from(found, Math.fround), 'f32');
    proba.forEach((theirs, i) => {
      // The last digit of an f32, and margins that differ by theirs.
      const off = 2e-7 * theirs + 1e-5 * theirs * (1 - theirs);
      assert.ok(Math.abs(found[i] - theirs) <= off, `${JSON.stringify(params)}: ${found[i]}, ${theirs}`);
    });
    const truth = Int32Array.from(peer.yNew, code => Math.min(code, classes - 1));
    const metrics = Object.keys(scores).map(findMetric);
    const { scores: ours } = scoreModel(
      model,
      { x: matrixOf(peer.xNew), target: targetOf(truth, classes) },
      metrics,
    );
    for (const [name, theirs] of Object.entries(scores)) {
      assert.ok(Math.abs(ours[name]! - theirs) < 1e-5, `${name} is ${ours[name]}, theirs ${theirs}`);
    }
  }
});

function scoresOf(model: Classifier): { [score: string]: number } {
  const xNew = matrixOf(peer.xNew);
  const [proba, codes] = [model.proba!(xNew), model.predict(xNew)];
  const losses = peer.yNew.map((code, i) => -Math.log(proba[3 * i + code]));
  return {
    accuracy: codes.filter((code, i) => code === peer.yNew[i]).length / codes.length,
    log_loss: losses.reduce((a, b) => a + b) / losses.length,
  };
}

test("with sampling the scores are xgboost's, over 20 seeds", () => {
  for (const { params, scores } of peer.sampled) {
    const found = Array.from({ length: 20 }, (_, seed) => scoresOf(fit(params, problemOf(3), seed)));
    assertSameMeans(found, scores, JSON.stringify(params));
  }
});

const CONTEXT = { rng: Rng.from('prefix'), warn: () => undefined };

test('the first rounds are the smaller model, and sizes boosted together are those boosted alone', () => {
  for (const classes of [2, 3]) {
    // So many columns that a few trees read them where they are, and many trees row by row.
    const problem = widened(problemOf(classes, true), 10);
    for (const more of [
      { subsample: 0.6, colsample_bylevel: 0.5 },
      { tree_method: 'exact', colsample_bynode: 0.5 },
    ]) {
      const params = kind.params.parse({ ...more, n_estimators: 9 });
      const [small, all] = fitBoosted(problem, params, [4, 9], CONTEXT);
      const alone = fitBoosted(problem, params, [4], CONTEXT)[0];
      assert.is(digest(small.serialize()), digest(alone.serialize()));
      const [prefix, whole] = [small, all].map(model => model.serialize() as unknown as Boosted);
      for (const name of ['roots', 'feature', 'value', 'missing_left', 'next'] as const) {
        sameBits(whole[name].subarray(0, prefix[name].length), prefix[name], name);
      }
      const margins = startMargins(whole, problem.x.rows);
      addRounds(whole, problem.x, 0, 4, margins);
      sameBits(margins, marginsOf(prefix, problem.x), 'the first rounds');
      addRounds(whole, problem.x, 4, 9, margins);
      sameBits(margins, marginsOf(whole, problem.x), 'and the rest');
    }
  }
});

test('early stopping keeps the best round of the samples held out', () => {
  for (const classes of [2, 3]) {
    const problem = problemOf(classes);
    const params = { n_estimators: 200, early_stopping_rounds: 5, validation_fraction: 0.3 };
    const stopped = boostedOf(fit(params, problem));
    const rounds = stopped.roots.length / (classes === 2 ? 1 : classes);
    assert.ok(rounds > 2 && rounds < 100, `${rounds} rounds`);
    const shorter = boostedOf(fit({ ...params, n_estimators: rounds + 3 }, problem));
    assert.is(digest({ ...shorter }), digest({ ...stopped }), 'what comes after the best round is not kept');
    const short = boostedOf(fit({ ...params, n_estimators: 2 }, problem));
    assert.ok(short.best_score! > stopped.best_score!);
    sameBits(stopped.value.subarray(0, short.value.length), short.value, 'the same rounds before');
    const whole = boostedOf(fit({ n_estimators: rounds }, problem));
    assert.is(whole.best_score, null);
  }
  const few = { x: fromRows([[0], [1], [2]]), y: Int32Array.of(0, 1, 0), classes: 2 };
  assert.throws(() => fit({ early_stopping_rounds: 2 }, few), /cannot hold/);
});

test('missing values go where they help, in the fit and after', () => {
  const column = [NaN, NaN, NaN, NaN, 1, 2, 3, 4, 5, 6, 7, 8];
  const x = fromRows(column.map(value => [value]));
  for (const tree_method of ['hist', 'exact']) {
    for (const missing of [0, 1]) {
      const y = Int32Array.from(column, value => (Number.isNaN(value) ? missing : value < 5 ? 0 : 1));
      const params = { tree_method, n_estimators: 5, min_child_weight: 0, max_depth: 2 };
      const model = fit(params, { x, y, classes: 2 });
      assert.equal([...model.predict(x)], [...y]);
      assert.equal([...model.predict(fromRows([[NaN], [0], [100]]))], [missing, 0, 1]);
    }
    const apart = Int32Array.from(column, value => (Number.isNaN(value) ? 1 : 0));
    const model = fit({ tree_method, n_estimators: 3 }, { x, y: apart, classes: 2 });
    assert.equal([...model.predict(fromRows([[NaN], [-50], [3], [50]]))], [1, 0, 0, 0]);
  }
});

test('more bins than a byte counts, and columns without values', () => {
  const rows = Array.from({ length: 600 }, (_, i) => [i % 300, NaN, i === 7 ? NaN : i]);
  const y = Int32Array.from(rows, row => (row[0] > 150 ? 1 : 0));
  const problem = { x: fromRows(rows), y, classes: 2 };
  for (const max_bin of [2, 255, 256, 1000]) {
    const model = fit({ max_bin, tree_method: 'hist', n_estimators: 20 }, problem);
    const right = model.predict(problem.x).filter((code, i) => code === y[i]).length;
    assert.ok(right >= (max_bin === 2 ? 588 : 600), `${max_bin} bins: ${right} of 600`);
  }
  const exact = fit({ tree_method: 'exact', n_estimators: 20 }, problem);
  assert.equal([...exact.predict(problem.x)], [...y]);
});

test('what the engine does not know is refused', () => {
  for (const params of [
    { tree_method: 'approx' },
    { tree_method: 'exact', grow_policy: 'lossguide' },
    { tree_method: 'exact', max_leaves: 4 },
    { tree_method: 'exact', max_depth: 0 },
    { engine: 'ml-xgboost', max_depth: 0 },
    { subsample: 0 },
    { n_estimators: 0 },
  ]) {
    assert.not.ok(kind.params.safeParse(params).success, JSON.stringify(params));
  }
  assert.ok(kind.params.safeParse({ tree_method: 'hist', max_depth: 0 }).success);
});

test('golden digests', () => {
  const golden: [object, number, string][] = [
    [{ n_estimators: 10 }, 2, '5df9c899f2032d83ce0889205c4878a5'],
    [
      { n_estimators: 5, tree_method: 'exact', gamma: 0.4, reg_alpha: 0.2 },
      3,
      '800bec57ca6db4b440b3ef0811c6310e',
    ],
    [
      { n_estimators: 8, subsample: 0.7, colsample_bytree: 0.6, colsample_bynode: 0.6 },
      2,
      '079b287579b0e1be16c45e0961ca07d9',
    ],
    [
      { n_estimators: 50, early_stopping_rounds: 3, grow_policy: 'lossguide', max_leaves: 6 },
      3,
      'cdb5951451ea16c4b32e11c6caa47d38',
    ],
    [
      { n_estimators: 5, max_delta_step: 0.3, max_bin: 12, min_child_weight: 0 },
      2,
      '973430e7f687e4e6d74e4ea9385535d1',
    ],
  ];
  for (const [params, classes, expected] of golden) {
    const found = digest(fit(params, problemOf(classes, true, true)).serialize());
    assert.is(found, expected, JSON.stringify(params));
  }
});

test.run();
