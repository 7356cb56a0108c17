/** Contributions of features: beside xgboost, beside Shapley values by their definition, and their sums. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Step } from '../../../src/base/config.js';
import { featureNames, type Matrix, type SplitData } from '../../../src/base/dataset.js';
import { InputError } from '../../../src/base/errors.js';
import { Rng } from '../../../src/base/rng.js';
import { fromRows } from '../../../src/ml/algebra/matrix.js';
import { ready, refit } from '../../../src/ml/evaluate.js';
import {
  explainerOf,
  trainingOf,
  type Explainer,
  type Scale,
} from '../../../src/ml/explain/contributions.js';
import { shapleyOfTrees } from '../../../src/ml/explain/tree-shap.js';
import type { Trees } from '../../../src/ml/inside.js';
import { modelOf, modelText, readModel } from '../../../src/ml/model-file.js';
import { planSteps, type FittedPipeline } from '../../../src/ml/pipeline.js';
import { blobs, slopes, splitOf } from '../../../support/datasets.js';
import { TREES_OF_VALUES } from '../../../support/export-cases.js';
import { fixture } from '../../../support/fixture.js';
import { makeConfig } from '../../../support/log-helpers.js';
import { ofClasses } from '../../../support/tasks.js';

const Contributions = suite('contributions');

interface Case {
  x: (number | null)[][];
  y: number[];
  classes: number;
  params: { [name: string]: never };
  contributions: number[][][];
  base: number[];
  importances: number[];
}
const { boosted, trees } = fixture<{ boosted: Case[]; trees: Case[] }>('explain');

function dataOf({ x, y, classes }: Case): SplitData {
  const rows = x.map(row => row.map(value => value ?? NaN));
  return splitOf({ x: fromRows(rows), y: Int32Array.from(y), classes });
}

interface Fitted {
  model: FittedPipeline;
  explainer: Explainer;
}

async function fitted(steps: Step[], data: SplitData): Promise<Fitted> {
  await ready(steps);
  const { model } = refit(makeConfig(1, { steps }), data);
  const names = featureNames(data);
  return { model, explainer: explainerOf(model, names, trainingOf(model, data.train.x, names)) };
}

/** The largest difference to what is expected; fails where the sizes differ. */
function distance(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.is(found.length, expected.length);
  let largest = 0;
  for (let i = 0; i < found.length; i++) largest = Math.max(largest, Math.abs(found[i] - expected[i]));
  assert.not(Number.isNaN(largest));
  return largest;
}

/** What the model says on the scale of the contributions: m x outputs. */
function said(model: FittedPipeline, x: Matrix, scale: Scale): Float64Array {
  if (model.classes === undefined) return model.predict(x);
  if (scale === 'decision') return model.decision!(x);
  const proba = model.proba!(x);
  if (scale === 'probability') return model.classes === 2 ? proba.filter((_, at) => at % 2 === 1) : proba;
  assert.is(model.classes, 2);
  return proba.filter((_, at) => at % 2 === 1).map(p => Math.log(p / (1 - p)));
}

/** Fails unless contributions and base add up to what the model says, to this distance. */
function addsUp({ model, explainer }: Fitted, x: Matrix, tolerance: number, what: string): void {
  const { values, base } = explainer.contributions(x);
  const columns = values.length / x.rows / explainer.outputs;
  const sums = Float64Array.from({ length: x.rows * explainer.outputs }, (_, row) =>
    values
      .subarray(row * columns, (row + 1) * columns)
      .reduce((sum, value) => sum + value, base[row % base.length]),
  );
  const expected = said(model, x, explainer.scale);
  const size = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  assert.ok(distance(sums, expected) <= tolerance * size, what);
}

Contributions('XGBClassifier: those of xgboost, and its importances by gain', async () => {
  for (const one of boosted) {
    const data = dataOf(one);
    const { model, explainer } = await fitted([{ XGBClassifier: one.params }], data);
    const { values, base } = explainer.contributions(data.train.x);
    const columns = one.x[0].length;
    const expected = one.contributions.flatMap(outputs => outputs.flatMap(row => row.slice(0, columns)));
    assert.ok(distance(values, expected) < 5e-6, JSON.stringify(one.params));
    assert.ok(
      distance(
        base,
        one.contributions[0].map(row => row[columns]),
      ) < 5e-6,
      JSON.stringify(one.params),
    );
    const inside = model.last.model.inside!();
    assert.ok(inside.kind === 'trees' && distance(inside.importances, one.importances) < 1e-6);
  }
});

Contributions(
  'DecisionTreeClassifier: the Shapley values of scikit-learn’s tree, and its importances',
  async () => {
    for (const one of trees) {
      const data = dataOf(one);
      const { model, explainer } = await fitted([{ DecisionTreeClassifier: one.params }], data);
      const shown = one.contributions.length;
      const x = fromRows((one.x as number[][]).slice(0, shown));
      const { values, base } = explainer.contributions(x);
      const wanted = one.classes === 2 ? [1] : Array.from({ length: one.classes }, (_, c) => c);
      assert.ok(
        distance(
          values,
          one.contributions.flatMap(byClass => wanted.flatMap(c => byClass[c])),
        ) < 1e-12,
      );
      assert.ok(
        distance(
          base,
          wanted.map(c => one.base[c]),
        ) < 1e-12,
      );
      const inside = model.last.model.inside!();
      assert.ok(inside.kind === 'trees' && distance(inside.importances, one.importances) < 1e-12);
    }
  },
);

/** The value of a tree that knows some features of a sample, by the definition. */
function valueOf(
  all: Trees,
  node: number,
  sample: readonly number[],
  known: number,
  tree: number,
): Float64Array {
  const { feature, threshold, next, covers, isEqualLeft, missingLeft, outputs, width, values } = all;
  if (feature[node] < 0) {
    const value = new Float64Array(outputs);
    for (let c = 0; c < width; c++)
      value[width === 1 ? tree % outputs : c] = values[next[node] * width + c] / all.divisor;
    return value;
  }
  const side = (child: number): Float64Array => valueOf(all, child, sample, known, tree);
  const [left, right] = [next[node], next[node] + 1];
  if ((known >> feature[node]) & 1) {
    const value = Math.fround(sample[feature[node]]);
    if (Number.isNaN(value)) return side(missingLeft![node] ? left : right);
    return side(value < threshold[node] || (isEqualLeft && value === threshold[node]) ? left : right);
  }
  const share = covers![left] / covers![node];
  const [a, b] = [side(left), side(right)];
  return a.map((value, c) => share * value + (1 - share) * b[c]);
}

/** Shapley values by their definition: outputs x features. */
function byDefinition(all: Trees, sample: readonly number[]): Float64Array {
  const { features, outputs, roots } = all;
  const worth = Array.from({ length: 1 << features }, (_, known) =>
    Array.from(roots, (root, tree) => valueOf(all, root, sample, known, tree)).reduce((a, b) =>
      a.map((value, c) => value + b[c]),
    ),
  );
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  const found = new Float64Array(outputs * features);
  for (let known = 0; known < worth.length; known++)
    for (let j = 0; j < features; j++) {
      if ((known >> j) & 1) continue;
      const size = [...known.toString(2)].filter(bit => bit === '1').length;
      const weight = (factorial(size) * factorial(features - size - 1)) / factorial(features);
      for (let c = 0; c < outputs; c++)
        found[c * features + j] += weight * (worth[known | (1 << j)][c] - worth[known][c]);
    }
  return found;
}

const ENSEMBLES: Step[] = [
  { RandomForestClassifier: { n_estimators: 4, class_weight: 'balanced_subsample' } },
  { ExtraTreesClassifier: { n_estimators: 3, min_samples_leaf: 2 } },
  { DecisionTreeClassifier: { ccp_alpha: 0.01, max_leaf_nodes: 9 } },
  { XGBClassifier: { n_estimators: 5, subsample: 0.7, min_child_weight: 0, learning_rate: 1 } },
];

Contributions('trees: the values by the definition, over all sets of features', async () => {
  const rng = Rng.from('gaps');
  for (const classes of [2, 3])
    for (const step of ENSEMBLES) {
      const problem = blobs(40, 5, classes, 1.2, 3);
      const withGaps = 'XGBClassifier' in step;
      if (withGaps)
        problem.x.data.forEach((_, at, all) => (all[at] = rng.float() < 0.15 ? NaN : Math.round(all[at])));
      const { model } = await fitted([step], splitOf(problem));
      const inside = model.last.model.inside!();
      assert.is(inside.kind, 'trees');
      const { trees: all } = inside as typeof inside & { kind: 'trees' };
      const { values } = shapleyOfTrees({ ...all, covers: all.covers! }, problem.x);
      const size = all.outputs * all.features;
      for (let i = 0; i < 4; i++) {
        const sample = Array.from({ length: 5 }, (_, j) => problem.x.data[j * 40 + i]);
        const own = values.subarray(i * size, (i + 1) * size);
        assert.ok(distance(own, byDefinition(all, sample)) < 1e-12, `${JSON.stringify(step)} ${classes}`);
      }
    }
});

Contributions('deep trees of many features: contributions and base add up to the prediction', async () => {
  const data = splitOf(blobs(400, 25, 2, 0.2), blobs(100, 25, 2, 0.2, 2));
  const selects = { SelectKBest: { k: 20 } };
  for (const [step, tolerance] of [
    [{ RandomForestClassifier: { n_estimators: 10, max_features: 1 } }, 1e-9],
    [{ ExtraTreesClassifier: { n_estimators: 10, max_features: 1 } }, 1e-9],
    [{ XGBClassifier: { n_estimators: 30, max_depth: 12, min_child_weight: 0 } }, 1e-4],
  ] as const)
    addsUp(await fitted([selects, step], data), data.validate!.x, tolerance, JSON.stringify(step));
});

const LINEAR: Step[] = [
  { LogisticRegression: {} },
  { LogisticRegression: { penalty: 'l1', C: 0.3, solver: 'liblinear' } },
  { RidgeClassifier: {} },
  { LinearSVC: {} },
  { LinearDiscriminantAnalysis: {} },
];
const FRONTS: Step[][] = [
  [],
  [{ SimpleImputer: { add_indicator: true } }, { RobustScaler: {} }, { SelectKBest: { k: 4 } }],
  [{ PowerTransformer: {} }, { MinMaxScaler: { clip: true } }, { PCA: { n_components: 3, whiten: true } }],
  [
    { VarianceThreshold: {} },
    { MaxAbsScaler: {} },
    { PCA: {} },
    { StandardScaler: {} },
    { PCA: { n_components: 2 } },
  ],
];

Contributions(
  'linear models: exact behind every chain of transforms that leads back to columns',
  async () => {
    for (const classes of [2, 3])
      for (const front of FRONTS)
        for (const step of LINEAR) {
          const [train, validate] = [blobs(60, 6, classes), blobs(30, 6, classes, 1.5, 2)];
          if (front.some(one => 'SimpleImputer' in one))
            for (const { x } of [train, validate])
              for (let at = 0; at < x.data.length; at += 7) x.data[at] = NaN;
          const data = splitOf(train, validate);
          const what = `${JSON.stringify([...front, step])} ${classes}`;
          const found = await fitted([...front, step], data);
          addsUp(found, validate.x, 1e-11, what);
          const { values, base } = found.explainer.contributions(train.x);
          const mean = values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
          assert.ok(mean > 0, what);
          // The base is the mean decision of the training samples.
          const decisions = ofClasses(found.model).decision!(train.x);
          const means = base.map(
            (_, o) => decisions.filter((_, at) => at % base.length === o).reduce((a, b) => a + b) / 60,
          );
          assert.ok(distance(base, means) < 1e-11, what);
        }
  },
);

Contributions('trees of values: contributions and base add up to the value, or to its logarithm', () => {
  const problem = slopes(80, 5);
  for (const step of TREES_OF_VALUES) {
    const { kind, params } = planSteps([step]).estimator;
    assert.ok('task' in kind && kind.task === 'regression');
    const model = kind.fit(problem, params, { rng: Rng.from('values'), warn: () => undefined });
    const inside = model.inside!();
    assert.ok(inside.kind === 'trees' && inside.trees.covers);
    const { values, base } = shapleyOfTrees({ ...inside.trees, covers: inside.trees.covers }, problem.x);
    model.predict(problem.x).forEach((value, i) => {
      const sum = values.subarray(5 * i, 5 * i + 5).reduce((a, b) => a + b, base[0]);
      const said = inside.scale === 'logarithm' ? Math.exp(sum) : sum;
      assert.ok(Math.abs(said - value) < 1e-5, `${JSON.stringify(step)}: ${said}, predicted ${value}`);
    });
  }
});

Contributions('SVC with a linear kernel: exact for two classes', async () => {
  const data = splitOf(blobs(60, 6), blobs(30, 6, 2, 1.5, 2));
  addsUp(
    await fitted([{ StandardScaler: {} }, { SVC: { kernel: 'linear' } }], data),
    data.validate!.x,
    1e-11,
    'SVC',
  );
});

Contributions('a model file gives the same contributions', async () => {
  const data = splitOf(blobs(60, 6));
  const names = featureNames(data);
  for (const steps of [
    [{ StandardScaler: {} }, { LogisticRegression: {} }],
    [{ RandomForestClassifier: { n_estimators: 3 } }],
    [{ XGBClassifier: { n_estimators: 3 } }],
  ] as Step[][]) {
    const config = makeConfig(1, { steps });
    const again = refit(config, data);
    const written = modelOf(config, data, again, { versions: { spt: '9.9.9' } });
    const read = await readModel(modelText(written));
    const before = explainerOf(again.model, names, written.training).contributions(data.train.x);
    const after = explainerOf(read.pipeline, names, read.training).contributions(data.train.x);
    assert.equal(after, before);
    assert.throws(
      () => explainerOf(read.pipeline, names, undefined),
      (error: unknown) => error instanceof InputError && error.code === 'no-training',
    );
  }
});

Contributions('other models are refused by name', async () => {
  const two = splitOf(blobs(30, 4));
  const three = splitOf(blobs(30, 4, 3));
  for (const [steps, data, name] of [
    [[{ SVC: {} }], two, 'SVC'],
    [[{ SVC: { kernel: 'linear' } }], three, 'SVC'],
    [[{ KNeighborsClassifier: {} }], two, 'KNeighborsClassifier'],
    [[{ GaussianNB: {} }], two, 'GaussianNB'],
    [[{ MLPClassifier: { hidden_layer_sizes: [2], max_iter: 2 } }], two, 'MLPClassifier'],
    [[{ Normalizer: {} }, { LogisticRegression: {} }], two, 'Normalizer'],
    [[{ PCA: {} }, { DecisionTreeClassifier: {} }], two, 'PCA'],
    [[{ XGBClassifier: { engine: 'ml-xgboost', n_estimators: 2 } }], two, 'XGBClassifier'],
  ] as [Step[], SplitData, string][]) {
    let refusal: unknown;
    try {
      await fitted(steps, data);
    } catch (error) {
      refusal = error;
    }
    assert.ok(refusal instanceof InputError && refusal.code === 'not-explained', name);
    assert.match((refusal as InputError).message, name);
  }
});

Contributions.run();
