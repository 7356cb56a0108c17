/** LinearSVC beside liblinear's optima (fixtures/make_linear_svc.py), and at its edges. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FitWarning } from '../../../../src/base/config.js';
import { InputError } from '../../../../src/base/errors.js';
import { Rng } from '../../../../src/base/rng.js';
import { kernels } from '../../../../src/kernels/loader.js';
import { float64, hold, mark, scope } from '../../../../src/kernels/memory.js';
import * as reference from '../../../../src/kernels/reference/hinge.js';
import { linearSvc } from '../../../../src/ml/families/linear/linear-svc.js';
import { minimizeHinge } from '../../../../src/ml/families/linear/hinge.js';
import { designOf } from '../../../../src/ml/families/linear/state.js';
import { digest, fromText, toText } from '../../../../src/ml/serialize.js';
import type { Classifier, ClassProblem } from '../../../../src/ml/types.js';
import { awkward, ordinary, sameBits } from '../../../../support/bits.js';
import { fixture } from '../../../../support/fixture.js';

const test = suite('LinearSVC');

interface Case {
  problem: string;
  params: { [name: string]: any };
  weighted: boolean;
  coef: number[];
  intercept: number[];
  decision: number[];
}

interface Stored {
  x: number[];
  rows: number;
  columns: number;
  classes: number;
  y: number[];
  weights: number[];
}

const problems = fixture('logistic').problems as { [name: string]: Stored };
const cases = fixture('linear-svc').cases as Case[];

function problemOf({ x, rows, columns, classes, y, weights }: Stored, weighted = false): ClassProblem {
  const problem: ClassProblem = {
    x: { rows, columns, data: Float64Array.from(x) },
    y: Int32Array.from(y),
    classes,
  };
  if (weighted) problem.weights = Float64Array.from(weights);
  return problem;
}

interface Fitted {
  model: Classifier;
  coef: Float64Array;
  intercept: Float64Array;
  warnings: FitWarning[];
}

function fit(problem: ClassProblem, params: { [name: string]: unknown }): Fitted {
  const warnings: FitWarning[] = [];
  const context = { rng: Rng.from('test'), warn: (warning: FitWarning) => void warnings.push(warning) };
  const before = mark();
  const model = linearSvc.fit(problem, linearSvc.params.parse(params), context);
  assert.is(mark(), before, 'kernel memory is given back');
  const { coef, intercept } = model.serialize() as { coef: Float64Array; intercept: Float64Array };
  return { model, coef, intercept, warnings };
}

/** liblinear's objective, summed over the classes, written a second time. */
function objective(
  problem: ClassProblem,
  params: { [name: string]: any },
  coef: ArrayLike<number>,
  intercept: ArrayLike<number>,
): number {
  const {
    penalty = 'l2',
    loss = 'squared_hinge',
    C = 1,
    class_weight = null,
    intercept_scaling = 1,
  } = params;
  const { x, y, classes, weights } = problem;
  const counts = Array.from({ length: classes }, (_, k) => y.filter(code => code === k).length);
  const size = (w: number): number => (penalty === 'l1' ? Math.abs(w) : (w * w) / 2);
  let total = 0;
  for (let k = 0; k < intercept.length; k++) {
    const own = intercept.length === 1 ? 1 : k;
    total += size(intercept[k] / intercept_scaling);
    for (let j = 0; j < x.columns; j++) total += size(coef[k * x.columns + j]);
    for (let i = 0; i < x.rows; i++) {
      let score = intercept[k];
      for (let j = 0; j < x.columns; j++) score += coef[k * x.columns + j] * x.data[j * x.rows + i];
      const lack = Math.max(0, 1 - (y[i] === own ? score : -score));
      const weighed = classes === 2 || y[i] === own;
      const ofClass =
        class_weight === 'balanced' ? y.length / (classes * counts[y[i]]) : (class_weight?.[y[i]] ?? 1);
      total += C * (weighed ? ofClass : 1) * (weights?.[i] ?? 1) * (loss === 'hinge' ? lack : lack * lack);
    }
  }
  return total;
}

function close(actual: ArrayLike<number>, expected: ArrayLike<number>, limit: number, what: string): void {
  assert.is(actual.length, expected.length, what);
  for (let i = 0; i < expected.length; i++) {
    const apart = Math.abs(actual[i] - expected[i]);
    assert.ok(
      apart <= limit * Math.max(1, Math.abs(expected[i])),
      `${what} ${i}: ${actual[i]} for ${expected[i]}`,
    );
  }
}

for (const { problem: name, params, weighted, coef, intercept, decision } of cases) {
  test(`meets liblinear's optimum: ${name} ${JSON.stringify(params)}${weighted ? ' weighted' : ''}`, () => {
    const problem = problemOf(problems[name], weighted);
    const fitted = fit(problem, params);
    assert.equal(fitted.warnings, []);
    const ours = objective(problem, params, fitted.coef, fitted.intercept);
    const theirs = objective(problem, params, coef, intercept);
    assert.ok(Math.abs(ours - theirs) <= 1e-6 * theirs, `objective ${ours} for ${theirs}`);
    assert.ok(ours <= theirs * (1 + 2e-8), `not above theirs: ${ours} for ${theirs}`);
    close(fitted.coef, coef, 1e-4, 'coefficient');
    close(fitted.intercept, intercept, 1e-4, 'intercept');
    const { rows, columns, data } = problem.x;
    const first = { rows: 8, columns, data: data.filter((_, at) => at % rows < 8) };
    close(fitted.model.decision!(first), decision, 1e-3, 'decision');
  });
}

test('the interior point and coordinate descent meet at the same optimum', () => {
  const { x, y } = problemOf(problems['wide three']);
  scope(() => {
    const signs = Float64Array.from(y, code => (code === 1 ? 1 : -1));
    const costs = Float64Array.from(y, (_, i) => (i % 5 === 0 ? 0 : 0.02));
    const solve = (largest?: number) =>
      minimizeHinge(designOf(x), signs, costs, 1e-9, 5000, Rng.from('order'), largest);
    const [interior, descent] = [solve(), solve(0)];
    for (const { gap, target } of [interior, descent])
      assert.ok(gap >= -1e-12 && gap <= target, `${gap} > ${target}`);
    assert.ok(descent.iterations !== interior.iterations);
    close(interior.v, descent.v, 1e-4, 'coefficient');
  });
});

test('the same bits again, and back from its text; golden digests', () => {
  const problem = problemOf(problems.three);
  const digests = [{}, { loss: 'hinge' }, { penalty: 'l1' }].map(params => {
    const first = fit(problem, params).model;
    assert.is(digest(fit(problem, params).model.serialize()), digest(first.serialize()));
    const loaded = linearSvc.load(fromText(toText(first.serialize())));
    assert.equal(loaded.decision!(problem.x), first.decision!(problem.x));
    assert.equal(loaded.proba, undefined);
    return digest(first.serialize());
  });
  assert.equal(digests, [
    '8297d1f814569190b690e9a581296f62',
    '5aa2f9800c57f2f1be25473d9c044b98',
    '007905e3c9872e61a20859374c9eb0c3',
  ]);
});

test('a search that stops short warns with gap, tolerance and advice', () => {
  for (const loss of ['hinge', 'squared_hinge']) {
    const { warnings } = fit(problemOf(problems.tall), { loss, max_iter: 1 });
    assert.is(warnings.length, 1);
    assert.is(warnings[0].code, 'not-converged');
    assert.match(
      warnings[0].message,
      /1 of 1 iterations: the duality gap is \S+, and the tolerance is \S+\. Raise max_iter\.$/,
    );
    assert.ok(warnings[0].unranked);
  }
});

test('bad input is refused', () => {
  const code = (expected: string) => (error: unknown) =>
    error instanceof InputError && error.code === expected;
  const problem = problemOf(problems.tall);
  const data = problem.x.data.slice().fill(NaN, 3, 4);
  assert.throws(() => fit({ ...problem, x: { ...problem.x, data } }, {}), code('not-finite'));
  assert.throws(() => fit({ ...problem, y: problem.y.slice().fill(1) }, {}), code('one-class'));
  for (const params of [
    { penalty: 'l1', loss: 'hinge' },
    { C: 0 },
    { intercept_scaling: 0 },
    { multi_class: 'x' },
  ]) {
    assert.not.ok(linearSvc.params.safeParse(params).success);
  }
});

for (const fill of [ordinary, awkward]) {
  test(`kernels of ${fill.name} numbers against their reference`, () => {
    for (const n of [0, 1, 2, 5, 16]) {
      scope(() => {
        const rng = Rng.from('hinge', fill.name, n);
        const [scores, costs] = [fill(float64(n), rng), hold(ordinary(float64(n), rng).map(Math.abs))];
        const signs = float64(n);
        for (let i = 0; i < n; i++) signs[i] = rng.below(2) * 2 - 1;
        const out = [float64(n), float64(n)];
        const expected = out.map(array => array.slice());
        const loss = kernels().squaredHingeLoss(
          n,
          scores.byteOffset,
          signs.byteOffset,
          costs.byteOffset,
          out[0].byteOffset,
          out[1].byteOffset,
        );
        sameBits(
          [loss],
          [reference.squaredHingeLoss(scores, signs, costs, expected[0], expected[1])],
          'loss',
        );
        out.forEach((array, k) => sameBits(array, expected[k], `output ${k}`));
        const p = 9;
        const rows = fill(float64(n * p), rng);
        const squares = hold(ordinary(float64(n), rng).map(Math.abs));
        const order = hold(rng.permutation(n));
        const [alpha, w] = [float64(n), float64(p)];
        const [alpha2, w2] = [alpha.slice(), w.slice()];
        kernels().descendHingeDual(
          n,
          p,
          order.byteOffset,
          rows.byteOffset,
          signs.byteOffset,
          squares.byteOffset,
          costs.byteOffset,
          alpha.byteOffset,
          w.byteOffset,
        );
        reference.descendHingeDual(order, rows, signs, squares, costs, alpha2, w2);
        sameBits(alpha, alpha2, 'alpha');
        sameBits(w, w2, 'w');
      });
    }
  });
}

test.run();
