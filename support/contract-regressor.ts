import * as assert from 'uvu/assert';
import type { Matrix } from '../src/base/dataset.js';
import { InputError } from '../src/base/errors.js';
import { Rng } from '../src/base/rng.js';
import { emptyMatrix, takeColumns, takeRows } from '../src/ml/algebra/matrix.js';
import { FeatureError } from '../src/ml/checks.js';
import { findMetric, score } from '../src/ml/scoring/metrics.js';
import { digest, fromText, toText } from '../src/ml/serialize.js';
import type { Regressor, RegressorKind, ValueProblem } from '../src/ml/types.js';
import { assertSame, partsIn, refuses, rowsReversed, scaled, withoutEngineMath } from './contract-tools.js';
import { slopes, takeValueProblem } from './datasets.js';

/**
 * What every regressor promises, in the manner of scikit-learn's estimator checks. A check gets the estimator and
 * parameters, and throws if a promise is broken. The estimator's tags say what is promised.
 */

export type RegressorCheck = (kind: RegressorKind, params: object) => void;

const easy = (): ValueProblem => slopes(40, 4);
const fresh = (): ValueProblem => slopes(24, 4, 2);
const every = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);

/** How far two predictions of values near 5 may be apart where solvers stop early. */
const NEAR = 2e-3;

function fit(kind: RegressorKind, params: object, problem: ValueProblem, seed = 'contract'): Regressor {
  return kind.fit(problem, kind.params.parse(params), { rng: Rng.from(seed), warn: () => undefined });
}

/** The share of the variance that the model explains. */
function explained(model: Regressor, { x, y }: ValueProblem): number {
  return score(findMetric('r2'), y, { values: model.predict(x) })!;
}

/** Throws unless the model explains a part of the variance. A baseline must not. */
function assertLearned({ tags }: RegressorKind, model: Regressor, problem: ValueProblem): void {
  const share = explained(model, problem);
  assert.is(share > 0.2, !tags.baseline, `r2 is ${share}`);
}

function assertValid(model: Regressor, x: Matrix): void {
  const values = model.predict(x);
  assert.ok(values instanceof Float64Array && values.length === x.rows);
  assert.ok(values.every(Number.isFinite), 'a prediction is not a finite number');
}

/** Throws unless two models say nearly the same. */
function assertNear(found: Float64Array, expected: Float64Array): void {
  const far = found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
  assert.ok(far <= NEAR, `${far} apart`);
}

/** Values of the problem that the regressor must refuse, by what its tag says that it takes. */
const OUTSIDE = { any: [NaN, Infinity], 'at least 0': [-1, NaN], 'above 0': [0, -1, NaN] };

export const regressorChecks: { [promise: string]: RegressorCheck } = {
  'tells what is inside of it, unless its tag says that it does not': (kind, params) => {
    const isOpaque = kind.tags.opaque?.(kind.params.parse(params)) === true;
    assert.is(fit(kind, params, easy()).inside === undefined, isOpaque);
  },

  'fitting again gives the same bits': (kind, params) => {
    assert.is(digest(fit(kind, params, easy()).serialize()), digest(fit(kind, params, easy()).serialize()));
  },

  'learns an easy problem': (kind, params) => {
    assertLearned(kind, fit(kind, params, easy()), fresh());
  },

  'leaves its inputs untouched': (kind, params) => {
    const [problem, before] = [easy(), easy()];
    fit(kind, params, problem).predict(problem.x);
    assert.equal(problem, before);
  },

  'predictions are finite, and one a sample': (kind, params) => {
    const model = fit(kind, params, easy());
    assert.is(model.classes, undefined);
    assertValid(model, fresh().x);
  },

  'predicts nothing for no samples': (kind, params) => {
    assert.is(fit(kind, params, easy()).predict(emptyMatrix(0, 4)).length, 0);
  },

  'tells its size, which a model from a file tells too': (kind, params) => {
    for (const problem of [easy(), slopes(45, 6)]) {
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
    for (const problem of [easy(), slopes(45, 6)]) {
      const model = fit(kind, params, problem);
      const loaded = kind.load(fromText(toText(model.serialize())));
      assert.is(digest(loaded.serialize()), digest(model.serialize()));
      assertSame(loaded.predict(problem.x), model.predict(problem.x));
    }
  },

  'a fit does not disturb another model': (kind, params) => {
    const model = fit(kind, params, easy());
    const before = model.predict(fresh().x);
    fit(kind, params, slopes(30, 7));
    assertSame(model.predict(fresh().x), before);
    assert.is(digest(model.serialize()), digest(fit(kind, params, easy()).serialize()));
  },

  'a sample is predicted for itself': (kind, params) => {
    const model = fit(kind, params, easy());
    const { x } = fresh();
    const values = model.predict(x);
    assertNear(model.predict(rowsReversed(x)), values.slice().reverse());
    assertNear(model.predict(takeRows(x, Int32Array.of(5))), values.slice(5, 6));
  },

  'the order of features does not matter where the tag says so': (kind, params) => {
    if (kind.tags.ordersFeatures) return;
    const order = Int32Array.of(2, 0, 3, 1);
    const [problem, test] = [easy(), fresh()];
    const other = fit(kind, params, { ...problem, x: takeColumns(problem.x, order) });
    assertNear(other.predict(takeColumns(test.x, order)), fit(kind, params, problem).predict(test.x));
  },

  'a column of zeros does not hurt': (kind, params) => {
    const widen = ({ x }: ValueProblem): Matrix => {
      const wide = emptyMatrix(x.rows, x.columns + 1);
      wide.data.set(x.data);
      return wide;
    };
    const model = fit(kind, params, { ...easy(), x: widen(easy()) });
    assertLearned(kind, model, { ...fresh(), x: widen(fresh()) });
  },

  'features that tell nothing give valid predictions': (kind, params) => {
    const x = { rows: 20, columns: 3, data: new Float64Array(60).fill(2.5) };
    assertValid(fit(kind, params, { x, y: slopes(20, 3).y }), x);
  },

  'a target of one value is predicted, or refused': (kind, params) => {
    const problem = { ...easy(), y: new Float64Array(40).fill(3) };
    try {
      const model = fit(kind, params, problem);
      assertValid(model, problem.x);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  },

  'one feature is enough': (kind, params) => {
    const problem = slopes(40, 1);
    assertLearned(kind, fit(kind, params, problem), problem);
  },

  'two samples are refused or learned from': (kind, params) => {
    const problem = takeValueProblem(easy(), Int32Array.of(0, 1));
    try {
      assertValid(fit(kind, params, problem), problem.x);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  },

  'samples that are there twice do not hurt': (kind, params) => {
    const model = fit(kind, params, takeValueProblem(easy(), Int32Array.of(...every(40), ...every(40))));
    assertLearned(kind, model, fresh());
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

  'large and small targets give valid predictions': (kind, params) => {
    for (const scale of [1e-6, 1e6]) {
      const { x, y } = easy();
      assertValid(fit(kind, params, { x, y: y.map(value => value * scale) }), x);
    }
  },

  'a view into a larger buffer is as good as an array': (kind, params) => {
    const { x, y } = easy();
    const view = (values: Float64Array): Float64Array => {
      const buffer = new Float64Array(values.length + 7);
      buffer.set(values, 3);
      return buffer.subarray(3, 3 + values.length);
    };
    const viewed = { x: { ...x, data: view(x.data) }, y: view(y) };
    assert.is(digest(fit(kind, params, viewed).serialize()), digest(fit(kind, params, easy()).serialize()));
  },

  'uses no arithmetic of the engine and no other randomness': (kind, params) => {
    const said = (): Float64Array => fit(kind, params, easy()).predict(fresh().x);
    assertSame(withoutEngineMath(said), said());
  },

  'another generator changes something just where the tag says so': (kind, params) => {
    const [one, other] = ['one', 'other'].map(seed => digest(fit(kind, params, easy(), seed).serialize()));
    assert.is(one === other, kind.tags.deterministic(kind.params.parse(params)));
  },

  'takes missing values in a fit just where the tag says so': (kind, params) => {
    const problem = easy();
    problem.x.data[45] = NaN;
    if (kind.tags.missing) return assertValid(fit(kind, params, problem), problem.x);
    refuses(() => fit(kind, params, problem), 'not-finite');
  },

  'takes missing values in a prediction just where the tag says so': (kind, params) => {
    const model = fit(kind, params, easy());
    const { x } = fresh();
    x.data[7] = NaN;
    if (kind.tags.missing) return assertValid(model, x);
    refuses(() => model.predict(x), 'not-finite');
  },

  'many missing values are learned from, or refused by their code': (kind, params) => {
    const problem = easy();
    for (let at = 1; at < problem.x.data.length; at += 7) problem.x.data[at] = NaN;
    if (!kind.tags.missing) return refuses(() => fit(kind, params, problem), 'not-finite');
    const model = fit(kind, params, problem);
    assertValid(model, problem.x);
    assertLearned(kind, model, problem);
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

  'refuses the targets that its tag does not take, and takes the others': (kind, params) => {
    const range = kind.tags.values(kind.params.parse(params));
    const problem = (value: number): ValueProblem => {
      const { x, y } = easy();
      y[3] = value;
      return { x, y };
    };
    for (const value of OUTSIDE[range]) refuses(() => fit(kind, params, problem(value)));
    const taken = { any: -1, 'at least 0': 0, 'above 0': 1e-3 }[range];
    assertValid(fit(kind, params, problem(taken)), easy().x);
  },

  'refuses no samples': (kind, params) => {
    refuses(() => fit(kind, params, { x: emptyMatrix(0, 3), y: new Float64Array(0) }));
  },

  'refuses no features': (kind, params) => {
    refuses(() => fit(kind, params, { x: emptyMatrix(4, 0), y: Float64Array.of(1, 2, 3, 4) }));
  },

  'refuses another number of features': (kind, params) => {
    const model = fit(kind, params, easy());
    for (const columns of [3, 5]) refuses(() => model.predict(emptyMatrix(2, columns)));
  },

  'weights count as the tag says': (kind, params) => {
    const use = kind.tags.weights(kind.params.parse(params));
    const problem = easy();
    const weights = Float64Array.from(problem.y, (_, i) => 1 + (i % 3));
    const repeated = Int32Array.from([...every(40)].flatMap(i => new Array<number>(1 + (i % 3)).fill(i)));
    const { x } = fresh();
    if (use === 'none') return refuses(() => fit(kind, params, { ...problem, weights }), 'no-weights');
    const weighted = fit(kind, params, { ...problem, weights });
    if (use === 'after drawing') return assertValid(weighted, x);
    assertNear(weighted.predict(x), fit(kind, params, takeValueProblem(problem, repeated)).predict(x));
  },

  'weights of 1 are no weights': (kind, params) => {
    if (kind.tags.weights(kind.params.parse(params)) === 'none') return;
    const weights = new Float64Array(40).fill(1);
    const { x } = fresh();
    assertNear(fit(kind, params, { ...easy(), weights }).predict(x), fit(kind, params, easy()).predict(x));
  },
};
