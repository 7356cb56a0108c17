import * as assert from 'uvu/assert';
import type { Matrix } from '../src/base/dataset.js';
import { InputError } from '../src/base/errors.js';
import { Rng } from '../src/base/rng.js';
import { FeatureError } from '../src/ml/checks.js';
import { codesOfDecision, codesOfProba } from '../src/ml/algebra/matrix.js';
import { emptyMatrix, takeColumns, takeRows } from '../src/ml/algebra/matrix.js';
import { digest, fromText, toText } from '../src/ml/serialize.js';
import type { Document, ClassifierKind, Classifier, ClassProblem } from '../src/ml/types.js';
import {
  assertSame,
  partsIn,
  refuses,
  rowsReversed,
  scaled,
  warnsOf,
  withoutEngineMath,
} from './contract-tools.js';
import { blobs, takeProblem } from './datasets.js';

/**
 * What every classifier promises, in the manner of scikit-learn's estimator checks. A check gets the estimator and
 * parameters, and throws if a promise is broken. The estimator's tags say what is promised.
 */

export type ClassifierCheck = (kind: ClassifierKind, params: object) => void;

const easy = (): ClassProblem => blobs(40, 4, 2, 2);
const fresh = (): ClassProblem => blobs(24, 4, 2, 2, 2);
const noisy = (): ClassProblem => blobs(40, 4, 2, 1);
const every = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);

function fit(kind: ClassifierKind, params: object, problem: ClassProblem, seed = 'contract'): Classifier {
  return kind.fit(problem, kind.params.parse(params), {
    rng: Rng.from(seed),
    warn: () => undefined,
  });
}

/** All that a model says of some samples. */
function sayings(model: Classifier, x: Matrix): { [what: string]: Document } {
  return { labels: model.predict(x), decision: model.decision?.(x) ?? null, proba: model.proba?.(x) ?? null };
}

function shareRight(model: Classifier, { x, y }: ClassProblem): number {
  return model.predict(x).filter((code, i) => code === y[i]).length / y.length;
}

/** Throws unless the model is right for that share of the samples. A baseline must not be. */
function assertLearned(
  { tags }: ClassifierKind,
  model: Classifier,
  problem: ClassProblem,
  share: number,
): void {
  const right = shareRight(model, problem);
  assert.is(right >= share, !tags.baseline, `${right} right`);
}

function assertValid(model: Classifier, x: Matrix): void {
  const labels = model.predict(x);
  assert.ok(labels instanceof Int32Array && labels.length === x.rows);
  assert.ok(labels.every(code => code >= 0 && code < model.classes));
  for (const values of [model.decision?.(x), model.proba?.(x)]) {
    assert.ok(
      values === undefined || values.every(value => !Number.isNaN(value)),
      'a prediction is not a number',
    );
  }
}

export const classifierChecks: { [promise: string]: ClassifierCheck } = {
  'tells what is inside of it, unless its tag says that it does not': (kind, params) => {
    const isOpaque = kind.tags.opaque?.(kind.params.parse(params)) === true;
    assert.is(fit(kind, params, easy()).inside === undefined, isOpaque);
  },

  'fitting again gives the same bits': (kind, params) => {
    assert.is(digest(fit(kind, params, easy()).serialize()), digest(fit(kind, params, easy()).serialize()));
  },

  'learns an easy problem': (kind, params) => {
    const model = fit(kind, params, easy());
    assertLearned(kind, model, fresh(), 0.75);
  },

  'leaves its inputs untouched': (kind, params) => {
    const [problem, before] = [easy(), easy()];
    const model = fit(kind, params, problem);
    sayings(model, problem.x);
    assert.equal(problem, before);
  },

  'predictions are valid, and one a sample': (kind, params) => {
    const model = fit(kind, params, easy());
    assert.is(model.classes, 2);
    assertValid(model, fresh().x);
    assert.is(model.decision?.(fresh().x).length ?? 24, 24);
    assert.is(model.proba?.(fresh().x).length ?? 48, 48);
  },

  'predicts nothing for no samples': (kind, params) => {
    const said = sayings(fit(kind, params, easy()), emptyMatrix(0, 4));
    for (const values of Object.values(said))
      assert.ok(values === null || (values as Float64Array).length === 0);
  },

  'samples are ranked by a decision where the tag says so, else by probabilities': (kind, params) => {
    const model = fit(kind, params, easy());
    assert.is(model.decision !== undefined, kind.tags.decision);
    assert.ok(model.decision ?? model.proba);
  },

  'the decision agrees with the labels': (kind, params) => {
    if (!kind.tags.decision) return;
    for (const problem of [easy(), blobs(45, 6, 3, 2)]) {
      const model = fit(kind, params, problem);
      const decision = model.decision!(problem.x);
      assert.is(decision.length, problem.classes === 2 ? problem.x.rows : problem.x.rows * problem.classes);
      assert.equal(codesOfDecision(decision, problem.classes), model.predict(problem.x));
    }
  },

  'probabilities add up to 1 and agree with the labels': (kind, params) => {
    if (!kind.tags.proba(kind.params.parse(params))) return;
    for (const problem of [easy(), blobs(45, 6, 3, 2)]) {
      const model = fit(kind, params, problem);
      const proba = model.proba!(problem.x);
      for (let i = 0; i < problem.x.rows; i++) {
        const row = proba.subarray(i * problem.classes, (i + 1) * problem.classes);
        const total = row.reduce((sum, value) => sum + value, 0);
        const off = model.singles ? 1e-6 : 1e-12;
        assert.ok(Math.abs(total - 1) < off && row.every(value => value >= 0 && value <= 1), `${[...row]}`);
      }
      if (!model.votes) assert.equal(codesOfProba(proba, problem.classes), model.predict(problem.x));
    }
  },

  'the tag proba tells whether there are probabilities': (kind, params) => {
    assert.is(kind.tags.proba(kind.params.parse(params)), fit(kind, params, easy()).proba !== undefined);
  },

  'a parameter that names classes is bound to their codes': (kind, params) => {
    const named = { ...params, class_weight: { 'class 1': 3 } };
    if (!kind.params.safeParse(named).success) return;
    const target = { kind: 'classes' as const, names: ['class 0', 'class 1'] };
    const bound = kind.bind!(kind.params.parse(named), target);
    assert.equal(bound, kind.params.parse({ ...params, class_weight: { 1: 3 } }));
    assert.equal(kind.bind!(kind.params.parse(params), target), kind.params.parse(params));
  },

  'tells its size, which a model from a file tells too': (kind, params) => {
    for (const problem of [easy(), blobs(45, 6, 3, 2)]) {
      const model = fit(kind, params, problem);
      const { features, ...parts } = model.size();
      assert.ok(features >= 0 && features <= problem.x.columns, `${features} features`);
      assert.is(Object.keys(parts).length, 1);
      for (const count of Object.values(parts)) assert.ok(Number.isInteger(count) && count > 0, `${count}`);
      assert.equal(kind.load(fromText(toText(model.serialize()))).size(), model.size());
      assert.equal(parts, partsIn(kind.name, model.serialize()) ?? parts);
    }
  },

  'a model from its file says the same, to the bit': (kind, params) => {
    for (const problem of [easy(), blobs(45, 6, 3, 2)]) {
      const model = fit(kind, params, problem);
      const loaded = kind.load(fromText(toText(model.serialize())));
      assert.is(loaded.classes, problem.classes);
      assert.is(digest(loaded.serialize()), digest(model.serialize()));
      assertSame(sayings(loaded, problem.x), sayings(model, problem.x));
    }
  },

  'a fit does not disturb another model': (kind, params) => {
    const model = fit(kind, params, easy());
    const before = sayings(model, fresh().x);
    fit(kind, params, blobs(30, 7, 3));
    assertSame(sayings(model, fresh().x), before);
    assert.is(digest(model.serialize()), digest(fit(kind, params, easy()).serialize()));
  },

  'a sample is predicted for itself': (kind, params) => {
    const model = fit(kind, params, easy());
    const { x } = fresh();
    const labels = model.predict(x);
    assert.equal(model.predict(rowsReversed(x)), labels.slice().reverse());
    assert.equal(model.predict(takeRows(x, Int32Array.of(5))), labels.slice(5, 6));
    const proba = model.proba?.(x);
    const alone = model.proba?.(takeRows(x, Int32Array.of(5)));
    if (proba && alone) assert.ok(Math.abs(proba[11] - alone[1]) < 1e-6);
  },

  'the order of features does not matter where the tag says so': (kind, params) => {
    if (kind.tags.ordersFeatures) return;
    const order = Int32Array.of(2, 0, 3, 1);
    const [problem, test] = [easy(), fresh()];
    const model = fit(kind, params, problem);
    const other = fit(kind, params, { ...problem, x: takeColumns(problem.x, order) });
    assert.equal(other.predict(takeColumns(test.x, order)), model.predict(test.x));
  },

  'a column of zeros does not hurt': (kind, params) => {
    const widen = ({ x }: ClassProblem): Matrix => {
      const wide = emptyMatrix(x.rows, x.columns + 1);
      wide.data.set(x.data);
      return wide;
    };
    const model = fit(kind, params, { ...easy(), x: widen(easy()) });
    assertLearned(kind, model, { ...fresh(), x: widen(fresh()) }, 0.7);
  },

  'features that tell nothing give valid predictions': (kind, params) => {
    const x = { rows: 20, columns: 3, data: new Float64Array(60).fill(2.5) };
    const problem = { x, y: Int32Array.from({ length: 20 }, (_, i) => i % 2), classes: 2 };
    assertValid(fit(kind, params, problem), x);
  },

  'one feature is enough': (kind, params) => {
    const problem = blobs(40, 1, 2, 4);
    const model = fit(kind, params, problem);
    assertValid(model, problem.x);
    assertLearned(kind, model, problem, 0.65);
  },

  'knows three classes': (kind, params) => {
    const problem = blobs(60, 6, 3, 2.5);
    const model = fit(kind, params, problem);
    assert.is(model.classes, 3);
    assertLearned(kind, model, problem, 0.65);
    assertValid(model, problem.x);
  },

  'knows seven classes': (kind, params) => {
    const problem = blobs(70, 14, 7, 2.5);
    assertValid(fit(kind, params, problem), problem.x);
  },

  'never predicts a class that it has not seen': (kind, params) => {
    const problem = easy();
    const y = problem.y.map(code => 2 * code);
    const model = fit(kind, params, { ...problem, y, classes: 3 });
    assert.is(model.classes, 3);
    assertValid(model, fresh().x);
    assert.not.ok(model.predict(fresh().x).includes(1));
  },

  'two samples are refused or learned from': (kind, params) => {
    const problem = takeProblem(easy(), Int32Array.of(0, 1));
    try {
      assertValid(fit(kind, params, problem), problem.x);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  },

  'uneven classes are learned from': (kind, params) => {
    const problem = easy();
    const rows = every(40).filter(i => problem.y[i] === 0 || i < 6);
    assertValid(fit(kind, params, takeProblem(problem, rows)), problem.x);
  },

  'samples that are there twice do not hurt': (kind, params) => {
    const model = fit(kind, params, takeProblem(easy(), Int32Array.of(...every(40), ...every(40))));
    assertLearned(kind, model, fresh(), 0.75);
  },

  'large and small scales give valid predictions, or are refused by feature': (kind, params) => {
    for (const scale of [1e-6, 1e6]) {
      const x = scaled(easy().x, scale);
      try {
        assertValid(fit(kind, params, { ...easy(), x }), x);
      } catch (error) {
        if (!(error instanceof FeatureError && error.code === 'too-large')) throw error;
      }
    }
  },

  'a view into a larger buffer is as good as an array': (kind, params) => {
    const { x, y, classes } = easy();
    const buffer = new Float64Array(x.data.length + 7);
    buffer.set(x.data, 3);
    const view = { ...x, data: buffer.subarray(3, 3 + x.data.length) };
    assert.is(
      digest(fit(kind, params, { x: view, y, classes }).serialize()),
      digest(fit(kind, params, easy()).serialize()),
    );
  },

  'uses no arithmetic of the engine and no other randomness': (kind, params) => {
    const [problem, test] = [easy(), fresh()];
    const expected = sayings(fit(kind, params, problem), test.x);
    const found = withoutEngineMath(() => sayings(fit(kind, params, problem), test.x));
    assertSame(found, expected);
  },

  'another generator changes something just where the tag says so': (kind, params) => {
    const [one, other] = ['one', 'other'].map(seed => digest(fit(kind, params, noisy(), seed).serialize()));
    assert.is(one === other, kind.tags.deterministic(kind.params.parse(params)));
  },

  'takes missing values in a fit just where the tag says so': (kind, params) => {
    const problem = easy();
    problem.x.data[45] = NaN;
    if (kind.tags.missing) return assertValid(fit(kind, params, problem), problem.x);
    refuses(() => fit(kind, params, problem));
  },

  'takes missing values in a prediction just where the tag says so': (kind, params) => {
    const model = fit(kind, params, easy());
    const { x } = fresh();
    x.data[7] = NaN;
    if (kind.tags.missing) return assertValid(model, x);
    refuses(() => model.predict(x));
    if (model.decision) refuses(() => model.decision!(x));
    if (model.proba) refuses(() => model.proba!(x));
  },

  'many missing values are learned from, or refused by their code': (kind, params) => {
    const problem = easy();
    for (let at = 1; at < problem.x.data.length; at += 7) problem.x.data[at] = NaN;
    if (!kind.tags.missing) return refuses(() => fit(kind, params, problem), 'not-finite');
    const model = fit(kind, params, problem);
    assertValid(model, problem.x);
    assertLearned(kind, model, problem, 0.75);
  },

  'refuses infinite values in a fit and in a prediction': (kind, params) => {
    const model = fit(kind, params, easy());
    for (const value of [Infinity, -Infinity]) {
      const problem = easy();
      problem.x.data[45] = value;
      refuses(() => fit(kind, params, problem));
      refuses(() => model.predict(problem.x));
    }
  },

  'refuses no samples': (kind, params) => {
    refuses(() => fit(kind, params, { x: emptyMatrix(0, 3), y: new Int32Array(0), classes: 2 }));
  },

  'refuses no features': (kind, params) => {
    refuses(() => fit(kind, params, { x: emptyMatrix(4, 0), y: Int32Array.of(0, 1, 0, 1), classes: 2 }));
  },

  'refuses one class': (kind, params) => {
    refuses(() => fit(kind, params, { ...easy(), y: new Int32Array(40) }));
    refuses(() => fit(kind, params, { ...easy(), y: new Int32Array(40).fill(1) }));
  },

  'refuses one sample': (kind, params) =>
    refuses(() => fit(kind, params, takeProblem(easy(), Int32Array.of(0)))),

  'refuses another number of features': (kind, params) => {
    const model = fit(kind, params, easy());
    for (const columns of [3, 5]) refuses(() => model.predict(emptyMatrix(2, columns)));
  },

  'warnings have a code and a message': (kind, params) => {
    for (const { code, message } of warnsOf(kind, params, blobs(30, 3, 2, 0)))
      assert.ok(/^[a-z-]+$/.test(code) && message.length > 10, `${code}: ${message}`);
  },

  'weights count as the tag says': (kind, params) => {
    const use = kind.tags.weights(kind.params.parse(params));
    const problem = blobs(40, 4, 2, 1);
    const weights = Float64Array.from(problem.y, (_, i) => 1 + (i % 3));
    const repeated = Int32Array.from([...every(40)].flatMap(i => new Array<number>(1 + (i % 3)).fill(i)));
    const test = fresh();
    if (use === 'none') return refuses(() => fit(kind, params, { ...problem, weights }), 'no-weights');
    const weighted = fit(kind, params, { ...problem, weights });
    if (use === 'after drawing') return assertValid(weighted, test.x);
    assert.equal(weighted.predict(test.x), fit(kind, params, takeProblem(problem, repeated)).predict(test.x));
  },

  'class weights are sample weights, or are refused': (kind, params) => {
    const weighted = { ...params, class_weight: { 1: 3 } };
    if (!kind.params.safeParse(weighted).success) return;
    assert.is.not(kind.tags.weights(kind.params.parse(weighted)), 'none');
    const problem = blobs(50, 4, 2, 0.7);
    const byClass = fit(kind, weighted, problem).predict(fresh().x);
    const weights = Float64Array.from(problem.y, code => (code === 1 ? 3 : 1));
    assert.equal(byClass, fit(kind, params, { ...problem, weights }).predict(fresh().x));
  },

  'balanced class weights help the smaller class, or are refused': (kind, params) => {
    if (!kind.params.safeParse({ ...params, class_weight: 'balanced' }).success) return;
    const problem = blobs(60, 3, 2, 0.7);
    const uneven = takeProblem(
      problem,
      every(60).filter(i => problem.y[i] === 0 || i < 20),
    );
    const found = (class_weight: string | null): number =>
      fit(kind, { ...params, class_weight }, uneven)
        .predict(problem.x)
        .filter(code => code === 1).length;
    assert.ok(found('balanced') >= found(null), `${found('balanced')} < ${found(null)}`);
  },
};
