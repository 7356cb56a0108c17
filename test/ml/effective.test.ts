/**
 * What parameters come to: what has no effect is left out of a config, values that give the same model are told, and
 * the keys of class_weight are labels.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Parameters } from '../../src/base/config.js';
import { InputErrors } from '../../src/base/errors.js';
import { canonicalJson } from '../../src/base/json.js';
import { Rng } from '../../src/base/rng.js';
import { equalValues, refuseUnknownClasses } from '../../src/config/target.js';
import { effective } from '../../src/ml/effective.js';
import { checkParameters, fitEstimator } from '../../src/ml/pipeline.js';
import { findStep } from '../../src/ml/registry.js';
import type { ClassifierKind } from '../../src/ml/types.js';
import { configsFrom, errorsOf, experimentOf } from '../../support/configs.js';
import { blobs, problemOf } from '../../support/datasets.js';
import { ofClasses } from '../../support/tasks.js';

const Effective = suite('what parameters come to');

const idsOf = (pipes: string): string[] => configsFrom(pipes).map(({ id }) => id);

Effective(
  'harmless keys are taken by every step that the peers have them in, and train nothing again',
  () => {
    const harmless: [string, string][] = [
      ['StandardScaler: { }, GaussianNB', 'StandardScaler: { copy: false }, GaussianNB'],
      ['SimpleImputer: { }, GaussianNB', 'SimpleImputer: { copy: true }, GaussianNB'],
      [
        'PCA: { }, GaussianNB',
        'PCA: { copy: true, random_state: 3, tol: 0.0, iterated_power: auto }, GaussianNB',
      ],
      ['KNeighborsClassifier: { p: 1 }', 'KNeighborsClassifier: { p: 1, n_jobs: -1, metric_params: null }'],
      [
        'RandomForestClassifier: { n_estimators: 3 }',
        'RandomForestClassifier: { n_estimators: 3, verbose: 1, warm_start: false }',
      ],
      ['ExtraTreesClassifier: { }', 'ExtraTreesClassifier: { verbose: true, warm_start: true }'],
      ['MLPClassifier: { }', 'MLPClassifier: { verbose: false, warm_start: true }'],
      ['SVC: { C: 2 }', 'SVC: { C: 2, verbose: true }'],
      [
        'LinearDiscriminantAnalysis: { }',
        'LinearDiscriminantAnalysis: { n_components: 1, store_covariance: true }',
      ],
      [
        'XGBClassifier: { max_depth: 3 }',
        'XGBClassifier: { max_depth: 3, objective: binary:logistic, eval_metric: [[auc, logloss]], ' +
          'use_label_encoder: false, verbosity: 0, booster: gbtree }',
      ],
    ];
    for (const [plain, more] of harmless) assert.equal(idsOf(`p: [${more}]`), idsOf(`p: [${plain}]`), more);
  },
);

Effective('null is the default in XGBClassifier, as it is in xgboost', () => {
  const kind = findStep('XGBClassifier');
  const names = [
    'max_depth',
    'learning_rate',
    'subsample',
    'tree_method',
    'base_score',
    'scale_pos_weight',
    'gamma',
  ];
  const nulls = Object.fromEntries(names.map(name => [name, null]));
  assert.equal(checkParameters(kind, nulls), checkParameters(kind, {}));
  const written = names.map(name => `${name}: null`).join(', ');
  assert.equal(
    idsOf(`p: [XGBClassifier: { ${written}, n_estimators: 7 }]`),
    idsOf('p: [XGBClassifier: { n_estimators: 7 }]'),
  );
});

Effective(
  'several values of what has no effect are refused. What would have an effect is refused, too',
  () => {
    const refused: [string, string, RegExp][] = [
      [
        'KNeighborsClassifier: { n_jobs: [1, 2] }',
        'no-effect',
        /`n_jobs` has no effect here, and it has several values/,
      ],
      ['XGBClassifier: { objective: binary:hinge }', 'unknown-value', /objective/],
      ['XGBClassifier: { booster: dart }', 'unknown-value', /booster/],
      [
        'XGBClassifier: { eval_metric: auc, early_stopping_rounds: 5 }',
        'bad-value',
        /goes by logloss or mlogloss/,
      ],
      [
        'XGBClassifier: { tree_method: exact, max_depth: 0 }',
        'bad-value',
        /exact trees to a depth of at least 1/,
      ],
      ['KNeighborsClassifier: { metric_params: { p: 3 } }', 'wrong-type', /metric_params/],
    ];
    for (const [step, code, message] of refused) {
      const [error] = errorsOf(`p: [${step}]`);
      assert.is(error?.code, code, step);
      assert.match(error.message, message, step);
    }
  },
);

const notesOf = (step: string, classes: number): string[] =>
  equalValues(experimentOf(`p: [${step}]`).pipelines.get('p')!, classes);

Effective('values of an axis that give the same model are told, and only those', () => {
  assert.equal(notesOf('LogisticRegression: { solver: [lbfgs, saga, liblinear], C: [1, 10] }', 2), [
    'p: `solver` lbfgs, saga and liblinear of LogisticRegression give the same model here. One of them is enough.',
  ]);
  assert.equal(notesOf('LogisticRegression: { solver: [lbfgs, saga, liblinear], C: [1, 10] }', 3), [
    'p: `solver` lbfgs and saga of LogisticRegression give the same model here. One of them is enough.',
  ]);
  assert.equal(notesOf('SVC: { kernel: linear, gamma: [scale, 0.1] }', 2).length, 1);
  assert.equal(notesOf('SVC: { kernel: [linear, rbf], gamma: [scale, 0.1] }', 2), []);
  assert.equal(notesOf('DecisionTreeClassifier: { max_features: [1.0, 1, null] }', 2), [
    'p: `max_features` 1.0 and null of DecisionTreeClassifier give the same model here. One of them is enough.',
  ]);
  assert.equal(notesOf('XGBClassifier: { n_jobs: [1, 2], max_depth: [2, 3] }', 2).length, 1);
  assert.equal(notesOf('LogisticRegression: { C: { logspace: [-2, 2, 200] }, tol: [0.01, 0.001] }', 2), []);
});

/** What a classifier that is fitted on a problem of that number of classes says of other samples, to the bit. */
function viewOf(name: string, given: Parameters, classes: number): string {
  const kind = findStep(name) as ClassifierKind;
  const step = { place: 0, kind, params: checkParameters(kind, given) };
  const context = { seed: 3, where: 'refit', warn: () => undefined };
  const model = ofClasses(fitEstimator(step, problemOf(blobs(40, 5, classes)), context));
  const { x } = blobs(30, 5, classes, 1, 2);
  return [model.predict(x), model.decision?.(x), model.proba?.(x)].map(String).join();
}

/** Parameters, some of which come to the same. */
const GIVEN: [string, { [name: string]: (string | number | boolean | null)[] }][] = [
  [
    'LogisticRegression',
    {
      penalty: ['l1', 'l2', 'elasticnet', 'none', null],
      l1_ratio: [0, 0.5, 1],
      C: [1, 3],
      solver: ['lbfgs', 'liblinear', 'saga'],
      multi_class: ['auto', 'ovr', 'multinomial'],
      class_weight: [null, 'balanced'],
      dual: [true, false],
    },
  ],
  ['LinearSVC', { fit_intercept: [true, false], intercept_scaling: [1, 2], dual: [true, false] }],
  [
    'SVC',
    {
      kernel: ['linear', 'rbf', 'poly', 'sigmoid'],
      gamma: ['scale', 0.1],
      degree: [2, 3],
      coef0: [0, 1],
      break_ties: [true, false],
      random_state: [null, 1],
      decision_function_shape: ['ovr', 'ovo'],
    },
  ],
  ['DecisionTreeClassifier', { criterion: ['gini', 'entropy', 'log_loss'], max_features: [null, 1, 'sqrt'] }],
  [
    'KNeighborsClassifier',
    {
      metric: ['minkowski', 'l1', 'l2', 'chebyshev'],
      p: [1, 2],
      weights: [null, 'uniform'],
      leaf_size: [3, 30],
    },
  ],
  ['LinearDiscriminantAnalysis', { solver: ['svd', 'lsqr'], tol: [1e-4, 1e-3] }],
  [
    'XGBClassifier',
    {
      n_estimators: [3],
      tree_method: ['auto', 'hist', 'exact'],
      max_bin: [4, 256],
      validation_fraction: [0.1, 0.3],
      scale_pos_weight: [1, 2],
      early_stopping_rounds: [null, 2],
    },
  ],
  [
    'MLPClassifier',
    {
      max_iter: [3],
      solver: ['lbfgs', 'adam', 'sgd'],
      momentum: [0.9, 0.5],
      beta_1: [0.9, 0.5],
      learning_rate: ['constant', 'invscaling'],
      power_t: [0.5, 0.2],
      early_stopping: [false, true],
      validation_fraction: [0.1, 0.2],
      max_fun: [15000, 14000],
      shuffle: [true, false],
    },
  ],
];

Effective('parameters that come to the same predict the same, bit for bit', () => {
  for (const [name, values] of GIVEN) {
    const kind = findStep(name);
    const rng = Rng.from('equal models', name);
    for (const classes of [2, 3]) {
      const views = new Map<string, string>();
      let compared = 0;
      for (let i = 0; i < 60 && compared < 12; i++) {
        const chosen = Object.entries(values).map(([key, options]) => [
          key,
          options[rng.below(options.length)],
        ]);
        const given: Parameters = Object.fromEntries(chosen);
        if (!kind.params.safeParse(given).success) continue;
        const key = canonicalJson(effective(kind, checkParameters(kind, given), classes));
        if (!views.has(key) && views.size >= 12) continue;
        const view = viewOf(name, given, classes);
        if (views.has(key)) compared++;
        assert.is(views.get(key) ?? view, view, `${name} ${JSON.stringify(given)} of ${classes} classes`);
        views.set(key, view);
      }
      assert.ok(compared > 0, `${name}: nothing was compared`);
    }
  }
});

Effective('the keys of class_weight are the labels of the target, or refused where they stand', () => {
  const pipelines = [
    ...experimentOf('p: [SVC: { class_weight: [null, balanced, { 1: 2, 2.0: 9 }] }]').pipelines.values(),
  ];
  refuseUnknownClasses(pipelines, ['1', '2']);
  try {
    refuseUnknownClasses(pipelines, ['0', '1']);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, InputErrors);
    const [first, ...others] = (error as InputErrors).errors;
    assert.is(others.length, 0);
    assert.is(first.message, 'class_weight names `2.0`, but no class has this name');
    assert.is(first.complaint.place!.line, 1);
    assert.match(first.complaint.expected!, 'one of 0, 1');
  }
});

Effective.run();
