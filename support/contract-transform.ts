import { namesAfter } from '../src/ml/pipeline.js';
import * as assert from 'uvu/assert';
import type { Matrix } from '../src/base/dataset.js';
import { InputError } from '../src/base/errors.js';
import { Rng } from '../src/base/rng.js';
import { column, emptyMatrix, takeRows } from '../src/ml/algebra/matrix.js';
import { digest, fromText, toText } from '../src/ml/serialize.js';
import type { FittedTransform, ClassProblem, Transform } from '../src/ml/types.js';
import { assertSame, rowsReversed, scaled, withoutEngineMath, warnsOf } from './contract-tools.js';
import { blobs, problemOf, takeProblem } from './datasets.js';

/** What every transform promises; as contract-classifier.ts. */

export type TransformCheck = (kind: Transform, params: object) => void;

/** Values above 0, because some transforms take no others. */
function positive(n: number, p: number, seed = 1): ClassProblem {
  const problem = blobs(n, p, 2, 1.5, seed);
  return { ...problem, x: { ...problem.x, data: problem.x.data.map(value => value + 8) } };
}

const given = (): ClassProblem => positive(30, 5);
const fresh = (): Matrix => positive(12, 5, 2).x;

function fit(kind: Transform, params: object, problem: ClassProblem): FittedTransform {
  const context = { rng: Rng.from('contract'), warn: () => undefined };
  return kind.fit(problemOf(problem), kind.params.parse(params), context);
}

function refuses(what: () => unknown): void {
  assert.throws(what, (error: Error) => error instanceof InputError);
}

function assertFinite(x: Matrix): void {
  assert.ok(x.data.every(Number.isFinite), 'a value is not finite');
}

export const transformChecks: { [promise: string]: TransformCheck } = {
  'fitting again gives the same bits': (kind, params) => {
    assert.is(digest(fit(kind, params, given()).serialize()), digest(fit(kind, params, given()).serialize()));
  },

  'gives a new matrix of the same samples': (kind, params) => {
    const [problem, x] = [given(), fresh()];
    const found = fit(kind, params, problem).transform(x);
    assert.is(found.rows, 12);
    assert.ok(found.columns >= 1 && found.data.length === found.rows * found.columns);
    assert.is.not(found.data.buffer, x.data.buffer);
    assertFinite(found);
  },

  'leaves its inputs untouched': (kind, params) => {
    const [problem, x] = [given(), fresh()];
    fit(kind, params, problem).transform(x);
    assert.equal([problem, x], [given(), fresh()]);
  },

  'one from its file gives the same, to the bit': (kind, params) => {
    const fitted = fit(kind, params, given());
    const loaded = kind.load(fromText(toText(fitted.serialize())));
    assert.is(digest(loaded.serialize()), digest(fitted.serialize()));
    assertSame(loaded.transform(fresh()).data, fitted.transform(fresh()).data);
  },

  'a sample is transformed for itself': (kind, params) => {
    const fitted = fit(kind, params, given());
    const all = fitted.transform(fresh());
    assertSame(fitted.transform(rowsReversed(fresh())).data, rowsReversed(all).data);
    assertSame(
      fitted.transform(takeRows(fresh(), Int32Array.of(4))).data,
      takeRows(all, Int32Array.of(4)).data,
    );
  },

  'transforms no samples to no samples': (kind, params) => {
    assert.is(fit(kind, params, given()).transform(emptyMatrix(0, 5)).rows, 0);
  },

  'names as many features as it gives': (kind, params) => {
    const fitted = fit(kind, params, given());
    const names = ['a', 'b', 'c', 'd', 'e'];
    const named = namesAfter(fitted, names);
    assert.is(named.length, fitted.transform(fresh()).columns);
    assert.is(new Set(named).size, named.length);
  },

  'constant features give finite values or are refused': (kind, params) => {
    const problem = given();
    column(problem.x, 1).fill(0.1);
    column(problem.x, 3).fill(3e8);
    assertFinite(fit(kind, params, problem).transform(problem.x));
    try {
      const flat = { ...problem, x: { ...problem.x, data: problem.x.data.map(() => 0.1) } };
      assertFinite(fit(kind, params, flat).transform(flat.x));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  },

  'one feature is transformed, or the parameters forbid it': (kind, params) => {
    const problem = positive(20, 1);
    try {
      assertFinite(fit(kind, params, problem).transform(problem.x));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  },

  'one sample is transformed or refused': (kind, params) => {
    const problem = takeProblem(given(), Int32Array.of(0));
    try {
      assertFinite(fit(kind, params, problem).transform(problem.x));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  },

  'more features than samples': (kind, params) => {
    const problem = positive(6, 25);
    assertFinite(fit(kind, params, problem).transform(problem.x));
  },

  'large and small scales give finite values': (kind, params) => {
    for (const factor of [1e-6, 1e6]) {
      const x = scaled(given().x, factor);
      assertFinite(fit(kind, params, { ...given(), x }).transform(x));
    }
  },

  'a view into a larger buffer is as good as an array': (kind, params) => {
    const problem = given();
    const buffer = new Float64Array(problem.x.data.length + 5);
    buffer.set(problem.x.data, 2);
    const view = { ...problem.x, data: buffer.subarray(2, 2 + problem.x.data.length) };
    const [one, other] = [problem, { ...problem, x: view }].map(from =>
      digest(fit(kind, params, from).serialize()),
    );
    assert.is(one, other);
  },

  'uses no arithmetic of the engine and no other randomness': (kind, params) => {
    const [problem, x] = [given(), fresh()];
    const expected = fit(kind, params, problem).transform(x).data;
    assertSame(
      withoutEngineMath(() => fit(kind, params, problem).transform(x).data),
      expected,
    );
  },

  'refuses missing values, or passes them on without spreading them, as the tag says': (kind, params) => {
    const [problem, x] = [given(), fresh()];
    problem.x.data[3] = NaN;
    x.data[3] = NaN;
    if (kind.tags.missing) {
      const found = fit(kind, params, problem).transform(problem.x);
      assert.ok(found.data.filter(Number.isNaN).length <= 1);
      return;
    }
    refuses(() => fit(kind, params, problem));
    refuses(() => fit(kind, params, given()).transform(x));
  },

  'refuses values below 0 just where the step says so before the fit': (kind, params) => {
    const problem = blobs(30, 5);
    const least = { value: Math.min(...problem.x.data), feature: 'f0' };
    const shape = { samples: 30, features: 5, classes: ['a', 'b'], gaps: [], categories: [], least };
    if (kind.needs?.(kind.params.parse(params), shape)) refuses(() => fit(kind, params, problem));
    else assertFinite(fit(kind, params, problem).transform(problem.x));
  },

  'refuses infinite values': (kind, params) => {
    const fitted = fit(kind, params, given());
    for (const value of [Infinity, -Infinity]) {
      const problem = given();
      problem.x.data[3] = value;
      refuses(() => fit(kind, params, problem));
      refuses(() => fitted.transform(problem.x));
    }
  },

  'refuses no samples and no features': (kind, params) => {
    refuses(() => fit(kind, params, { x: emptyMatrix(0, 3), y: new Int32Array(0), classes: 2 }));
    refuses(() => fit(kind, params, { x: emptyMatrix(2, 0), y: Int32Array.of(0, 1), classes: 2 }));
  },

  'refuses another number of features': (kind, params) => {
    const fitted = fit(kind, params, given());
    for (const columns of [4, 6]) refuses(() => fitted.transform(emptyMatrix(3, columns)));
  },

  'warnings have a code and a message': (kind, params) => {
    for (const { code, message } of warnsOf(kind, params, given()))
      assert.ok(/^[a-z-]+$/.test(code) && message.length > 10);
  },
};
