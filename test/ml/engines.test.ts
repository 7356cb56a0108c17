import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Failure, InputError } from '../../src/base/errors.js';
import { Rng } from '../../src/base/rng.js';
import { resolveGamma } from '../../src/ml/algebra/gamma.js';
import { loadMlXgboost } from '../../src/ml/engines/ml-xgboost.js';
import { emptyMatrix, fromRows } from '../../src/ml/algebra/matrix.js';
import { findStep } from '../../src/ml/registry.js';
import { digest } from '../../src/ml/serialize.js';
import type { ClassifierKind, Classifier, ClassProblem } from '../../src/ml/types.js';
import { blobs } from '../../support/datasets.js';

/** The ml-* packages behind our estimators: what each engine promises beyond the contract of all estimators. */

const test = suite('engines');

function fit(name: string, params: object, problem: ClassProblem): Classifier {
  const kind = findStep(name) as ClassifierKind;
  return kind.fit(problem, kind.params.parse(params), { rng: Rng.from('test'), warn: () => undefined });
}

const SVM = { engine: 'ml-svm' };
const FOREST = { engine: 'ml-random-forest' };
const BOOSTER = { engine: 'ml-xgboost', n_estimators: 5, max_depth: 3 };

test('ml-xgboost prints nothing while it loads, and leaves no listener', () => {
  const engine = new URL('../../src/ml/engines/ml-xgboost.js', import.meta.url).href;
  const script = `
    const before = process.listenerCount('uncaughtException');
    const { loadMlXgboost } = await import('${engine}');
    await loadMlXgboost();
    if (process.listenerCount('uncaughtException') !== before) console.log('a listener is left');
    if (typeof WebAssembly.instantiateStreaming !== 'function') console.log('instantiateStreaming is gone');
    if (console.warn.name !== 'warn') console.log('console.warn is gone');`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  assert.equal([stdout.toString(), stderr.toString(), status], ['', '', 0]);
});

test('ml-xgboost says when it was not loaded', () => {
  const script = `
    const { mlXgboost } = await import('${new URL('../../src/ml/engines/ml-xgboost.js', import.meta.url).href}');
    const x = { rows: 2, columns: 1, data: Float64Array.of(1, 2) };
    try { mlXgboost.fit({ x, y: Int32Array.of(0, 1), classes: 2 }, {}, { rng: { uint32: () => 1 } }); }
    catch (error) { console.log(error.code); }`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  assert.is(stdout.toString().trim(), 'engine-not-loaded');
});

test('ml-xgboost tells -1 from a missing value', async () => {
  await loadMlXgboost();
  // Missing values are of class 1, as are those above 0.5; -1 is of class 0.
  const values = Array.from({ length: 40 }, (_, i) => [NaN, -1, 0.9, -0.5][i % 4]);
  const y = Int32Array.from(values, value => (Number.isNaN(value) || value > 0.5 ? 1 : 0));
  const model = fit('XGBClassifier', BOOSTER, { x: fromRows(values.map(value => [value])), y, classes: 2 });
  assert.equal(model.predict(fromRows([[NaN], [-1], [0.9], [-0.5]])), Int32Array.of(1, 0, 1, 0));
});

test('ml-xgboost refuses more than its stack can hold', async () => {
  await loadMlXgboost();
  const x = emptyMatrix(2, 700000);
  const problem = { x, y: Int32Array.of(0, 1), classes: 2 };
  assert.throws(
    () => fit('XGBClassifier', BOOSTER, problem),
    (error: InputError) => error.code === 'too-large',
  );
});

test('ml-xgboost fits and predicts many times in the same memory', async () => {
  await loadMlXgboost();
  const problem = blobs(200, 20);
  const digests = Array.from({ length: 60 }, () => {
    const model = fit('XGBClassifier', BOOSTER, problem);
    model.predict(problem.x);
    return digest(model.serialize());
  });
  assert.is(new Set(digests).size, 1);
});

test("gamma is scikit-learn's", () => {
  const x = fromRows([
    [1, 2],
    [3, 6],
  ]);
  assert.is(resolveGamma('auto', x), 0.5);
  assert.is(resolveGamma('scale', x), 1 / (2 * 3.5));
  assert.is(resolveGamma('scale', emptyMatrix(3, 2)), 1);
  assert.is(resolveGamma(0.3, x), 0.3);
});

for (const kernel of ['linear', 'rbf', 'poly', 'sigmoid']) {
  test(`ml-svm learns with the ${kernel} kernel`, () => {
    const [problem, fresh] = [blobs(60, 4, 2, 2), blobs(40, 4, 2, 2, 5)];
    const found = fit('SVC', { ...SVM, kernel, coef0: kernel === 'poly' ? 1 : 0 }, problem).predict(fresh.x);
    const hits = found.filter((code, i) => code === fresh.y[i]).length;
    assert.ok(hits >= 30, `${hits} of 40`);
  });
}

test('ml-svm finds the widest margin between two samples', () => {
  const x = fromRows([
    [0, 0],
    [2, 0],
  ]);
  const model = fit('SVC', { ...SVM, kernel: 'linear', C: 10 }, { x, y: Int32Array.of(0, 1), classes: 2 });
  const margins = model.decision!(
    fromRows([
      [0, 5],
      [1, 5],
      [2, 5],
    ]),
  );
  [-1, 0, 1].forEach((expected, i) => assert.ok(Math.abs(margins[i] - expected) < 1e-3, `${margins[i]}`));
});

test('ml-svm says when its iterations are over', () => {
  const problem = blobs(60, 2, 2, 0.1);
  assert.throws(
    () => fit('SVC', { ...SVM, C: 100, max_iter: 2 }, problem),
    (error: Failure) => error.code === 'not-converged',
  );
});

test('a tree of all samples and features predicts its own samples without an error', () => {
  const problem = blobs(60, 3, 3, 0.5);
  const params = { ...FOREST, n_estimators: 1, bootstrap: false, max_features: null };
  assert.equal(fit('RandomForestClassifier', params, problem).predict(problem.x), problem.y);
});

test('a forest of three trees begins like one of two', () => {
  const problem = blobs(40, 4);
  const roots = (n_estimators: number) =>
    (
      fit('RandomForestClassifier', { ...FOREST, n_estimators }, problem).serialize() as {
        model: { feature: Int32Array };
      }
    ).model.feature;
  const [two, three] = [roots(2), roots(3)];
  assert.equal(three.slice(0, two.length), two);
  assert.ok(three.length > two.length);
});

test('max_depth bounds a tree', () => {
  const document = fit(
    'RandomForestClassifier',
    { ...FOREST, n_estimators: 1, max_depth: 1 },
    blobs(40, 4),
  ).serialize();
  assert.is((document as { model: { feature: Int32Array } }).model.feature.length, 3);
});

test.run();
