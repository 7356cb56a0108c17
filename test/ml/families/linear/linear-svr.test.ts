/** LinearSVR against liblinear's optimum (fixtures/make_linear_svr.py), and at extreme units. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FitWarning } from '../../../../src/base/config.js';
import { Rng } from '../../../../src/base/rng.js';
import { fromRows } from '../../../../src/ml/algebra/matrix.js';
import { linearSvr } from '../../../../src/ml/families/linear/linear-svr.js';
import type { Regressor, ValueProblem } from '../../../../src/ml/types.js';
import { slopes } from '../../../../support/datasets.js';
import { fixture } from '../../../../support/fixture.js';

interface Fixture {
  tables: { [name: string]: { x: number[][]; y: number[]; weights: number[] } };
  cases: {
    table: string;
    params: object;
    weighed: boolean;
    objective: number;
    coef: number[];
    intercept: number;
  }[];
}

const peer: Fixture = fixture('linear-svr');
const Svr = suite('LinearSVR');

function fit(problem: ValueProblem, params: object, warnings: FitWarning[] = []): Regressor {
  const context = { rng: Rng.from('svr'), warn: (warning: FitWarning) => warnings.push(warning) };
  return linearSvr.fit(problem, linearSvr.params.parse(params), context);
}

const linesOf = (model: Regressor) =>
  model.serialize() as unknown as { coef: Float64Array; intercept: number };

/** The objective of liblinear at a model. */
function objectiveOf(model: Regressor, { x, y, weights }: ValueProblem, params: object): number {
  const { C, epsilon, intercept_scaling, loss } = linearSvr.params.parse(params);
  const { coef, intercept } = linesOf(model);
  const own = intercept / intercept_scaling;
  return model.predict(x).reduce(
    (sum, value, i) => {
      const beyond = Math.max(0, Math.abs(y[i] - value) - epsilon);
      return sum + C * (weights?.[i] ?? 1) * (loss === 'epsilon_insensitive' ? beyond : beyond * beyond);
    },
    coef.reduce((sum, value) => sum + (value * value) / 2, (own * own) / 2),
  );
}

for (const { table, params, weighed, objective, coef, intercept } of peer.cases) {
  Svr(`${table} ${JSON.stringify(params)}${weighed ? ' weighed' : ''}: the optimum is liblinear's`, () => {
    const { x, y, weights } = peer.tables[table];
    const problem = {
      x: fromRows(x),
      y: Float64Array.from(y),
      ...(weighed && { weights: Float64Array.from(weights) }),
    };
    const warnings: FitWarning[] = [];
    const model = fit(problem, params, warnings);
    assert.equal(warnings, []);
    const found = objectiveOf(model, problem, params);
    assert.ok(Math.abs(found - objective) <= 1e-6 * objective, `${found} is not ${objective}`);
    assert.ok(found <= objective * (1 + 1e-8), `${found} is above ${objective}`);
    const lines = linesOf(model);
    // Near a kink the optimum is flat.
    coef.forEach((value, j) =>
      assert.ok(Math.abs(lines.coef[j] - value) < 1e-4, `${lines.coef[j]}, ${value}`),
    );
    assert.ok(Math.abs(lines.intercept - intercept) < 1e-4, `${lines.intercept} is not ${intercept}`);
  });
}

for (const factor of [1e-200, 1e-30, 1e30, 1e100])
  Svr(`values times ${factor} give a model times ${factor}`, () => {
    const problem = slopes(40, 4);
    const far = { ...problem, y: problem.y.map(value => value * factor) };
    const squared = { loss: 'squared_epsilon_insensitive' };
    const [expected, found] = [problem, far].map(one => fit(one, squared).predict(problem.x));
    found.forEach((value, i) => assert.ok(Math.abs(value / factor - expected[i]) < 1e-6));
    // The weight of errors that are not squared depends on their unit.
    const [own, other] = [fit(problem, { epsilon: 0.05 }), fit(far, { epsilon: 0.05 * factor, C: factor })];
    const there = other.predict(problem.x);
    own.predict(problem.x).forEach((value, i) => assert.ok(Math.abs(there[i] / factor - value) < 1e-4));
  });

Svr('a search that is cut short says so, and does not rank', () => {
  const warnings: FitWarning[] = [];
  fit(slopes(40, 4), { max_iter: 1 }, warnings);
  assert.equal([warnings.length, warnings[0].code, warnings[0].unranked], [1, 'not-converged', true]);
  assert.match(warnings[0].message, 'after 1 of 1 iterations');
});

Svr.run();
