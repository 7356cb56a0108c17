/** TargetEncoder against scikit-learn's (fixtures/make_target_encoder.py), and that no sample learns its own target. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config, Step } from '../../../src/base/config.js';
import type { ClassTarget, Matrix, Target } from '../../../src/base/dataset.js';
import { Rng } from '../../../src/base/rng.js';
import { evaluate } from '../../../src/ml/evaluate.js';
import { fromRows, toRows } from '../../../src/ml/algebra/matrix.js';
import { planSteps } from '../../../src/ml/pipeline.js';
import { findMetric, score } from '../../../src/ml/scoring/metrics.js';
import { refitSource, stageAfter } from '../../../src/ml/stages.js';
import { targetEncoder } from '../../../src/ml/transforms/target-encoder.js';
import type { FittedTransform } from '../../../src/ml/types.js';
import { splitOf, targetOf } from '../../../support/datasets.js';
import { fixture } from '../../../support/fixture.js';
import { makeConfig } from '../../../support/log-helpers.js';

type Rows = (number | null)[][];
interface Case {
  target: string;
  params: object;
  trained: Rows;
  out: Rows;
}
const peer: { x: Rows; fresh: Rows; targets: { [name: string]: number[] }; cases: Case[] } =
  fixture('target-encoder');

const Encoder = suite('target encoder');

const matrixOf = (rows: Rows): Matrix => fromRows(rows.map(row => row.map(value => value ?? NaN)));

function targetNamed(name: string): Target {
  const given = peer.targets[name];
  const classes = { two: 2, three: 3 }[name];
  if (classes === undefined) return { kind: 'values', values: Float64Array.from(given) };
  return targetOf(Int32Array.from(given), classes);
}

function fit(x: Matrix, target: Target, params: object, rng = Rng.from('encoder')): FittedTransform {
  return targetEncoder.fit({ x, target }, targetEncoder.params.parse(params), { rng, warn: () => undefined });
}

function assertNear(found: Matrix, expected: Rows): void {
  assert.equal([found.rows, found.columns], [expected.length, expected[0].length]);
  toRows(found).forEach((row, i) =>
    row.forEach((value, j) =>
      assert.ok(Math.abs(value - expected[i][j]!) < 1e-12, `[${i}, ${j}]: ${value} is not ${expected[i][j]}`),
    ),
  );
}

for (const { target, params, trained, out } of peer.cases) {
  Encoder(`${target} ${JSON.stringify(params)}: samples of the fit and others are scikit-learn's`, () => {
    const fitted = fit(matrixOf(peer.x), targetNamed(target), { ...params, shuffle: false });
    assertNear(fitted.trained!, trained);
    assertNear(fitted.transform(matrixOf(peer.fresh)), out);
  });
}

Encoder('folds are drawn by the place of the fit, and a loaded encoder has no samples of the fit', () => {
  const [x, target] = [matrixOf(peer.x), targetNamed('two')];
  const first = fit(x, target, {});
  assert.equal(fit(x, target, {}).trained, first.trained);
  assert.not.equal(fit(x, target, {}, Rng.from('another fold')).trained, first.trained);
  assert.not.equal(fit(x, target, { random_state: 1 }).trained, first.trained);
  assert.is(targetEncoder.load(first.serialize()).trained, undefined);
});

Encoder('a target type that the target is not is refused', () => {
  for (const [name, target_type] of [
    ['two', 'multiclass'],
    ['three', 'binary'],
    ['values', 'binary'],
    ['two', 'continuous'],
  ])
    assert.throws(
      () => fit(matrixOf(peer.x), targetNamed(name), { target_type }),
      (error: Error) => /target_type is /.test(error.message),
    );
});

/** Three columns of 100 categories each, and classes that have nothing to do with them. */
function noise(n: number, seed: string) {
  const rng = Rng.from('noise', seed);
  const x = fromRows(Array.from({ length: n }, () => [rng.below(100), rng.below(100), rng.below(100)]));
  return { x, y: Int32Array.from({ length: n }, () => rng.below(2)), classes: 2 };
}

/** How well the means of the columns rank the classes: 0.5 is chance. */
function ranking({ rows, columns, data }: Matrix, y: Int32Array): number {
  const decision = Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += data[j * rows + i];
    return sum;
  });
  return score(findMetric('roc_auc'), y, { classes: 2, decision })!;
}

const configOf = (steps: Step[]): Config =>
  makeConfig(1, { steps, cv: { folds: 5 }, scoring: 'roc_auc', metrics: ['roc_auc'] });

/** A ColumnTransformer whose only group has these steps. */
const inGroup = (...steps: Step[]): Step => ({
  ColumnTransformer: { transformers: [{ name: 'codes', columns: 'numbers', steps }] },
});

const ENCODER: Step = { TargetEncoder: {} };
const SELECTION: Step = { SelectFromModel: { estimator: { LogisticRegression: {} }, threshold: 0 } };

const PLACES: { [where: string]: Step[] } = {
  alone: [ENCODER],
  'in a group, between other steps': [
    inGroup({ SimpleImputer: {} }, ENCODER, { StandardScaler: {} }),
    SELECTION,
  ],
  'in a group of a group': [inGroup(inGroup(ENCODER), SELECTION), { StandardScaler: {} }],
};

for (const [where, transforms] of Object.entries(PLACES))
  Encoder(`a random target is not seen in the samples of the fit: the encoder stands ${where}`, () => {
    const data = splitOf(noise(400, 'train'), noise(400, 'validate'));
    const { codes } = data.train.target as ClassTarget;
    const steps: Step[] = [...transforms, { LogisticRegression: {} }];
    const stage = stageAfter(transforms.length, planSteps(steps), refitSource(data), configOf(steps));
    const through = (x: Matrix): Matrix => stage.steps.reduce((now, { fitted }) => fitted.transform(now), x);
    assert.ok(ranking(through(data.train.x), codes) > 0.75, 'means of the whole fit show the target');
    assert.ok(ranking(stage.problem.x, codes) < 0.55);
    assert.equal(stage.held!.x, through(data.validate!.x));
    assert.ok(stage.steps.every(({ fitted }) => fitted.trained === undefined));
    const { mean } = evaluate(configOf(steps), data).scores.cv!.roc_auc!;
    assert.ok(Math.abs(mean - 0.5) < 0.08, `${mean}`);
  });

Encoder.run();
