import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../../../src/base/rng.js';
import { fromRows } from '../../../../src/ml/algebra/matrix.js';
import { svr } from '../../../../src/ml/families/svm/svr.js';
import type { Regressor, ValueProblem } from '../../../../src/ml/types.js';
import { fixture } from '../../../../support/fixture.js';

/** SVR beside scikit-learn's (fixtures/make_svr.py): the optimum of the dual problem, and predictions. */

interface Case {
  table: string;
  params: { epsilon?: number };
  weights?: number[];
  values: number[];
  objective: number;
}
const {
  tables,
  cases,
}: { tables: { [name: string]: { x: number[][]; z: number[]; fresh: number[][] } }; cases: Case[] } =
  fixture('svr');
const test = suite('SVR');

const warnings: string[] = [];
const context = { rng: Rng.from('svr'), warn: ({ code }: { code: string }) => warnings.push(code) };

function fit(problem: ValueProblem, params: object): Regressor {
  return svr.fit(problem, svr.params.parse(params), context);
}

function problemOf({ table, weights }: Case): ValueProblem {
  const { x, z } = tables[table];
  const problem = { x: fromRows(x), y: Float64Array.from(z) };
  return weights ? { ...problem, weights: Float64Array.from(weights) } : problem;
}

/** 1/2 b'Kb - z'b + epsilon |b|, where K b is what the model says less its intercept. */
function objectiveOf(model: Regressor, { x, y }: ValueProblem, epsilon: number): number {
  const { coefficients, intercept, vectors } = model.serialize() as any;
  const said = model.predict(x);
  const find = (s: number): number => {
    const same = (i: number): boolean =>
      Array.from({ length: x.columns }, (_, j) => j).every(
        j => x.data[j * x.rows + i] === vectors[j * coefficients.length + s],
      );
    return Array.from(y.keys()).find(same)!;
  };
  let objective = 0;
  coefficients.forEach((b: number, s: number) => {
    const i = find(s);
    objective += 0.5 * b * (said[i] - intercept) - y[i] * b + epsilon * Math.abs(b);
  });
  return objective;
}

cases.forEach((one, at) => {
  test(`${one.table} ${JSON.stringify(one.params)}${one.weights ? ', weighted' : ''} (case ${at})`, () => {
    const problem = problemOf(one);
    const model = fit(problem, one.params);
    const found = model.predict(fromRows(tables[one.table].fresh));
    const size = one.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    one.values.forEach((value, i) =>
      assert.ok(Math.abs(found[i] - value) <= 1e-4 * size, `sample ${i}: ${found[i]} is not ${value}`),
    );
    if ((model.serialize() as any).frame) return;
    const objective = objectiveOf(model, problem, one.params.epsilon ?? 0.1);
    const above = objective - one.objective;
    assert.ok(Math.abs(above) <= 1e-6 * Math.abs(one.objective), `${objective}, and ${one.objective}`);
  });
});

test('no fit but the short one warns', () => {
  assert.equal(warnings, []);
  fit(problemOf(cases[0]), { max_iter: 2 });
  assert.equal(warnings, ['not-converged']);
});

test('a weight of 2 counts as two samples, and a weight of 0 as none', () => {
  const { x, z, fresh } = tables.tall;
  const weights = Float64Array.from(z, (_, i) => i % 3);
  const repeated = [...z.keys()].flatMap(i => new Array<number>(i % 3).fill(i));
  const params = { gamma: 0.1, tol: 1e-8 };
  const weighed = fit({ x: fromRows(x), y: Float64Array.from(z), weights }, params);
  const twice = fit(
    { x: fromRows(repeated.map(i => x[i])), y: Float64Array.from(repeated, i => z[i]) },
    params,
  );
  const [a, b] = [weighed, twice].map(model => model.predict(fromRows(fresh)));
  a.forEach((value, i) => assert.ok(Math.abs(value - b[i]) < 1e-4, `${value}, and ${b[i]}`));
});

test('values within epsilon of each other need no support vector', () => {
  const model = fit({ x: fromRows([[1], [2], [3]]), y: Float64Array.of(1, 1.05, 1.1) }, {});
  assert.equal(model.size(), { features: 1, supportVectors: 0 });
  assert.equal(model.predict(fromRows([[7]])), Float64Array.of(1.05));
});

test.run();
