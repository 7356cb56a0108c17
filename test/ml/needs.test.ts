/** What steps need of their data, and what they leave to the next step, is true of their fits (src/ml/needs.ts). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DataColumn } from '../../src/base/dataset.js';
import { InputError } from '../../src/base/errors.js';
import { Rng } from '../../src/base/rng.js';
import type { Shape } from '../../src/ml/needs.js';
import { holdsSteps } from '../../src/ml/definition.js';
import { findStep, registry } from '../../src/ml/registry.js';
import type { Estimator, Transform } from '../../src/ml/types.js';
import { blobs, problemOf } from '../../support/datasets.js';
import { fitEither } from '../../support/tasks.js';

const test = suite('needs');

const SAMPLES = 12;
const FEATURES = 4;
const learned = blobs(SAMPLES, FEATURES, 2);
const problem = problemOf(learned);
const shape: Shape = {
  samples: SAMPLES,
  features: FEATURES,
  classes: ['0', '1'],
  gaps: [],
  categories: [],
  least: { value: problem.x.data.reduce((least, value) => Math.min(least, value)), feature: 'a' },
};

/** The columns of the problem, and the first one holds codes. */
const FIRST_IS_CATEGORY = ['a', 'b', 'c', 'd'].map((name): DataColumn =>
  name === 'a' ? { name, kind: 'category', levels: ['x', 'y'] } : { name, kind: 'number' },
);

const context = { rng: Rng.from('needs'), warn: () => undefined };

function fit(kind: Transform | Estimator, given: object): unknown {
  const params = kind.params.parse(given);
  return kind.kind === 'transform'
    ? kind.fit(problem, params, context)
    : fitEither(kind, learned, params as object, context);
}

/** How many features a transform gives of those of the problem. */
const featuresOf = (kind: Transform, params: object): number =>
  kind.fit(problem, kind.params.parse(params), context).transform(problem.x).columns;

/** Parameters that the data above cannot serve, and the nearest ones that they can, where there are any. */
const CASES: [step: string, wrong: object, right?: object][] = [
  ['SelectKBest', { k: 5 }, { k: 4 }],
  ['SelectKBest', { k: 1, score_func: 'chi2' }, { k: 'all' }],
  ['SelectKBest', { k: 1, score_func: 'f_regression' }, { k: 1 }],
  ['SelectPercentile', { score_func: 'mutual_info_regression' }, { percentile: 50 }],
  ['SelectPercentile', { percentile: 50, score_func: 'chi2' }, { percentile: 50 }],
  ['PCA', { n_components: 5 }, { n_components: 4 }],
  ['PowerTransformer', { method: 'box-cox' }, {}],
  ['KNeighborsClassifier', { n_neighbors: 13 }, { n_neighbors: 12 }],
  ['RandomForestClassifier', { max_samples: 13, n_estimators: 2 }, { max_samples: 12, n_estimators: 2 }],
  [
    'ExtraTreesClassifier',
    { max_samples: 13, bootstrap: true, n_estimators: 2 },
    { max_samples: 12, bootstrap: true, n_estimators: 2 },
  ],
  ['RandomForestRegressor', { max_samples: 13, n_estimators: 2 }, { max_samples: 12, n_estimators: 2 }],
  [
    'ExtraTreesRegressor',
    { max_samples: 13, bootstrap: true, n_estimators: 2 },
    { max_samples: 12, bootstrap: true, n_estimators: 2 },
  ],
  ['GaussianNB', { priors: [0.2, 0.3, 0.5] }, { priors: [0.2, 0.8] }],
  ['DummyClassifier', { strategy: 'constant', constant: 2 }, { strategy: 'constant', constant: 1 }],
  ['LinearDiscriminantAnalysis', { priors: [0.2, 0.3, 0.5] }, { priors: [0.2, 0.8] }],
  ['QuadraticDiscriminantAnalysis', { priors: [0.2, 0.3, 0.5] }, { priors: [0.2, 0.8] }],
  ['BernoulliNB', { class_prior: [0.2, 0.3, 0.5] }, { class_prior: [0.2, 0.8] }],
  ['MultinomialNB', {}],
  ['KNeighborsRegressor', { n_neighbors: 13 }, { n_neighbors: 12 }],
];

for (const [name, wrong, right] of CASES) {
  test(`${name} ${JSON.stringify(wrong)} is refused before the fit, and by the fit`, () => {
    const kind = findStep(name);
    assert.ok(kind.needs!(kind.params.parse(wrong), shape));
    assert.throws(
      () => fit(kind, wrong),
      (error: Error) => error instanceof InputError,
    );
    if (!right) return;
    assert.is(kind.needs!(kind.params.parse(right), shape), undefined);
    fit(kind, right);
  });
}

test('SimpleImputer fills categories by their most frequent level only, and so says its fit', () => {
  const kind = findStep('SimpleImputer') as Transform;
  const columns = FIRST_IS_CATEGORY;
  const fill = (strategy: string): unknown =>
    kind.fit({ ...problem, columns }, kind.params.parse({ strategy }), context);
  for (const strategy of ['mean', 'median', 'constant']) {
    const params = kind.params.parse({ strategy });
    assert.match(
      kind.needs!(params, { ...shape, categories: ['a'] })!.what,
      `strategy ${strategy} is for numbers`,
    );
    assert.throws(() => fill(strategy), 'some features are categories: a');
    assert.is(kind.needs!(params, shape), undefined);
  }
  const params = kind.params.parse({ strategy: 'most_frequent' });
  assert.is(kind.needs!(params, { ...shape, categories: ['a'] }), undefined);
  fill('most_frequent');
});

test('every step that states needs is among the cases', () => {
  // test/ml/compose has the needs of steps that hold steps.
  const stated = [...registry.values()]
    .filter(({ needs, params }) => needs && !holdsSteps(params))
    .map(({ name }) => name);
  const named = [...CASES.map(([name]) => name), 'SimpleImputer'];
  assert.equal(stated.sort(), [...new Set(named)].sort());
});

/** Parameters with which transforms give another number of features. */
const LEFT: [step: string, params: object][] = [
  ['SelectKBest', { k: 2 }],
  ['PCA', { n_components: 3 }],
  ['PCA', {}],
];

for (const [name, params] of LEFT) {
  test(`${name} ${JSON.stringify(params)} leaves as many features as it states`, () => {
    const kind = findStep(name) as Transform;
    assert.is(kind.leaves!(kind.params.parse(params), shape).features, featuresOf(kind, params));
  });
}

test('no transform gives more features than it states', () => {
  for (const kind of registry.values()) {
    if (kind.kind !== 'transform' || holdsSteps(kind.params)) continue;
    const params = kind.name === 'SelectKBest' ? { k: 2 } : {};
    const stated = kind.leaves?.(kind.params.parse(params), shape) ?? shape;
    assert.ok(featuresOf(kind, params) <= stated.features, kind.name);
  }
});

test.run();
