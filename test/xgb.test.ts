import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../src/base/rng.js';
import { fromRows } from '../src/ml/matrix.js';
import { findStep } from '../src/ml/registry.js';
import { digest } from '../src/ml/serialize.js';
import { fitBoosted } from '../src/ml/trees/boosted-classifier.js';
import { addRounds, type Boosted, marginsOf, startMargins } from '../src/ml/trees/boosting.js';
import type { Estimator, Matrix, Model, Problem } from '../src/ml/types.js';
import { sameBits } from './support/bits.js';

interface Fixture {
  x: number[][];
  y: number[];
  weights: number[];
  xNew: number[][];
  yNew: number[];
  /** Per sample: the features that are missing where a model is fitted on missing values. */
  holes: number[][];
  holesNew: number[][];
  models: {
    params: object;
    missing: boolean;
    classes: number;
    weighted: boolean;
    margins: number[];
    importances: number[];
  }[];
  sampled: {
    params: object;
    scores: { [score: string]: { mean: number; deviation: number; seeds: number } };
  }[];
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../../test/fixtures/xgb.json', import.meta.url), 'utf8'),
);

const test = suite('xgb');
const kind = findStep('XGBClassifier') as Estimator;

function fit(params: object, problem: Problem, seed: string | number = 0): Model {
  return kind.fit(problem, kind.params.parse(params), { rng: Rng.from('xgb', seed), warn: () => undefined });
}

function matrixOf(rows: number[][], holes?: number[][]): Matrix {
  return fromRows(rows.map((row, i) => row.map((value, j) => (holes?.[i].includes(j) ? NaN : value))));
}

function problemOf(classes: number, missing = false, weighted = false): Problem {
  const x = matrixOf(fixture.x, missing ? fixture.holes : undefined);
  const y = Int32Array.from(fixture.y, code => Math.min(code, classes - 1));
  return { x, y, classes, ...(weighted ? { weights: Float64Array.from(fixture.weights) } : {}) };
}

function boostedOf(model: Model): Boosted {
  return (model.serialize() as unknown as { model: Boosted }).model;
}

test("without sampling the margins are xgboost's", () => {
  assert.is(fixture.models.length, 88);
  for (const { params, missing, classes, weighted, margins, importances } of fixture.models) {
    const what = JSON.stringify({ params, missing, classes, weighted });
    const model = fit(params, problemOf(classes, missing, weighted));
    const found = model.decision!(matrixOf(fixture.xNew, missing ? fixture.holesNew : undefined));
    assert.is(found.length, margins.length, what);
    margins.forEach((theirs, i) => {
      const size = Math.max(1, Math.abs(theirs));
      assert.ok(Math.abs(found[i] - theirs) < 1e-5 * size, `${what}: ${i} is ${found[i]}, xgboost has ${theirs}`);
    });
    importances.forEach((share, j) => {
      const ours = boostedOf(model).importances[j];
      assert.ok(Math.abs(ours - share) < 1e-4, `${what}: importance ${j} is ${ours}, xgboost has ${share}`);
    });
  }
});

test.run();
