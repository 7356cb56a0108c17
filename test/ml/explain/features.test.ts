/** Coefficients of columns and drops of scores beside scikit-learn, and the ways of features through transforms. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config, Step } from '../../../src/base/config.js';
import type { SplitData } from '../../../src/base/dataset.js';
import { Rng } from '../../../src/base/rng.js';
import { fromRows } from '../../../src/ml/algebra/matrix.js';
import { evaluate, ready } from '../../../src/ml/evaluate.js';
import { explained, type Explained } from '../../../src/ml/explain/explain.js';
import { checkParameters } from '../../../src/ml/pipeline.js';
import { firstDifference } from '../../../src/ml/predictions.js';
import { registry } from '../../../src/ml/registry.js';
import type { Transform } from '../../../src/ml/types.js';
import { CASES } from '../../../support/contract-cases.js';
import { blobs, problemOf, splitOf } from '../../../support/datasets.js';
import { fixture } from '../../../support/fixture.js';
import { makeConfig } from '../../../support/log-helpers.js';

const Features = suite('features');

const configOf = (steps: Step[], more: Partial<Config> = {}): Config =>
  makeConfig(1, { steps, cv: { folds: 4 }, scoring: 'roc_auc', metrics: ['roc_auc'], ...more });

async function explain(config: Config, data: SplitData, repeats = 2): Promise<Explained> {
  await ready(config.steps);
  return explained(config, data, { repeats });
}

const { folds } = fixture('explain');

Features('coefficients in the units of the columns and drops of scores: those of scikit-learn', async () => {
  const { x, y, seed, repeats, cases } = folds;
  const data = splitOf({ x: fromRows(x), y: Int32Array.from(y), classes: 2 });
  for (const { components, coefficients, drops } of cases) {
    const steps: Step[] = [
      { StandardScaler: {} },
      ...(components ? [{ PCA: { n_components: components, whiten: true } }] : []),
      { LogisticRegression: { tol: 1e-8 } },
    ];
    for (const scoring of ['roc_auc', 'log_loss']) {
      const found = await explain(configOf(steps, { scoring, metrics: [scoring], seed }), data, repeats);
      assert.is(found.heldOut, 'folds');
      for (let fold = 0; fold < 4; fold++)
        for (let j = 0; j < 5; j++) {
          const what = `${components} ${scoring} fold ${fold} column ${j}`;
          const [coefficient] = found.folds[fold].values.get(`f${j}`)!;
          const expected = coefficients[fold][j];
          assert.ok(Math.abs(coefficient - expected) <= 1e-4 * Math.max(1, Math.abs(expected)), what);
          const tolerance = scoring === 'roc_auc' ? 1e-12 : 1e-4;
          assert.ok(Math.abs(found.drops[fold][j] - drops[scoring][fold][j]) <= tolerance, what);
        }
    }
  }
});

Features(
  'scores and digest are those of evaluate; a column that a model does not use has a drop of 0',
  async () => {
    const data = splitOf(blobs(60, 8, 2, 1), blobs(30, 8, 2, 1, 2));
    for (const [steps, kind] of [
      [[{ SelectKBest: { k: 3 } }, { RandomForestClassifier: { n_estimators: 5 } }], 'trees'],
      [[{ StandardScaler: {} }, { LogisticRegression: { penalty: 'l1', C: 0.1 } }], 'linear'],
      [[{ SelectKBest: { k: 3 } }, { KNeighborsClassifier: {} }], undefined],
    ] as [Step[], string | undefined][]) {
      const config = configOf(steps, { validate: 'A', cv: { folds: 3, shuffle: true, repeats: 2 } });
      const { scores, digest } = evaluate(config, data);
      const found = await explain(config, data);
      assert.is(found.kind, kind);
      assert.is(firstDifference(found.scores, scores), undefined);
      assert.is(found.digest, digest);
      assert.is(found.folds.length, 6);
      assert.is(found.drops.length, 6);
      found.folds.forEach(({ reaches, values }, fold) => {
        if (steps.length > 1 && 'SelectKBest' in steps[0])
          assert.is(reaches.filter(mark => mark === 1).length, 3);
        found.names.forEach((name, j) => {
          const isUsed = kind === undefined ? reaches[j] === 1 : values.has(name);
          if (!isUsed) assert.is(found.drops[fold][j], 0, name);
        });
      });
      assert.ok(found.drops.some(drops => drops.some(drop => drop > 0.02)));
      // The same numbers again, and without the others.
      assert.equal((await explain(config, data)).drops, found.drops);
      assert.equal((await explain(config, data, 0)).drops, []);
    }
  },
);

Features('without folds, the validation samples are shuffled', async () => {
  const data = splitOf(blobs(60, 4), blobs(30, 4, 2, 1.5, 2));
  const config = configOf([{ GaussianNB: {} }], { cv: undefined, validate: 'A' });
  const found = await explain(config, data);
  assert.is(found.heldOut, 'validate');
  assert.is(found.drops.length, 1);
  assert.ok(found.drops[0].every(drop => drop > -0.1) && found.drops[0].some(drop => drop > 0.01));
});

Features('importances of trees belong to columns, or to the features that mix them', async () => {
  const data = splitOf(blobs(60, 4));
  const forest: Step = { RandomForestClassifier: { n_estimators: 5 } };
  const plain = await explain(configOf([{ MinMaxScaler: {} }, forest]), data);
  const sum = [...plain.refit.values.values()].reduce((total, [share]) => total + share, 0);
  assert.ok(Math.abs(sum - 1) < 1e-12);
  assert.equal([...plain.refit.values.keys()].sort(), ['f0', 'f1', 'f2', 'f3']);
  const mixed = await explain(configOf([{ PCA: { n_components: 2 } }, forest]), data);
  assert.is(mixed.mixing, 'PCA');
  assert.equal([...mixed.refit.values.keys()].sort(), ['pca0', 'pca1']);
  const normalized = await explain(configOf([{ Normalizer: {} }, { RidgeClassifier: {} }]), data);
  assert.is(normalized.mixing, 'Normalizer');
  assert.equal([...normalized.refit.values.keys()].sort()[0], 'Normalizer(f0)');
});

for (const kind of registry.values()) {
  if (kind.kind !== 'transform') continue;
  for (const given of CASES[kind.name]?.params ?? [{}])
    Features(`${kind.name} ${JSON.stringify(given)}: features depend on those that its flow names`, () => {
      flowHolds(kind, checkParameters(kind, given));
    });
}

/** Holds a flow to the transform: what a change of one feature changes, and by how much. */
function flowHolds(kind: Transform, params: object): void {
  const problem = problemOf(blobs(40, 5, 2, 2));
  const { x } = problem;
  x.data.forEach((value, at) => (x.data[at] = Math.abs(value) + 0.5));
  if (kind.tags.missing) for (let at = 3; at < 30; at += 5) x.data[at] = NaN;
  const rng = Rng.from('flow');
  const fitted = kind.fit(problem, params, { rng, warn: () => {} });
  const flow = fitted.flow();
  const before = fitted.transform(x);
  const changed = Array.from({ length: 5 }, (_, j) => {
    const data = x.data.map((value, at) => (Math.floor(at / 40) === j ? value + 0.25 : value));
    return fitted.transform({ ...x, data });
  });
  for (let i = 0; i < before.columns; i++)
    for (let j = 0; j < 5; j++)
      for (let row = 0; row < 40; row++) {
        if (Number.isNaN(x.data[j * 40 + row])) continue;
        const change = changed[j].data[i * 40 + row] - before.data[i * 40 + row];
        const what = `${i} by ${j}: ${change}`;
        if (flow.kind === 'linear') near(change, 0.25 * flow.weights.data[i * 5 + j], what);
        if (flow.kind !== 'each') continue;
        if (flow.from[i] !== j) assert.ok(!(Math.abs(change) > 0), what);
        else if (!Number.isNaN(flow.factor[i])) near(change, 0.25 * flow.factor[i], what);
      }
  if (flow.kind === 'linear') assert.equal([flow.weights.rows, flow.weights.columns], [5, before.columns]);
  else assert.is(flow.features, 5);
  if (flow.kind === 'each') assert.is(flow.from.length, before.columns);
}

function near(found: number, expected: number, what: string): void {
  assert.ok(Math.abs(found - expected) <= 1e-10 * Math.max(1, Math.abs(expected)), what);
}

Features.run();
