/** The plan of a model, evaluated by plain loops, gives the bits of the model. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Step } from '../../src/base/config.js';
import { InputError } from '../../src/base/errors.js';
import { evaluatePlan } from '../../src/export/evaluate/plan.js';
import { readParts } from '../../src/export/c/reader.js';
import { fileText } from '../../src/export/c/file.js';
import { FORMATS } from '../../src/export/formats.js';
import { foldedTrees } from '../../src/export/xgboost/fold.js';
import { modelJson } from '../../src/export/xgboost/json.js';
import { readModelJson } from '../../src/export/xgboost/reader.js';
import { anyPlanOf, planOf } from '../../src/export/planning.js';
import { plainPlan } from '../../src/export/refusal.js';
import { trialOf } from '../../src/export/trial.js';
import { registry } from '../../src/ml/registry.js';
import type { ClassProblem } from '../../src/ml/types.js';
import {
  EXPORT_CASES,
  TREES_OF_VALUES,
  classAnswers,
  exportAny,
  exportModel,
  exportTables,
  VALUE_CASES,
} from '../../support/export-cases.js';
import { blobs, slopes, splitOf, splitOfValues } from '../../support/datasets.js';
import { regressors } from '../../support/tasks.js';
import { fitEstimator, planSteps, type FittedPipeline } from '../../src/ml/pipeline.js';
import { lastPart } from '../../src/export/model-parts.js';

const Plans = suite('plans of models');

const ABOUT = { file: 'model', spt: '0', config: '0', digest: '0', pipeline: 'p', split: 's' };
/** ml-svm sums in another order than our own engine. */
const CLOSE: { [step: string]: number } = { 'SVC (ml-svm)': 1e-12 };

// `npm run test:export` tries the large table, too.
for (const { name, data, cases } of exportTables().slice(1)) {
  Plans(`of every step, and what is read back from files, give the model's answers on ${name}`, async () => {
    for (const one of cases.filter(({ name }) => name !== 'XGBClassifier (ml-xgboost)')) {
      const model = await exportAny(one, data);
      const plan = anyPlanOf(model);
      const trial = trialOf(model, plan, { train: data.train.x, validate: data.validate?.x });
      const { x, answers } = trial;
      const found = evaluatePlan(plan, x);
      const [said, told] = [found, answers].map(classAnswers);
      assert.equal([...said.labels], [...told.labels], one.name);
      for (const which of ['probabilities', 'decisions'] as const) {
        const [own, expected] = [said[which], told[which]];
        assert.is(own?.length, expected?.length, `${one.name}: ${which}`);
        const differs = own?.findIndex(
          (value, at) => Math.abs(value - expected![at]) > (CLOSE[one.name] ?? 0),
        );
        assert.is(differs ?? -1, -1, `${one.name}: ${which} ${differs! >= 0 && own![differs!]}`);
      }
      const about = { ...ABOUT, examples: trial.examples };
      assert.equal(evaluatePlan(readParts(fileText(plan, about)), trial.x), found, `${one.name} in C`);
      if (/^XGBClassifier( \(base_score\))?$/.test(one.name)) {
        const trees = foldedTrees(plainPlan(plan, 'xgboost'));
        const text = modelJson(trees, plan.features, plan.classes, about);
        const read = evaluatePlan({ transforms: [], last: readModelJson(text) }, trial.x);
        assert.equal(read, found, `${one.name} for xgboost`);
      }
    }
  });
}

Plans('a step that keeps its model to itself is refused by its name', async () => {
  const [{ data }] = exportTables();
  const model = await exportModel(
    EXPORT_CASES.find(({ name }) => name === 'XGBClassifier (ml-xgboost)')!,
    data,
  );
  assert.throws(
    () => planOf(model),
    (error: InputError) =>
      error.code === 'not-exportable' && /^XGBClassifier .*ml-xgboost/.test(error.message),
  );
});

Plans('a format that holds one pipeline only refuses an ensemble and a calibration by name', async () => {
  const [, { data }] = exportTables();
  for (const [name, pattern] of [
    ['ensemble of one', /^an ensemble cannot be exported/],
    ['calibrated: sigmoid of decisions', /^a model with a calibration cannot be exported/],
  ] as const) {
    const model = await exportAny(
      EXPORT_CASES.find(one => one.name === name)!,
      data,
    );
    const plan = anyPlanOf(model);
    const about = { ...ABOUT, examples: trialOf(model, plan, undefined).examples };
    for (const { to, files } of FORMATS.filter(({ to }) => to === 'sklearn' || to === 'xgboost')) {
      assert.throws(
        () => files(plan, about),
        (error: InputError) => error.code === 'not-exportable' && pattern.test(error.message),
        to,
      );
    }
  }
});

/** Transforms that have no part yet. */
const WITHOUT_PART: readonly Step[] = [
  { TargetEncoder: {} },
  { MissingIndicator: { features: 'all' } },
  { KNNImputer: {} },
  { IterativeImputer: {} },
  { KBinsDiscretizer: {} },
  { PolynomialFeatures: {} },
  { QuantileTransformer: {} },
];

/** Other suites of this folder have groups of columns and encoders. A function of the target has no part. */
const ELSEWHERE = ['ColumnTransformer', 'OneHotEncoder', 'OrdinalEncoder', 'TransformedTargetRegressor'];

Plans('a transform without a part is refused by its name', async () => {
  const [, { data }] = exportTables();
  for (const step of WITHOUT_PART) {
    const [name] = Object.keys(step);
    const steps: Step[] = [{ SelectKBest: { k: 2 } }, step, { GaussianNB: {} }];
    const model = await exportModel({ name, steps }, data);
    assert.throws(
      () => planOf(model),
      (error: InputError) =>
        error.code === 'not-exportable' && error.message.startsWith(`${name} cannot be exported`),
    );
  }
});

/** Estimators that no format holds yet. They are refused by their names. */
const NOT_EXPORTED = [
  'BernoulliNB',
  'MultinomialNB',
  'QuadraticDiscriminantAnalysis',
  'AdaBoostClassifier',
  'DummyClassifier',
  'DummyRegressor',
  'KNeighborsRegressor',
  'SVR',
];

/** Samples without negative values, because MultinomialNB takes none. */
function withoutNegative(): ClassProblem {
  const problem = blobs(30, 3);
  return { ...problem, x: { ...problem.x, data: problem.x.data.map(Math.abs) } };
}

Plans('every step of the registry stands in the cases, or is refused by its name', () => {
  const used = new Set([
    ...exportTables().flatMap(({ cases }) => cases.flatMap(({ steps }) => steps.flatMap(Object.keys))),
    ...TREES_OF_VALUES.flatMap(Object.keys),
    ...VALUE_CASES.flatMap(({ steps }) => steps.flatMap(Object.keys)),
  ]);
  assert.equal(
    [...registry.keys()].filter(name => !used.has(name) && !ELSEWHERE.includes(name)),
    [...registry.keys()].filter(
      name => NOT_EXPORTED.includes(name) || WITHOUT_PART.some(step => name in step),
    ),
  );
  for (const name of NOT_EXPORTED) {
    const steps = [{ [name]: {} }];
    const data = regressors.some(kind => kind.name === name)
      ? splitOfValues(slopes(30, 3))
      : splitOf(withoutNegative());
    const step = planSteps(steps).estimator;
    const model = fitEstimator(step, data.train, { seed: 0, where: 'refit', warn: () => undefined });
    assert.throws(
      () => lastPart({ step, model } as FittedPipeline['last']),
      (error: InputError) =>
        error.code === 'not-exportable' && error.message.startsWith(`${name} cannot be exported`),
    );
  }
});

Plans.run();
