import { suite } from 'uvu';
import { registry } from '../../src/ml/registry.js';
import type { Estimator, Transform } from '../../src/ml/types.js';
import { classifierChecks } from '../../support/contract-classifier.js';
import { kindChecks, shapeOf } from '../../support/contract-tools.js';
import { transformChecks } from '../../support/contract-transform.js';

/**
 * One contract for every step of the registry: a new step is held to it by being there. PROFILES says with which
 * parameters a step is checked (made small, so that the suite is quick), and from which promises it is exempt and why. A
 * step with engines is checked with each.
 */

interface Profile {
  /** Sets of parameters to check with; one empty set where not given. */
  params?: object[];
  /** By the promise: why it is not held. */
  exempt?: { [promise: string]: string };
}

const RANDOM = 'another generator changes nothing where nothing is random';
const FIT_MISSING = 'refuses missing values in a fit';
const PREDICT_MISSING = 'refuses missing values in a prediction';
const FEATURE_ORDER = 'the order of features does not matter';
const BALANCED = 'balanced class weights help the smaller class, or are refused';
const REPEATED = 'weights count as repetitions, or are refused';
const LEARNS_MISSING = 'learns from missing values';

const PROFILES: { [step: string]: Profile } = {
  PCA: { params: [{}, { n_components: 0.9, whiten: true }] },
  SelectKBest: {
    params: [{ k: 2 }, { k: 3, score_func: 'chi2' }, { k: 2, score_func: 'mutual_info_classif' }],
  },
  SelectPercentile: { params: [{ percentile: 100 }, { percentile: 100, score_func: 'mutual_info_classif' }] },
  SimpleImputer: { params: [{}, { strategy: 'median', add_indicator: true }, { strategy: 'most_frequent' }] },
  PowerTransformer: { params: [{}, { method: 'box-cox', standardize: false }] },
  MLPClassifier: {
    params: [{ hidden_layer_sizes: [8], max_iter: 80, learning_rate_init: 0.03 }],
    exempt: {
      [RANDOM]: 'weights start at random',
      [FEATURE_ORDER]: 'weights start at random',
    },
  },
  'SVC spt': {
    // A gamma of its own: 'scale' looks at the samples, and so sees whether one is there twice.
    params: [
      { kernel: 'linear', tol: 1e-6 },
      { gamma: 0.3, tol: 1e-6 },
      { kernel: 'poly', gamma: 0.3, coef0: 1, tol: 1e-6, probability: true },
    ],
    exempt: {
      [RANDOM]: 'the folds of the probabilities are drawn at random',
    },
  },
  'SVC ml-svm': {
    params: [{ kernel: 'linear' }, {}],
    exempt: {
      [RANDOM]: 'the second sample of a step is drawn at random',
    },
  },
  DecisionTreeClassifier: {
    params: [
      { max_depth: 3 },
      { criterion: 'entropy', max_leaf_nodes: 4 },
      { ccp_alpha: 0.02, max_depth: 4 },
    ],
  },
  'RandomForestClassifier spt': {
    params: [
      { n_estimators: 15, max_depth: 3 },
      { n_estimators: 10, criterion: 'entropy', oob_score: true },
    ],
    exempt: {
      [REPEATED]: 'a bootstrap draws samples, whatever they weigh',
      [BALANCED]: 'leaves of full-grown trees are pure: weights move little, in either direction',
      [RANDOM]: 'a forest is random',
      [FEATURE_ORDER]: 'features are drawn by their place',
    },
  },
  ExtraTreesClassifier: {
    params: [{ n_estimators: 15 }],
    exempt: {
      [BALANCED]: 'leaves of full-grown trees are pure: weights move little, in either direction',
      [RANDOM]: 'thresholds are random',
      [FEATURE_ORDER]: 'features are drawn by their place',
    },
  },
  'RandomForestClassifier ml-random-forest': {
    params: [{ n_estimators: 15 }],
    exempt: {
      [BALANCED]: 'leaves of full-grown trees are pure: weights move little, in either direction',
      [RANDOM]: 'a forest is random',
      [FEATURE_ORDER]: 'features are drawn by their place',
    },
  },
  'XGBClassifier spt': {
    params: [
      { n_estimators: 15, max_depth: 3 },
      { n_estimators: 10, tree_method: 'exact', max_depth: 3, min_child_weight: 0.1 },
    ],
    exempt: {
      [FIT_MISSING]: LEARNS_MISSING,
      [PREDICT_MISSING]: LEARNS_MISSING,
    },
  },
  'XGBClassifier ml-xgboost': {
    params: [{ n_estimators: 15, max_depth: 3 }],
    exempt: {
      [RANDOM]: 'the seed is a part of the saved booster',
      [FIT_MISSING]: LEARNS_MISSING,
      [PREDICT_MISSING]: LEARNS_MISSING,
    },
  },
};

const test = suite('contract');

/** The engines of a step, or none. */
function enginesOf(kind: Estimator | Transform): string[] {
  const { engine } = shapeOf(kind) as { engine?: { unwrap(): { options: string[] } } };
  return engine ? engine.unwrap().options : [];
}

function register(kind: Estimator | Transform, engine: string | undefined): void {
  const profile = PROFILES[engine ? `${kind.name} ${engine}` : kind.name] ?? {};
  const checks = (kind.kind === 'classifier' ? classifierChecks : transformChecks) as typeof kindChecks;
  for (const given of profile.params ?? [{}]) {
    const params = engine ? { ...given, engine } : given;
    for (const [promise, check] of Object.entries({ ...kindChecks, ...checks })) {
      if (profile.exempt?.[promise]) continue;
      test(`${kind.name} ${JSON.stringify(params)}: ${promise}`, () => check(kind, params));
    }
  }
}

for (const kind of registry.values()) {
  const engines = enginesOf(kind);
  for (const engine of engines.length > 0 ? engines : [undefined]) {
    if (kind.kind === 'classifier') await kind.ready?.(kind.params.parse(engine ? { engine } : {}));
    register(kind, engine);
  }
}

test('no step is exempt from a promise that nobody makes', () => {
  const promises = new Set(
    [kindChecks, classifierChecks, transformChecks].flatMap(checks => Object.keys(checks)),
  );
  for (const [step, { exempt }] of Object.entries(PROFILES)) {
    for (const promise of Object.keys(exempt ?? {}))
      if (!promises.has(promise)) throw new Error(`${step}: ${promise}`);
  }
});

test.run();
