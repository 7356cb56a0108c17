/** Thresholds: the best of all cuts, which side is positive, what ties do, and what is refused. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../../src/base/errors.js';
import { bestThreshold, countsOf, ruleOf } from '../../../src/ml/calibration/threshold.js';
import { fixture } from '../../../support/fixture.js';
import { classMetric } from '../../../support/tasks.js';

const test = suite('thresholds');
const { cases } = fixture('calibration');

const best = (rule: string, scores: number[], truth: number[], usual = 0): number =>
  bestThreshold(ruleOf(rule), Float64Array.from(scores), truth, usual);

test('no other threshold has a better value, by the metrics of scikit-learn', () => {
  for (const { name, scores, truth, thresholds } of cases) {
    for (const [text, expected] of Object.entries<number>(thresholds)) {
      const rule = ruleOf(text);
      const at = best(text, scores, truth);
      const labels = Int32Array.from(scores, (score: number) => (score >= at ? 1 : 0));
      const value = rule.valueOf(countsOf(truth, labels)) * (rule.direction === 'min' ? -1 : 1);
      assert.ok(Math.abs(value - expected) < 1e-12, `${name} ${text}: ${value} beside ${expected}`);
    }
  }
});

test('a rule that is a metric has the value of the metric', () => {
  const { scores, truth } = cases[0];
  for (const name of ['f1', 'balanced_accuracy', 'accuracy', 'mcc', 'cohen_kappa']) {
    for (const at of [-9, 0, 0.7, 2, 99]) {
      const labels = Int32Array.from(scores, (score: number) => (score >= at ? 1 : 0));
      const expected = classMetric(name).score(Int32Array.from(truth), { classes: 2, labels })!;
      const found = ruleOf(name).valueOf(countsOf(truth, labels));
      assert.ok(Math.abs(found - expected) < 1e-14, `${name} at ${at}`);
    }
  }
});

test('a threshold lies in the middle of its gap, or is the usual one where that lies there', () => {
  assert.is(best('accuracy', [1, 2, 4, 6], [0, 0, 1, 1]), 3);
  assert.is(best('accuracy', [1, 2, 4, 6], [0, 0, 1, 1], 2.5), 2.5);
  assert.is(best('accuracy', [1, 2, 4, 6], [0, 0, 1, 1], 4), 4);
  // The usual threshold would call the sample at 2 positive.
  assert.is(best('accuracy', [1, 2, 4, 6], [0, 0, 1, 1], 2), 3);
  const next = 1 + Number.EPSILON;
  assert.is(best('accuracy', [1, next], [0, 1], 9), next);
});

test('of equal cuts, the one nearest to the usual threshold is taken, and then the lower one', () => {
  const [scores, truth] = [
    [1, 2, 3, 4],
    [0, 1, 0, 1],
  ];
  assert.is(best('accuracy', scores, truth, 1.4), 1.4);
  assert.is(best('accuracy', scores, truth, 5), 3.5);
  assert.is(best('accuracy', scores, truth, 2.5), 1.5);
});

test('all or no samples are positive where that is best', () => {
  assert.is(best('cost:FP=0,FN=1', [1, 2, 3], [0, 1, 0], -5), -5);
  assert.is(best('cost:FP=1,FN=100', [1, 2, 3], [1, 0, 0], 5), -Infinity);
  assert.is(best('cost:FP=100,FN=1', [1, 2, 3], [0, 1, 0], 0), Infinity);
});

test('a rate is kept, and the other one is as large as it can be', () => {
  const scores = [1, 2, 3, 4, 5, 6, 7, 8];
  const truth = [0, 1, 0, 0, 1, 0, 1, 1];
  assert.is(best('sensitivity:0.75', scores, truth), 4.5);
  assert.is(best('sensitivity:0.76', scores, truth), 1.5);
  assert.is(best('specificity:1', scores, truth), 6.5);
  // Without a positive sample, no cut has a sensitivity.
  assert.is(best('sensitivity:0.9', [1, 2], [0, 0], 0.5), 0.5);
});

test('what is no rule is refused, with a rule that may be meant', () => {
  const refused = (text: string): InputError => {
    try {
      ruleOf(text);
    } catch (error) {
      return error as InputError;
    }
    throw new Error(`${text} was taken`);
  };
  const wrong = ['', 'f2', 'cost', 'cost:FP=1', 'cost:FP=1,FN=x', 'cost:FP=0,FN=0', 'cost:FP=1,FN=1,FN=2'];
  for (const text of [...wrong, 'sensitivity', 'sensitivity:0', 'sensitivity:1.1', 'toString'])
    assert.is(refused(text).code, 'bad-threshold', text);
  assert.match(refused('recall').complaint.hint!, /sensitivity:0\.9/);
});

test.run();
