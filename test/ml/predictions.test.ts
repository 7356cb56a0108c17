import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config, Scores, Step } from '../../src/base/config.js';
import { classNames, classesOf, type Matrix, type SplitData } from '../../src/base/dataset.js';
import { InputError } from '../../src/base/errors.js';
import { ConfigFits, evaluate, ready } from '../../src/ml/evaluate.js';
import { scoreModel } from '../../src/ml/scored.js';
import {
  firstDifference,
  heldOut,
  ofClasses,
  outOfFold as anyOutOfFold,
  type ClassFoldPrediction,
  type OutOfFold,
} from '../../src/ml/predictions.js';
import { findMetric, metricProblem, score } from '../../src/ml/scoring/metrics.js';
import { fromRows } from '../../src/ml/algebra/matrix.js';
import { StageCache } from '../../src/ml/stages.js';
import type { Classifier, ClassifierKind } from '../../src/ml/types.js';
import { CASES } from '../../support/contract-cases.js';
import { shapeOf } from '../../support/contract-tools.js';
import { blobs, splitOf } from '../../support/datasets.js';
import { fixture } from '../../support/fixture.js';
import { classifiers, classMetrics } from '../../support/tasks.js';

/** Predictions of the fits of a config, and their scores, which are those of `evaluate` to the bit. */

const test = suite('predictions');

const two = splitOf(blobs(36, 4, 2, 1), blobs(16, 4, 2, 1, 2));
const three = splitOf(blobs(45, 6, 3, 1), blobs(18, 6, 3, 1, 2));
/** Groups of three samples each. */
const grouped: SplitData = {
  ...two,
  train: { ...two.train, groups: Int32Array.from({ length: 36 }, (_, i) => Math.floor(i / 3)) },
};

/** The out-of-fold predictions of a classifier. */
function outOfFold(
  ...given: Parameters<typeof anyOutOfFold>
): (Omit<OutOfFold, 'folds'> & { folds: ClassFoldPrediction[] }) | undefined {
  const found = anyOutOfFold(...given);
  return found && { ...found, folds: ofClasses(found.folds) };
}

/** A config with every metric that its model and this number of classes allow. */
function configOf(steps: Step[], data: SplitData, more: Partial<Config> = {}): Config {
  const classes = classNames(data.target).length;
  const all = classMetrics.filter(metric => !metricProblem(metric, classes, true));
  return {
    id: '0123456789abcdef',
    pipeline: 'p',
    steps,
    split: 'A',
    train: 'A',
    cv: { folds: 3 },
    scoring: 'accuracy',
    metrics: all.map(({ name }) => name),
    seed: 5,
    data: 'd',
    ...more,
  };
}

/** Holds predictions to the scores of `evaluate`, with the exact equality of a log, which is JSON. */
function agree(config: Config, data: SplitData, what: string): void {
  const { scores: logged, warnings, digest } = evaluate(config, data);
  const cache = new StageCache();
  const found = outOfFold(config, data, { cache })!;
  const held = heldOut(config, data, { cache, train: true });
  const here: Scores = { cv: found.scores, validate: held.validate!.scores, train: held.train!.scores };
  assert.is(firstDifference(here, JSON.parse(JSON.stringify(logged)) as Scores), undefined, what);
  assert.equal(here, logged, what);
  assert.is(held.digest, digest, what);
  assert.equal([...found.warnings, ...held.warnings], warnings, what);

  const { codes } = classesOf(data.train.target);
  const repeats = config.cv!.repeats ?? 1;
  const times = new Int32Array(codes.length);
  found.folds.forEach(({ rows, truth, outputs, scores, fold, repeat }, at) => {
    assert.is(repeat * config.cv!.folds + fold, at, what);
    for (const row of rows) times[row]++;
    assert.equal(
      [...truth],
      Array.from(rows, row => codes[row]),
      what,
    );
    assert.is(outputs.labels.length, rows.length, what);
    for (const name of config.metrics) {
      assert.is(score(findMetric(name), truth, outputs), scores[name], `${what} ${name}`);
      assert.is(scores[name], found.scores[name]?.folds[at] ?? null, `${what} ${name}`);
    }
    const hits = outputs.labels.filter((label, i) => label === truth[i]).length;
    assert.is(scores.accuracy, hits / rows.length, what);
  });
  assert.equal([...times], new Array<number>(codes.length).fill(repeats), what);
}

/** The estimators with the parameters of the contract: name and parameters. */
function* estimators(): Generator<[ClassifierKind, { [name: string]: never }]> {
  for (const kind of classifiers) {
    const { engine } = shapeOf(kind) as { engine?: { unwrap(): { options: string[] } } };
    for (const name of engine?.unwrap().options ?? [undefined]) {
      const { params = [{}] } = CASES[name ? `${kind.name} ${name}` : kind.name] ?? {};
      for (const given of params) yield [kind, { ...given, ...(name && { engine: name }) } as never];
    }
  }
}

for (const [kind, params] of estimators()) {
  const step = { [kind.name]: params };
  const name = `${kind.name} ${JSON.stringify(params)}`;
  // Counts are not negative.
  const scaler: Step =
    kind.name === 'MultinomialNB' ? { MinMaxScaler: { clip: true } } : { StandardScaler: {} };
  test(`${name}: the scores are those of evaluate, and outputs are all that the model has`, async () => {
    await ready([step]);
    for (const [data, cv] of [
      [two, { folds: 3 }],
      [three, { folds: 3 }],
      [two, { folds: 2, shuffle: true, repeats: 3, seed: 4 }],
      [grouped, { folds: 3, group: 'g' }],
    ] as const) {
      const config = configOf([scaler, step], data, { cv });
      const what = `${name} ${JSON.stringify(cv)} ${classNames(data.target).length}`;
      agree(config, data, what);
      const [{ outputs, rows }] = outOfFold(config, data)!.folds;
      const k = classNames(data.target).length;
      const filled = kind.params.parse(params) as object;
      assert.is(
        outputs.decision?.length,
        kind.tags.decision ? rows.length * (k > 2 ? k : 1) : undefined,
        what,
      );
      assert.is(outputs.proba?.length, kind.tags.proba(filled) ? rows.length * k : undefined, what);
    }
  });
}

interface PeerCase {
  table: string;
  name: string;
  params: { [name: string]: number };
  /** By sample: its fold, label, probabilities, and decision (a value, or one for each class). */
  fold: number[];
  labels: number[];
  proba?: number[][];
  decision?: (number | number[])[];
}
const peer: {
  folds: number;
  tables: { [name: string]: { x: number[][]; y: number[]; classes: number } };
  cases: PeerCase[];
} = fixture('predictions');

for (const { table, name, params, fold, labels, proba, decision } of peer.cases) {
  test(`${name} on ${table}: each sample has the prediction of scikit-learn's cross_val_predict`, () => {
    const { x, y, classes } = peer.tables[table];
    const data = splitOf({ x: fromRows(x), y: Int32Array.from(y), classes });
    const config = configOf([{ StandardScaler: {} }, { [name]: params }], data, {
      cv: { folds: peer.folds },
    });
    const { folds } = outOfFold(config, data)!;
    assert.is(folds.length, peer.folds);
    const far = (found: Float64Array | undefined, expected: (number | number[])[], at: number): number => {
      const values = expected.flat();
      const own = found!.subarray(at * values.length, (at + 1) * values.length);
      return own.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i])), 0);
    };
    for (const { rows, outputs, fold: number } of folds) {
      rows.forEach((row, at) => {
        assert.is(fold[row], number);
        assert.is(outputs.labels[at], labels[row]);
        const farProba = proba ? far(outputs.proba, proba[row], at) : 0;
        assert.ok(farProba < 1e-10, `${farProba}`);
        const farDecision = decision ? far(outputs.decision, [decision[row]].flat(), at) : 0;
        assert.ok(farDecision < (name === 'SVC' ? 1e-6 : 1e-10), `${farDecision}`);
      });
    }
  });
}

test('the score of labels is that of the votes of SVC, where another class has the largest decision', () => {
  const { x, y, classes } = peer.tables.four;
  const { params, labels } = peer.cases.find(({ name, table }) => name === 'SVC' && table === 'four')!;
  const data = splitOf({ x: fromRows(x), y: Int32Array.from(y), classes });
  const config = configOf([{ StandardScaler: {} }, { SVC: params }], data, { cv: { folds: peer.folds } });
  const { folds } = outOfFold(config, data)!;
  const accuracy = findMetric('accuracy');
  let others = 0;
  for (const { rows, truth, outputs, scores } of folds) {
    const right = [...rows].filter(row => labels[row] === y[row]).length;
    assert.is(scores.accuracy, right / rows.length);
    if (score(accuracy, truth, { ...outputs, labels: undefined }) !== scores.accuracy) others++;
  }
  assert.ok(others > 0, 'the largest decision would give another score');
});

test('outputs are complete where one metric alone is asked for, and its score is the same', async () => {
  const step = { LogisticRegression: {} };
  for (const name of ['roc_auc', 'accuracy', 'log_loss']) {
    const config = configOf([step], two, { scoring: name, metrics: [name] });
    const { scores } = evaluate(config, two);
    const found = outOfFold(config, two)!;
    assert.equal(found.scores, scores.cv);
    assert.equal(Object.keys(found.folds[0].outputs).sort(), [
      'classes',
      'decision',
      'labels',
      'proba',
      'singles',
    ]);
  }
});

test('a model of decisions alone and one of probabilities alone', () => {
  const machine = outOfFold(configOf([{ LinearSVC: {} }], two), two)!.folds[0];
  assert.ok(machine.outputs.decision && !machine.outputs.proba);
  assert.is(machine.scores.log_loss, null);
  const bayes = outOfFold(configOf([{ GaussianNB: {} }], two), two)!.folds[0];
  assert.ok(bayes.outputs.proba && !bayes.outputs.decision);
  assert.ok(bayes.scores.log_loss! > 0);
});

test('without folds there is nothing out of fold, and without validation nothing held out', () => {
  const config = configOf([{ GaussianNB: {} }], two, { cv: undefined });
  assert.is(outOfFold(config, two), undefined);
  const held = heldOut(config, { ...two, validate: undefined });
  assert.is(held.validate, undefined);
  assert.is(held.train, undefined);
  assert.is(held.digest, evaluate(config, two).digest);
});

test('rows of the held-out samples are those of the samples', () => {
  const { validate, train } = heldOut(configOf([{ GaussianNB: {} }], two), two, { train: true });
  assert.equal(
    [...validate!.rows],
    Array.from({ length: 16 }, (_, i) => i),
  );
  assert.equal([...train!.truth], [...classesOf(two.train.target).codes]);
  assert.is(validate!.where, 'refit');
});

for (const says of ['decision', 'proba'] as const) {
  test(`a model whose ${says} is NaN for one sample is refused, also where no metric reads it`, () => {
    const values = (length: number): Float64Array => new Float64Array(length).fill(1, 1).fill(NaN, 0, 1);
    const model: Classifier = {
      classes: 2,
      predict: x => new Int32Array(x.rows),
      size: () => ({ features: 1 }),
      decision: (x: Matrix) => (says === 'decision' ? values(x.rows) : new Float64Array(x.rows)),
      proba: (x: Matrix) => (says === 'proba' ? values(2 * x.rows) : new Float64Array(2 * x.rows)),
      serialize: () => null,
    };
    const one = [findMetric(says === 'decision' ? 'log_loss' : 'roc_auc')];
    scoreModel(model, two.train, one, 'fold 1');
    assert.throws(
      () => scoreModel(model, two.train, one, 'fold 1', 'all'),
      (error: InputError) => error.code === 'not-a-number' && /fold 1/.test(error.message),
    );
  });
}

test('a missing value is refused as in evaluate', () => {
  const { train } = splitOf(blobs(36, 4));
  train.x.data[36 + 5] = NaN;
  const config = configOf([{ GaussianNB: {} }], two);
  const messages = [evaluate, outOfFold, heldOut].map(run => {
    try {
      run(config, { ...two, train });
    } catch (error) {
      return (error as InputError).message;
    }
    return 'no error';
  });
  assert.match(messages[0], /^GaussianNB: feature "f1" has a missing value/);
  assert.equal(messages, [messages[0], messages[0], messages[0]]);
});

test('a fit short of its optimum is told', () => {
  const config = configOf([{ LogisticRegression: { max_iter: 1 } }], two);
  const found = outOfFold(config, two)!;
  assert.ok(found.unranked);
  assert.equal(
    found.warnings.map(({ code, where }) => [code, where]),
    ['fold 0', 'fold 1', 'fold 2'].map(where => ['not-converged', where]),
  );
  assert.equal(
    heldOut(config, two).warnings.map(({ where }) => where),
    ['refit'],
  );
});

test('the fits of a config name every fold', () => {
  const cv = { folds: 2, shuffle: true, repeats: 2 };
  const fits = new ConfigFits(configOf([{ GaussianNB: {} }], two, { cv }), two);
  const seen: string[] = [];
  fits.overFolds('needed', (_, { where }) => seen.push(where));
  assert.equal(seen, ['fold 0.0', 'fold 0.1', 'fold 1.0', 'fold 1.1']);
});

const folds = [0.5, 0.25];
const logged: Scores = {
  cv: { auc: { mean: 0.375, std: 0.125, folds }, log_loss: null },
  validate: { auc: 0.5, mcc: null },
};
const differences: [string, Scores, Scores, ReturnType<typeof firstDifference>][] = [
  ['nothing', logged, logged, undefined],
  ['nothing in the parts that are compared', { validate: logged.validate }, logged, undefined],
  [
    'a fold in its last bit',
    { cv: { ...logged.cv, auc: { mean: 0.375, std: 0.125, folds: [0.5, 0.25 + 2 ** -54] } } },
    logged,
    { part: 'cv', metric: 'auc', of: 1, here: 0.25 + 2 ** -54, logged: 0.25 },
  ],
  [
    'a fold that the log lacks',
    { cv: { ...logged.cv, auc: { mean: 0.375, std: 0.125, folds: [0.5, 0.25, 1] } } },
    logged,
    { part: 'cv', metric: 'auc', of: 2, here: 1, logged: undefined },
  ],
  [
    'the deviation',
    { cv: { ...logged.cv, auc: { mean: 0.375, std: 0.5, folds } } },
    logged,
    { part: 'cv', metric: 'auc', of: 'std', here: 0.5, logged: 0.125 },
  ],
  [
    'a score beside null',
    { cv: { ...logged.cv, log_loss: { mean: 2, std: 0, folds: [2, 2] } } },
    logged,
    { part: 'cv', metric: 'log_loss', here: 2, logged: null },
  ],
  [
    'a metric that only the log has',
    { validate: { auc: 0.5 } },
    logged,
    { part: 'validate', metric: 'mcc', here: undefined, logged: null },
  ],
  [
    'a part that the log lacks',
    { train: { auc: 1 } },
    logged,
    { part: 'train', metric: 'auc', here: 1, logged: undefined },
  ],
  [
    'scores of the log that are no scores',
    { train: { auc: 1 } },
    { train: 'x' } as unknown as Scores,
    { part: 'train', metric: 'auc', here: 1, logged: undefined },
  ],
];
for (const [what, here, theirs, expected] of differences)
  test(`the first difference: ${what}`, () => assert.equal(firstDifference(here, theirs), expected));

test.run();
