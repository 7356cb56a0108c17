import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config, Step } from '../../src/base/config.js';
import { classNames, classesOf, type Matrix, type SplitData } from '../../src/base/dataset.js';
import { InputError } from '../../src/base/errors.js';
import { evaluate, ready, refit } from '../../src/ml/evaluate.js';
import { scoreModel } from '../../src/ml/scored.js';
import { StageCache } from '../../src/ml/stages.js';
import { takeRows } from '../../src/ml/algebra/matrix.js';
import { fitEstimator, loadPipeline, pipelineDigest, planSteps, stepRng } from '../../src/ml/pipeline.js';

import { digest, fromText, toText } from '../../src/ml/serialize.js';
import type { Document, ClassifierKind, Classifier } from '../../src/ml/types.js';
import { classWeights, sampleWeights, weightsByCode } from '../../src/ml/weights.js';
import { blobs, splitOf, problemOf } from '../../support/datasets.js';
import { classifiers, classMetrics } from '../../support/tasks.js';

/** Configs from their steps to their scores, and back from a model file. */

const test = suite('evaluate');

const FOREST: Step = { RandomForestClassifier: { n_estimators: 3, engine: 'ml-random-forest' } };
const MACHINE: Step = { SVC: { kernel: 'linear', engine: 'ml-svm' } };
const BOOSTER: Step = { XGBClassifier: { n_estimators: 5, subsample: 0.7, engine: 'ml-xgboost' } };

function configOf(steps: Step[], more: Partial<Config> = {}): Config {
  return {
    id: '0123456789abcdef',
    pipeline: 'p',
    steps,
    split: 'A',
    train: 'A',
    cv: { folds: 3 },
    scoring: 'roc_auc',
    metrics: ['roc_auc', 'accuracy'],
    seed: 0,
    data: 'd',
    ...more,
  };
}

const data = splitOf(blobs(36, 4), blobs(16, 4, 2, 1.5, 2));
const withHoles = (): SplitData => {
  const { train } = splitOf(blobs(36, 4));
  train.x.data[36 + 5] = NaN;
  return { ...data, train };
};
const failure = (code: string, words: RegExp) => (error: InputError) =>
  error instanceof InputError &&
  error.code === code &&
  words.test(`${error.message} ${error.complaint.hint}`);

for (const last of [FOREST, MACHINE, BOOSTER]) {
  const [name] = Object.keys(last);
  test(`${name}: scores, digest, refit and model file agree`, async () => {
    const config = configOf([{ StandardScaler: {} }, last]);
    await ready(config.steps);
    const found = evaluate(config, data);
    const { folds, mean } = found.scores.cv!.roc_auc!;
    assert.is(folds.length, 3);
    assert.is(mean, folds.reduce((sum, value) => sum + value, 0) / 3);
    assert.ok(mean > 0.7 && found.scores.validate!.roc_auc! > 0.7 && found.scores.train!.accuracy! > 0.7);

    assert.equal(evaluate(config, data), found);
    const { model, digest: again } = refit(config, data);
    assert.is(again, found.digest);
    const loaded = loadPipeline(fromText(toText(model.serialize())));
    assert.is(pipelineDigest(loaded.serialize()), found.digest);
    assert.is(digest(loaded.serialize()), digest(model.serialize()));
    assert.equal(loaded.predict(data.validate!.x), model.predict(data.validate!.x));
  });
}

test('a target of values is refused where classes are learned', () => {
  const values = { kind: 'values' as const, values: new Float64Array(36) };
  const config = configOf([{ StandardScaler: {} }, MACHINE]);
  const ofValues = { ...data, target: { kind: 'values' as const }, train: { ...data.train, target: values } };
  const refused = failure('not-classes', /SVC learns classes, and the target holds values/);
  assert.throws(() => evaluate(config, ofValues), refused);
  assert.throws(() => refit(config, ofValues), refused);
  const selected = configOf([{ SelectKBest: { k: 1 } }, { DummyRegressor: {} }]);
  assert.throws(
    () => refit(selected, ofValues),
    failure('not-classes', /^SelectKBest: the target holds values/),
  );
});

test('a target of classes is refused where values are learned', () => {
  const config = configOf([{ DummyRegressor: {} }]);
  const refused = failure(
    'not-values',
    /DummyRegressor learns values, and the target holds classes.*DummyClassifier/,
  );
  assert.throws(() => refit(config, data), refused);
  const problem = { x: data.train.x, target: data.train.target };
  const [step] = [planSteps(config.steps).estimator];
  const context = { seed: 0, where: 'refit', warn: () => undefined };
  assert.throws(
    () => fitEstimator(step, problem, context),
    failure('not-values', /only values can be learned/),
  );
});

test('the fold scores are those of a model that saw the other folds only', () => {
  const config = configOf([{ StandardScaler: {} }, MACHINE]);
  const fold = evaluate(config, data).scores.cv!.accuracy!.folds[1];
  const rows = (wanted: (i: number) => boolean) =>
    Int32Array.from({ length: 36 }, (_, i) => i).filter(wanted);
  const inside = (i: number) => i >= 12 && i < 24;
  const [train, held] = [rows(i => !inside(i)), rows(inside)];
  const part = (keep: Int32Array) => ({
    x: takeRows(data.train.x, keep),
    y: classesOf(data.train.target).codes.filter((_, i) => keep.includes(i)),
    classes: 2,
  });
  const { scores } = evaluate({ ...config, cv: undefined }, splitOf(part(train), part(held)));
  assert.is(scores.validate!.accuracy, fold);
});

test('without cv and validation there are train scores only', () => {
  const { scores } = evaluate(configOf([MACHINE], { cv: undefined }), { ...data, validate: undefined });
  assert.equal(Object.keys(scores), ['train']);
});

test('the id of a config, and what another config was, change nothing', () => {
  const found = evaluate(configOf([FOREST]), data).digest;
  assert.is(evaluate(configOf([FOREST], { id: 'ffffffffffffffff', pipeline: 'q' }), data).digest, found);
  assert.is.not(evaluate(configOf([FOREST], { seed: 1 }), data).digest, found);
});

test('random_state stands in for the seed of the search', () => {
  const forest = (random_state: number): Step => ({
    RandomForestClassifier: { ...FOREST.RandomForestClassifier, random_state },
  });
  const digests = [1, 2].map(seed => evaluate(configOf([forest(7)], { seed }), data).digest);
  assert.is(digests[0], digests[1]);
  assert.is.not(evaluate(configOf([forest(8)]), data).digest, digests[0]);
});

test('generators differ by fit and by place, not by other parameters', () => {
  const first = (C: number, seed: number, where: string, place = 0): number => {
    const steps: Step[] = [...Array.from({ length: place }, () => ({ StandardScaler: {} })), { SVC: { C } }];
    return stepRng(planSteps(steps).estimator, { seed, where }).uint32();
  };
  assert.is(first(1, 0, 'refit'), first(2, 0, 'refit'));
  assert.is.not(first(1, 0, 'refit'), first(1, 0, 'fold 0'));
  assert.is.not(first(1, 0, 'refit'), first(1, 1, 'refit'));
  assert.is.not(first(1, 0, 'refit'), first(1, 0, 'refit', 1));
});

test('a cache changes nothing but the work', () => {
  const cache = new StageCache();
  for (const k of [1, 2, 3]) {
    const config = configOf([{ StandardScaler: {} }, { SelectKBest: { k } }, MACHINE]);
    assert.equal(evaluate(config, data, { cache }), evaluate(config, data));
    assert.equal(evaluate(config, data, { cache }), evaluate(config, data));
  }
});

test('a cache makes a stage once, and gives back memory', () => {
  const stage = { where: 'refit', problem: problemOf(blobs(100, 10)), columns: [], steps: [], warnings: [] };
  let made = 0;
  const make = () => {
    made++;
    return stage;
  };
  const cache = new StageCache(3 * 8000);
  for (const key of ['a', 'a', 'b', 'c', 'd', 'd', 'a']) cache.get(key, make);
  assert.is(made, 5);
});

test('warnings name the step and the fit, from a cache too', () => {
  const config = configOf([{ SimpleImputer: {} }, MACHINE]);
  const empty = splitOf(blobs(36, 6));
  empty.train.x.data.fill(NaN, 0, 36);
  const cache = new StageCache();
  for (let times = 0; times < 2; times++) {
    const { warnings } = evaluate(config, empty, { cache });
    assert.equal(
      warnings.map(({ step, where }) => [step, where]),
      [
        ['SimpleImputer', 'fold 0'],
        ['SimpleImputer', 'fold 1'],
        ['SimpleImputer', 'fold 2'],
        ['SimpleImputer', 'refit'],
      ],
    );
  }
});

test('a metric that the model cannot give is null, one that ranks is refused', () => {
  const metrics = ['roc_auc', 'log_loss'];
  const { scores } = evaluate(configOf([MACHINE], { metrics }), data);
  assert.is(scores.cv!.log_loss, null);
  assert.is(scores.validate!.log_loss, null);
  assert.ok(scores.cv!.roc_auc !== null);
  const ranking = configOf([MACHINE], { scoring: 'log_loss' });
  assert.throws(() => evaluate(ranking, data), failure('no-probabilities', /log_loss/));
});

test('three classes', async () => {
  const three = splitOf(blobs(45, 6, 3));
  for (const last of [FOREST, MACHINE, BOOSTER]) {
    await ready([last]);
    const { scores } = evaluate(
      configOf([last], { scoring: 'accuracy', metrics: ['accuracy', 'f1_macro'] }),
      three,
    );
    assert.ok(scores.cv!.accuracy!.mean > 0.5, `${Object.keys(last)}: ${scores.cv!.accuracy!.mean}`);
  }
});

test('a missing value names the feature, the step and the remedy', () => {
  const config = configOf([{ StandardScaler: {} }, { SelectKBest: { k: 2 } }, MACHINE]);
  assert.throws(
    () => evaluate(config, withHoles()),
    failure('not-finite', /SelectKBest: feature "f1".*SimpleImputer/),
  );
  const dropped = configOf([{ VarianceThreshold: {} }, MACHINE]);
  const holed = withHoles();
  holed.train.x.data.fill(3, 0, 36);
  assert.throws(() => evaluate(dropped, holed), failure('not-finite', /SVC: feature "f1"/));
});

test('an imputer, or an estimator that knows missing values, takes them', async () => {
  await ready([BOOSTER]);
  for (const steps of [
    [{ SimpleImputer: {} }, MACHINE],
    [{ StandardScaler: {} }, BOOSTER],
  ]) {
    assert.ok(evaluate(configOf(steps), withHoles()).scores.cv!.roc_auc!.mean > 0.6);
  }
});

test('the keys of class_weight are labels, and a key that is no label is refused by name', () => {
  assert.equal(weightsByCode({ 1: 4, 2: 9 }, ['1', '2']), { 0: 4, 1: 9 });
  assert.equal(weightsByCode({ 1: 4, '2.0': 9 }, ['1.0', '2']), { 0: 4, 1: 9 });
  assert.throws(() => weightsByCode({ 0: 1, 1: 9 }, ['1', '2']), failure('unknown-class', /`0`/));
  assert.throws(() => weightsByCode({ 1: 9 }, ['01', '1.0']), failure('unknown-class', /`1`/));
  assert.throws(() => weightsByCode({ 0: 9 }, ['no', 'yes']), failure('unknown-class', /`0`/));
});

test('class weights by name become weights by code', () => {
  assert.equal(weightsByCode({ 'class 1': 5, 'class 0': 2 }, classNames(data.target)), { 0: 2, 1: 5 });
  assert.is(weightsByCode('balanced', classNames(data.target)), 'balanced');
  const problem = { x: data.train.x, y: Int32Array.of(0, 0, 0, 1), classes: 2 };
  assert.equal([...classWeights('balanced', problem)], [2 / 3, 2]);
  assert.equal([...classWeights({ 1: 5 }, problem)], [1, 5]);
  assert.equal(
    [...sampleWeights({ 1: 5 }, { ...problem, weights: Float64Array.of(1, 2, 3, 4) })!],
    [1, 2, 3, 20],
  );
  assert.is(sampleWeights(null, problem), undefined);
  assert.throws(() => classWeights({ malignant: 2 }, problem), failure('unknown-class', /malignant/));
});

const badSteps: [string, Step[], string, RegExp][] = [
  ['an unknown step', [{ StandardScalar: {} }, MACHINE], 'unknown-step', /`StandardScaler`/],
  ['an unknown parameter', [{ SVC: { c: 1 } }], 'bad-parameter', /SVC/],
  ['a parameter out of range', [{ SVC: { C: -1 } }], 'bad-parameter', /SVC\.C/],
  ['no classifier', [{ StandardScaler: {} }], 'bad-pipeline', /last step/],
  ['a classifier too early', [MACHINE, MACHINE], 'bad-pipeline', /before the last/],
  ['no steps', [], 'bad-pipeline', /last step/],
  [
    'what an engine cannot do',
    [{ SVC: { engine: 'ml-svm', probability: true } }],
    'bad-parameter',
    /probability.*ml-svm/,
  ],
  [
    'a forest that the engine cannot grow',
    [{ RandomForestClassifier: { engine: 'ml-random-forest', min_samples_leaf: 3 } }],
    'bad-parameter',
    /min_samples_leaf/,
  ],
];
for (const [what, steps, code, words] of badSteps) {
  test(`refuses ${what}`, () => assert.throws(() => evaluate(configOf(steps), data), failure(code, words)));
}

for (const says of ['decision', 'proba'] as const) {
  test(`a model whose ${says} is NaN for one sample has no score, by any metric`, () => {
    const model: Classifier = {
      classes: 2,
      predict: x => new Int32Array(x.rows),
      size: () => ({ features: 1 }),
      [says]: (x: Matrix) =>
        new Float64Array(says === 'proba' ? 2 * x.rows : x.rows).fill(1, 1).fill(NaN, 0, 1),
      serialize: () => null,
    };
    for (const metric of classMetrics) {
      if (metric.needs === 'probabilities' && says === 'decision') continue;
      assert.throws(
        () => scoreModel(model, data.train, [metric], 'fold 1'),
        failure('not-a-number', /the model of fold 1 gives NaN for some samples.*StandardScaler/),
        metric.name,
      );
    }
  });
}

for (const kind of classifiers) {
  test(`a ${kind.name} that learned NaN is refused, with its fold and what to try`, async () => {
    const [step] = [planSteps([{ [kind.name]: {} }]).estimator];
    await kind.ready?.(step.params);
    const problem = problemOf(blobs(36, 4));
    // Counts are not negative.
    problem.x.data.forEach((value, at) => (problem.x.data[at] = Math.abs(value)));
    for (const [bad, place] of [
      [NaN, 0],
      [Infinity, 2],
    ]) {
      const fit = (...given: Parameters<ClassifierKind['fit']>): Classifier => {
        const model = kind.fit(...given);
        const learned = new Float64Array(3).fill(bad, place, place + 1);
        if (model.isLearned) return { ...model, isLearned: () => false };
        return { ...model, serialize: () => ({ fitted: model.serialize(), learned: [{ learned }] }) };
      };
      const context = { seed: 0, where: 'fold 2', warn: () => undefined };
      assert.throws(
        () => fitEstimator({ ...step, kind: { ...kind, fit } }, problem, context),
        failure(
          'not-learned',
          new RegExp(`${kind.name}: the training of fold 2 ended in .*Scale the features`),
        ),
      );
    }
  });
}

test('trainings that overflow fail as errors of the data, not as scores', () => {
  const { x, y } = blobs(36, 4);
  const far = splitOf({ x: { ...x, data: x.data.map(value => 1e160 * value) }, y, classes: 2 });
  const network = configOf([{ MLPClassifier: { hidden_layer_sizes: [4], max_iter: 5 } }]);
  assert.throws(
    () => evaluate(network, far),
    failure('not-learned', /MLPClassifier: the training of fold 0/),
  );
  const steep = { solver: 'sgd', activation: 'identity', learning_rate_init: 1e30, max_iter: 20 };
  assert.throws(
    () => evaluate(configOf([{ MLPClassifier: steep }]), data),
    failure('not-learned', /MLPClassifier: the training of fold 0 ended in .*learning rate/),
  );
});

test('a fit short of the optimum does not rank; an MLP that was told to stop does', () => {
  const short = evaluate(configOf([{ LogisticRegression: { max_iter: 1 } }]), data);
  assert.ok(short.unranked);
  assert.ok(short.scores.cv!.roc_auc);
  assert.equal(
    short.warnings.map(({ code, where, unranked }) => [code, where, unranked]),
    ['fold 0', 'fold 1', 'fold 2', 'refit'].map(where => ['not-converged', where, true]),
  );
  assert.not(evaluate(configOf([{ LogisticRegression: {} }]), data).unranked);
  const network = evaluate(configOf([{ MLPClassifier: { max_iter: 1 } }]), data);
  assert.equal([network.warnings[0].code, network.unranked], ['not-converged', false]);
});

test('refuses what is no model', () => {
  for (const document of [null, {}, { format: 'spt-pipeline', version: 2, steps: [] }] as Document[]) {
    assert.throws(() => loadPipeline(document), failure('bad-model', /not a model/));
  }
});

test.run();
