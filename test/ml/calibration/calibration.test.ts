/** Calibrated probabilities are those of scikit-learn: Platt's curve, isotonic regression, and both in a model. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../../src/base/errors.js';
import { adjusted, crossFitted, learn, pooled } from '../../../src/ml/calibration/adjustment.js';
import {
  calibrated,
  learnCalibration,
  METHODS,
  type Calibration,
} from '../../../src/ml/calibration/calibration.js';
import { fitSteps, heightAt } from '../../../src/ml/calibration/isotonic.js';
import { ruleOf } from '../../../src/ml/calibration/threshold.js';
import type { ClassOutputs } from '../../../src/ml/scoring/types.js';
import { fixture } from '../../../support/fixture.js';

const test = suite('calibration');
const { cases, whole, repeated } = fixture('calibration');

/** The outputs of a classifier from its scores, row by row. */
function outputsOf(scores: number[], of: string, classes: number): ClassOutputs {
  const values = Float64Array.from(scores);
  return { classes, ...(of === 'decision' ? { decision: values } : { proba: values }) };
}

const known = (scores: number[], truth: number[], of = 'decision', classes = 2) => ({
  truth: Int32Array.from(truth),
  outputs: outputsOf(scores, of, classes),
});

const near = (found: number, expected: number, error: number, what: string): void =>
  assert.ok(Math.abs(found - expected) <= error * Math.max(1, Math.abs(expected)), `${what}: ${found}`);

function curveOf(calibration: Calibration): { slope: number; offset: number } {
  assert.is(calibration.method, 'sigmoid');
  return calibration.curves[0] as { slope: number; offset: number };
}

test("Platt's curve is the minimum, and scikit-learn's as far as its search goes", () => {
  for (const { name, scores, truth, sigmoid, sklearn } of cases) {
    const { slope, offset } = curveOf(learnCalibration('sigmoid', known(scores, truth)));
    near(slope, sigmoid.slope, 1e-12, `${name} slope`);
    near(offset, sigmoid.offset, 1e-12, `${name} offset`);
    if (!sklearn) continue;
    near(slope, sklearn.slope, 1e-5, `${name} slope of scikit-learn`);
    near(offset, sklearn.offset, 1e-5, `${name} offset of scikit-learn`);
  }
});

test('with repeats, targets count samples, as weights of one over the repeats', () => {
  const { slope, offset } = curveOf(learnCalibration('sigmoid', known(repeated.scores, repeated.truth), 2));
  near(slope, repeated.sigmoid.slope, 1e-9, 'slope');
  near(offset, repeated.sklearn.offset, 1e-6, 'offset');
});

test("isotonic steps and their heights are IsotonicRegression's", () => {
  for (const { name, scores, truth, steps, grid, heights } of cases) {
    const found = fitSteps(Float64Array.from(scores), truth);
    assert.equal([...found.scores], steps.x, name);
    found.probabilities.forEach((p, i) => near(p, steps.y[i], 1e-15, name));
    grid.forEach((score: number, i: number) => near(heightAt(found, score), heights[i], 4e-16, name));
  }
});

test('a calibrated model says what CalibratedClassifierCV says, for two and three classes', () => {
  for (const { name, classes, of, scores, truth, new: more, ...theirs } of whole) {
    for (const method of METHODS) {
      const calibration = learnCalibration(method, known(scores, truth, of, classes));
      assert.is(calibration.of, of);
      const raw = outputsOf(more, of, classes);
      const proba = calibrated(calibration, raw);
      proba.forEach((p, i) => near(p, theirs[method][i], 1e-6, `${name} ${method}`));
      assert.equal([...adjusted({ calibration }, raw).labels], theirs[`${method} labels`], name);
    }
  }
});

test('what the other folds teach is put on each fold, within its repeat', () => {
  const { scores, truth } = cases[0];
  const part = (from: number, to: number, repeat: number) => ({
    repeat,
    ...known(scores.slice(from, to), truth.slice(from, to)),
  });
  const first = [part(0, 100, 0), part(100, 200, 0), part(200, 300, 0)];
  const folds = [...first, part(0, 150, 1), part(150, 300, 1)];
  const asked = { method: 'sigmoid' as const, rule: ruleOf('f1') };
  const found = crossFitted(asked, folds);
  const expected = adjusted(learn(asked, [first[0], first[2]]), first[1].outputs);
  assert.equal(found[1], expected);
  assert.equal(found[3], adjusted(learn(asked, [folds[4]]), folds[3].outputs));
  // What is learned from all folds counts each sample once.
  const { calibration } = learn({ method: 'sigmoid' }, folds);
  assert.equal(calibration, learnCalibration('sigmoid', pooled(folds), 2));
});

test('isotonic needs a thousand samples, and a threshold two classes', () => {
  const refusal = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return (error as InputError).code;
    }
    return 'none';
  };
  const few = [{ repeat: 0, ...known(cases[0].scores, cases[0].truth) }];
  assert.is(
    refusal(() => learn({ method: 'isotonic' }, few)),
    'too-few-for-isotonic',
  );
  const again = [0, 1, 2, 3].map(repeat => ({ ...few[0], repeat }));
  assert.is(
    refusal(() => learn({ method: 'isotonic' }, again)),
    'too-few-for-isotonic',
  );
  const { scores, truth, of, classes } = whole[1];
  const three = [{ repeat: 0, ...known(scores, truth, of, classes) }];
  assert.is(
    refusal(() => learn({ rule: ruleOf('f1') }, three)),
    'threshold-classes',
  );
  const bare = [
    { repeat: 0, truth: Int32Array.of(0, 1), outputs: { classes: 2, labels: Int32Array.of(0, 1) } },
  ];
  assert.is(
    refusal(() => learn({ method: 'sigmoid' }, bare)),
    'nothing-to-calibrate',
  );
});

test.run();
