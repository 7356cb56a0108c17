import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Matrix } from '../../src/base/dataset.js';
import { Rng } from '../../src/base/rng.js';
import { fromRows, toRows } from '../../src/ml/algebra/matrix.js';
import { findStep } from '../../src/ml/registry.js';
import type { ClassProblem } from '../../src/ml/types.js';
import { problemOf } from '../../support/datasets.js';
import { fixture } from '../../support/fixture.js';
import { fitEither, saidBy } from '../../support/tasks.js';

/**
 * Every parameter's other values, one at a time and in pairs, against scikit-learn's
 * (fixtures/make_parameter_values.py).
 */

interface Case {
  name: string;
  params: { [name: string]: unknown };
  /** What the step says of the fresh samples, sample after sample. */
  out: (number | null)[];
}
const given = fixture('parameter-values');
const test = suite('parameters');
const table = (rows: (number | null)[][]): Matrix =>
  fromRows(rows.map(row => row.map(value => value ?? NaN)));

/** Probabilities, decisions or columns for the fresh samples. */
function said({ name, params }: Case): number[] {
  const kind = findStep(name);
  const imputes = name === 'SimpleImputer';
  const x = table(imputes ? given.holes : given.x);
  const fresh = table(imputes ? given.holes.slice(0, 4) : given.fresh);
  const problem: ClassProblem = { x, y: Int32Array.from(given.y), classes: 3 };
  const context = { rng: Rng.from('parameters'), warn: () => {} };
  if (kind.kind === 'transform') {
    return toRows(kind.fit(problemOf(problem), kind.params.parse(params), context).transform(fresh)).flat();
  }
  return [...saidBy(fitEither(kind, problem, kind.params.parse(params) as object, context), fresh)];
}

/** Closed forms to nine digits, iterations to their tolerance; a margin of SVC adds up kernel values of f32. */
const tolerances: { [name: string]: number } = { PowerTransformer: 2e-5, SVC: 1e-3 };

for (const one of given.cases as Case[]) {
  test(`${one.name} ${JSON.stringify(one.params)}`, () => {
    const found = said(one);
    assert.is(found.length, one.out.length);
    one.out.forEach((value, at) => {
      if (value === null) return assert.ok(Number.isNaN(found[at]), `${at}: ${found[at]} is not NaN`);
      const within = (tolerances[one.name] ?? 1e-8) * Math.max(1, Math.abs(value));
      assert.ok(Math.abs(found[at] - value) <= within, `${at}: ${found[at]} is not ${value}`);
    });
  });
}

test.run();
