import * as assert from 'uvu/assert';
import type { FitWarning } from '../src/base/config.js';
import { Rng } from '../src/base/rng.js';
import { fromRows } from '../src/ml/algebra/matrix.js';
import { findStep } from '../src/ml/registry.js';
import type { ValueScore } from '../src/ml/transforms/scores.js';
import type { ClassProblem, FittedTransform, Transform } from '../src/ml/types.js';
import { problemOf } from './datasets.js';
import { fixture } from './fixture.js';

/** What the suites of transforms share: scikit-learn's tables and results (fixtures/make_transforms.py), and fits. */

type Rows = (number | null)[][];

interface Fixture {
  tables: { [name: string]: Rows };
  targets: { [name: string]: number[] };
  cases: { name: string; params: object; fit: string; target: string; apply: string; out: Rows }[];
  information: { table: string; target: string; scores: number[] };
  known: { f_classif: number[]; chi2: number[] };
  values: {
    x: number[][];
    y: number[];
    scores: Record<ValueScore, number[]>;
    kept: { name: string; score_func: ValueScore; k?: number; percentile?: number; kept: number[] }[];
  };
}

export const peer: Fixture = fixture('transforms');
/** A table of the fixture; null is a missing value. */
export const table = (name: string) => fromRows(peer.tables[name].map(row => row.map(value => value ?? NaN)));

/** A table of the fixture with one of its targets. */
export function problem(tableName: string, targetName: string): ClassProblem {
  const y = Int32Array.from(peer.targets[targetName]);
  return { x: table(tableName), y, classes: Math.max(...y) + 1 };
}

/** The fit of a step with these parameters, defaults filled in. */
export function fit(
  name: string,
  params: object,
  given: ClassProblem,
  warnings: FitWarning[] = [],
): FittedTransform {
  const kind = findStep(name) as Transform;
  const context = { rng: Rng.from('test'), warn: (warning: FitWarning) => warnings.push(warning) };
  return kind.fit(problemOf(given), kind.params.parse(params), context);
}

/** Whether a value is the expected one, up to `within` times the size `scale` of such values; null is NaN. */
export function isNear(found: number, expected: number | null, scale: number, within: number): boolean {
  if (expected === null) return Number.isNaN(found);
  return Math.abs(found - expected) <= within * Math.max(1e-3, scale);
}

/** What a column becomes. Its samples are of two classes in turn. */
export function transformed(name: string, params: object, values: number[]): number[] {
  const x = fromRows(values.map(value => [value]));
  const y = Int32Array.from(values, (_, i) => i % 2);
  return [...fit(name, params, { x, y, classes: 2 }).transform(x).data];
}

/** Throws unless the values are the expected ones, up to `within`. */
export function assertClose(found: number[], expected: number[], within: number): void {
  expected.forEach((value, i) =>
    assert.ok(Math.abs(found[i] - value) <= within, `${found[i]} is not ${value}`),
  );
}
