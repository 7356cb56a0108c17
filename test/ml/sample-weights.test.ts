import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Step } from '../../src/base/config.js';
import type { SplitData } from '../../src/base/dataset.js';
import { evaluate, ready } from '../../src/ml/evaluate.js';
import { fromRows } from '../../src/ml/algebra/matrix.js';
import { heldOut, outOfFold } from '../../src/ml/predictions.js';
import { findStep } from '../../src/ml/registry.js';
import type { Transform } from '../../src/ml/types.js';
import { Rng } from '../../src/base/rng.js';
import { fixture } from '../../support/fixture.js';

/** Weights of samples from the data to the scores, beside scikit-learn's sample_weight (fixtures/make_weights.py). */

type Rows = (number | null)[][];

interface Fixture {
  scalers: { x: Rows; weights: number[]; out: Rows }[];
  x: Rows;
  y: number[];
  weights: number[];
  searches: { steps: Step[]; folds: { [metric: string]: number[] } }[];
}

const peer: Fixture = fixture('weights');
const matrix = (rows: Rows) => fromRows(rows.map(row => row.map(value => value ?? NaN)));
const test = suite('weights of samples');

peer.scalers.forEach(({ x, weights, out }, at) => {
  test(`StandardScaler takes weights as scikit-learn does, case ${at}`, () => {
    const target = { kind: 'classes', codes: new Int32Array(x.length), k: 2 } as const;
    const kind = findStep('StandardScaler') as Transform;
    const problem = { x: matrix(x), target, weights: Float64Array.from(weights) };
    const fitted = kind.fit(problem, kind.params.parse({}), { rng: Rng.from('test'), warn: () => {} });
    const [found, expected] = [fitted.transform(problem.x).data, matrix(out).data];
    expected.forEach((value, i) => {
      const isNear = Math.abs(found[i] - value) <= 1e-9 * Math.max(1, Math.abs(value));
      assert.ok(Number.isNaN(value) ? Number.isNaN(found[i]) : isNear, `${found[i]} is not ${value}`);
    });
  });
});

/** The samples of the fixture, with weights or without. */
function data(weights?: number[]): SplitData {
  const samples = {
    index: peer.y.map((_, i) => `r${i}`),
    x: matrix(peer.x),
    target: { kind: 'classes', codes: Int32Array.from(peer.y), k: 2 } as const,
    ...(weights && { weights: Float64Array.from(weights) }),
  };
  return {
    columns: peer.x[0].map((_, j) => ({ name: `f${j}`, kind: 'number' as const })),
    target: { kind: 'classes', names: ['no', 'yes'] },
    train: samples,
    validate: samples,
  };
}

for (const { steps, folds } of peer.searches) {
  const name = steps.map(step => Object.keys(step)[0]).join(' and ');
  const config = {
    ...{ id: '0123456789abcdef', pipeline: 'p', steps, split: 'A', train: 'A', cv: { folds: 4 } },
    ...{ scoring: 'roc_auc', metrics: Object.keys(folds), seed: 0, data: 'd' },
  };

  test(`${name}: fits and scores of every fold are those of scikit-learn with sample_weight`, async () => {
    await ready(steps);
    const { cv } = evaluate(config, data(peer.weights)).scores;
    for (const [metric, expected] of Object.entries(folds)) {
      const found = cv![metric]!.folds;
      expected.forEach((value, i) =>
        assert.ok(Math.abs(found[i] - value) < 1e-6, `${metric}: ${found[i]} is not ${value}`),
      );
    }
  });

  test(`${name}: predictions have the weighted scores, and weights of 1 are as none`, async () => {
    await ready(steps);
    const weighted = data(peer.weights);
    const { scores } = evaluate(config, weighted);
    assert.equal(outOfFold(config, weighted)!.scores, scores.cv);
    assert.equal(heldOut(config, weighted).validate!.scores, scores.validate);
    const plain = evaluate(config, data()).scores;
    const ones = evaluate(config, data(peer.y.map(() => 1))).scores;
    assert.not.equal(scores, plain);
    if (name.includes('Gaussian')) assert.equal(ones, plain);
    assert.ok(Math.abs(ones.cv!.log_loss!.mean - plain.cv!.log_loss!.mean) < 1e-9);
  });
}

test.run();
